/**
 * A run: what FlexSearch made of some documents with consecutive ids, written as one shard. An index is
 * inverted run by run, so that memory holds the entries of a few thousand documents and not those of all,
 * and that threads can share the work. Merged, the runs are the entries of one FlexSearch index of all
 * documents: ids ascend from run to run, so the ids of a key are those of each run, one after another.
 */
import { utf8 } from "../base/bytes.ts";
import { mergedByKey, sortedBy } from "../base/order.ts";
import { type Entry, exportEntries, type FlexIndex, type Slots } from "./flexsearch.ts";
import { KEY_BYTES_MAX } from "./format.ts";
import { Shard, writeShard } from "./shard.ts";
import { SLOT_COUNT } from "./slots.ts";

/** Documents of one run. */
export const RUN_DOCUMENTS = 8192;

/** A shard; no bytes where no document has a token. */
export type Run = Uint8Array;

export function writeRun(index: FlexIndex): Run {
  const entries = sortedEntries(index).filter(([key]) => isWritable(key));
  return entries.length === 0 ? new Uint8Array() : writeShard(entries);
}

/** Every entry of `index`, ascending by key. */
export function sortedEntries(index: FlexIndex): Entry[] {
  return sortedBy(exportEntries(index), ([key]) => key);
}

/** Only a name far beyond the registry's limit, written beside its joined form, makes a key too long. */
function isWritable(key: string): boolean {
  return 3 * key.length <= KEY_BYTES_MAX || utf8(key).length <= KEY_BYTES_MAX;
}

/** The entries of all `runs`, which are in the order of their ids, ascending by key; decoded anew each time. */
export function entriesOf(runs: readonly Run[], documents: number): Iterable<Entry> {
  const shards = runs.filter(({ length }) => length > 0).map((run) => new Shard(run, documents));
  return { [Symbol.iterator]: () => merged(shards) };
}

function* merged(shards: readonly Shard[]): Generator<Entry> {
  for (const same of mergedByKey(
    shards.map((shard) => shard.entries()),
    ([key]) => key,
  )) {
    const [first, ...others] = same;
    if (first !== undefined) yield others.length === 0 ? first : [first[0], joined(same)];
  }
}

function joined(entries: readonly Entry[]): Slots {
  return Array.from({ length: SLOT_COUNT }, (_, slot) => {
    const ids = entries.flatMap(([, slots]) => slots[slot] ?? []);
    return ids.length === 0 ? undefined : ids;
  });
}
