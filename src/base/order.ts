/** Orders that no locale can change: what is sorted with them has the same order on every machine. */
import { compareBytes, utf8 } from "./bytes.ts";

/** By UTF-8 bytes, which is by code point. JavaScript's own order (UTF-16 units) differs beyond U+FFFF. */
export function compareText(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left === right) continue;
    if (left < 0xd800 && right < 0xd800) return left - right;
    return compareBytes(utf8(a), utf8(b));
  }
  return a.length - b.length;
}

/** `texts` in that order. */
export function sortedTexts(texts: Iterable<string>): string[] {
  const all = [...texts];
  return all.sort(quickest(all));
}

/** `items` in the order of their keys; those with one key stay in the order they came in. */
export function sortedBy<T>(items: Iterable<T>, key: (item: T) => string): T[] {
  const keyed = Array.from(items, (item) => ({ key: key(item), item }));
  const compare = quickest(keyed.map((each) => each.key));
  return keyed.sort((a, b) => compare(a.key, b.key)).map(({ item }) => item);
}

const BEYOND_FFFF = /[\ud800-\udfff]/;

/** Where no text has surrogates the engine's own comparison gives the same order, and much sooner. */
function quickest(texts: readonly string[]): (a: string, b: string) => number {
  return texts.some((text) => BEYOND_FFFF.test(text)) ? compareText : (a, b) => (a < b ? -1 : a > b ? 1 : 0);
}
