/**
 * Which names answer a query: the query run together is a name, an alias, the beginning of one, or one
 * with a spelling mistake. Mistakes are looked for only where nothing else was found.
 */
import { reversed } from "./analyse.ts";
import type { EntrySource } from "./family.ts";
import { PartialIndex } from "./partial-index.ts";
import type { ParsedQuery } from "./query-text.ts";
import { NAME_BONUS, type NameMatch } from "./rank.ts";
import { HOT_PREFIX_KEYS, NAME_SLOT } from "./slots.ts";
import { editDistance, editsAllowed, untouchedLength } from "./typo.ts";

/** Twice as many keys as a prefix can have that is not hot: literal keys stand between them. */
const PREFIX_KEYS_MAX = 2 * HOT_PREFIX_KEYS;
/** Keys that one search for a misspelt name looks at, and names it takes. */
const TYPO_KEYS_MAX = 8192;
const TYPO_NAMES_MAX = 16;

export interface NameFound {
  readonly match: NameMatch;
  /** The key that was found. */
  readonly token: string;
}

export async function matchNames(
  query: ParsedQuery,
  names: EntrySource,
  reversedNames: EntrySource,
): Promise<Map<number, NameFound>> {
  const found = new Found();
  const { joined, literal } = query;
  if (joined === "") return found.byId;
  const index = new PartialIndex(names);
  const [keys] = await Promise.all([
    names.scan(joined, { keysMax: PREFIX_KEYS_MAX }),
    index.need([joined, literal]),
  ]);
  const slots = index.slots(joined);
  const exact = slots[NAME_SLOT.joined] ?? [];
  const only = exact.length === 1 && !/\s/.test(query.name);
  found.add(only ? exact : index.slots(literal)[NAME_SLOT.literal], "literal", joined);
  found.add(exact, "exact", joined);
  found.add(slots[NAME_SLOT.alias], "alias", joined);
  const hot = slots[NAME_SLOT.hotPrefix];
  if (hot !== undefined) found.add(hot, "prefix", joined);
  else
    await addLonger(
      keys.map(({ key }) => key).filter((key) => key !== joined && isName(key)),
      index,
      found,
    );
  if (found.byId.size === 0) await addMisspelt(joined, names, reversedNames, index, found);
  return found.byId;
}

/** A literal key holds an `=`, which no name run together does. */
const isName = (key: string): boolean => !key.includes("=");

async function addLonger(keys: readonly string[], index: PartialIndex, found: Found): Promise<void> {
  await index.need(keys);
  for (const key of keys) {
    const slots = index.slots(key);
    found.add(slots[NAME_SLOT.joined], "prefix", key);
    found.add(slots[NAME_SLOT.alias], "aliasPrefix", key);
  }
}

async function addMisspelt(
  joined: string,
  names: EntrySource,
  reversedNames: EntrySource,
  index: PartialIndex,
  found: Found,
): Promise<void> {
  const edits = editsAllowed(joined.length);
  if (edits === 0) return;
  const untouched = untouchedLength(joined.length, edits);
  const bounds = { keysMax: TYPO_KEYS_MAX, ...bytesAround(joined, edits) };
  const backwards = reversed(joined);
  const [ahead, behind] = await Promise.all([
    names.scan(joined.slice(0, untouched), bounds),
    reversedNames.scan(backwards.slice(0, untouched), bounds),
  ]);
  const near = new Map<string, number>();
  const consider = (key: string) => {
    const distance = editDistance(key, joined, edits);
    if (distance <= edits) near.set(key, distance);
  };
  for (const { key } of ahead) if (isName(key)) consider(key);
  for (const { key } of behind) consider(reversed(key));
  const best = [...near].sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1)).slice(0, TYPO_NAMES_MAX);
  await index.need(best.map(([key]) => key));
  for (const [key, distance] of best) {
    const slots = index.slots(key);
    const match = distance === 1 ? "oneEdit" : "twoEdits";
    found.add(slots[NAME_SLOT.joined], match, key);
    found.add(slots[NAME_SLOT.alias], "twoEdits", key);
  }
}

/** UTF-8 lengths that a word `edits` away from `text` can have. */
export function bytesAround(text: string, edits: number): { lengthMin: number; lengthMax: number } {
  const length = new TextEncoder().encode(text).length;
  return { lengthMin: length - 4 * edits, lengthMax: length + 4 * edits };
}

class Found {
  readonly byId = new Map<number, NameFound>();

  add(ids: readonly number[] | undefined, match: NameMatch, token: string): void {
    for (const id of ids ?? []) {
      const before = this.byId.get(id);
      if (before === undefined || NAME_BONUS[before.match] < NAME_BONUS[match])
        this.byId.set(id, { match, token });
    }
  }
}
