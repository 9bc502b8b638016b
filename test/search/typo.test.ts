import fc from "fast-check";
import { expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import {
  canBeNear,
  editDistance,
  editsAllowed,
  swappedInTheMiddle,
  untouchedLength,
} from "../../src/search/typo.ts";

/** Optimal string alignment by the book, without bounds. */
function alignmentByTheBook(a: string, b: string): number {
  const d = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => i || j),
  );
  const at = (i: number, j: number) => d[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const row = d[i] ?? [];
      row[j] = Math.min(
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
      const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swap) row[j] = Math.min(row[j] ?? 0, at(i - 2, j - 2) + 1);
    }
    if (d[i]?.[0] !== undefined) (d[i] as number[])[0] = i;
  }
  return a.length === 0 ? b.length : at(a.length, b.length);
}

const word = fc.string({ unit: fc.constantFrom("a", "b", "c", "d"), minLength: 1, maxLength: 12 });

test("distances up to the bound are exact, others are beyond it", () => {
  fc.assert(
    fc.property(word, word, fc.constantFrom(1, 2), (a, b, max) => {
      expect(editDistance(a, b, max)).toBe(Math.min(alignmentByTheBook(a, b), max + 1));
    }),
    { numRuns: 2000 },
  );
});

test("the cheap test never drops a word that is near", () => {
  fc.assert(
    fc.property(word, word, fc.constantFrom(1, 2), (a, b, max) => {
      if (editDistance(a, b, max) > max) return;
      expect(canBeNear(utf8(a), max)(utf8(b), utf8(b).length)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test("one edit leaves the beginning or the end untouched, or is a swap in the middle", () => {
  fc.assert(
    fc.property(word, word, (a, b) => {
      if (a.length < 4 || editDistance(a, b, 1) !== 1) return;
      const length = untouchedLength(a.length, 1);
      const isHalfSame = b.startsWith(a.slice(0, length)) || b.endsWith(a.slice(a.length - length));
      expect(isHalfSame || b === swappedInTheMiddle(a)).toBe(true);
    }),
    { numRuns: 5000 },
  );
});

test("short words are not corrected, long ones may be wrong twice", () => {
  expect([3, 4, 9, 10].map(editsAllowed)).toEqual([0, 1, 1, 2]);
});
