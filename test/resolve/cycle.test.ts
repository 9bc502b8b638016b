import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PackageName } from "../../src/manifest/name.ts";
import { findCycle } from "../../src/resolve/cycle.ts";

const graphOf = (edges: Readonly<Record<string, readonly string[]>>) =>
  new Map(Object.entries(edges) as [PackageName, PackageName[]][]);

describe("findCycle", () => {
  test("names the packages on a cycle, the first again at the end", () => {
    expect(findCycle(graphOf({ a: ["b"], b: ["c"], c: ["b"] }))).toEqual(["b", "c", "b"]);
    expect(findCycle(graphOf({ a: ["a"] }))).toEqual(["a", "a"]);
  });

  test("there is none in a diamond, in a chain, in nothing, towards packages that are not there", () => {
    for (const edges of [
      { a: ["b", "c"], b: ["d"], c: ["d"], d: [] },
      { a: ["b"], b: ["c"], c: [] },
      {},
      { a: ["nowhere"] },
    ])
      expect(findCycle(graphOf(edges))).toBeUndefined();
  });

  test("a chain of 100,000 packages does not exhaust the stack", () => {
    const edges = Array.from({ length: 100_000 }, (_, at) => [`p${at}`, [`p${at + 1}`]] as const);
    expect(findCycle(graphOf(Object.fromEntries(edges)))).toBeUndefined();
    expect(findCycle(graphOf({ ...Object.fromEntries(edges), p100000: ["p99999"] }))).toHaveLength(3);
  });

  test("what is found is a walk along edges, and there is one exactly where a package can reach itself", () => {
    const name = fc.constantFrom("a", "b", "c", "d", "e");
    fc.assert(
      fc.property(fc.dictionary(name, fc.uniqueArray(name, { maxLength: 3 })), (edges) => {
        const cycle = findCycle(graphOf(edges));
        const reaches = (from: string, seen = new Set<string>()): Set<string> => {
          for (const to of edges[from] ?? []) if (!seen.has(to)) reaches(to, seen.add(to));
          return seen;
        };
        expect(cycle !== undefined).toBe(Object.keys(edges).some((start) => reaches(start).has(start)));
        for (const [at, from] of (cycle ?? []).slice(0, -1).entries())
          expect(edges[from]).toContain(cycle?.[at + 1]);
        if (cycle !== undefined) expect(cycle[0]).toBe(cycle.at(-1));
      }),
    );
  });
});
