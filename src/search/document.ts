/**
 * What the search index knows of a package, and how much of it is indexed.
 *
 * A publisher may write 16 kB of description; words beyond the first 2048 characters are left out of
 * the index, so that no package buys itself more of it than another.
 */
export interface SearchDocument {
  readonly name: string;
  readonly version: string;
  /** First line of the description. */
  readonly summary: string;
  readonly description: string;
  readonly publisher: string;
  readonly category?: string;
  readonly keywords: readonly string[];
  /** An SPDX expression. */
  readonly license: string;
  readonly kind: string;
  /** Names of packages this one depends on. */
  readonly dependencies: readonly string[];
  /** How much this package is used, as a count (downloads, dependents): at least 0, less than 1 counts as 0. */
  readonly popularity: number;
  /**
   * Nobody has counted its use yet, where that of others was: it is ranked as if nobody used it, and stands
   * behind them in the index, so that it moves none of them.
   */
  readonly newcomer?: boolean;
  /** A deprecated package is ranked as if nobody used it. */
  readonly deprecated: boolean;
}

/** What of a document is shown on a result, read from the document blocks. */
export interface SearchRow {
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly publisher: string;
  readonly category?: string;
  readonly kind: string;
  readonly license: string;
  readonly deprecated: boolean;
}

/** Lengths in UTF-16 units: of the text that is indexed, and of what a row keeps. */
export const SUMMARY_INDEXED_MAX = 512;
export const DESCRIPTION_INDEXED_MAX = 2048;
export const KEYWORDS_INDEXED_MAX = 64;
export const DEPENDENCIES_INDEXED_MAX = 256;
export const ROW_TEXT_MAX = 300;
/** Longest name a document may have; the registry's own limit is 64. */
export const NAME_LENGTH_MAX = 214;
/** Most documents of one index: an id fits three bytes of a posting. */
export const DOCUMENTS_MAX = 2 ** 21;

/** `text` cut to `max` UTF-16 units, never through a surrogate pair. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? max - 1 : max);
}

/** `text` as a row keeps it. */
export function rowText(text: string): string {
  return cutText(text, ROW_TEXT_MAX);
}
