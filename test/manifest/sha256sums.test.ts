import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeUtf8, utf8 } from "../../src/base/bytes.ts";
import type { Digest } from "../../src/base/digest.ts";
import { sortedBy } from "../../src/base/order.ts";
import { checkPath } from "../../src/manifest/path.ts";
import {
  parseSha256Sums,
  SUMS_BYTES_MAX,
  SUMS_ENTRIES_MAX,
  type SumsEntry,
  writeSha256Sums,
} from "../../src/manifest/sha256sums.ts";
import { accepted, codesOf, problemOf } from "./problems.ts";

const A = "a".repeat(64) as Digest;
const B = `${"0123456789abcdef".repeat(4)}` as Digest;
const GOOD = `${A}  content/README.md\n${B}  content/a b/ä.ttl\n${A}  package.toml\n`;

const read = (text: string | Uint8Array) =>
  parseSha256Sums(typeof text === "string" ? utf8(text) : text, "SHA256SUMS");

describe("SHA256SUMS", () => {
  test("in its one form is read, and written again", () => {
    const entries = accepted(read(GOOD));
    expect(entries).toEqual([
      { path: "content/README.md", sha256: A },
      { path: "content/a b/ä.ttl", sha256: B },
      { path: "package.toml", sha256: A },
    ]);
    expect(decodeUtf8(writeSha256Sums(entries))).toBe(GOOD);
    expect(decodeUtf8(writeSha256Sums([...entries].reverse()))).toBe(GOOD);
  });

  const first = `${A}  content/README.md\n`;
  test.each([
    ["CRLF", GOOD.replaceAll("\n", "\r\n"), ["SUMS_CRLF", "SUMS_CRLF", "SUMS_CRLF", "SUMS_NO_MANIFEST"]],
    ["upper-case hex", GOOD.replace(B, B.toUpperCase()), ["SUMS_UPPER_CASE_HEX"]],
    ["one space", GOOD.replace("  content/R", " content/R"), ["SUMS_ONE_SPACE"]],
    ["the mark of binary mode", GOOD.replace("  content/R", " *content/R"), ["SUMS_BINARY_MARK"]],
    ["a BSD line", `SHA256 (content/A) = ${A}\n${GOOD}`, ["SUMS_BSD_TAG"]],
    ["an escaped path", `\\${A}  content/a\\nb\n${GOOD}`, ["SUMS_ESCAPED"]],
    ["a comment", `# sums\n${GOOD}`, ["SUMS_COMMENT"]],
    ["a blank line", GOOD.replace("\n", "\n\n"), ["SUMS_BLANK_LINE"]],
    ["a blank line at the end", `${GOOD}\n`, ["SUMS_BLANK_LINE"]],
    ["no final line feed", GOOD.slice(0, -1), ["SUMS_NO_FINAL_LF"]],
    ["a byte order mark", `\ufeff${GOOD}`, ["SUMS_BOM"]],
    ["three spaces", GOOD.replace("  content/R", "   content/R"), ["SUMS_SPACING"]],
    ["a tab", GOOD.replace("  content/R", "\tcontent/R"), ["SUMS_SPACING"]],
    ["space before the digest", ` ${GOOD}`, ["SUMS_SPACING"]],
    ["space after the path", GOOD.replace("README.md", "README.md "), ["SUMS_PATH"]],
    ["a short digest", GOOD.replace(A, A.slice(1)), ["SUMS_LINE"]],
    ["a long digest", GOOD.replace(A, `${A}a`), ["SUMS_LINE"]],
    ["no path", GOOD.replace("  content/README.md", "  "), ["SUMS_SPACING"]],
    ["words", `hello\n${GOOD}`, ["SUMS_LINE"]],
    ["lines out of order", `${A}  package.toml\n${first}`, ["SUMS_NOT_SORTED"]],
    [
      "order by UTF-16 units",
      `${A}  content/😀\n${A}  content/\uf900\n${A}  package.toml\n`,
      ["SUMS_NOT_SORTED", "SUMS_PATH"],
    ],
    ["a path twice", first + GOOD, ["SUMS_DUPLICATE"]],
    ["a path twice with another digest", first.replace(A, B) + GOOD, ["SUMS_DUPLICATE"]],
    ["paths equal but for case", `${A}  content/README.MD\n${GOOD}`, ["SUMS_PATH_CLASH"]],
    [
      "a file where a folder is",
      `${A}  content/README.md\n${A}  content/README.md/x\n${A}  package.toml\n`,
      ["SUMS_PATH_CLASH"],
    ],
    ["a path outside content/", GOOD.replace("content/README.md", "README.md"), ["SUMS_PATH"]],
    ["a path to SHA256SUMS itself", `${A}  SHA256SUMS\n${GOOD.slice(0)}`, ["SUMS_PATH"]],
    ["a path that leaves its folder", `${A}  content/../../x\n${GOOD}`, ["SUMS_PATH"]],
    ["a path with a carriage return", GOOD.replace("README", "READ\rME"), ["SUMS_PATH"]],
    ["a path with a backslash", GOOD.replace("README", "READ\\ME"), ["SUMS_PATH"]],
    ["an absolute path", GOOD.replace("content/README.md", "/content/README.md"), ["SUMS_PATH"]],
    ["the folder alone", `${A}  content/\n${GOOD}`, ["SUMS_PATH"]],
    ["no package.toml", first, ["SUMS_NO_MANIFEST"]],
    ["nothing", "", ["SUMS_EMPTY"]],
    ["bytes that are not UTF-8", new Uint8Array([...utf8(first), 0xff]), ["SUMS_NOT_UTF8"]],
  ])("with %s is refused", (_, text, codes) => {
    const result = read(text);
    expect(codesOf(result).filter((code) => code !== "SUMS_NOT_SORTED" || codes.includes(code))).toEqual(
      codes,
    );
    for (const code of codes) problemOf(result, code);
  });

  test("with several faults has all of them named, each with its line", () => {
    const result = read(`# x\n${GOOD}${A} *content/z\n${A}  content/../y`);
    expect(result.ok ? [] : result.problems.map((p) => [p.line, p.code])).toEqual([
      [1, "SUMS_COMMENT"],
      [5, "SUMS_BINARY_MARK"],
      [6, "SUMS_NO_FINAL_LF"],
      [6, "SUMS_PATH"],
      [6, "SUMS_NOT_SORTED"],
    ]);
  });

  test("is bounded in bytes and in files", () => {
    const listing = (count: number) =>
      writeSha256Sums([
        ...Array.from({ length: count - 1 }, (_, index) => ({
          path: `content/${String(index).padStart(6, "0")}`,
          sha256: A,
        })),
        { path: "package.toml", sha256: A },
      ]);
    expect(read(listing(SUMS_ENTRIES_MAX)).ok).toBe(true);
    expect(codesOf(read(listing(SUMS_ENTRIES_MAX + 1)))).toEqual(["SUMS_TOO_MANY"]);
    expect(codesOf(read(new Uint8Array(SUMS_BYTES_MAX + 1)))).toEqual(["SUMS_TOO_LARGE"]);
    expect(codesOf(read("\n".repeat(5_000)))).toHaveLength(101);
  });

  test("is never written with a path that it could not hold", () => {
    for (const path of ["content/a\nb", "../x", "content/", "README.md", "content/.git/config"]) {
      expect(() => writeSha256Sums([{ path, sha256: A }])).toThrow(RangeError);
    }
  });

  const digest = fc.stringMatching(/^[0-9a-f]{64}$/).map((text) => text as Digest);
  const path = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
    .filter((text) => checkPath(text) === undefined && !text.includes("/"));
  const entries = fc
    .tuple(
      digest,
      fc.uniqueArray(fc.tuple(path, digest), {
        selector: ([text]) => text.normalize("NFKD").toUpperCase().toLowerCase(),
        maxLength: 8,
      }),
    )
    .map(([own, files]): SumsEntry[] => [
      { path: "package.toml", sha256: own },
      ...files.map(([name, sha256]) => ({ path: `content/${name}`, sha256 })),
    ]);

  test("property: parse(write(x)) is x, in order", () => {
    fc.assert(
      fc.property(entries, (written) => {
        expect(accepted(read(writeSha256Sums(written)))).toEqual(sortedBy(written, (entry) => entry.path));
      }),
    );
  });

  test("property: bytes that are accepted are written again as they were, whatever was changed in them", () => {
    const change = fc.tuple(
      fc.nat(),
      fc.constantFrom("", " ", "\n", "\r", "\t", "A", "a", "0", "/", "\\", "*", "#", "\u00e9", "\u0000"),
      fc.boolean(),
    );
    fc.assert(
      fc.property(entries, change, (written, [at, text, replaces]) => {
        const good = decodeUtf8(writeSha256Sums(written)) ?? "";
        const index = at % good.length;
        const bytes = utf8(good.slice(0, index) + text + good.slice(index + (replaces ? 1 : 0)));
        const result = read(bytes);
        if (result.ok) expect(writeSha256Sums(result.value)).toEqual(bytes);
      }),
      { numRuns: 1000 },
    );
  });
});
