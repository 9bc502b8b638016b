/** Chance that a seed decides: the same seed gives the same numbers on every machine. */

/** A stream of numbers from 0 up to, but not including, 1. */
export type Random = () => number;

/**
 * The stream of `name` under `seed`: streams of different names do not depend on how much was drawn from
 * each other. The generator is sfc32 (Doty-Humphrey, PractRand), started from FNV-1a of seed and name.
 */
export function randomStream(seed: number, name: string): Random {
  let [a, b, c, counter] = [
    hash(`${seed} a ${name}`),
    hash(`${seed} b ${name}`),
    hash(`${seed} c ${name}`),
    1,
  ];
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let warm = 0; warm < 12; warm++) next();
  return next;
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value;
}

/** A whole number from 0 up to, but not including, `below`. */
export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

/** One of `items`; `undefined` where there are none. */
export function oneOf<T>(random: Random, items: readonly T[]): T | undefined {
  return items[below(random, items.length)];
}

/** `count` different ones of `items`, or all of them, in the order they were drawn. */
export function draw<T>(random: Random, items: readonly T[], count: number): T[] {
  const left = [...items];
  const drawn: T[] = [];
  while (drawn.length < count && left.length > 0) {
    const at = below(random, left.length);
    const [item, last] = [left[at] as T, left.pop() as T];
    drawn.push(item);
    if (at < left.length) left[at] = last;
  }
  return drawn;
}
