/** PATHPATTERN of the specification, 4.5: against its own examples, and against a regular expression. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesPath } from "../../../src/trust/tuf/path-pattern.ts";

/** What a pattern means, said another way; by UTF-16 units, as in the code under test. */
function model(pattern: string): RegExp {
  const parts = Array.from({ length: pattern.length }, (_, at) => {
    const char = pattern[at] ?? "";
    if (char === "*") return "[^/]*";
    if (char === "?") return "[^/]";
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  return new RegExp(`^${parts.join("")}$`, "s");
}

const MATCHES: [pattern: string, path: string][] = [
  // The specification's examples.
  ["targets/*.tgz", "targets/foo.tgz"],
  ["targets/*.tgz", "targets/bar.tgz"],
  ["foo-version-?.tgz", "foo-version-2.tgz"],
  ["foo-version-?.tgz", "foo-version-a.tgz"],
  ["*.tgz", "foo.tgz"],
  ["foo.tgz", "foo.tgz"],
  // Ours.
  ["index/*", "index/root.json"],
  ["index/*", "index/"],
  ["index/*", "index/.hidden"],
  ["*", ""],
  ["", ""],
  ["**", "a"],
  ["*/*", "a/b"],
  ["*a*b", "xaxbxb"],
  ["*?", "a"],
  ["?*?", "ab"],
  ["*.*", "."],
  ["a*", "a\nb"],
  ["*", "*"],
  ["?", "?"],
  // Of a shell's patterns, the two wildcards only.
  ["[ab]", "[ab]"],
  ["{a,b}", "{a,b}"],
  ["!a", "!a"],
  ["a\\*", "a\\b"],
  ["+(a)", "+(a)"],
  [".", "."],
];

const DIFFERS: [pattern: string, path: string][] = [
  ["targets/*.tgz", "targets/foo.txt"],
  ["foo-version-?.tgz", "foo-version-alpha.tgz"],
  ["*.tgz", "targets/foo.tgz"],
  ["foo.tgz", "foo_tgz"],
  ["index/*", "index"],
  ["index/*", "index/a/b"],
  ["index/*", "INDEX/a"],
  ["index/*", "index/../trust/ratified.json"],
  ["index/*", "trust/ratified.json"],
  ["index/*", "/index/a"],
  ["index/*", "./index/a"],
  ["index/*", "index\\a"],
  ["index/*", "xindex/a"],
  ["*", "a/b"],
  ["**", "a/b"],
  ["**/c", "a/b/c"],
  ["a?b", "a/b"],
  ["a*b", "a/b"],
  ["?", ""],
  ["", "a"],
  ["", "/"],
  ["a", ""],
  ["a", "aa"],
  ["aa", "a"],
  ["*a", "ab"],
  ["[ab]", "a"],
  ["{a,b}", "a"],
  ["!a", "b"],
  ["a\\*", "a*"],
  [".", "a"],
  ["é", "e\u0301"],
];

describe("patterns of target paths", () => {
  it.each(MATCHES)("%j matches %j", (pattern, path) => {
    expect(matchesPath(path, pattern)).toBe(true);
    expect(model(pattern).test(path)).toBe(true);
  });

  it.each(DIFFERS)("%j does not match %j", (pattern, path) => {
    expect(matchesPath(path, pattern)).toBe(false);
    expect(model(pattern).test(path)).toBe(false);
  });

  const few = fc.string({ unit: fc.constantFrom("a", "b", "/", "*", "?", "."), maxLength: 12 });
  const any = fc.string({ unit: "binary", maxLength: 12 });

  it("mean what the regular expression means, for paths that are near the pattern", () => {
    fc.assert(
      fc.property(few, few, (path, pattern) => matchesPath(path, pattern) === model(pattern).test(path)),
      { numRuns: 20_000 },
    );
  });

  it("mean what the regular expression means, for any texts", () => {
    fc.assert(
      fc.property(any, any, (path, pattern) => matchesPath(path, pattern) === model(pattern).test(path)),
      { numRuns: 5_000 },
    );
  });

  it("match what they were made from", () => {
    const replaced = fc.tuple(few, fc.infiniteStream(fc.constantFrom("same", "?", "*", "**")));
    fc.assert(
      fc.property(replaced, ([path, choices]) => {
        const pattern = Array.from(path, (char) => {
          const choice = choices.next().value;
          return char === "/" || choice === "same" ? char : choice;
        }).join("");
        return matchesPath(path, pattern);
      }),
    );
  });

  it("take a time that a regular expression would not", () => {
    const path = "a".repeat(2_000);
    expect(matchesPath(path, `${"a*".repeat(500)}b`)).toBe(false);
    expect(matchesPath(`${path}b`, `${"*a".repeat(500)}*b`)).toBe(true);
  });
});
