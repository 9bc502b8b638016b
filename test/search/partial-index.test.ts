import { expect, test } from "vitest";
import type { EntrySource } from "../../src/search/family.ts";
import type { Entry } from "../../src/search/flexsearch.ts";
import { idsMaxOf, PartialIndex } from "../../src/search/partial-index.ts";

const DOCUMENTS = 300_000;
const ALL = Array.from({ length: DOCUMENTS }, (_, id) => id);
const entryOf = (key: string): Entry => [key, [ALL]];
/** An index in which every word stands in every package. */
const SOURCE: EntrySource = {
  single: true,
  find: async (keys) => keys.map(entryOf),
  scan: async () => [],
};
const words = (count: number) => Array.from({ length: count }, (_, at) => `word-${at}`);
const FITTING = Math.floor(idsMaxOf(DOCUMENTS) / DOCUMENTS);

test("one query brings in no more ids than a real index can have for its words", async () => {
  const index = new PartialIndex(SOURCE, DOCUMENTS);
  await index.need(words(FITTING));
  expect(index.slots("word-0")[0]).toHaveLength(DOCUMENTS);
  await expect(index.need(["one-more"])).rejects.toMatchObject({ code: "SEARCH_INDEX_INVALID" });
});

test("entries that a scan met are decoded no further than that", () => {
  let decoded = 0;
  const found = words(FITTING + 20).map((key) => ({
    key,
    weight: 1,
    entry: () => {
      decoded++;
      return entryOf(key);
    },
  }));
  expect(() => new PartialIndex(SOURCE, DOCUMENTS).take(found)).toThrow(/more packages than there can be/);
  expect(decoded).toBe(FITTING + 1);
});

test("sixteen words that stand in half of all packages are no such query", () => {
  expect(16 * (DOCUMENTS / 2)).toBeLessThan(idsMaxOf(DOCUMENTS));
});
