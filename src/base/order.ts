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

export function sortedBy<T>(items: Iterable<T>, key: (item: T) => string): T[] {
  return [...items].sort((a, b) => compareText(key(a), key(b)));
}
