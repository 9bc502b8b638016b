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

/** What is noted of a document, side by side: as many numbers as a line of a processor's cache holds twice. */
const NOTE = { sum: 0, closeness: 1, words: 2, name: 3, word: 4, weight: 5, factor: 6 } as const;
const NOTE_LENGTH = 8;
const NOTES_AT_FIRST = 512;

/**
 * For every document of an answer, the words it has and what its name is worth. A common word is in ten
 * thousands of them, and an object for each would take most of a query's time: their notes stand in one
 * array, in the order in which they were met, and are used again. What one `gather` found is gone with the next.
 */
export class Gathering {
  /** Documents that were met; what is noted of them has the same position. */
  ids: number[] = [];
  #notes = new Float32Array(NOTES_AT_FIRST * NOTE_LENGTH);
  /** By id: its position, from 1. */
  readonly #place: Uint32Array;

  constructor(documents: number) {
    this.#place = new Uint32Array(documents);
  }

  gather(words: readonly MatchedTerm[], names: NamesFound): this {
    this.#clear();
    for (const [id, { match }] of names) {
      const at = this.#meet(id);
      this.#notes[at + NOTE.name] = NAME_BONUS[match];
    }
    for (const [position, { alternatives, idf }] of words.entries()) {
      for (const alternative of alternatives) {
        const factor = factorOf(alternative);
        for (const [slot, ids] of alternative.slots.entries()) {
          const weight = idf * fieldWeight(slot) * factor;
          for (const id of ids ?? []) this.#count(id, position + 1, weight, factor);
        }
      }
    }
    return this;
  }

  /** What the document at `position` of `ids` gathered. */
  at(position: number): Gathered {
    const notes = this.#notes;
    const at = position * NOTE_LENGTH;
    return {
      sum: notes[at + NOTE.sum] as number,
      closeness: notes[at + NOTE.closeness] as number,
      words: notes[at + NOTE.words] as number,
      name: notes[at + NOTE.name] as number,
    };
  }

  /** The same of document `id`, which was met. */
  of(id: number): Gathered {
    return this.at((this.#place[id] as number) - 1);
  }

  /** Whether some document has so many words. */
  someHas(words: number): boolean {
    return this.ids.some((_, position) => this.#notes[position * NOTE_LENGTH + NOTE.words] === words);
  }

  /** Where the notes of document `id` begin. */
  #meet(id: number): number {
    const known = this.#place[id] as number;
    if (known > 0) return (known - 1) * NOTE_LENGTH;
    const at = this.ids.length * NOTE_LENGTH;
    this.#place[id] = this.ids.push(id);
    if (at === this.#notes.length) this.#grow();
    return at;
  }

  #clear(): void {
    for (const id of this.ids) this.#place[id] = 0;
    this.#notes.fill(0, 0, this.ids.length * NOTE_LENGTH);
    this.ids = [];
  }

  #grow(): void {
    const notes = new Float32Array(2 * this.#notes.length);
    notes.set(this.#notes);
    this.#notes = notes;
  }

  /** The best answer to a word counts once. */
  #count(id: number, word: number, weight: number, factor: number): void {
    const at = this.#meet(id);
    const notes = this.#notes;
    if (notes[at + NOTE.word] !== word) {
      notes[at + NOTE.word] = word;
      notes[at + NOTE.weight] = 0;
      notes[at + NOTE.factor] = 0;
      notes[at + NOTE.words] = (notes[at + NOTE.words] as number) + 1;
    }
    raise(notes, at + NOTE.sum, at + NOTE.weight, weight);
    raise(notes, at + NOTE.closeness, at + NOTE.factor, factor);
  }
}

/** Counts `value` in the sum at `sum` instead of what was counted `last`, where it is more. */
function raise(notes: Float32Array, sum: number, last: number, value: number): void {
  const before = notes[last] as number;
  if (value <= before) return;
  notes[sum] = (notes[sum] as number) + value - before;
  notes[last] = value;
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
