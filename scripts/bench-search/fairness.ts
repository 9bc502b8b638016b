/**
 * What every peer is given beyond what it is, in Node and in a page: the name in words, a field of names
 * without separators, and the popularity prior. So none is beaten for lack of what it was not told.
 *
 *   score of a package = score of the engine · (1 + PRIOR · log10(1 + downloads))
 *   and a name that is the query letter by letter goes first
 */

/** Of 0, 0.2, 0.5, 1, 2 and 5 the one with the best MRR of MiniSearch over all classes, on 30,000 packages. */
export const PRIOR = 0.5;

export function prior(downloads: number): number {
  return 1 + PRIOR * Math.log10(1 + downloads);
}

/** The name in lower case without its separators: the further field that every peer gets. */
export function joined(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
}

/** What was typed as words, each engine's own tokenizer taking over from there. */
export function spaced(text: string): string {
  return text.replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}
