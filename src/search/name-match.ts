/**
 * Which names answer a query: the query run together is a name, an alias, the beginning of one, or one
 * with a spelling mistake. Mistakes are looked for only where nothing else was found.
 */
import { utf8 } from "../base/bytes.ts";
import { nameAlias, reversed } from "./analyse.ts";
import type { EntrySource } from "./family.ts";
import type { Entry, Slots } from "./flexsearch.ts";
import { PartialIndex } from "./partial-index.ts";
import type { ParsedQuery } from "./query-text.ts";
import { NAME_BONUS, type NameMatch } from "./rank.ts";
import type { ScanBounds } from "./shard.ts";
import { HOT_PREFIX_KEYS, NAME_SLOT } from "./slots.ts";
import { canBeNear, editDistance, editsAllowed, swappedInTheMiddle, untouchedLength } from "./typo.ts";

/** Twice as many keys as a prefix can have that is not hot: literal keys stand between them. */
const PREFIX_KEYS_MAX = 2 * HOT_PREFIX_KEYS;
/** Keys that one search for a misspelt word looks at, and names it takes. */
const TYPO_KEYS_MAX = 8192;
const TYPO_NAMES_MAX = 16;

/** Where names are looked for, and of how many documents they are. */
export interface NameSources {
  readonly names: EntrySource;
  readonly reversed: EntrySource;
  readonly documents: number;
}

export interface NameFound {
  readonly match: NameMatch;
  /** The key that was found. */
  readonly token: string;
}

export type NamesFound = ReadonlyMap<number, NameFound>;

/** Names that are the query, or begin with it. */
export async function matchNames(query: ParsedQuery, { names, documents }: NameSources): Promise<NamesFound> {
  const found = new Found();
  const { joined, literal } = query;
  if (joined === "") return found.byId;
  const index = new PartialIndex(names, documents);
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

/** Names that the query may be a misspelling of: one edit away, else two where it is long; the nearest first, a few. */
export async function matchMisspeltNames(query: ParsedQuery, sources: NameSources): Promise<NamesFound> {
  const alias = nameAlias(query.name);
  for (const edits of [1, 2]) {
    const forms = [query.joined, ...(alias === undefined ? [] : [alias])].filter(
      (form) => editsAllowed(form.length) >= edits,
    );
    const found = new Found();
    const nearest = await Promise.all(forms.map((form) => nearNames(form, edits, sources)));
    for (const [position, near] of nearest.entries())
      for (const { key, slots, distance } of near) {
        // What is near the query without its scope is as good as what is two edits from all of it.
        const match = distance === 1 && position === 0 ? "oneEdit" : "twoEdits";
        found.add(slots[NAME_SLOT.joined], match, key);
        found.add(slots[NAME_SLOT.alias], "twoEdits", key);
      }
    if (found.byId.size > 0) return found.byId;
  }
  return new Map();
}

interface NearName {
  readonly key: string;
  readonly distance: number;
  readonly slots: Slots;
}

/** Keys that are within `edits` of `text`, by the end of it that the edits leave untouched. */
async function nearNames(
  text: string,
  edits: number,
  { names, reversed: reversedNames, documents }: NameSources,
): Promise<NearName[]> {
  const untouched = untouchedLength(text.length, edits);
  const backwards = reversed(text);
  const swapped = edits === 1 ? swappedInTheMiddle(text) : undefined;
  const [ahead, behind, middle] = await Promise.all([
    names.scan(text.slice(0, untouched), near(text, edits)),
    reversedNames.scan(backwards.slice(0, untouched), near(backwards, edits)),
    names.find(swapped === undefined ? [] : [swapped]),
  ]);
  const found = new Map<
    string,
    Omit<NearName, "slots"> & { readonly entry: () => Entry; readonly of: EntrySource }
  >();
  const consider = (key: string, entry: () => Entry, of: EntrySource) => {
    const distance = editDistance(key, text, edits);
    if (distance <= edits && !found.has(key)) found.set(key, { key, distance, entry, of });
  };
  for (const entry of middle) consider(entry[0], () => entry, names);
  for (const { key, entry } of ahead) if (isName(key)) consider(key, entry, names);
  for (const { key, entry } of behind) consider(reversed(key), entry, reversedNames);
  const indexes = new Map(
    [names, reversedNames].map((source) => [source, new PartialIndex(source, documents)]),
  );
  return [...found.values()]
    .sort((a, b) => a.distance - b.distance || (a.key < b.key ? -1 : 1))
    .slice(0, TYPO_NAMES_MAX)
    .map(({ key, distance, entry, of }) => ({
      key,
      distance,
      slots: indexes.get(of)?.answer(entry()) ?? [],
    }));
}

/** A scan for keys that may be `edits` away from `text`. */
export function near(text: string, edits: number): ScanBounds {
  return { keysMax: TYPO_KEYS_MAX, together: true, accept: canBeNear(utf8(text), edits) };
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
