import { posix, win32 } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  CONTENT_PATH_BYTES_MAX,
  checkPath,
  checkPathSet,
  foldPath,
  PATH_DEPTH_MAX,
  parseContentPath,
} from "../../src/manifest/path.ts";

describe("paths", () => {
  test.each([
    "README.md",
    "ontology.ttl",
    "templates/{{name}}.tmpl",
    "a/b/c.rq",
    ".gitignore",
    ".github/workflows/ci.yml",
    ".hidden",
    "a b.txt",
    "größe.md",
    "日本語.ttl",
    "😀.md",
    "console.txt",
    "com10.txt",
    "git~x",
    "-rf",
  ])("%s is accepted", (path) => {
    expect(checkPath(path)).toBeUndefined();
    expect(parseContentPath(path)).toBe(path);
  });

  test.each([
    ["nothing", "", "is empty"],
    ["an absolute path", "/etc/passwd", "is absolute"],
    ["a parent folder", "../x", '".."'],
    ["a parent folder inside", "a/../../x", '".."'],
    ["the folder itself", "./x", '"."'],
    ["two slashes", "a//b", "empty part"],
    ["a slash at the end", "a/", "empty part"],
    ["a backslash", "a\\b", "backslash"],
    ["a drive", "C:/x", "character :"],
    ["an alternate data stream", "a.txt:b", "character :"],
    ["a wildcard", "a*", "character *"],
    ["a quote", 'a"', 'character "'],
    ["a line feed", "a\nb", "control"],
    ["NUL", "a\0b", "control"],
    ["C1", "a\u0085b", "control"],
    ["right-to-left override", "a\u202egpj.exe", "bidirectional"],
    ["zero-width joiner", "a\u200db", "zero-width"],
    ["zero-width .git", ".g\u200cit/config", "zero-width"],
    ["soft hyphen", "a\u00adb", "zero-width"],
    ["variation selector", "a\ufe0f", "zero-width"],
    ["a tag character", "a\u{e0041}", "zero-width"],
    ["a variation selector beyond the first plane", "a\u{e0100}", "zero-width"],
    ["a musical format control", "a\u{1d173}", "invisible"],
    ["a shorthand format control", "a\u{1bca0}", "invisible"],
    ["a Hangul filler", "a\u3164", "invisible"],
    ["a combining grapheme joiner", "a\u034fb", "invisible"],
    ["a non-character", "a\ufdd0", "invisible"],
    ["a non-character of another plane", "a\u{1ffff}", "invisible"],
    ["no-break space", "a\u00a0b", "white space"],
    ["a lone surrogate", "a\ud800", "Unicode"],
    ["Unicode form NFD", "gro\u0308ße", "NFC"],
    ["a trailing dot", "a./b", "ends in a dot"],
    ["a trailing space", "a /b", "ends in a space"],
    [".git", ".git/config", "git acts on"],
    [".git in capitals", "x/.GIT/config", "git acts on"],
    [".git with dotless i", ".g\u0131t/config", "git acts on"],
    [".gitattributes", "x/.gitattributes", "git acts on"],
    [".gitmodules", ".GitModules", "git acts on"],
    ["NTFS short name of .git", "git~1/config", "git acts on"],
    ["NTFS short name of .gitmodules", "GITMOD~1", "git acts on"],
    ["NTFS hashed short name", "gi7eba~1", "git acts on"],
    ["a device", "nul", "device on Windows"],
    ["a device with extension", "a/NUL.tar.gz", "device on Windows"],
    ["a device with a space", "con .txt", "device on Windows"],
    ["a device with a superscript", "com¹.txt", "device on Windows"],
    ["the console", "CONIN$", "device on Windows"],
  ])("%s is refused", (_, path, why) => {
    expect(checkPath(path)).toContain(why);
    expect(parseContentPath(path)).toBeUndefined();
  });

  test("a path is at most CONTENT_PATH_BYTES_MAX bytes", () => {
    const folder = "d".repeat(154 - "content/".length);
    const longest = `${folder}/${"f".repeat(92)}`;
    expect(checkPath(longest)).toBeUndefined();
    const fill = (length: number) => `${"d".repeat(147)}/${"f".repeat(length - 148)}`;
    expect(checkPath(fill(CONTENT_PATH_BYTES_MAX))).toBeUndefined();
    expect(checkPath(fill(CONTENT_PATH_BYTES_MAX + 1))).toContain("longer than");
    expect(checkPath("ä".repeat(CONTENT_PATH_BYTES_MAX / 2 + 1))).toContain("longer than");
  });

  test("a path must be splittable for a tar header", () => {
    expect(checkPath("f".repeat(92))).toBeUndefined();
    expect(checkPath("f".repeat(100))).toBeUndefined();
    expect(checkPath("f".repeat(101))).toContain("tar header");
    expect(checkPath(`${"d".repeat(148)}/f`)).toContain("tar header");
  });

  test("a path is at most PATH_DEPTH_MAX deep", () => {
    expect(checkPath(Array(PATH_DEPTH_MAX).fill("a").join("/"))).toBeUndefined();
    expect(
      checkPath(
        Array(PATH_DEPTH_MAX + 1)
          .fill("a")
          .join("/"),
      ),
    ).toContain("folders deep");
  });

  const part = fc.oneof(
    fc.constantFrom("..", ".", "", "a", ".git", "con", "C:", "a\\b", "x.", "\u202e", "e\u0301", "ß"),
    fc.string({ unit: "binary", maxLength: 8 }),
    fc.string({ unit: "grapheme", maxLength: 8 }),
  );

  test("property: an accepted path is its own NFC and cannot leave its folder", () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        const path = parts.join("/");
        if (checkPath(path) !== undefined) return;
        expect(path.normalize("NFC")).toBe(path);
        expect(new TextDecoder().decode(new TextEncoder().encode(path))).toBe(path);
        for (const { join, sep } of [posix, win32]) {
          expect(join("root", "content", path)).toBe(["root", "content", ...path.split("/")].join(sep));
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("sets of paths", () => {
  test("paths that differ are no clash", () => {
    expect(checkPathSet(["a", "b/c", "b/d", "b.c"])).toEqual([]);
  });

  test.each([
    ["the same path twice", "a", "a"],
    ["case", "readme.md", "README.md"],
    ["Unicode form", "\u00e9", "e\u0301"],
    ["sharp s", "straße", "STRASSE"],
    ["final sigma", "ς", "σ"],
    ["Kelvin sign", "k", "\u212a"],
    ["a ligature", "ffi", "\ufb03"],
    ["a file where a folder is", "a/b", "a"],
    ["a folder where a file is", "A", "a/b"],
    ["two spellings of one folder", "Docs/a", "docs/b"],
  ])("%s is a clash", (_, first, second) => {
    expect(checkPathSet([first, second])).toEqual([{ path: second, clashesWith: first }]);
  });

  test("each path is named once", () => {
    expect(checkPathSet(["a/b/c", "A/B/C", "x", "X"])).toEqual([
      { path: "A/B/C", clashesWith: "a/b/c" },
      { path: "X", clashesWith: "x" },
    ]);
  });

  test("property: folding is stable, and any change of case or form is a clash", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 10 }), (text) => {
        const path = text.replaceAll("/", "_");
        expect(foldPath(foldPath(path))).toBe(foldPath(path));
        for (const other of [path.toLowerCase(), path.normalize("NFD"), path.normalize("NFC")]) {
          if (other !== path) expect(checkPathSet([path, other])).toHaveLength(1);
        }
      }),
    );
  });
});
