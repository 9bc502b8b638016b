/** Which packages have a word, literally: what queries are made from and judged by. */
import type { Package } from "./corpus.ts";

export class Vocabulary {
  readonly #having = new Map<string, number[]>();

  /** Of the names and summaries of `packages`. */
  constructor(packages: readonly Package[]) {
    for (const [id, { name, summary }] of packages.entries()) {
      for (const word of new Set([...wordsOf(name), ...wordsOf(summary)])) {
        const ids = this.#having.get(word);
        if (ids === undefined) this.#having.set(word, [id]);
        else ids.push(id);
      }
    }
  }

  /** How many packages have `word`. */
  count(word: string): number {
    return this.#having.get(word)?.length ?? 0;
  }

  /** Positions of the packages that have all of `words`. */
  havingAll(words: readonly string[]): number[] {
    const lists = words.map((word) => this.#having.get(word) ?? []).sort((a, b) => a.length - b.length);
    const [fewest = [], ...others] = lists.map((list, at) => (at === 0 ? list : new Set(list)));
    return [...fewest].filter((id) => others.every((set) => (set as ReadonlySet<number>).has(id)));
  }
}

export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
