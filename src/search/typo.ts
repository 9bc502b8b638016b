/** How far apart two words are, and how far apart a misspelt word may be. */

/** Shorter words are not corrected: everything is one edit away from them. */
export const TYPO_LENGTH_MIN = 4;
const TWO_EDITS_LENGTH_MIN = 10;

/** Edits that a word of `length` may be wrong by. */
export function editsAllowed(length: number): 0 | 1 | 2 {
  if (length < TYPO_LENGTH_MIN) return 0;
  return length < TWO_EDITS_LENGTH_MIN ? 1 : 2;
}

/**
 * Letters at the beginning, or at the end, that the right word shares with one misspelt by `edits`.
 * One edit leaves one half untouched, but for a swap across the middle (`swappedInTheMiddle`). Two edits leave
 * a third untouched at the beginning, at the end or in the middle, and only the middle has no index.
 */
export function untouchedLength(length: number, edits: number): number {
  return edits === 2 ? Math.floor((length - 1) / 3) : Math.floor(length / 2);
}

/** The one word that is a swap away and leaves neither half of `text` untouched; nothing for an odd length. */
export function swappedInTheMiddle(text: string): string | undefined {
  const half = text.length / 2;
  if (!Number.isInteger(half) || half === 0) return undefined;
  return `${text.slice(0, half - 1)}${text.charAt(half)}${text.charAt(half - 1)}${text.slice(half + 1)}`;
}

/**
 * Insertions, deletions, substitutions and swaps of neighbours between `a` and `b` (optimal string
 * alignment), or `max + 1` where there are more than `max`. Works on UTF-16 units in O(|a|·max).
 */
export function editDistance(a: string, b: string, max: number): number {
  const over = max + 1;
  if (Math.abs(a.length - b.length) > max) return over;
  let from = 0;
  while (from < a.length && a.charCodeAt(from) === b.charCodeAt(from)) from++;
  let cut = 0;
  while (
    cut < Math.min(a.length, b.length) - from &&
    a.charCodeAt(a.length - 1 - cut) === b.charCodeAt(b.length - 1 - cut)
  )
    cut++;
  const [left, right] = [a.slice(from, a.length - cut), b.slice(from, b.length - cut)];
  if (left === "" || right === "") return Math.min(over, left.length + right.length);
  // One edit is a different letter or a swap of two: what differs is no longer than that.
  if (max === 1 && Math.max(left.length, right.length) > 2) return over;
  return alignment(left, right, max);
}

function alignment(a: string, b: string, max: number): number {
  const over = max + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row: number[] = new Array<number>(b.length + 1).fill(over);
    row[0] = i;
    let best = i;
    const to = Math.min(b.length, i + max);
    for (let j = Math.max(1, i - max); j <= to; j++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
      let cost = Math.min(
        (last[j - 1] ?? over) + (same ? 0 : 1),
        (last[j] ?? over) + 1,
        (row[j - 1] ?? over) + 1,
      );
      if (isSwap(a, b, i, j)) cost = Math.min(cost, (before[j - 2] ?? over) + 1);
      row[j] = cost;
      if (cost < best) best = cost;
    }
    if (best > max) return over;
    [before, last] = [last, row];
  }
  return Math.min(last[b.length] ?? over, over);
}

function isSwap(a: string, b: string, i: number, j: number): boolean {
  return (
    i > 1 &&
    j > 1 &&
    a.charCodeAt(i - 1) === b.charCodeAt(j - 2) &&
    a.charCodeAt(i - 2) === b.charCodeAt(j - 1)
  );
}

/**
 * Whether a key, as UTF-8, can be within `edits` of `wanted`: by its length and by its letters. Cheap,
 * and never wrong about a key that is; `editDistance` decides about the others.
 */
export function canBeNear(wanted: Uint8Array, edits: number): (key: Uint8Array, length: number) => boolean {
  const ascii = wanted.every((byte) => byte < 0x80);
  const lengthDifferenceMax = ascii ? edits : 4 * edits;
  const letters = lettersOf(wanted, wanted.length);
  return (key, length) =>
    Math.abs(length - wanted.length) <= lengthDifferenceMax &&
    // An edit takes away one letter and brings in one. Beyond ASCII a letter is several bytes.
    (!ascii || bitCount(letters ^ lettersOf(key, length)) <= 2 * edits);
}

/** A bit for each of the 32 classes of bytes that `bytes` has. */
function lettersOf(bytes: Uint8Array, length: number): number {
  let letters = 0;
  for (let i = 0; i < length; i++) letters |= 1 << ((bytes[i] as number) & 31);
  return letters;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}
