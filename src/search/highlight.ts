/** Which parts of a result answered the query. */

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

const WORD = /[\p{L}\p{N}\p{M}]+/gu;
/** Where camel-case cuts a word, as the index does. */
const CAMEL = /\p{Ll}(?=\p{Lu})|[\p{Lu}\p{N}](?=\p{Lu}\p{Ll})/gu;
const UNSPACED = /^[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]+$/u;

/**
 * Stretches of `content` that answered: the words in `matched` (folded, lower case, as the index has them), each
 * as far as a word of `query` goes that it begins with, else whole; sorted, without overlaps.
 */
export function matches(content: string, query: string, matched: readonly string[]): Stretch[] {
  const asked = [...query.matchAll(WORD)].map(([word]) => fold(word));
  const found = new Set(matched);
  const stretches: Stretch[] = [];
  for (const word of content.matchAll(WORD)) {
    const whole = { from: word.index, to: word.index + word[0].length };
    const parts = found.has(fold(word[0])) ? [whole] : camelParts(word[0], word.index);
    for (const part of parts) {
      const text = content.slice(part.from, part.to);
      if (!found.has(fold(text))) continue;
      stretches.push({ from: part.from, to: part.from + askedLength(text, asked) });
    }
    if (UNSPACED.test(word[0])) stretches.push(...unspaced(word[0], word.index, matched));
  }
  if (stretches.length > 0) return stretches;
  // A name that was asked for run together: `owltosql`.
  const joined = [...content.matchAll(WORD)].map(([word]) => fold(word)).join("");
  return joined !== "" && found.has(joined) ? [{ from: 0, to: content.length }] : [];
}

function fold(text: string): string {
  const plain = text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .normalize("NFKC")
    .toLowerCase();
  return plain.replaceAll("ς", "σ");
}

/** How much of `text` a query word stands for. Folding may change a length (İ): such a word is marked whole. */
function askedLength(text: string, asked: readonly string[]): number {
  const folded = fold(text);
  if (folded.length !== text.length) return text.length;
  const lengths = asked.filter((word) => folded.startsWith(word)).map((word) => word.length);
  return lengths.length === 0 ? text.length : Math.max(...lengths);
}

function camelParts(word: string, at: number): Stretch[] {
  const cuts = [...word.matchAll(CAMEL)].map((cut) => cut.index + cut[0].length);
  if (cuts.length === 0) return [];
  const ends = [...cuts, word.length];
  return ends.map((end, i) => ({ from: at + (ends[i - 1] ?? 0), to: at + end }));
}

/** Scripts without spaces are in the index as pairs of characters. */
function unspaced(run: string, at: number, matched: readonly string[]): Stretch[] {
  const hit = new Set<number>();
  for (const pair of matched)
    for (let from = run.indexOf(pair); pair !== "" && from >= 0; from = run.indexOf(pair, from + 1))
      for (let i = from; i < from + pair.length; i++) hit.add(i);
  return [...hit].sort((a, b) => a - b).map((i) => ({ from: at + i, to: at + i + 1 }));
}
