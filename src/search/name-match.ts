/**
 * Which names answer a query: the query run together is a name, an alias, the beginning of one, or one
 * with a spelling mistake. Mistakes are looked for only where nothing else was found.
 */
import { utf8 } from "../base/bytes.ts";
import { reversed } from "./analyse.ts";
import type { EntrySource } from "./family.ts";
import { PartialIndex } from "./partial-index.ts";
import type { ParsedQuery } from "./query-text.ts";
import { NAME_BONUS, type NameMatch } from "./rank.ts";
import type { ScanBounds } from "./shard.ts";
import { HOT_PREFIX_KEYS, NAME_SLOT } from "./slots.ts";
import { canBeNear, editDistance, editsAllowed, untouchedLength } from "./typo.ts";

/** Twice as many keys as a prefix can have that is not hot: literal keys stand between them. */
const PREFIX_KEYS_MAX = 2 * HOT_PREFIX_KEYS;
/** Keys that one search for a misspelt word looks at, and names it takes. */
const TYPO_KEYS_MAX = 8192;
const TYPO_NAMES_MAX = 16;

export interface NameFound {
  readonly match: NameMatch;
  /** The key that was found. */
  readonly token: string;
}

export type NamesFound = ReadonlyMap<number, NameFound>;

/** Names that are the query, or begin with it. */
export async function matchNames(query: ParsedQuery, names: EntrySource): Promise<NamesFound> {
  const found = new Found();
  const { joined, literal } = query;
  if (joined === "") return found.byId;
  const index = new PartialIndex(names);
  await index.need([joined, literal]);
  const slots = index.slots(joined);
  const exact = slots[NAME_SLOT.joined] ?? [];
  const only = exact.length === 1 && !/\s/.test(query.name);
  found.add(only ? exact : index.slots(literal)[NAME_SLOT.literal], "literal", joined);
  found.add(exact, "exact", joined);
  found.add(slots[NAME_SLOT.alias], "alias", joined);
  const hot = slots[NAME_SLOT.hotPrefix];
  if (hot !== undefined) {
    found.add(hot, "prefix", joined);
    return found.byId;
  }
  const keys = await names.scan(joined, { keysMax: PREFIX_KEYS_MAX });
  const longer = keys.filter(({ key }) => key !== joined && isName(key));
  index.take(longer);
  for (const { key } of longer) {
    found.add(index.slots(key)[NAME_SLOT.joined], "prefix", key);
    found.add(index.slots(key)[NAME_SLOT.alias], "aliasPrefix", key);
  }
  return found.byId;
}

/** A literal key holds an `=`, which no name run together does. */
const isName = (key: string): boolean => !key.includes("=");

/** Names that `joined` may be a misspelling of: the nearest first, a few. */
export async function matchMisspeltNames(
  joined: string,
  names: EntrySource,
  reversedNames: EntrySource,
): Promise<NamesFound> {
  const found = new Found();
  const edits = editsAllowed(joined.length);
  if (edits === 0) return found.byId;
  const index = new PartialIndex(names);
  const untouched = untouchedLength(joined.length, edits);
  const backwards = reversed(joined);
  const [ahead, behind] = await Promise.all([
    names.scan(joined.slice(0, untouched), near(joined, edits)),
    reversedNames.scan(backwards.slice(0, untouched), near(backwards, edits)),
  ]);
  const distances = new Map<string, number>();
  const consider = (key: string) => {
    const distance = editDistance(key, joined, edits);
    if (distance <= edits) distances.set(key, distance);
  };
  for (const { key } of ahead) if (isName(key)) consider(key);
  for (const { key } of behind) consider(reversed(key));
  const best = [...distances].sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1)).slice(0, TYPO_NAMES_MAX);
  await index.need(best.map(([key]) => key));
  for (const [key, distance] of best) {
    const slots = index.slots(key);
    const match = distance === 1 ? "oneEdit" : "twoEdits";
    found.add(slots[NAME_SLOT.joined], match, key);
    found.add(slots[NAME_SLOT.alias], "twoEdits", key);
  }
  return found.byId;
}

/** A scan for keys that may be `edits` away from `text`. */
export function near(text: string, edits: number): ScanBounds {
  return { keysMax: TYPO_KEYS_MAX, accept: canBeNear(utf8(text), edits) };
}

class Found {
  readonly byId = new Map<number, NameFound>();

  /** Keeps the better of two ways in which one name answers. */
  add(ids: readonly number[] | undefined, match: NameMatch, token: string): void {
    for (const id of ids ?? []) {
      const before = this.byId.get(id);
      if (before === undefined || NAME_BONUS[before.match] < NAME_BONUS[match])
        this.byId.set(id, { match, token });
    }
  }
}
