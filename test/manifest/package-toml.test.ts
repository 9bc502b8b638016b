import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { LIMIT_CEILINGS } from "../../src/manifest/limits.ts";
import {
  AUTHORS_MAX,
  CATEGORY_CHARS_MAX,
  KEYWORD_BYTES_MAX,
  KEYWORDS_MAX,
  PACKAGE_TOML_BYTES_MAX,
} from "../../src/manifest/package-schema.ts";
import {
  PACKAGE_KINDS,
  type PackageManifest,
  parsePackageToml,
  SUMMARY_CHARS_MAX,
  writePackageToml,
} from "../../src/manifest/package-toml.ts";
import { FILE, GOOD, goodWith, MINIMAL, readManifest } from "./manifests.ts";
import { accepted, codesOf, problemOf } from "./problems.ts";

describe("a good package.toml", () => {
  test("is read whole", () => {
    expect(accepted(readManifest(GOOD))).toEqual({
      format: 1,
      name: "invoice-shapes",
      version: "1.2.0",
      publisher: "acme",
      summary: "Shapes for invoices",
      description: "Shapes for invoices\n\nThey check totals and currencies.",
      license: "MIT OR Apache-2.0",
      kind: "shapes",
      category: "finance",
      keywords: ["invoice", "shacl"],
      authors: ["A. Person <a@example.org>"],
      repository: "https://example.org/invoice-shapes",
      homepage: "https://example.org/",
      published: "2026-01-31",
      dependencies: new Map([
        ["currency-codes", "^2.0.0"],
        ["constructor", "*"],
      ]),
      optionalDependencies: new Map([["tax-rates", ">=1 <3"]]),
      devDependencies: new Map([["test-data", "1.x"]]),
      requires: { ggen: ">=6.0.0" },
    });
  });

  test("may be minimal", () => {
    expect(accepted(readManifest(MINIMAL))).toEqual({
      format: 1,
      name: "a",
      version: "0.1.0",
      publisher: "b",
      summary: "c",
      description: "c",
      license: "NOASSERTION",
      keywords: [],
      authors: [],
      dependencies: new Map(),
      optionalDependencies: new Map(),
      devDependencies: new Map(),
      requires: {},
    });
  });

  test("may have the line ends of Windows: the values are the same", () => {
    expect(accepted(readManifest(GOOD.replaceAll("\n", "\r\n")))).toEqual(accepted(readManifest(GOOD)));
  });

  test("reads back as it was written", () => {
    for (const text of [GOOD, MINIMAL]) {
      const manifest = accepted(readManifest(text));
      const written = writePackageToml(manifest);
      expect(accepted(readManifest(written))).toEqual(manifest);
      expect(writePackageToml(accepted(readManifest(written)))).toBe(written);
    }
  });

  test.each([
    ["2026-01-31", "2026-01-31"],
    ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z"],
    ["2026-01-31 12:00:00+02:00", "2026-01-31T12:00:00+02:00"],
    ["2026-01-31T12:00:00.250Z", "2026-01-31T12:00:00.250Z"],
    ['"2026-01-31"', "2026-01-31"],
    ['"2026-01-31T12:00:00.123456Z"', "2026-01-31T12:00:00.123456Z"],
  ])("published = %s is %s", (toml, text) => {
    expect(accepted(readManifest(goodWith("published", `published = ${toml}`))).published).toBe(text);
  });

  test("the summary is the first line that is not blank, cut at a word", () => {
    const summary = (description: string) =>
      accepted(
        readManifest(
          goodWith("license", `license = "MIT"`).replace(
            /description = """[\s\S]*?"""/,
            `description = ${JSON.stringify(description)}`,
          ),
        ),
      ).summary;
    expect(summary("\n \n  One line \nmore")).toBe("One line");
    const long = summary("word ".repeat(500));
    expect(long).toMatch(/^(word )+word…$/);
    expect(long.length).toBeLessThanOrEqual(SUMMARY_CHARS_MAX);
    expect(summary("x".repeat(SUMMARY_CHARS_MAX))).toHaveLength(SUMMARY_CHARS_MAX);
    expect(summary("😀".repeat(400)).isWellFormed()).toBe(true);
  });

  test("a licence that SPDX replaced is a warning", () => {
    const result = readManifest(goodWith("license", 'license = "GPL-3.0"'));
    expect(result.ok).toBe(true);
    expect(problemOf(result, "MANIFEST_LICENSE_DEPRECATED")).toMatchObject({ severity: "warning", line: 11 });
  });
});

describe("a package.toml with problems", () => {
  test("has all of them named in one run, each with place, line, expectation, find, remedy and rule", () => {
    const text = `format = 1
tags = ["x"]
x-free = 1
[package]
name = "Foo Bar"
version = "1.0"
licence = "MIT"
license = "Apache 2"
description = ""
kind = "shape"
keywords = "x"
homepage = "javascript:alert(1)"
published = 2026-01-31T12:00:00
[dependencies]
"Foo Bar" = "1"
self = { version = "1.0" }
twice = "latest"
[dev-dependencies]
twice = "1"
`;
    const result = readManifest(text);
    const problems = result.ok ? [] : result.problems;
    expect(problems.map((p) => [p.line, p.place, p.code, p.rule])).toEqual([
      [2, "tags", "MANIFEST_UNKNOWN_KEY", "M3"],
      [3, "x-free", "MANIFEST_WRONG_TYPE", "M4"],
      [4, "package.publisher", "MANIFEST_MISSING_KEY", "M5"],
      [5, "package.name", "MANIFEST_NAME", "M7"],
      [6, "package.version", "MANIFEST_VERSION", "M9"],
      [7, "package.licence", "MANIFEST_UNKNOWN_KEY", "M3"],
      [8, "package.license", "MANIFEST_LICENSE", "M12"],
      [9, "package.description", "MANIFEST_DESCRIPTION", "M11"],
      [10, "package.kind", "MANIFEST_NOT_IN_LIST", "M4"],
      [11, "package.keywords", "MANIFEST_WRONG_TYPE", "M4"],
      [12, "package.homepage", "MANIFEST_URL", "M14"],
      [13, "package.published", "MANIFEST_PUBLISHED", "M15"],
      [15, 'dependencies."Foo Bar"', "MANIFEST_DEPENDENCY_NAME", "M7"],
      [15, 'dependencies."Foo Bar"', "MANIFEST_SELF_DEPENDENCY", "M16"],
      [16, "dependencies.self", "MANIFEST_WRONG_TYPE", "M4"],
      [17, "dependencies.twice", "MANIFEST_DEPENDENCY_RANGE", "M10"],
      [19, "dev-dependencies.twice", "MANIFEST_DEPENDENCY_TWICE", "M16"],
    ]);
    for (const problem of problems) {
      expect(problem).toMatchObject({
        file: FILE,
        severity: "error",
        expected: expect.any(String),
        found: expect.any(String),
      });
      expect(problem.remedy).not.toBe("");
    }
  });

  test.each([
    ["a display name", "name", 'name = "Next.js CRUD"', "MANIFEST_NAME", 'use "next-js-crud"'],
    ["a device of Windows", "name", 'name = "nul"', "MANIFEST_NAME", 'use "nul-package"'],
    [
      "a name of 65 characters",
      "name",
      `name = "${"n".repeat(65)}"`,
      "MANIFEST_NAME",
      "at most 64 characters",
    ],
    ["a bad publisher", "publisher", 'publisher = "Acme Inc."', "MANIFEST_NAME", 'use "acme-inc"'],
    ["a short version", "version", 'version = "1"', "MANIFEST_VERSION", 'use "1.0.0"'],
    ["build metadata", "version", 'version = "1.0.0+1"', "MANIFEST_VERSION", 'use "1.0.0"'],
    ["a leading zero", "version", 'version = "1.02.0"', "MANIFEST_VERSION", 'use "1.2.0"'],
    ["an upper-case pre-release", "version", 'version = "1.0.0-RC1"', "MANIFEST_VERSION", 'use "1.0.0-rc1"'],
    ["a version that is a number", "version", "version = 1.0", "MANIFEST_WRONG_TYPE", "write a string"],
    ["a bad licence", "license", 'license = "MIT License"', "MANIFEST_LICENSE", 'write "MIT"'],
    [
      "a licence nobody knows",
      "license",
      'license = "ours, all ours"',
      "MANIFEST_LICENSE",
      "spdx.org/licenses",
    ],
    [
      "a category in mixed case",
      "category",
      'category = "Data Science"',
      "MANIFEST_CATEGORY",
      'write "data-science"',
    ],
    ["a keyword twice", "keywords", 'keywords = ["a", "a"]', "MANIFEST_KEYWORDS", "each once"],
    ["an empty keyword", "keywords", 'keywords = [""]', "MANIFEST_KEYWORD", "one word"],
    ["an author over two lines", "authors", 'authors = ["a\\nb"]', "MANIFEST_TEXT", "one line"],
    [
      "credentials in a URL",
      "repository",
      'repository = "https://u:p@example.org/"',
      "MANIFEST_URL",
      "https://",
    ],
    ["git over ssh", "repository", 'repository = "git@example.org:a/b.git"', "MANIFEST_URL", "https://"],
    ["a time without a date", "published", "published = 12:00:00", "MANIFEST_PUBLISHED", "date that exists"],
    ["a date in words", "published", 'published = "January 2026"', "MANIFEST_PUBLISHED", "date that exists"],
    ["a newer format", "format", "format = 2", "MANIFEST_FORMAT", "update ggen-marketplace"],
    ["a format that is none", "format", 'format = "1"', "MANIFEST_FORMAT", "write format = 1"],
    ["a bad range for ggen", "ggen", 'ggen = "six"', "MANIFEST_RANGE", "npm's grammar"],
    ["a dependency table that is none", "[requires]", "[[requires]]", "MANIFEST_WRONG_TYPE", "write a table"],
    ["an empty range", "currency-codes", 'currency-codes = ""', "MANIFEST_DEPENDENCY_RANGE", '"*" for any'],
    [
      "a crate's table",
      "currency-codes",
      'currency-codes = { version = "1.0", features = ["x"] }',
      "MANIFEST_WRONG_TYPE",
      'currency-codes = "1.0"',
    ],
    [
      "a dependency on a file",
      "currency-codes",
      '"../x.ttl" = "*"',
      "MANIFEST_DEPENDENCY_NAME",
      "files are not dependencies",
    ],
    [
      "a dependency on itself",
      "currency-codes",
      'invoice-shapes = "*"',
      "MANIFEST_SELF_DEPENDENCY",
      "remove the line",
    ],
    [
      "a dependency in two tables",
      "test-data",
      'currency-codes = "*"',
      "MANIFEST_DEPENDENCY_TWICE",
      "keep one",
    ],
    [
      "a dependency called __proto__",
      "currency-codes",
      '__proto__ = "*"',
      "MANIFEST_DEPENDENCY_NAME",
      "name a package",
    ],
    [
      "an inline table over lines",
      "[x-acme]",
      "[x-acme]\nb = {\nc = 1 }",
      "MANIFEST_TOML_VERSION",
      "one line",
    ],
  ])("%s", (_, key, line, code, remedy) => {
    const result = readManifest(goodWith(key, line));
    expect(codesOf(result)).toEqual([code]);
    expect(problemOf(result, code).remedy).toContain(remedy);
  });

  test("tables named x-… are free, and nothing else is", () => {
    expect(readManifest(`${MINIMAL}[x-a]\nname = 1\n[x-a.b]\n[[x-c]]\n`).ok).toBe(false);
    expect(readManifest(`${MINIMAL}[x-a]\nname = 1\n[x-a.b]\nformat = 2\n`).ok).toBe(true);
    expect(codesOf(readManifest(`${MINIMAL}[x-]\n`))).toEqual(["MANIFEST_UNKNOWN_KEY"]);
    expect(codesOf(readManifest(`${MINIMAL}[package.x-a]\n`))).toEqual(["MANIFEST_UNKNOWN_KEY"]);
    expect(codesOf(readManifest(`${MINIMAL}[templates]\n[ontology]\n`))).toEqual([
      "MANIFEST_UNKNOWN_KEY",
      "MANIFEST_UNKNOWN_KEY",
    ]);
  });

  test.each([
    ["tags", "keywords"],
    ["author", "authors"],
    ["licence", "license"],
    ["keyword", "keywords"],
    ["desciption", "description"],
  ])("the key %s is answered with %s", (key, meant) => {
    expect(problemOf(readManifest(`${MINIMAL}${key} = "x"\n`), "MANIFEST_UNKNOWN_KEY").remedy).toBe(
      `write "${meant}" instead`,
    );
  });

  test("an empty file lacks format and package", () => {
    const result = readManifest("");
    expect(result.ok ? [] : result.problems.map((p) => p.place)).toEqual(["format", "package"]);
  });

  test("a control character in the description is refused, also as an escape", () => {
    const spoiled = MINIMAL.replace('"c"', '"c\\u001b[2J"');
    expect(codesOf(readManifest(spoiled))).toEqual(["MANIFEST_DESCRIPTION"]);
  });
});

describe("limits of a package.toml", () => {
  const described = (description: string) =>
    readManifest(MINIMAL.replace('"c"', JSON.stringify(description)));

  test("the description is at most 16 kB in UTF-8", () => {
    expect(described("x".repeat(16_384)).ok).toBe(true);
    expect(codesOf(described("x".repeat(16_385)))).toEqual(["MANIFEST_DESCRIPTION"]);
    expect(described("ä".repeat(8_192)).ok).toBe(true);
    expect(codesOf(described("ä".repeat(8_193)))).toEqual(["MANIFEST_DESCRIPTION"]);
    expect(codesOf(described(" \n\t"))).toEqual(["MANIFEST_DESCRIPTION"]);
  });

  test("a registry may allow less", () => {
    const limits = { descriptionBytesMax: 10, dependenciesMax: 3 };
    expect(codesOf(parsePackageToml(utf8(GOOD), FILE, limits))).toEqual([
      "MANIFEST_DESCRIPTION",
      "MANIFEST_TOO_MANY_DEPENDENCIES",
    ]);
    expect(parsePackageToml(utf8(MINIMAL), FILE, limits).ok).toBe(true);
  });

  test("the file is at most PACKAGE_TOML_BYTES_MAX bytes", () => {
    expect(readManifest(MINIMAL.padEnd(PACKAGE_TOML_BYTES_MAX, "\n")).ok).toBe(true);
    expect(codesOf(readManifest(MINIMAL.padEnd(PACKAGE_TOML_BYTES_MAX + 1, "\n")))).toEqual([
      "MANIFEST_TOO_LARGE",
    ]);
  });

  test("keywords, authors, category and dependencies are bounded", () => {
    const numbered = (count: number) =>
      JSON.stringify(Array.from({ length: count }, (_, index) => `n${index}`));
    const spoil = (key: string, line: string) => readManifest(goodWith(key, line));
    expect(spoil("keywords", `keywords = ${numbered(KEYWORDS_MAX)}`).ok).toBe(true);
    expect(codesOf(spoil("keywords", `keywords = ${numbered(KEYWORDS_MAX + 1)}`))).toEqual([
      "MANIFEST_KEYWORDS",
    ]);
    expect(spoil("keywords", `keywords = ["${"k".repeat(KEYWORD_BYTES_MAX)}"]`).ok).toBe(true);
    expect(codesOf(spoil("keywords", `keywords = ["${"k".repeat(KEYWORD_BYTES_MAX + 1)}"]`))).toEqual([
      "MANIFEST_KEYWORD",
    ]);
    expect(spoil("authors", `authors = ${numbered(AUTHORS_MAX)}`).ok).toBe(true);
    expect(codesOf(spoil("authors", `authors = ${numbered(AUTHORS_MAX + 1)}`))).toEqual(["MANIFEST_AUTHORS"]);
    expect(codesOf(spoil("authors", `authors = ["${"a".repeat(257)}"]`))).toEqual(["MANIFEST_TEXT"]);
    expect(codesOf(spoil("category", `category = "${"c".repeat(CATEGORY_CHARS_MAX + 1)}"`))).toEqual([
      "MANIFEST_CATEGORY",
    ]);
    const dependencies = (count: number) =>
      Array.from({ length: count }, (_, index) => `d${index} = "*"\n`).join("");
    const max = LIMIT_CEILINGS.dependenciesMax;
    expect(readManifest(`${MINIMAL}[dependencies]\n${dependencies(max)}`).ok).toBe(true);
    expect(codesOf(readManifest(`${MINIMAL}[dependencies]\n${dependencies(max + 1)}`))).toEqual([
      "MANIFEST_TOO_MANY_DEPENDENCIES",
    ]);
  });
});

describe("property: what is written reads back", () => {
  const name = fc
    .stringMatching(/^[a-z0-9]{1,8}(-[a-z0-9]{1,8})?$/)
    .filter((text) => !/^(con|prn|aux|nul|com\d|lpt\d)$/.test(text));
  const range = fc.constantFrom("*", "^1.0.0", ">=1 <2", "1 || 2");
  const line = fc
    .string({ unit: "binary", minLength: 1, maxLength: 15 })
    .filter((text) => text.trim() === text && !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text));
  const prose = fc.array(line, { minLength: 1, maxLength: 3 }).map((lines) => lines.join("\n\t"));
  const tables = fc.uniqueArray(fc.tuple(name, range, fc.nat(2)), { selector: ([key]) => key, maxLength: 6 });
  const option = <T>(key: string, value: fc.Arbitrary<T>) =>
    fc.option(value).map((some) => (some === null ? {} : { [key]: some }));
  const manifest = fc
    .tuple(
      name,
      name,
      prose,
      tables,
      fc.uniqueArray(line, { maxLength: 3 }),
      fc.uniqueArray(line, { maxLength: 3 }),
    )
    .chain(([own, publisher, description, dependencies, keywords, authors]) =>
      fc
        .tuple(
          option("kind", fc.constantFrom(...PACKAGE_KINDS)),
          option("category", name),
          option(
            "repository",
            fc.webUrl().filter((url) => /^[!-~]+$/.test(url) && !/[<>"{}|\\^`]/.test(url)),
          ),
          option("published", fc.constantFrom("2026-01-31", "2026-01-31T00:00:00.001Z")),
          option("ggen", range),
        )
        .map(([kind, category, repository, published, requires]) => {
          const table = (which: number) =>
            new Map(
              dependencies
                .filter(([key, , at]) => at === which && key !== own)
                .map(([key, value]) => [key, value]),
            );
          return {
            ...{
              name: own,
              version: "1.0.0-rc.1",
              publisher,
              description,
              license: "MIT",
              ...kind,
              ...category,
              ...repository,
              ...published,
            },
            ...{
              keywords,
              authors,
              requires,
              dependencies: table(0),
              optionalDependencies: table(1),
              devDependencies: table(2),
            },
          } as unknown as PackageManifest;
        }),
    );

  test("parse(write(m)) is m", () => {
    fc.assert(
      fc.property(manifest, (written) => {
        const { summary: _, ...read } = accepted(readManifest(writePackageToml(written)));
        expect(read).toEqual({ ...written, format: 1 });
      }),
    );
  });
});
