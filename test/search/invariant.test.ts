/** Answers through decoded entries are the answers of FlexSearch's whole index: ids and their order. */
import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { rankDocuments } from "../../src/search/build.ts";
import type { SearchDocument } from "../../src/search/document.ts";
import { type EntrySource, Family, SliceReader } from "../../src/search/family.ts";
import { createIndex, type Entry, importEntries, lookUp, type Slots } from "../../src/search/flexsearch.ts";
import { FAMILIES, type FamilyName } from "../../src/search/format.ts";
import { LAYOUT, type Layout } from "../../src/search/layout.ts";
import { PartialIndex } from "../../src/search/partial-index.ts";
import { Searcher, type SearchSources } from "../../src/search/query.ts";
import { sortedEntries } from "../../src/search/run.ts";
import { parseManifest } from "../../src/search/slice-lists.ts";
import { aDocument, build, familiesOf, open, REGISTRY, SHARDED, verifiedReader } from "./support.ts";

const CORPUS = new URL("../../../shared/data/corpus-30k.tsv", import.meta.url);
/** Shards so large that no scan of these tests needs more of them than it goes through. */
const WIDE: Layout = {
  bundleBytesMax: 0,
  shardBytesMin: 700,
  shardBytesMax: 3000,
  blockRows: 8,
  listedBlocks: 1,
  pageBlocks: 2,
};
const LAYOUTS: readonly (Layout | undefined)[] = [undefined, SHARDED];

async function sourceOf(
  documents: readonly SearchDocument[],
  family: FamilyName,
  layout: Layout | undefined,
): Promise<EntrySource> {
  const index = await build(documents, layout);
  const manifest = parseManifest(index.manifest);
  return new Family(manifest[family], new SliceReader(verifiedReader(index)), manifest.documents);
}

/** Slots without the difference between a hole and nothing, and without empty slots at the end. */
function plain(slots: Slots): (readonly number[])[] {
  const lists = Array.from(slots, (ids) => ids ?? []);
  while (lists.length > 0 && lists.at(-1)?.length === 0) lists.pop();
  return lists;
}

/** The sources of a search that holds everything in memory and scans it from end to end. */
async function inMemory(documents: readonly SearchDocument[], layout?: Layout): Promise<SearchSources> {
  const ranked = rankDocuments(documents);
  const families = familiesOf(documents);
  const manifest = parseManifest((await build(documents, layout)).manifest);
  const linear = (name: FamilyName): EntrySource => {
    const entries = sortedEntries(families[name]);
    return {
      single: manifest[name].length <= 1,
      find: async (keys) => entries.filter(([key]) => keys.includes(key)),
      scan: async (prefix, bounds) =>
        entries
          .filter(([key]) => key.startsWith(prefix))
          .slice(0, bounds.keysMax)
          .filter(([key]) => bounds.accept?.(utf8(key), utf8(key).length) ?? true)
          .map((entry) => ({ key: entry[0], weight: postingsBytes(entry), entry: () => entry })),
    };
  };
  return {
    documents: ranked.length,
    popularity: manifest.popularity,
    terms: linear("terms"),
    names: linear("names"),
    reversed: linear("reversed"),
    rows: {
      find: async (ids) =>
        new Map(ids.flatMap((id) => (ranked[id] === undefined ? [] : [[id, rowOf(ranked[id])] as const]))),
    },
  };
}

function rowOf({ name, version, summary, publisher, category, kind, license, deprecated }: SearchDocument) {
  const row = { name, version, summary: summary.slice(0, 300), publisher, kind, license, deprecated };
  return category === undefined ? row : { ...row, category };
}

/** Bytes that the ids of an entry take as LEB128 differences: what a shard says of the weight of a key. */
function postingsBytes([, slots]: Entry): number {
  const size = (value: number): number => (value < 0x80 ? 1 : 1 + size(Math.floor(value / 0x80)));
  let bytes = 0;
  for (const ids of slots) {
    if (ids === undefined) continue;
    bytes += size(ids.length);
    for (const [position, id] of ids.entries())
      bytes += size(id - (position === 0 ? 0 : (ids[position - 1] ?? 0)));
  }
  return bytes;
}

const word = fc.constantFrom(
  "react",
  "router",
  "rout",
  "graph",
  "ql",
  "the",
  "a",
  "café",
  "图谱",
  "dom",
  "x1",
  "__proto__",
);
const name = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join("-"));
const document = fc.record({
  name,
  summary: fc.array(word, { maxLength: 14 }).map((words) => words.join(" ")),
  description: fc.array(word, { maxLength: 20 }).map((words) => words.join(" ")),
  keywords: fc.array(word, { maxLength: 3 }),
  publisher: word,
  category: word,
  popularity: fc.nat(1_000_000),
  deprecated: fc.boolean(),
});
const registry = fc
  .uniqueArray(document, { selector: (made) => made.name, maxLength: 90 })
  .map((documents) => documents.map((made) => aDocument(made.name, made)));
const query = fc
  .array(fc.oneof(word, fc.string({ maxLength: 6 })), { maxLength: 4 })
  .map((words) => words.join(" "));

describe("every entry of every family", () => {
  test.each(FAMILIES)("of %s is decoded as FlexSearch exported it", async (family) => {
    for (const layout of LAYOUTS) {
      const whole = familiesOf(REGISTRY)[family];
      const source = await sourceOf(REGISTRY, family, layout);
      for (const [key, slots] of sortedEntries(whole)) {
        const [entry] = await source.find([key]);
        expect(entry?.[0]).toBe(key);
        expect(plain(entry?.[1] ?? [])).toEqual(plain(slots));
      }
      expect(await source.find(["absent", "zzz", "\u0000", "~", "constructor", "__proto__"])).toEqual([]);
    }
  });

  test("is looked up alike in an index with it alone and in the whole one", async () => {
    await fc.assert(
      fc.asyncProperty(
        registry,
        fc.array(word, { maxLength: 5 }),
        fc.constantFrom(...LAYOUTS),
        async (documents, tokens, layout) => {
          const whole = familiesOf(documents);
          for (const family of FAMILIES) {
            const partial = new PartialIndex(await sourceOf(documents, family, layout), documents.length);
            await partial.need(tokens);
            for (const token of tokens) {
              expect(plain(partial.slots(token))).toEqual(plain(lookUp(whole[family], token)));
            }
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test("together with the others of a query answers FlexSearch's own search of several words alike", async () => {
    await fc.assert(
      fc.asyncProperty(
        registry,
        fc.array(word, { minLength: 1, maxLength: 4 }),
        async (documents, tokens) => {
          const whole = familiesOf(documents).terms;
          const partial = createIndex();
          importEntries(partial, await (await sourceOf(documents, "terms", SHARDED)).find(tokens));
          for (const suggest of [false, true]) {
            const options = { limit: 1000, suggest };
            expect(partial.search(tokens.join(" "), options)).toEqual(
              whole.search(tokens.join(" "), options),
            );
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

test("a search over shards, or over one bundle, is a search over everything in memory", async () => {
  await fc.assert(
    fc.asyncProperty(registry, query, fc.constantFrom(undefined, WIDE), async (documents, text, layout) => {
      const shards = await open(build(documents, layout));
      const memory = new Searcher(await inMemory(documents, layout));
      const options = { limit: 100, explain: true };
      expect(await shards.search(text, options)).toEqual(await memory.search(text, options));
    }),
    { numRuns: 120 },
  );
});

describe.skipIf(!existsSync(CORPUS))(
  "over 2000 real packages (skipped where the shared corpus is missing)",
  () => {
    const documents = existsSync(CORPUS)
      ? readFileSync(CORPUS, "utf8")
          .trimEnd()
          .split("\n")
          .filter((_, line) => line % 15 === 1)
          .map((line) => {
            const [name = "", version = "", downloads, summary = ""] = line.split("\t");
            return aDocument(name, { version, summary, description: summary, popularity: Number(downloads) });
          })
      : [];

    test("searches answer as the whole index in memory does", async () => {
      const shards = await open(build(documents));
      const memory = new Searcher(await inMemory(documents));
      for (const { name, summary } of documents.filter((_, i) => i % 20 === 0)) {
        for (const text of [name, name.slice(0, 5), name.replace(/[aeiou]/, "q"), summary.slice(0, 40)]) {
          expect(await shards.search(text)).toEqual(await memory.search(text));
        }
      }
    });

    test("every package is found first by its name", async () => {
      const searcher = await open(
        build(documents, { ...LAYOUT, bundleBytesMax: 0, listedBlocks: 8, pageBlocks: 8 }),
      );
      for (const { name } of documents)
        expect((await searcher.search(name, { limit: 1 })).hits[0]?.name).toBe(name);
    });
  },
);
