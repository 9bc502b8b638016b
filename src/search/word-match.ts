/**
 * Which words of the index answer each word of a query: the word, the camel-cased word it was typed in,
 * its other forms where it is no common one; where there are none, words that begin with it; else words
 * it may be a misspelling of.
 */
import type { EntrySource } from "./family.ts";
import type { Slots } from "./flexsearch.ts";
import { inflections } from "./inflection.ts";
import { near } from "./name-match.ts";
import { idCount, type PartialIndex } from "./partial-index.ts";
import type { QueryTerm } from "./query-text.ts";
import { idf, WORD_FACTOR, type WordMatch } from "./rank.ts";
import type { KeyFound } from "./shard.ts";
import { editDistance, editsAllowed, untouchedLength } from "./typo.ts";

/** Other forms are asked for where fewer documents have the word: they lie in other files than a common one. */
const INFLECTED_BELOW = 1000;
/** A word that fewer documents have is also taken for the beginning of another. */
const PREFIX_BELOW = 3;
const PREFIX_LENGTH_MIN = 2;
/** Keys looked at to complete a word, and words taken to complete or correct one. */
const PREFIX_KEYS_MAX = 512;
const PREFIX_WORDS_MAX = 16;
const TYPO_WORDS_MAX = 4;

export interface Alternative {
  readonly token: string;
  readonly match: WordMatch;
  readonly slots: Slots;
}

export interface MatchedTerm {
  readonly text: string;
  readonly alternatives: readonly Alternative[];
  /** Whether the index has the word itself. */
  readonly known: boolean;
  readonly idf: number;
}

/** The entries that answer `terms`, in the same order; `index` may hold other entries of the family already. */
export async function matchWords(
  terms: readonly QueryTerm[],
  source: EntrySource,
  index: PartialIndex,
  documents: number,
): Promise<MatchedTerm[]> {
  const forms = terms.map((term) => formsOf(term));
  await index.need(forms.flatMap((form) => form.map(([token]) => token)));
  return Promise.all(
    terms.map(async ({ text }, position) => {
      const alternatives = answered(forms[position] ?? [], index);
      if (having(alternatives) < INFLECTED_BELOW) alternatives.push(...(await inflected(text, index)));
      const known = alternatives.length > 0;
      if (having(alternatives) < PREFIX_BELOW && text.length >= PREFIX_LENGTH_MIN) {
        alternatives.push(...(await completed(text, source, index)));
      }
      if (alternatives.length === 0) alternatives.push(...(await corrected(text, source, index)));
      return { text, alternatives, known, idf: idf(documents, Math.min(documents, having(alternatives))) };
    }),
  );
}

type Form = readonly [token: string, match: WordMatch];

function formsOf({ text, whole }: QueryTerm): Form[] {
  const forms: Form[] = [[text, "exact"]];
  if (whole !== undefined && whole !== text) forms.push([whole, "whole"]);
  return forms;
}

async function inflected(text: string, index: PartialIndex): Promise<Alternative[]> {
  const forms = inflections(text);
  await index.need(forms);
  return answered(
    forms.map((form) => [form, "inflection"]),
    index,
  );
}

function answered(forms: readonly Form[], index: PartialIndex): Alternative[] {
  const alternatives: Alternative[] = [];
  for (const [token, match] of forms) {
    const slots = index.slots(token);
    if (slots.length > 0) alternatives.push({ token, match, slots });
  }
  return alternatives;
}

function having(alternatives: readonly Alternative[]): number {
  return alternatives.reduce((sum, { slots }) => sum + idCount(slots), 0);
}

async function completed(text: string, source: EntrySource, index: PartialIndex): Promise<Alternative[]> {
  const keys = await source.scan(text, { keysMax: PREFIX_KEYS_MAX });
  const longer = keys.filter(({ key }) => key !== text && isWord(key));
  longer.sort((a, b) => b.weight - a.weight || (a.key < b.key ? -1 : 1));
  const best = longer.slice(0, PREFIX_WORDS_MAX);
  index.take(best);
  return answered(
    best.map(({ key }) => [key, "prefix"]),
    index,
  );
}

/** A filter's key holds a colon, which no word does. */
const isWord = (key: string): boolean => !key.includes(":");

async function corrected(text: string, source: EntrySource, index: PartialIndex): Promise<Alternative[]> {
  const edits = editsAllowed(text.length);
  if (edits === 0) return [];
  const beginning = text.slice(0, untouchedLength(text.length, edits));
  let words = nearest(await source.scan(beginning, near(text, edits)), text, edits);
  if (words.length === 0) {
    // The mistake is near the front: look at every word where they are at hand, else at those of the same initial.
    const keys = await source.scan(source.single ? "" : text.slice(0, 1), near(text, edits));
    words = nearest(keys, text, edits);
  }
  index.take(words.map(({ found }) => found));
  return answered(
    words.map(({ found, distance }) => [found.key, distance === 1 ? "oneEdit" : "twoEdits"]),
    index,
  );
}

interface Near {
  readonly found: KeyFound;
  readonly distance: number;
}

/** The words among `keys` that are at most `edits` from `text`: the nearest and most used, a few. */
function nearest(keys: readonly KeyFound[], text: string, edits: number): Near[] {
  const words: Near[] = [];
  for (const found of keys) {
    if (!isWord(found.key)) continue;
    const distance = editDistance(found.key, text, edits);
    if (distance <= edits) words.push({ found, distance });
  }
  words.sort(
    (a, b) =>
      a.distance - b.distance || b.found.weight - a.found.weight || (a.found.key < b.found.key ? -1 : 1),
  );
  return words.slice(0, TYPO_WORDS_MAX);
}

/** What is left of a field's weight when a word is answered in this way. */
export function factorOf(alternative: Alternative): number {
  return WORD_FACTOR[alternative.match];
}
