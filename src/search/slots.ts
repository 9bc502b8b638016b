/**
 * The score slots of an entry: in FlexSearch's words the score, 0 the best; in ours, where a token
 * was found. The writer puts ids into them, the reader weighs them. Eight, so that a slot mask is a byte.
 */
export const SLOT_COUNT = 8;

/** Of the terms family. */
export const TERM_SLOT = {
  name: 0,
  keyword: 1,
  category: 2,
  publisher: 3,
  /** The first words of the summary. */
  summary: 4,
  summaryTail: 5,
  description: 6,
  /** A posting list of a filter: its key is `field:value`, which no word can be. */
  filter: 7,
} as const;

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

const FIELD_OF_TERM_SLOT: readonly (SearchField | undefined)[] = [
  "name",
  "keyword",
  "category",
  "publisher",
  "summary",
  "summary",
  "description",
];

export function fieldOfTermSlot(slot: number): SearchField | undefined {
  return FIELD_OF_TERM_SLOT[slot];
}

/** Words of the summary that count as its beginning. */
export const SUMMARY_HEAD_WORDS = 10;
/** A prefix of more keys than this gets an entry of its own, which lists as many ids. */
export const HOT_PREFIX_KEYS = 32;
/** Only the most popular names are also indexed from their end. */
export const REVERSED_NAMES_MAX = 65_536;

export type FilterField = "category" | "publisher" | "license" | "kind" | "depends";
