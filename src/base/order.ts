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

/**
 * Goes through `sequences`, each ascending by its keys and without one twice, as if they were one: gives the
 * items of each key together, in the order of their sequences.
 */
export function* mergedByKey<T>(
  sequences: readonly Iterable<T>[],
  keyOf: (item: T) => string,
): Generator<readonly T[]> {
  let fronts = sequences.map((items) => new Front(items, keyOf)).filter(({ item }) => item !== undefined);
  while (fronts.length > 0) {
    const least = leastKey(fronts);
    const together: T[] = [];
    for (const front of fronts) {
      if (front.key === least && front.item !== undefined) together.push(front.take(front.item));
    }
    yield together;
    if (fronts.some(({ item }) => item === undefined))
      fronts = fronts.filter(({ item }) => item !== undefined);
  }
}

function leastKey(fronts: readonly { readonly key: string }[]): string {
  return fronts.reduce((least, { key }) => (compareText(key, least) < 0 ? key : least), fronts[0]?.key ?? "");
}

/** Where a sequence stands: its next item, and the key of that. */
class Front<T> {
  readonly #rest: Iterator<T>;
  readonly #keyOf: (item: T) => string;
  item: T | undefined;
  key = "";

  constructor(items: Iterable<T>, keyOf: (item: T) => string) {
    this.#rest = items[Symbol.iterator]();
    this.#keyOf = keyOf;
    this.#next();
  }

  /** Gives `item`, where it stands, and goes on. */
  take(item: T): T {
    this.#next();
    return item;
  }

  #next(): void {
    const { done, value } = this.#rest.next();
    this.item = done === true ? undefined : value;
    if (this.item !== undefined) this.key = this.#keyOf(this.item);
  }
}

const BEYOND_FFFF = /[\ud800-\udfff]/;

/** Where no text has surrogates the engine's own comparison gives the same order, and much sooner. */
function quickest(texts: readonly string[]): (a: string, b: string) => number {
  return texts.some((text) => BEYOND_FFFF.test(text)) ? compareText : (a, b) => (a < b ? -1 : a > b ? 1 : 0);
}
