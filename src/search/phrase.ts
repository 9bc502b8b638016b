/**
 * Quoted phrases. The index knows which documents have the words, not where: those that have all of them
 * are looked at, best first and some at a time, and kept where what a result shows (name, summary) has the
 * words in a row. A row may be a request: so their number is bounded, and how many were left out is said.
 */
import { words } from "./analyse.ts";
import type { SearchRow } from "./document.ts";

/** Documents that are looked at together, the best by their words first. */
export const PHRASE_ROWS_AT_ONCE = 48;
/** Documents that are looked at in all. */
export const PHRASE_ROWS_MAX = 480;

/** The words of a phrase, as texts are cut into them: `graph ql` for `GraphQL`. */
export type Phrase = readonly string[];

export function phraseOf(text: string): Phrase {
  return words(text).flatMap((word) => word.parts);
}

export function hasPhrases(row: SearchRow, phrases: readonly Phrase[]): boolean {
  const texts = [phraseOf(row.name), phraseOf(row.summary)];
  return phrases.every((phrase) => texts.some((text) => hasRun(text, phrase)));
}

/** Whether words in a row are the phrase run together: `TypeScript` has two words, and nobody types it so. */
function hasRun(text: readonly string[], phrase: Phrase): boolean {
  const wanted = phrase.join("");
  return text.some((_, from) => {
    let run = "";
    for (let at = from; at < text.length && run.length < wanted.length; at++) run += text[at];
    return run === wanted;
  });
}
