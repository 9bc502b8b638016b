/**
 * The one door to FlexSearch: it builds the index, and it answers from entries put back into it.
 *
 * FlexSearch exports an index as entries `[token, [ids by score slot]]`, and an index that has imported
 * only the entries of a query answers that query as the whole one does. What its own defaults would spoil:
 *   - its encoder splits numbers, drops double letters and keeps a 50 ms timer: ours is a function instead
 *   - `cache` keeps results and a timer, which a process that ends after one query must not wait for
 *   - a configuration is never exported: writer and reader both take `createIndex`
 */
import { Index } from "flexsearch";
import { SLOT_COUNT } from "./slots.ts";

/** Ids by slot, ascending; nothing at a slot that has none. */
export type Slots = readonly (readonly number[] | undefined)[];
export type Entry = readonly [token: string, slots: Slots];

/** Tokens of one document by slot, best slot first. Tokens hold neither a space nor a line feed. */
export type SlottedTokens = readonly (readonly string[])[];

export type FlexIndex = Index;

/**
 * What `addDocument` is adding. FlexSearch takes a document as one text and asks `encode` for its tokens and
 * `score` for their slots: both answer from here, so that nothing is joined only to be split again.
 */
let adding: { readonly tokens: string[]; readonly slots: number[] } | undefined;

/** An empty index that takes what `addDocument` gives it. */
export function createIndex(): FlexIndex {
  return new Index({
    tokenize: "strict",
    cache: false,
    fastupdate: false,
    resolution: SLOT_COUNT,
    encode: (content) => adding?.tokens ?? content.split(" ").filter((token) => token !== ""),
    score: (_tokens, _token, position) => adding?.slots[position] ?? 0,
  });
}

/** Adds document `id`. Ids must come in ascending order: postings keep the order of insertion. */
export function addDocument(index: FlexIndex, id: number, slotted: SlottedTokens): void {
  const tokens: string[] = [];
  const slots: number[] = [];
  for (const [slot, line] of slotted.entries()) {
    for (const token of line) {
      tokens.push(token);
      slots.push(slot);
    }
  }
  adding = { tokens, slots };
  try {
    // FlexSearch passes over an empty text.
    index.add(id, "-");
  } finally {
    adding = undefined;
  }
}

/** Every entry of `index`, in no particular order. */
export function exportEntries(index: FlexIndex): Entry[] {
  const entries: Entry[] = [];
  index.export((key, data) => {
    if (!key.endsWith("map")) return;
    for (const [token, slots] of JSON.parse(data) as [string, (number[] | null)[]][]) {
      entries.push([token, slots.map((ids) => (ids === null || ids.length === 0 ? undefined : ids))]);
    }
  });
  return entries;
}

/** Puts `entries` into `index`, beside what it has. */
export function importEntries(index: FlexIndex, entries: readonly Entry[]): void {
  // The declared type is the JSON text of this array; `import` takes the array as well and saves the round trip.
  index.import("1.map", entries as unknown as string);
}

/** FlexSearch's answer for one token: ids by slot. */
export function lookUp(index: FlexIndex, token: string): Slots {
  return index.search(token, { resolve: false }).result as unknown as Slots;
}
