/** Which parts of a result answered the query. */
import { readText } from "./query-text.ts";

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

const WORD = /[\p{L}\p{N}\p{M}]+/gu;
/** Where camel-case cuts a word, as the index does. */
const CAMEL = /\p{Ll}(?=\p{Lu})|[\p{Lu}\p{N}](?=\p{Lu}\p{Ll})/gu;
/** A run of a script without spaces, or what stands between two. */
const PIECE =
  /([\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]+)|[^\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]+/gu;

/** The words of what a search reads of `query`, folded, each once: what `matches` takes, for all rows of an answer. */
export function queryWords(query: string): readonly string[] {
  return [...new Set([...readText(query).text.matchAll(WORD)].map(([word]) => fold(word)))];
}

/**
 * Stretches of `content` that answered: the words in `matched` (folded, lower case, as the index has them), each
 * as far as a word that was `asked` for (`queryWords`) goes that it begins with, else whole. Sorted, none touches
 * another, and none cuts a character in two.
 */
export function matches(content: string, asked: readonly string[], matched: readonly string[]): Stretch[] {
  const found = new Set(matched);
  const stretches: Stretch[] = [];
  for (const { 0: word, index } of content.matchAll(WORD)) {
    if (found.has(fold(word))) stretches.push(answering(word, index, asked));
    else for (const part of partsOf(word, index, found, asked)) stretches.push(part);
  }
  if (stretches.length > 0) return joined(content, stretches);
  // A name that was asked for run together: `owltosql`.
  const name = [...content.matchAll(WORD)].map(([word]) => fold(word)).join("");
  return name !== "" && found.has(name) ? [{ from: 0, to: content.length }] : [];
}

function fold(text: string): string {
  const plain = text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .normalize("NFKC")
    .toLowerCase();
  return plain.replaceAll("ς", "σ");
}

/** What of `text`, which stands at `at` and was found, a word that was asked for stands for: the longest. */
function answering(text: string, at: number, asked: readonly string[]): Stretch {
  const folded = fold(text);
  let length = 0;
  for (const word of asked) if (word.length > length && folded.startsWith(word)) length = word.length;
  // Folding may change a length (İ): such a word is marked whole.
  const isTold = length > 0 && folded.length === text.length;
  return { from: at, to: at + (isTold ? length : text.length) };
}

/** What of a word that was not found whole was: what camel-case cuts it into, and pairs of an unspaced script. */
function* partsOf(
  word: string,
  at: number,
  found: ReadonlySet<string>,
  asked: readonly string[],
): Generator<Stretch> {
  for (const { 0: piece, 1: unspaced, index } of word.matchAll(PIECE)) {
    const from = at + index;
    if (unspaced !== undefined) yield* pairs(unspaced, from, found, asked);
    else if (piece !== word && found.has(fold(piece))) yield answering(piece, from, asked);
    else
      for (const part of camelParts(piece))
        if (found.has(fold(part.text))) yield answering(part.text, from + part.at, asked);
  }
}

function camelParts(word: string): { readonly text: string; readonly at: number }[] {
  const cuts = [0, ...[...word.matchAll(CAMEL)].map((cut) => cut.index + cut[0].length)];
  return cuts.length === 1 ? [] : cuts.map((at, i) => ({ text: word.slice(at, cuts[i + 1]), at }));
}

/** Scripts without spaces are in the index as pairs of characters. */
function* pairs(
  run: string,
  at: number,
  found: ReadonlySet<string>,
  asked: readonly string[],
): Generator<Stretch> {
  for (const pair of found)
    for (let from = run.indexOf(pair); pair !== "" && from >= 0; from = run.indexOf(pair, from + 1))
      yield answering(run.slice(from, from + pair.length), at + from, asked);
}

/** `stretches` in order, those that touch as one, each as wide as the characters it cuts into. */
function joined(content: string, stretches: readonly Stretch[]): Stretch[] {
  const whole: { from: number; to: number }[] = [];
  for (const stretch of [...stretches].sort((a, b) => a.from - b.from)) {
    const from = isInsideCharacter(content, stretch.from) ? stretch.from - 1 : stretch.from;
    const to = isInsideCharacter(content, stretch.to) ? stretch.to + 1 : stretch.to;
    const last = whole.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else whole.push({ from, to });
  }
  return whole;
}

/** Whether `at` parts a surrogate pair. */
function isInsideCharacter(content: string, at: number): boolean {
  return at > 0 && (content.codePointAt(at - 1) ?? 0) > 0xffff;
}
