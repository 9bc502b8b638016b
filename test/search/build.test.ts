import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toHex } from "../../src/base/bytes.ts";
import type { Digest } from "../../src/base/digest.ts";
import { RegistryError } from "../../src/base/error.ts";
import { DESCRIPTION_INDEXED_MAX, NAME_LENGTH_MAX, ROW_TEXT_MAX } from "../../src/search/document.ts";
import { type IndexWorkshop, localIndexWorkshop } from "../../src/search/index-workshop.ts";
import { popularityStep, popularityWeight, STEP_MAX } from "../../src/search/popularity.ts";
import { parseManifest } from "../../src/search/slice-lists.ts";
import { aDocument, build, deflate, namesOf, partsOf, REGISTRY, SHARDED, searcherOf } from "./support.ts";

async function codeOf(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
  } catch (error) {
    if (error instanceof RegistryError) return error.code;
    throw error;
  }
  return "nothing";
}

describe("the bytes of an index", () => {
  test("do not depend on the order of the documents", async () => {
    for (const layout of [undefined, SHARDED]) {
      const whole = await build(REGISTRY, layout);
      await fc.assert(
        fc.asyncProperty(
          fc.shuffledSubarray([...REGISTRY], { minLength: REGISTRY.length }),
          fc.integer({ min: 1, max: REGISTRY.length }),
          async (documents, runDocuments) => {
            expect(await build(documents, layout, { runDocuments })).toEqual(whole);
          },
        ),
        { numRuns: 20 },
      );
    }
  });

  test("do not depend on which of its threads is done first", async () => {
    const whole = await build(REGISTRY, SHARDED);
    const workshop = localIndexWorkshop(deflate);
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const unordered: IndexWorkshop = {
          invertTerms: scheduler.scheduleFunction(workshop.invertTerms),
          invertNames: scheduler.scheduleFunction(workshop.invertNames),
          deflate: scheduler.scheduleFunction(workshop.deflate),
        };
        const index = await scheduler.waitFor(build(REGISTRY, SHARDED, { workshop: unordered }));
        expect([index.manifest, ...index.files]).toEqual([whole.manifest, ...whole.files]);
      }),
      { numRuns: 20 },
    );
  });

  test("are one file for a small registry, and a manifest under 2 kB", async () => {
    const index = await build(REGISTRY);
    expect(index.files.size).toBe(1);
    expect(index.manifest.length).toBeLessThan(2048);
    const { terms, names, reversed, blocks } = parseManifest(index.manifest);
    const files = [terms, names, reversed, blocks].flatMap((list) =>
      partsOf<unknown>(list).map(({ file }) => file.sha256),
    );
    expect(new Set<Digest>(files)).toEqual(new Set(index.files.keys()));
  });

  test("do not change when a count changes within its step", async () => {
    const before = await build([aDocument("a", { popularity: 101 })]);
    const after = await build([aDocument("a", { popularity: 119 })]);
    expect(toHex(after.manifest)).toBe(toHex(before.manifest));
  });
});

describe("documents that cannot be indexed", () => {
  test("duplicate names are refused", async () => {
    expect(await codeOf(() => build([aDocument("a"), aDocument("a")]))).toBe("SEARCH_DUPLICATE_NAME");
  });

  test("names without letters or too long are refused or left out", async () => {
    expect(await codeOf(() => build([aDocument("")]))).toBe("SEARCH_DOCUMENT_INVALID");
    expect(await codeOf(() => build([aDocument("x".repeat(NAME_LENGTH_MAX + 1))]))).toBe(
      "SEARCH_DOCUMENT_INVALID",
    );
    const searcher = await searcherOf([aDocument("x".repeat(NAME_LENGTH_MAX)), aDocument("🔥")]);
    expect((await searcher.search("")).total).toBe(2);
    expect((await searcher.search("x".repeat(NAME_LENGTH_MAX))).total).toBe(1);
  });

  test.each([-1, Number.NaN, Number.NEGATIVE_INFINITY])(
    "a popularity of %d is refused",
    async (popularity) => {
      expect(await codeOf(() => build([aDocument("a", { popularity })]))).toBe("SEARCH_DOCUMENT_INVALID");
    },
  );

  test("a popularity beyond all counts is the highest there is", async () => {
    const searcher = await searcherOf([
      aDocument("a", { popularity: 1e20 }),
      aDocument("b", { popularity: Infinity }),
    ]);
    expect(namesOf(await searcher.search(""))).toEqual(["a", "b"]);
  });
});

test("an empty registry has an index", async () => {
  const searcher = await searcherOf([]);
  expect(await searcher.search("anything")).toMatchObject({ total: 0, hits: [] });
  expect(await searcher.search("")).toMatchObject({ total: 0, hits: [] });
});

test("a description counts up to its first 2048 characters, a row keeps 300 of a summary", async () => {
  const filler = "lorem ".repeat(3000);
  const description = `${filler.slice(0, DESCRIPTION_INDEXED_MAX - 10)} inside ${filler} outside`;
  const searcher = await searcherOf([aDocument("long", { summary: "s".repeat(4000), description })]);
  expect((await searcher.search("inside")).total).toBe(1);
  expect((await searcher.search("outside")).total).toBe(0);
  expect((await searcher.search("long")).hits[0]?.summary.length).toBe(ROW_TEXT_MAX);
});

test("popularity steps are at most the count, and a tenth of a decade apart", () => {
  const numberOf = (step: number) => 10 ** popularityWeight(step) - 1;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000_000 }), (count) => {
      const step = popularityStep(count);
      expect(numberOf(step)).toBeLessThan(count * 1.000001);
      expect(count).toBeLessThan(1.34 * numberOf(step));
      expect(numberOf(step + 1)).toBeGreaterThan(count);
      expect(popularityStep(count + 1)).toBeGreaterThanOrEqual(step);
    }),
  );
  expect([0, 0.5, 1, 9, 10, 11, 12, 1000].map(popularityStep)).toEqual([0, 0, 1, 10, 11, 11, 12, 31]);
  expect(popularityStep(Number.MAX_VALUE)).toBe(STEP_MAX);
  expect(popularityWeight(0)).toBe(0);
});
