import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { explainName, parsePackageName, parsePublisherName, suggestName } from "../../src/manifest/name.ts";

describe("names", () => {
  test.each(["a", "0", "a-b", "next-js", "constructor", "com10", "console", "x".repeat(64)])(
    "%s is a name",
    (name) => {
      expect(parsePackageName(name)).toBe(name);
      expect(parsePublisherName(name)).toBe(name);
      expect(explainName(name)).toBe("");
    },
  );

  test.each([
    "",
    "A",
    "a_b",
    "a.b",
    "a b",
    "-a",
    "a-",
    "a--b",
    "ä",
    "__proto__",
    "a\n",
    "a/b",
    "..",
    "x".repeat(65),
  ])("%j is no name", (name) => {
    expect(parsePackageName(name)).toBeUndefined();
    expect(parsePublisherName(name)).toBeUndefined();
    expect(explainName(name)).not.toBe("");
  });

  test.each(["con", "prn", "aux", "nul", "com0", "com1", "com9", "lpt1", "lpt9"])(
    "%s is a device of Windows",
    (name) => {
      expect(parsePackageName(name)).toBeUndefined();
      expect(explainName(name)).toBe(`Windows keeps this name for a device; use "${name}-package"`);
    },
  );

  test("a display name is explained with the nearest acceptable one", () => {
    expect(explainName("Next.js Ontology-Driven CRUD")).toContain('use "next-js-ontology-driven-crud"');
    expect(explainName("Größe")).toContain('use "gro-e"');
    expect(explainName("x".repeat(65))).toContain(
      `has at most 64 characters, this one has 65; use "${"x".repeat(64)}"`,
    );
  });

  test("property: every suggestion is acceptable", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 100 }), (text) => {
        const suggestion = suggestName(text);
        return suggestion === undefined || parsePackageName(suggestion) === suggestion;
      }),
    );
  });
});
