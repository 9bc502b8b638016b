/** What the index said about a query, gathered by document. */
import { indexTokens } from "./analyse.ts";
import type { SearchRow } from "./document.ts";
import type { Slots } from "./flexsearch.ts";
import type { NamesFound } from "./name-match.ts";
import type { PartialIndex } from "./partial-index.ts";
import type { ParsedQuery, QueryFilter } from "./query-text.ts";
import { fieldWeight, type Gathered, NAME_BONUS } from "./rank.ts";
import { FILTER_SLOT, fieldOfTermSlot, type SearchField } from "./slots.ts";
import { factorOf, type MatchedTerm } from "./word-match.ts";

export interface Evidence {
  readonly words: readonly MatchedTerm[];
  readonly names: NamesFound;
  /** Ids that pass the filters, ascending; nothing where there are no filters. */
  readonly allowed: readonly number[] | undefined;
}

/** A spelling that nothing answered, and the one that was looked for instead. */
export interface Correction {
  readonly from: string;
  readonly to: string;
}

const CORRECTIONS_MAX = 8;

/**
 * For every document of an answer, the words it has and what its name is worth. In arrays as long as the index
 * has documents, which are used again: a common word is in ten thousands of them, and an object for each would
 * take most of a query's time. What one `gather` found is gone with the next.
 */
export class Gathering {
  /** Documents that were met, in no particular order. */
  ids: number[] = [];
  readonly #sum: Float32Array;
  readonly #words: Uint8Array;
  readonly #closeness: Float32Array;
  readonly #name: Uint16Array;
  /** The word counted last, from 1, and what it was counted with: the best of its answers counts once. */
  readonly #word: Uint8Array;
  readonly #weight: Float32Array;
  readonly #factor: Float32Array;
  readonly #isMet: Uint8Array;

  constructor(documents: number) {
    this.#sum = new Float32Array(documents);
    this.#closeness = new Float32Array(documents);
    this.#weight = new Float32Array(documents);
    this.#factor = new Float32Array(documents);
    this.#name = new Uint16Array(documents);
    this.#words = new Uint8Array(documents);
    this.#word = new Uint8Array(documents);
    this.#isMet = new Uint8Array(documents);
  }

  gather(words: readonly MatchedTerm[], names: NamesFound): this {
    this.#clear();
    for (const [id, { match }] of names) {
      this.#meet(id);
      this.#name[id] = NAME_BONUS[match];
    }
    for (const [position, { alternatives, idf }] of words.entries()) {
      for (const alternative of alternatives) {
        for (const [slot, ids] of alternative.slots.entries()) {
          const factor = factorOf(alternative);
          const weight = idf * fieldWeight(slot) * factor;
          for (const id of ids ?? []) this.#count(id, position + 1, weight, factor);
        }
      }
    }
    return this;
  }

  of(id: number): Gathered {
    return {
      sum: this.#sum[id] ?? 0,
      words: this.#words[id] ?? 0,
      closeness: this.#closeness[id] ?? 0,
      name: this.#name[id] ?? 0,
    };
  }

  /** Whether some document has so many words. */
  someHas(words: number): boolean {
    return this.ids.some((id) => this.#words[id] === words);
  }

  #clear(): void {
    for (const id of this.ids) {
      this.#sum[id] = 0;
      this.#weight[id] = 0;
      this.#name[id] = 0;
      this.#words[id] = 0;
      this.#closeness[id] = 0;
      this.#factor[id] = 0;
      this.#word[id] = 0;
      this.#isMet[id] = 0;
    }
    this.ids = [];
  }

  #meet(id: number): void {
    if (this.#isMet[id] === 1) return;
    this.#isMet[id] = 1;
    this.ids.push(id);
  }

  #count(id: number, word: number, weight: number, factor: number): void {
    this.#meet(id);
    if (this.#word[id] !== word) {
      this.#word[id] = word;
      this.#weight[id] = 0;
      this.#factor[id] = 0;
      this.#words[id] = (this.#words[id] as number) + 1;
    }
    raise(this.#sum, this.#weight, id, weight);
    raise(this.#closeness, this.#factor, id, factor);
  }
}

/** Counts `value` in `sums` instead of what was counted `last`, where it is more. */
function raise(sums: Float32Array, last: Float32Array, id: number, value: number): void {
  const before = last[id] as number;
  if (value <= before) return;
  sums[id] = (sums[id] as number) + value - before;
  last[id] = value;
}

/** The ids that pass `filters`: filters of one field are alternatives, and every field must hold. */
export function allowedIds(filters: readonly QueryFilter[], index: PartialIndex): number[] | undefined {
  if (filters.length === 0) return undefined;
  const fields = new Map<string, Set<number>>();
  for (const { field, token } of filters) {
    const ids = fields.get(field) ?? new Set<number>();
    for (const id of index.slots(token)[FILTER_SLOT] ?? []) ids.add(id);
    fields.set(field, ids);
  }
  const [first, ...more] = [...fields.values()].sort((a, b) => a.size - b.size);
  return [...(first ?? [])].filter((id) => more.every((ids) => ids.has(id))).sort((a, b) => a - b);
}

/** The words of document `id`, shown as `row`, that answered, and the fields they stand in. */
export function highlights(
  id: number,
  row: SearchRow,
  evidence: Evidence,
): { matched: string[]; fields: SearchField[] } {
  const matched = new Set<string>();
  const fields = new Set<SearchField>();
  const name = evidence.names.get(id);
  if (name !== undefined) {
    matched.add(name.token);
    fields.add("name");
  }
  for (const { alternatives } of evidence.words) {
    for (const { token, slots } of alternatives) {
      const field = fieldOfTermSlot(slotOf(slots, id));
      if (field === undefined) continue;
      matched.add(token);
      fields.add(field === "label" ? labelOf(token, row) : field);
    }
  }
  return { matched: [...matched].sort(), fields: [...fields].sort() };
}

function labelOf(token: string, { category, kind }: SearchRow): SearchField {
  return indexTokens(`${category ?? ""} ${kind}`).includes(token) ? "category" : "keyword";
}

function slotOf(slots: Slots, id: number): number {
  return slots.findIndex((ids) => ids?.includes(id) ?? false);
}

export function corrections(query: ParsedQuery, evidence: Evidence): Correction[] {
  const corrected = new Map<string, Correction>();
  const add = (from: string, to: string) => corrected.set(`${from} ${to}`, { from, to });
  for (const { text, alternatives } of evidence.words) {
    for (const { token, match } of alternatives)
      if (match === "oneEdit" || match === "twoEdits") add(text, token);
  }
  for (const { match, token } of evidence.names.values()) {
    if (match === "oneEdit" || match === "twoEdits") add(query.joined, token);
  }
  return [...corrected.values()].slice(0, CORRECTIONS_MAX);
}
