import { distance } from "fastest-levenshtein";

/** The known word a person most likely meant by `word`: at most a third of its letters away. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const away = distance(word, candidate);
    if (away < bestDistance) [best, bestDistance] = [candidate, away];
  }
  return best;
}
