import { describe, expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { DEFAULT_LIMITS } from "../../src/manifest/limits.ts";
import type { PublisherName } from "../../src/manifest/name.ts";
import { type PackageManifest, parsePackageToml, writePackageToml } from "../../src/manifest/package-toml.ts";
import { adaptManifest, type ForeignPackage } from "../../src/publish/foreign-manifest.ts";
import { codesOf, take } from "../support/judge.ts";
import { anOldPackage, aPack, folderOf } from "./a-publisher.ts";

const adapting = (known: readonly string[] = [], barred: [string, string][] = []) => ({
  publisher: "alice" as PublisherName,
  limits: DEFAULT_LIMITS,
  known: { names: new Set(known), barred: new Map(barred) },
});

/** Adapted, and read back from what is written of it. */
function adapted(foreign: ForeignPackage, known?: readonly string[]): PackageManifest {
  const manifest = take(adaptManifest(foreign, adapting(known)));
  return take(parsePackageToml(utf8(writePackageToml(manifest)), "package.toml"));
}

const notes = (foreign: ForeignPackage, known?: readonly string[]) =>
  codesOf(adaptManifest(foreign, adapting(known)));

const packOf = (lines: string) => folderOf("a-pack", { "pack.toml": `[pack]\n${lines}` });

describe("a pack.toml", () => {
  test("gives name, version and description; nothing is said of its licence", () => {
    expect(adapted(aPack("star-pack"))).toMatchObject({
      name: "star-pack",
      version: "1.0.0",
      publisher: "alice",
      license: "NOASSERTION",
      description: "A pack made for a test",
    });
    expect(notes(aPack("star-pack"))).toEqual([]);
  });

  test("counts before a package.toml beside it", () => {
    const both = aPack("star-pack", { "package.toml": '[package]\nname = "other"\nversion = "9.0.0"\n' });
    expect(adapted(both).version).toBe("1.0.0");
  });
});

describe("names", () => {
  const named = (folder: string, own: string) =>
    folderOf(folder, { "pack.toml": `[pack]\nname = "${own}"\nversion = "1.0.0"\ndescription = "words"\n` });

  test.each([
    ["star-pack", "star-pack", "star-pack", []],
    ["star-pack", "Star Pack", "star-pack", ["IMPORT_NAME_DIFFERS"]],
    [
      "io.ggen.nextjs.ontology-crud",
      "Next.js Ontology-Driven CRUD",
      "io-ggen-nextjs-ontology-crud",
      ["IMPORT_NAME_MENDED"],
    ],
    ["My_Pack", "my-pack", "my-pack", ["IMPORT_NAME_MENDED"]],
    ["nul", "nul", "nul-package", ["IMPORT_NAME_MENDED"]],
    ["製品版", "tcps-pack", "tcps-pack", ["IMPORT_NAME_MENDED"]],
    ["Café Pack", "café", "cafe-pack", ["IMPORT_NAME_MENDED"]],
  ])("the folder %s that calls itself %s is %s", (folder, own, name, codes) => {
    expect(adapted(named(folder, own)).name).toBe(name);
    expect(notes(named(folder, own))).toEqual(codes);
  });

  test("a name in another script is refused rather than made unrecognisable", () => {
    expect(notes(named("製品版-pack", "製品版"))).toEqual(["IMPORT_BAD_NAME"]);
    expect(notes(named("x".repeat(65), "y".repeat(65)))).toEqual(["IMPORT_BAD_NAME"]);
  });
});

describe("versions", () => {
  test.each([
    ['"1.2.3"', "1.2.3", []],
    ['"2026.07.18"', "2026.7.18", ["IMPORT_VERSION_MENDED"]],
    ['"26.8.18+dfcm.1"', "26.8.18", ["IMPORT_VERSION_MENDED"]],
    ['"v1.2"', "1.2.0", ["IMPORT_VERSION_MENDED"]],
    ["2", "2.0.0", ["IMPORT_VERSION_MENDED"]],
    ['"1.0.0-Beta.01"', "1.0.0-beta.1", ["IMPORT_VERSION_MENDED"]],
  ])("%s is %s", (written, version, codes) => {
    const pack = packOf(`version = ${written}\ndescription = "words"\n`);
    expect(adapted(pack).version).toBe(version);
    expect(notes(pack)).toEqual(codes);
  });

  test.each([
    "",
    'version = "latest"\n',
    'version = "1.2.3.4"\n',
    "version = 2026-07-18\n",
    'version = ["1"]\n',
  ])("%j is none", (line) => {
    expect(notes(packOf(`${line}description = "words"\n`))).toEqual(["IMPORT_BAD_VERSION"]);
  });
});

describe("descriptions", () => {
  test("one of 40 kB is cut at the limit, between characters", () => {
    const pack = packOf(`version = "1.0.0"\ndescription = "${"あ".repeat(14_000)}"\n`);
    const { description } = adapted(pack);
    expect(utf8(description).length).toBeGreaterThan(DEFAULT_LIMITS.descriptionBytesMax - 3);
    expect(description).toMatch(/^あ+$/);
    expect(notes(pack)).toEqual(["IMPORT_DESCRIPTION_CUT"]);
  });

  test("control characters go, lines and tabs stay", () => {
    expect(adapted(packOf('version = "1.0.0"\ndescription = "a\\u0007b\\r\\nc\\td"\n')).description).toBe(
      "ab\nc\td",
    );
  });

  test("where there is none the name stands, and a note says so", () => {
    expect(adapted(packOf('version = "1.0.0"\n')).description).toBe("a-pack");
    expect(notes(packOf('version = "1.0.0"\ndescription = "  "\n'))).toEqual(["IMPORT_NO_DESCRIPTION"]);
  });
});

describe("what the first marketplace's package.toml says besides", () => {
  const withFields = (lines: string) =>
    folderOf("old", {
      "package.toml": `[package]\nname = "old"\nversion = "1.0.0"\ndescription = "words"\n${lines}`,
    });

  test.each([
    ['license = "MIT"', "MIT", []],
    ['license = "mit"', "MIT", []],
    ['license = "MIT/Apache-2.0"', "MIT OR Apache-2.0", []],
    ['license = "Whatever 2"', "NOASSERTION", ["IMPORT_LICENSE"]],
    ["license = 7", "NOASSERTION", []],
  ])("%s", (line, license, codes) => {
    expect(adapted(withFields(line)).license).toBe(license);
    expect(notes(withFields(line))).toEqual(codes);
  });

  test.each([
    ['keywords = ["B", "a"]\ntags = ["a", " c "]', ["b", "a", "c"]],
    ['[package.tags]\ntags = ["x"]\n[package.keywords]\nkeywords = ["y"]', ["y", "x"]],
    ["keywords = 3", []],
  ])("keywords: %j", (lines, keywords) => {
    expect(adapted(withFields(lines)).keywords).toEqual(keywords);
  });

  test.each([
    ['author = "A. Person"', ["A. Person"]],
    ['authors = ["A", "B", "A"]', ["A", "B"]],
    ['authors = [{ name = "A", email = "a@example.org" }]', ["A <a@example.org>"]],
  ])("authors: %j", (lines, authors) => {
    expect(adapted(withFields(lines)).authors).toEqual(authors);
  });

  test("category, addresses, too many keywords", () => {
    const lines = `category = "Web & Cloud"\nrepository = "https://example.org/x"\nhomepage = "see README"\nkeywords = [${Array.from({ length: 40 }, (_, i) => `"k${i}"`)}]\n`;
    expect(adapted(withFields(lines))).toMatchObject({
      category: "web-cloud",
      repository: "https://example.org/x",
    });
    expect(notes(withFields(lines))).toEqual(["IMPORT_KEYWORDS_CUT", "IMPORT_ADDRESS"]);
  });
});

describe("dependencies", () => {
  test.each([
    ['dependencies = ["known", "known-too@^2.0.0", "crate"]', { known: "*", "known-too": "^2.0.0" }],
    ['[dependencies]\nknown = "1.0.0"\nserde = "1.0"\n', { known: "^1.0.0" }],
    [
      '[dependencies]\nknown = { version = ">=1.0, <2.0", features = ["known-too"] }\n',
      { known: ">=1.0 <2.0" },
    ],
    ['[dependencies]\nrdf_ontology = "ontology/core.ttl"\n', {}],
    ['[dependencies.rust]\nknown = "^1"\n[dependencies.python]\nnumpy = "*"\n', { known: "^1" }],
    ['[dependencies]\nrequired = ["known"]\noptional = ["known-too"]\n', { known: "*" }],
    ['[dependencies]\nold = "1.0.0"\n__proto__ = "1.0.0"\nconstructor = "1.0.0"\n', {}],
  ])("%j", (lines, edges) => {
    const manifest = adapted(anOldPackage("old", lines), ["known", "known-too", "old"]);
    expect(Object.fromEntries(manifest.dependencies)).toEqual(edges);
  });

  test("optional ones are kept apart, and ggen itself is a requirement", () => {
    const lines =
      '[dependencies]\nggen = ">=2.6.0"\noptional = ["known"]\nknown-too = { version = "1", optional = true }\n';
    const manifest = adapted(anOldPackage("old", lines), ["known", "known-too"]);
    expect(Object.fromEntries(manifest.optionalDependencies)).toEqual({ known: "*", "known-too": "^1" });
    expect(manifest.requires).toEqual({ ggen: ">=2.6.0" });
  });

  test("what is left out is named once, what is barred with its reason", () => {
    const lines = '[dependencies]\nserde = "1"\ntokio = "1"\nknown = "9"\n';
    const result = adaptManifest(
      anOldPackage("old", lines),
      adapting(["known"], [["known", "No release of it satisfies ^9"]]),
    );
    expect(codesOf(result)).toEqual(["IMPORT_DEPENDENCY_BARRED", "IMPORT_DEPENDENCY_LEFT_OUT"]);
    expect(result.ok && result.warnings.map((note) => note.message).join()).toMatch(
      /No release of it satisfies \^9.*serde, tokio/,
    );
  });
});

describe("what is refused", () => {
  test.each([
    ["IMPORT_NO_MANIFEST", { "README.md": "# no manifest\n" }],
    ["IMPORT_SYNTAX", { "package.toml": '[package]\nkeywords =\n- "a"\n' }],
    [
      "IMPORT_TOML_VERSION",
      { "package.toml": '[package]\nname = "x"\nversion = "1.0.0"\nx = {\n a = 1\n}\n' },
    ],
    ["IMPORT_NOT_UTF8", { "package.toml": "\ud800" }],
    ["IMPORT_NO_TABLE", { "pack.toml": 'name = "x"\n' }],
    ["IMPORT_NO_TABLE", { "pack.toml": "pack = 3\n" }],
  ])("%s", (code, texts) => {
    const foreign = folderOf("x", texts);
    if (code === "IMPORT_NOT_UTF8")
      (foreign.files as Map<string, Uint8Array>).set("package.toml", Uint8Array.of(0xff));
    expect(notes(foreign)).toEqual([code]);
  });
});
