import { distance } from "fastest-levenshtein";

/**
 * The known word a person most likely meant by `word`: at most a third of its letters away, and two at
 * least from four letters on, since two swapped letters are two edits.
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const edits = word.length < 4 ? 1 : Math.max(2, Math.floor(word.length / 3));
  let best: string | undefined;
  let bestDistance = edits + 1;
  for (const candidate of known) {
    const away = distance(word, candidate);
    if (away < bestDistance) [best, bestDistance] = [candidate, away];
  }
  return best;
}
