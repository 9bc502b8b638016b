import { expect, test } from "vitest";
import { PHRASE_ROWS_AT_ONCE, PHRASE_ROWS_MAX } from "../../src/search/phrase.ts";
import type { Searcher } from "../../src/search/query.ts";
import { aDocument, SHARDED, searcherOf } from "./support.ts";

/** So many popular packages with the words the other way round, and one at the end that has them as they are quoted. */
function searcher(others: number): Promise<Searcher> {
  const documents = Array.from({ length: others }, (_, at) =>
    aDocument(`other-${at}`, { summary: `A model of data number ${at}`, popularity: 1e6 }),
  );
  documents.push(aDocument("shop", { summary: "A data model for shops", popularity: 0 }));
  return searcherOf(documents, SHARDED);
}

test("a phrase is found behind more packages than are looked at together", async () => {
  const found = await (await searcher(2 * PHRASE_ROWS_AT_ONCE)).search('"data model"');
  expect(found).toMatchObject({ total: 1, unread: 0 });
  expect(found.hits.map(({ name }) => name)).toEqual(["shop"]);
});

test("looking on ends, and what was not looked at is said", async () => {
  const found = await (await searcher(PHRASE_ROWS_MAX + 20)).search('"data model"');
  expect(found).toMatchObject({ total: 0, hits: [] });
  expect(found.unread).toBe(PHRASE_ROWS_MAX + 21 - PHRASE_ROWS_MAX);
});

test("looking on ends where the page is full and one more is found", async () => {
  const all = await searcher(3 * PHRASE_ROWS_AT_ONCE);
  const found = await all.search('"model of data"', { limit: 5 });
  expect(found.hits).toHaveLength(5);
  expect(found.total).toBeGreaterThan(5);
  expect(found.unread).toBeGreaterThan(0);
  const pages = [];
  for (let offset = 0; offset < 200; offset += 20)
    pages.push(...(await all.search('"model of data"', { limit: 20, offset })).hits.map(({ name }) => name));
  expect(new Set(pages).size).toBe(3 * PHRASE_ROWS_AT_ONCE);
});

test.each([
  ["typescript definitions for", true],
  ["TypeScript definitions", true],
  ["type script definitions", true],
  ["script definitions", true],
  ["typescript for", false],
  ["definitions typescript", false],
  ["ript definitions", false],
])("of a camel-cased word %j is in a row: %s", async (phrase, isFound) => {
  const documents = [
    aDocument("types-react", { summary: "TypeScript definitions for react" }),
    aDocument("other", { summary: "definitions of Java Script types, for react" }),
  ];
  const found = await (await searcherOf(documents)).search(`"${phrase}"`);
  expect(found.hits.map(({ name }) => name)).toEqual(isFound ? ["types-react"] : []);
});

test("a query without quoted words leaves nothing unread", async () => {
  expect((await (await searcher(60)).search("data model")).unread).toBe(0);
});
