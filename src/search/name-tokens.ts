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

export class NameTokens {
  readonly #sameJoined = new Map<string, number>();
  /** By key: the length of its longest hot prefix. */
  readonly #hotLengths: ReadonlyMap<string, number>;
  /** By hot prefix: the documents it was given to. */
  readonly #given = new Map<string, number>();

  constructor(names: Iterable<string>) {
    const keys = new Set<string>();
    for (const name of names) {
      const joined = joinedName(name);
      this.#sameJoined.set(joined, (this.#sameJoined.get(joined) ?? 0) + 1);
      keys.add(joined);
      const alias = nameAlias(name);
      if (alias !== undefined) keys.add(alias);
    }
    this.#hotLengths = hotPrefixLengths([...keys].sort());
  }

  /** Tokens of `name` by slot. To be called once for each name in the order of ids: the first are the best. */
  next(name: string): string[][] {
    const joined = joinedName(name);
    const alias = nameAlias(name);
    const hot = new Set([
      ...this.#hotPrefixes(joined),
      ...(alias === undefined ? [] : this.#hotPrefixes(alias)),
    ]);
    const tokens: string[][] = [[], [], [], []];
    tokens[NAME_SLOT.joined] = [joined];
    tokens[NAME_SLOT.alias] = alias === undefined ? [] : [alias];
    tokens[NAME_SLOT.hotPrefix] = [...hot].filter((prefix) => this.#hasRoom(prefix));
    tokens[NAME_SLOT.literal] = (this.#sameJoined.get(joined) ?? 0) > 1 ? [literalKey(joined, name)] : [];
    return tokens;
  }

  #hotPrefixes(key: string): string[] {
    const prefixes: string[] = [];
    const longest = Math.min(this.#hotLengths.get(key) ?? 0, key.length - 1);
    for (let length = 1; length <= longest; length++) {
      const last = key.charCodeAt(length - 1);
      const splitsPair = last >= 0xd800 && last < 0xdc00;
      if (!splitsPair) prefixes.push(key.slice(0, length));
    }
    return prefixes;
  }

  #hasRoom(prefix: string): boolean {
    const given = this.#given.get(prefix) ?? 0;
    if (given >= HOT_PREFIX_KEYS) return false;
    this.#given.set(prefix, given + 1);
    return true;
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
