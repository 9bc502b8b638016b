/**
 * The keys under which a name stands in the family of names:
 *
 *   @scope/react-router ─► scopereactrouter (joined), reactrouter (alias),
 *                          r, re, rea, reac, react … (while they are hot and have room)
 *
 * A prefix is hot where more than `HOT_PREFIX_KEYS` keys begin with it: reading them all would cost a
 * query too much, so it gets an entry that lists the most popular.
 */
import { joinedName, literalKey, nameAlias } from "./analyse.ts";
import { HOT_PREFIX_KEYS, NAME_SLOT } from "./slots.ts";

/** Tokens by slot of each of `names`, which are in the order of their ids: the first are the best. */
export function* nameTokens(names: readonly string[]): Generator<string[][]> {
  const keys = names.map(keysOf);
  const sameJoined = new Map<string, number>();
  for (const [joined] of keys) sameJoined.set(joined, (sameJoined.get(joined) ?? 0) + 1);
  const hot = new HotPrefixes(new Set(keys.flat()));
  for (const [id, [joined, ...alias]] of keys.entries()) {
    const tokens: string[][] = [[], [], [], []];
    tokens[NAME_SLOT.joined] = [joined];
    tokens[NAME_SLOT.alias] = alias;
    tokens[NAME_SLOT.hotPrefix] = hot.take([joined, ...alias]);
    tokens[NAME_SLOT.literal] =
      (sameJoined.get(joined) ?? 0) > 1 ? [literalKey(joined, names[id] ?? "")] : [];
    yield tokens;
  }
}

/** A name without its separators, and its alias where it has one. */
function keysOf(name: string): [joined: string, ...alias: string[]] {
  const alias = nameAlias(name);
  return alias === undefined ? [joinedName(name)] : [joinedName(name), alias];
}

/** The prefixes that are hot among some keys, and how often each was given away. */
class HotPrefixes {
  /** By key: the length of its longest hot prefix. */
  readonly #lengths: ReadonlyMap<string, number>;
  /** By hot prefix: the documents it was given to. */
  readonly #given = new Map<string, number>();

  constructor(keys: Iterable<string>) {
    this.#lengths = hotPrefixLengths([...keys].sort());
  }

  /** The hot prefixes that a document with `keys` gets: those that still have room. */
  take(keys: readonly string[]): string[] {
    const taken = new Set<string>();
    for (const key of keys) {
      // Whoever got a prefix got the shorter ones too while they had room: once one is full, they all are.
      for (const prefix of this.#longestFirst(key)) {
        if (taken.has(prefix)) continue;
        const given = this.#given.get(prefix) ?? 0;
        if (given >= HOT_PREFIX_KEYS) break;
        this.#given.set(prefix, given + 1);
        taken.add(prefix);
      }
    }
    return [...taken];
  }

  *#longestFirst(key: string): Generator<string> {
    const longest = Math.min(this.#lengths.get(key) ?? 0, key.length - 1);
    for (let length = longest; length > 0; length--) {
      const last = key.charCodeAt(length - 1);
      const splitsPair = last >= 0xd800 && last < 0xdc00;
      if (!splitsPair) yield key.slice(0, length);
    }
  }
}

/** For each of the sorted `keys` the length of its longest prefix that more than `HOT_PREFIX_KEYS` of them share. */
function hotPrefixLengths(keys: readonly string[]): Map<string, number> {
  const lengths = new Uint16Array(keys.length);
  for (let first = 0; first + HOT_PREFIX_KEYS < keys.length; first++) {
    const shared = sharedLength(keys[first] ?? "", keys[first + HOT_PREFIX_KEYS] ?? "");
    // Equal beginnings of the first and the last are equal beginnings of all between them.
    for (let at = first; at <= first + HOT_PREFIX_KEYS; at++) {
      if ((lengths[at] ?? 0) < shared) lengths[at] = shared;
    }
  }
  return new Map(keys.map((key, position) => [key, lengths[position] ?? 0]));
}

function sharedLength(a: string, b: string): number {
  let shared = 0;
  while (shared < a.length && shared < b.length && a.charCodeAt(shared) === b.charCodeAt(shared)) shared++;
  return shared;
}
