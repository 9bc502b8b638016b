/** What the index said about a query, gathered by document. */
import type { Slots } from "./flexsearch.ts";
import type { NamesFound } from "./name-match.ts";
import type { PartialIndex } from "./partial-index.ts";
import type { ParsedQuery, QueryFilter } from "./query-text.ts";
import { fieldWeight, type Gathered, NAME_BONUS } from "./rank.ts";
import { fieldOfTermSlot, type SearchField, TERM_SLOT } from "./slots.ts";
import { factorOf, type MatchedTerm } from "./word-match.ts";

export interface Evidence {
  readonly words: readonly MatchedTerm[];
  readonly names: NamesFound;
  /** Ids that pass the filters, ascending; nothing where there are no filters. */
  readonly allowed: readonly number[] | undefined;
  readonly gathered: ReadonlyMap<number, Gathered>;
}

/** A spelling that nothing answered, and the one that was looked for instead. */
export interface Correction {
  readonly from: string;
  readonly to: string;
}

const CORRECTIONS_MAX = 8;

interface Gathering extends Gathered {
  /** The word counted last, and the weight it was counted with: the best of its answers counts once. */
  word: number;
  weight: number;
}

/** Sums, for every document, the words it has and what its name is worth. */
export function gather(words: readonly MatchedTerm[], names: NamesFound): Map<number, Gathered> {
  const all = new Map<number, Gathering>();
  const of = (id: number): Gathering => {
    const known = all.get(id);
    if (known !== undefined) return known;
    const fresh = { sum: 0, words: 0, name: 0, word: -1, weight: 0 };
    all.set(id, fresh);
    return fresh;
  };
  for (const [id, { match }] of names) of(id).name = NAME_BONUS[match];
  for (const [word, { alternatives, idf }] of words.entries()) {
    for (const alternative of alternatives) {
      for (const [slot, ids] of alternative.slots.entries()) {
        const weight = idf * fieldWeight(slot) * factorOf(alternative);
        for (const id of ids ?? []) count(of(id), word, weight);
      }
    }
  }
  return all;
}

function count(document: Gathering, word: number, weight: number): void {
  if (document.word !== word) {
    document.word = word;
    document.weight = 0;
    document.words++;
  }
  if (weight <= document.weight) return;
  document.sum += weight - document.weight;
  document.weight = weight;
}

/** The ids that pass `filters`: filters of one field are alternatives, and every field must hold. */
export function allowedIds(filters: readonly QueryFilter[], index: PartialIndex): number[] | undefined {
  if (filters.length === 0) return undefined;
  const fields = new Map<string, Set<number>>();
  for (const { field, token } of filters) {
    const ids = fields.get(field) ?? new Set<number>();
    for (const id of index.slots(token)[TERM_SLOT.filter] ?? []) ids.add(id);
    fields.set(field, ids);
  }
  const [first, ...more] = [...fields.values()].sort((a, b) => a.size - b.size);
  return [...(first ?? [])].filter((id) => more.every((ids) => ids.has(id))).sort((a, b) => a - b);
}

/** The words of document `id` that answered, and the fields they stand in. */
export function highlights(id: number, evidence: Evidence): { matched: string[]; fields: SearchField[] } {
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
      fields.add(field);
    }
  }
  return { matched: [...matched].sort(), fields: [...fields].sort() };
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
