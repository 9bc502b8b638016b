/**
 * A FlexSearch index that holds the entries of one query. What it answers for their tokens is what the
 * index with all entries answers; a test holds it to that.
 */
import type { EntrySource } from "./family.ts";
import { createIndex, type Entry, importEntries, lookUp, type Slots } from "./flexsearch.ts";
import { invalidIndex } from "./format.ts";
import type { KeyFound } from "./shard.ts";

/** Ids that one query may bring in: far more than sixteen words of a real index have, and no more memory than a machine has. */
export const idsMaxOf = (documents: number): number => 2 ** 21 + 8 * documents;

export class PartialIndex {
  readonly #index = createIndex();
  readonly #asked = new Map<string, Promise<void>>();
  readonly #source: EntrySource;
  /** Ids that may still come. */
  #idsLeft: number;

  /** Throws `SEARCH_INDEX_INVALID` once more than `idsMaxOf(documents)` ids were brought in. */
  constructor(source: EntrySource, documents: number) {
    this.#source = source;
    this.#idsLeft = idsMaxOf(documents);
  }

  /** Brings in the entries of `tokens`, those that are there. */
  async need(tokens: readonly string[]): Promise<void> {
    const missing = tokens.filter((token) => !this.#asked.has(token));
    if (missing.length > 0) {
      const arrived = this.#bring(missing);
      for (const token of missing) this.#asked.set(token, arrived);
    }
    // Another word of the query may have asked for a token that is still on its way.
    await Promise.all(tokens.map((token) => this.#asked.get(token)));
  }

  /** Takes over entries that a scan met. */
  take(found: readonly KeyFound[]): void {
    const missing = found.filter(({ key }) => !this.#asked.has(key));
    for (const { key } of missing) this.#asked.set(key, Promise.resolve());
    this.#import(missing.map(({ entry }) => entry));
  }

  /** FlexSearch's answer for an entry that is at hand. */
  answer(entry: Entry): Slots {
    const [token] = entry;
    if (!this.#asked.has(token)) {
      this.#asked.set(token, Promise.resolve());
      this.#import([() => entry]);
    }
    return this.slots(token);
  }

  async #bring(tokens: readonly string[]): Promise<void> {
    this.#import((await this.#source.find(tokens)).map((entry) => () => entry));
  }

  /** Decodes no entry more once there are too many ids. */
  #import(decoders: readonly (() => Entry)[]): void {
    const entries = decoders.map((decode) => {
      const entry = decode();
      this.#idsLeft -= idCount(entry[1]);
      if (this.#idsLeft < 0)
        throw invalidIndex("the words of one query stand in more packages than there can be");
      return entry;
    });
    if (entries.length > 0) importEntries(this.#index, entries);
  }

  /** Ids by slot of a token that was needed; empty where the index has no such token. */
  slots(token: string): Slots {
    return lookUp(this.#index, token);
  }
}

/** How many ids `slots` have. A document stands in the best slot of a token only, so this counts documents. */
export function idCount(slots: Slots): number {
  let count = 0;
  for (const ids of slots) count += ids?.length ?? 0;
  return count;
}
