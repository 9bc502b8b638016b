import fc from "fast-check";
import { expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { jsonExtent } from "../../src/base/json-extent.ts";

function extentOf(value: unknown): { values: number; depth: number } {
  if (typeof value !== "object" || value === null) return { values: 1, depth: 0 };
  const parts = Object.values(value).map(extentOf);
  return {
    values: 1 + parts.reduce((sum, part) => sum + part.values, 0),
    depth: 1 + Math.max(0, ...parts.map((part) => part.depth)),
  };
}

test("the depth of every JSON text, and at least as many values as it has, at most twice and one", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.boolean(), (value, spread) => {
      const counted = jsonExtent(utf8(JSON.stringify(value, null, spread ? 2 : 0)));
      const real = extentOf(value);
      expect(counted.depth).toBe(real.depth);
      expect(counted.values).toBeGreaterThanOrEqual(Math.ceil(real.values / 2));
      expect(counted.values).toBeLessThanOrEqual(2 * real.values + 1);
    }),
  );
});

test("brackets and commas in strings do not count", () => {
  expect(jsonExtent(utf8(JSON.stringify(['[[[,,,"\\', "]"])))).toEqual({ values: 3, depth: 1 });
});
