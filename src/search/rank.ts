/**
 * The order of results. FlexSearch says which documents have a token and in which field; this says
 * what that is worth. The formula and its numbers were chosen by measurement on 227k package names:
 *
 *   cov³ · Σ idf·w[slot]·f / Σ idf    words: rare ones and better fields count more; half the words, an eighth
 *   + Σ f / n · (25 | 4)              all of several words, or the only one
 *   + 40 | 14                         the whole name, or its alias, is the query without separators
 *   + 32 | 8                          it begins with the query; of its alias
 *   + 24 | 10                         it is one edit away, or two
 *   + 2·log10(1 + popularity)
 *   + 1000                            it is the query letter by letter; or the only name that is so but for
 *                                     its separators, where the query is one word
 *
 * f says how closely a word answers, 1 for the word itself; cov is the share of the n words that it has.
 * Equals are in order of their ids.
 */
/** By term slot: name, label, publisher, summaries from short to long, description. */
const FIELD_WEIGHT = [10, 9, 6.5, 12, 8, 4, 1, 3];
const ALL_WORDS = 25;
const ONLY_WORD = 4;
const POPULARITY = 2;

/** How a name answers the query. */
export const NAME_BONUS = {
  literal: 1000,
  exact: 40,
  prefix: 32,
  alias: 14,
  oneEdit: 24,
  aliasPrefix: 8,
  twoEdits: 10,
} as const;
export type NameMatch = keyof typeof NAME_BONUS;

/** How a word of the index answers a word of the query, and what is left of its weight. */
export const WORD_FACTOR = {
  exact: 1,
  whole: 1,
  inflection: 0.5,
  prefix: 0.6,
  oneEdit: 0.6,
  twoEdits: 0.4,
} as const;
export type WordMatch = keyof typeof WORD_FACTOR;

export interface ScoreParts {
  readonly words: number;
  readonly allWords: number;
  readonly name: number;
  readonly popularity: number;
}

export function fieldWeight(slot: number): number {
  return FIELD_WEIGHT[slot] ?? 0;
}

/** Inverse document frequency of a word that `having` of `documents` have; always positive. */
export function idf(documents: number, having: number): number {
  return Math.log(1 + (documents - having + 0.5) / (having + 0.5));
}

/** What a document has gathered while the postings of a query were read. */
export interface Gathered {
  /** Σ idf·w·f over the words it has. */
  readonly sum: number;
  /** How many words it has. */
  readonly words: number;
  /** How closely they answer: Σ f, at most `words`. */
  readonly closeness: number;
  readonly name: number;
}

/** Scores what documents gathered for a query of `words` words, whose idf come to `idfSum`. */
export class Scale {
  readonly #words: number;
  readonly #idfSum: number;

  constructor(words: number, idfSum: number) {
    this.#words = words;
    this.#idfSum = idfSum;
  }

  parts(gathered: Gathered, popularityWeight: number): ScoreParts {
    return {
      words: this.#ofWords(gathered),
      allWords: this.#ofAllWords(gathered),
      name: gathered.name,
      popularity: POPULARITY * popularityWeight,
    };
  }

  /** The sum of `parts`, to the last bit, for the many of which only the best are told. */
  score(gathered: Gathered, popularityWeight: number): number {
    const ofWords = this.#ofWords(gathered) + this.#ofAllWords(gathered);
    return ofWords + gathered.name + POPULARITY * popularityWeight;
  }

  #ofWords({ words, sum }: Gathered): number {
    if (this.#idfSum === 0) return 0;
    const coverage = words / this.#words;
    return (coverage * coverage * coverage * sum) / this.#idfSum;
  }

  #ofAllWords({ closeness, words }: Gathered): number {
    if (this.#words === 0 || words < this.#words) return 0;
    return (closeness / this.#words) * (words > 1 ? ALL_WORDS : ONLY_WORD);
  }
}

export function total(parts: ScoreParts): number {
  return parts.words + parts.allWords + parts.name + parts.popularity;
}

export interface Scored {
  readonly id: number;
  readonly score: number;
}

const better = (a: Scored, b: Scored): number => b.score - a.score || a.id - b.id;

/** Keeps the best `size` of what it is given, without sorting the rest. */
export class Best {
  readonly #size: number;
  #kept: Scored[] = [];
  #worst: Scored | undefined;

  constructor(size: number) {
    this.#size = size;
  }

  add(scored: Scored): void {
    if (this.#worst !== undefined && better(this.#worst, scored) < 0) return;
    this.#kept.push(scored);
    if (this.#kept.length >= 2 * this.#size + 64) this.#cut();
  }

  /** The best, in order. */
  list(): readonly Scored[] {
    this.#cut();
    return this.#kept;
  }

  #cut(): void {
    this.#kept.sort(better);
    if (this.#kept.length <= this.#size) return;
    this.#kept.length = this.#size;
    this.#worst = this.#kept.at(-1);
  }
}
