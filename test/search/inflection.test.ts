import fc from "fast-check";
import { expect, test } from "vitest";
import { inflections } from "../../src/search/inflection.ts";

test.each([
  ["operator", "operators"],
  ["queries", "query"],
  ["query", "queries"],
  ["classes", "class"],
  ["box", "boxes"],
  ["validate", "validating"],
  ["validate", "validated"],
  ["validating", "validate"],
  ["validated", "validating"],
  ["parsing", "parse"],
  ["parsing", "parsed"],
  ["mapping", "map"],
  ["map", "maps"],
  ["mapped", "mapping"],
  ["rendering", "render"],
  ["render", "rendered"],
  ["copied", "copy"],
  ["copying", "copies"],
  ["calling", "call"],
  ["bundled", "bundles"],
])("%s is also %s", (word, other) => {
  expect(inflections(word)).toContain(other);
});

test.each(["js", "c", "", "x1", "café", "react-dom", "__proto__", "知识"])(
  "%j has no other forms",
  (word) => {
    expect(inflections(word)).toEqual([]);
  },
);

test("forms are few, differ from the word, and begin as it does", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{3,24}$/), (word) => {
      const forms = inflections(word);
      expect(forms.length).toBeLessThanOrEqual(8);
      expect(new Set(forms).size).toBe(forms.length);
      expect(forms).not.toContain(word);
      const start = word.slice(0, Math.max(1, word.length - 5));
      for (const form of forms) expect(form.startsWith(start)).toBe(true);
    }),
  );
});
