/**
 * The score slots of an entry: in FlexSearch's words the score, 0 the best; in ours, where a token
 * was found. The writer puts ids into them, the reader weighs them. Eight, so that a slot mask is a byte.
 */
export const SLOT_COUNT = 8;

/** Of the terms family. */
export const TERM_SLOT = {
  name: 0,
  /** A keyword, the category, the kind. */
  label: 1,
  publisher: 2,
  /** The first of four for the summary: a word of a short one says more about the package than one among many. */
  summary: 3,
  description: 7,
} as const;

/** Summaries of at most so many words have the first, the second and the third slot; longer ones the fourth. */
const SUMMARY_WORDS_MAX = [4, 8, 14];

/** The slot of the words of a summary that has `words` of them. */
export function summarySlot(words: number): number {
  const longer = SUMMARY_WORDS_MAX.filter((max) => words > max);
  return TERM_SLOT.summary + longer.length;
}

/** Of a filter's posting list: its key is `field:value`, which no word can be. */
export const FILTER_SLOT = 0;

/** Of the families of names and reversed names. */
export const NAME_SLOT = {
  /** The whole name without its separators. */
  joined: 0,
  /** The name without what many names share: a scope, `ggen-`, `-pack`. */
  alias: 1,
  /** The key is a prefix of so many names that the most popular are listed under it. */
  hotPrefix: 2,
  /** The key is `joined=name`, for names that are the same once their separators are gone. */
  literal: 3,
} as const;

export type SearchField = "name" | "keyword" | "category" | "publisher" | "summary" | "description";

/** What a slot of the terms says about where a word stands; of a label only the row knows what it is. */
export function fieldOfTermSlot(slot: number): SearchField | "label" | undefined {
  return FIELD_OF_TERM_SLOT[slot];
}

const FIELD_OF_TERM_SLOT = [
  ...(["name", "label", "publisher"] as const),
  ...(["summary", "summary", "summary", "summary"] as const),
  "description",
] as const;

/** A prefix of more keys than this gets an entry of its own, which lists as many ids. */
export const HOT_PREFIX_KEYS = 32;
/** Only the most popular names are also indexed from their end. */
export const REVERSED_NAMES_MAX = 65_536;

export type FilterField = "category" | "publisher" | "license" | "kind" | "depends";
