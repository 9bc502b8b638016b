/**
 * The queries that every engine answers, of six classes, drawn by a seed from the packages themselves.
 *
 *   exact      a name: half of them popular, half any
 *   prefix     the first 60 % of a popular name
 *   topical    two or three words of a summary that neither few nor many packages have
 *   typo       a popular name with one random edit anywhere
 *   variant    a popular name of several parts, its separators dropped, spaced or camel-cased
 *   inflected  a topical query with one word in another regular English form
 */

import type { Package } from "./corpus.ts";
import { otherForms } from "./english.ts";
import { joined } from "./fairness.ts";
import { below, draw, oneOf, type Random, randomStream } from "./random.ts";
import { Vocabulary, wordsOf } from "./vocabulary.ts";

export const QUERY_CLASSES = ["exact", "prefix", "topical", "typo", "variant", "inflected"] as const;
export type QueryClass = (typeof QUERY_CLASSES)[number];

export interface Query {
  readonly class: QueryClass;
  readonly text: string;
  /** The name that is to be found. */
  readonly target: string;
  /** Of the packages that have every word of a topical query: log10(1 + downloads), by name. */
  readonly gains?: ReadonlyMap<string, number>;
}

const POPULAR_SHARE = 0.05;
const POPULAR_MIN = 100;
const PREFIX_SHARE = 0.6;
const NAME_LENGTH_MIN = 5;
/** Packages that may have a word of a topical query: these many at least, this share of all at most. */
const HAVING_MIN = 10;
const HAVING_SHARE_MAX = 0.01;
const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const DRAWS_A_QUERY_MAX = 200;

/** `count` queries of each class; fewer of one that the packages have not enough for. `packages` by downloads. */
export function generateQueries(packages: readonly Package[], seed: number, count: number): Query[] {
  const names = new Set(packages.map(({ name }) => name));
  const popularCount = Math.max(POPULAR_MIN, Math.ceil(packages.length * POPULAR_SHARE));
  const popular = packages.slice(0, popularCount);
  const long = popular.filter(({ name }) => name.length >= NAME_LENGTH_MIN);
  const topic = topics(packages);
  const generators: Record<QueryClass, () => Query[]> = {
    exact: () => exact(packages, popular, randomStream(seed, "exact"), count),
    prefix: () =>
      draw(randomStream(seed, "prefix"), long, count).map(({ name }) => ({
        class: "prefix",
        text: name.slice(0, Math.ceil(name.length * PREFIX_SHARE)),
        target: name,
      })),
    topical: () => repeat(seed, "topical", count, (random) => topic.plain(random)),
    typo: () => repeat(seed, "typo", count, (random) => typo(random, long, names)),
    variant: () => variants(firstOfTheirJoinedName(popular, packages), names, seed, count),
    inflected: () => repeat(seed, "inflected", count, (random) => topic.inflected(random)),
  };
  return QUERY_CLASSES.flatMap((name) => generators[name]());
}

/** Up to `count` different queries that `make` makes. */
function repeat(
  seed: number,
  name: QueryClass,
  count: number,
  make: (random: Random) => Query | undefined,
): Query[] {
  const random = randomStream(seed, name);
  const made = new Map<string, Query>();
  for (let tries = 0; made.size < count && tries < count * DRAWS_A_QUERY_MAX; tries++) {
    const query = make(random);
    if (query !== undefined && !made.has(query.text)) made.set(query.text, query);
  }
  return [...made.values()];
}

function exact(
  packages: readonly Package[],
  popular: readonly Package[],
  random: Random,
  count: number,
): Query[] {
  const half = Math.ceil(count / 2);
  const drawn = [...draw(random, popular, half), ...draw(random, packages, count - half)];
  return drawn.map(({ name }) => ({ class: "exact", text: name, target: name }));
}

function typo(random: Random, long: readonly Package[], names: ReadonlySet<string>): Query | undefined {
  const name = oneOf(random, long)?.name ?? "";
  const text = edited(random, name);
  return text === name || names.has(text) ? undefined : { class: "typo", text, target: name };
}

/** `name` with a letter put in, left out, replaced, or swapped with the next. */
function edited(random: Random, name: string): string {
  const at = below(random, name.length);
  const letter = oneOf(random, [...LETTERS]) ?? "";
  const [before, rest] = [name.slice(0, at), name.slice(at)];
  const edits = [
    () => before + letter + rest,
    () => before + rest.slice(1),
    () => before + letter + rest.slice(1),
    () => before + rest.slice(1, 2) + rest.slice(0, 1) + rest.slice(2),
  ];
  return oneOf(random, edits)?.() ?? name;
}

/** Of names that are one without their separators, only the most popular can be the one that is meant. */
function firstOfTheirJoinedName(popular: readonly Package[], packages: readonly Package[]): Package[] {
  const first = new Map<string, string>();
  for (const { name } of packages) if (!first.has(joined(name))) first.set(joined(name), name);
  return popular.filter(({ name }) => first.get(joined(name)) === name);
}

function variants(
  packages: readonly Package[],
  names: ReadonlySet<string>,
  seed: number,
  count: number,
): Query[] {
  const several = packages.filter(({ name }) => partsOf(name).length > 1);
  return repeat(seed, "variant", count, (random) => {
    const name = oneOf(random, several)?.name ?? "";
    const parts = partsOf(name);
    const [first = "", ...more] = parts;
    const camel = first + more.map((part) => part.slice(0, 1).toUpperCase() + part.slice(1)).join("");
    const text = oneOf(random, [parts.join(""), parts.join(" "), camel]) ?? "";
    return text === name || names.has(text) ? undefined : { class: "variant", text, target: name };
  });
}

function partsOf(name: string): string[] {
  return name.split(/[^\p{L}\p{N}]+/u).filter((part) => part !== "");
}

interface Topics {
  plain(random: Random): Query | undefined;
  inflected(random: Random): Query | undefined;
}

function topics(packages: readonly Package[]): Topics {
  const vocabulary = new Vocabulary(packages);
  const least = Math.min(HAVING_MIN, Math.ceil(packages.length / 200));
  const most = Math.max(HAVING_MIN, packages.length * HAVING_SHARE_MAX);
  const tells = (word: string) =>
    /^[a-z]{3,}$/.test(word) && vocabulary.count(word) >= least && vocabulary.count(word) <= most;
  const chosen = (random: Random) => {
    const from = oneOf(random, packages);
    const words = [...new Set(wordsOf(from?.summary ?? ""))].filter(tells);
    if (from === undefined || words.length < 2) return undefined;
    const drawn = new Set(draw(random, words, 2 + below(random, 2)));
    return { from, words: words.filter((word) => drawn.has(word)) };
  };
  const gains = (words: readonly string[]) =>
    new Map(
      vocabulary
        .havingAll(words)
        .flatMap((id) => packages[id] ?? [])
        .map(({ name, downloads }) => [name, Math.log10(1 + downloads)]),
    );
  return {
    plain(random) {
      const topic = chosen(random);
      if (topic === undefined) return undefined;
      const { from, words } = topic;
      return { class: "topical", text: words.join(" "), target: from.name, gains: gains(words) };
    },
    inflected(random) {
      const topic = chosen(random);
      if (topic === undefined) return undefined;
      const { from, words } = topic;
      const has = new Set([...wordsOf(from.name), ...wordsOf(from.summary)]);
      const word = oneOf(random, words) ?? "";
      const others = otherForms(word, (form) => vocabulary.count(form)).filter((form) => !has.has(form));
      const other = oneOf(random, others);
      if (other === undefined) return undefined;
      const text = words.map((each) => (each === word ? other : each)).join(" ");
      return { class: "inflected", text, target: from.name, gains: gains(words) };
    },
  };
}
