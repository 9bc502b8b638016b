/**
 * How an index is cut into slices, and slices into files. The reader follows whatever was cut: this is
 * the only module that knows of sizes.
 *
 *   entries of terms and names ─► shards of one range of keys, both in one file ┐
 *   entries of reversed names  ─► shards                                        ├─► files ─► manifest
 *   rows                       ─► blocks of some, the later ones listed in pages  ┘
 *
 * A word of a query is looked for among the terms and among the names: cut at the same keys, both are one
 * request. Where to cut is decided by the keys themselves, as in content-defined chunking: at a key whose
 * digest says so, so that a key more or less moves no cut but those beside it.
 *
 * An index that is small as a whole is one file: a single request is better than the right ones of several.
 */
import { concat, utf8 } from "../base/bytes.ts";
import type { Digest, Hash } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { mapInOrder } from "../base/in-order.ts";
import { compareText, mergedByKey } from "../base/order.ts";
import type { SearchRow } from "./document.ts";
import type { Entry } from "./flexsearch.ts";
import { type BlockRef, FAMILIES, type FamilyName, FILE_RAW_BYTES_MAX } from "./format.ts";
import { type IdParts, type Part, writeManifest, writePage } from "./manifest.ts";
import { writeRowBlock } from "./row-block.ts";
import { entryBytes, writeShard } from "./shard.ts";

export interface Layout {
  /** Compressed bytes up to which the whole index is one file. */
  readonly bundleBytesMax: number;
  /** Bytes of a file of shards before compression: a little over the first, and never over the second but for one entry. */
  readonly shardBytesMin: number;
  readonly shardBytesMax: number;
  /** Rows to a block. */
  readonly blockRows: number;
  /** Blocks that the manifest lists itself: those of the documents that are found most. */
  readonly listedBlocks: number;
  /** Blocks to a page, which lists those after them. */
  readonly pageBlocks: number;
}

/** Chosen by measurement on 227k packages: docs/performance.md. */
export const LAYOUT: Layout = {
  bundleBytesMax: 150_000,
  shardBytesMin: 12_000,
  shardBytesMax: 36_000,
  blockRows: 32,
  listedBlocks: 128,
  pageBlocks: 32,
};

/** Index data packs to an eighth at best: what is more than eight times too large is not packed to find out. */
const PACKS_TO_AN_NTH_AT_BEST = 8;
/** One key in so many may be the first of a shard: some two kilobytes lie between two of them. */
const CUT_ONE_IN = 64;

/** Files that are packed at the same time: every thread has some at hand, and memory no more than these. */
const PACKED_AT_ONCE_MAX = 16;

/** Everything an index has, in order: entries by key, rows by id. Entries may be gone through again and again. */
export interface IndexContent {
  readonly terms: Iterable<Entry>;
  readonly names: Iterable<Entry>;
  readonly reversed: Iterable<Entry>;
  readonly rows: readonly SearchRow[];
  readonly popularity: readonly (readonly [number, number])[];
}

interface Packing {
  readonly hash: Hash;
  readonly deflate: (bytes: Uint8Array) => Promise<Uint8Array>;
}

interface LaidOut {
  readonly manifest: Uint8Array;
  readonly files: ReadonlyMap<Digest, Uint8Array>;
}

export async function layOut(content: IndexContent, layout: Layout, packing: Packing): Promise<LaidOut> {
  const { rows, popularity } = content;
  const files = (await placeInOne(content, layout, packing)) ?? (await placeInMany(content, layout, packing));
  return {
    manifest: writeManifest({ documents: rows.length, popularity, ...files.parts }),
    files: files.all,
  };
}

/** The index as one file; `undefined` where that is more than the layout wants. */
async function placeInOne(
  content: IndexContent,
  layout: Layout,
  packing: Packing,
): Promise<FileStore | undefined> {
  const families = FAMILIES.map((list) => content[list]);
  if (haveMoreBytes(families, layout.bundleBytesMax * PACKS_TO_AN_NTH_AT_BEST)) return undefined;
  const shards = FAMILIES.flatMap((list) => shardOf(list, "", [...content[list]]));
  const files = new FileStore(packing);
  const slices = [...shards, ...blocksOf(content.rows, layout.blockRows)];
  if (slices.length > 0) await files.add([slices]);
  return files.packedBytes > layout.bundleBytesMax ? undefined : files;
}

function haveMoreBytes(families: readonly Iterable<Entry>[], bytesMax: number): boolean {
  let bytes = 0;
  for (const entries of families) {
    for (const entry of entries) {
      bytes += entryBytes(entry);
      if (bytes > bytesMax) return true;
    }
  }
  return false;
}

async function placeInMany(content: IndexContent, layout: Layout, packing: Packing): Promise<FileStore> {
  const files = new FileStore(packing);
  await files.add(rangesOf(content, ["terms", "names"], layout, packing.hash));
  await files.add(rangesOf(content, ["reversed"], layout, packing.hash));
  await files.add(eachAlone(blocksOf(content.rows, layout.blockRows)));
  const unlisted = files.parts.blocks.splice(layout.listedBlocks);
  await files.add(eachAlone(pagesOf(unlisted, layout.pageBlocks)));
  return files;
}

/**
 * Cuts families at the same keys; gives the shards that each has between two cuts, for one file. Once a file
 * has its least size it ends before the next key whose digest allows it, at the latest where it would have
 * more than its most.
 */
function* rangesOf(
  content: IndexContent,
  lists: readonly FamilyName[],
  layout: Layout,
  hash: Hash,
): Generator<Slice[]> {
  const families = lists.map((list) => ({ list, entries: [] as Entry[] }));
  const shards = () => families.flatMap(({ list, entries }) => shardOf(list, first, entries.splice(0)));
  let first = "";
  let before = "";
  let size = 0;
  for (const together of mergedByKey(
    lists.map((list, at) => numbered(content[list], at)),
    ({ entry }) => entry[0],
  )) {
    const key = together[0]?.entry[0] ?? "";
    const bytes = together.reduce((sum, { entry }) => sum + entryBytes(entry), 0);
    const isOver = size > 0 && size + bytes > layout.shardBytesMax;
    if (isOver || (size >= layout.shardBytesMin && mayCut(key, hash))) {
      yield shards();
      first = shortestBetween(before, key);
      size = 0;
    }
    for (const { entry, family } of together) families[family]?.entries.push(entry);
    size += bytes;
    before = key;
  }
  if (size > 0) yield shards();
}

function* numbered(entries: Iterable<Entry>, family: number): Generator<{ entry: Entry; family: number }> {
  for (const entry of entries) yield { entry, family };
}

/** The shortest beginning of `key` that comes after `before`. */
function shortestBetween(before: string, key: string): string {
  let text = "";
  for (const character of key) {
    text += character;
    if (compareText(before, text) < 0) break;
  }
  return text;
}

function mayCut(key: string, hash: Hash): boolean {
  return Number.parseInt(hash(utf8(key)).slice(0, 8), 16) % CUT_ONE_IN === 0;
}

/** What a slice is, and where it begins: a shard of a family, a block of rows, or a page that lists such blocks. */
type Address =
  | { readonly list: FamilyName; readonly first: string }
  | { readonly list: "blocks" | "pages"; readonly first: number };
type Slice = Address & { readonly bytes: Uint8Array };

/** No entries are no shard. */
function shardOf(list: FamilyName, first: string, entries: readonly Entry[]): Slice[] {
  return entries.length === 0 ? [] : [{ list, first, bytes: writeShard(entries) }];
}

function* blocksOf(rows: readonly SearchRow[], many: number): Generator<Slice> {
  for (let first = 0; first < rows.length; first += many)
    yield { list: "blocks", first, bytes: writeRowBlock(first, rows.slice(first, first + many)) };
}

function* pagesOf(blocks: IdParts, many: number): Generator<Slice> {
  for (let at = 0; at < blocks.length; at += many) {
    const page = blocks.slice(at, at + many);
    yield { list: "pages", first: page[0]?.first ?? 0, bytes: writePage(page) };
  }
}

function* eachAlone(slices: Iterable<Slice>): Generator<Slice[]> {
  for (const slice of slices) yield [slice];
}

/** The files of an index, packed, by digest; and what lies where in them. */
class FileStore {
  readonly all = new Map<Digest, Uint8Array>();
  readonly parts = {
    terms: [] as Part<string>[],
    names: [] as Part<string>[],
    reversed: [] as Part<string>[],
    blocks: [] as Part<number>[],
    pages: [] as Part<number>[],
  };
  packedBytes = 0;
  readonly #packing: Packing;

  constructor(packing: Packing) {
    this.#packing = packing;
  }

  /** Puts the slices of each of `groups`, which are never none, into one file. */
  async add(groups: Iterable<readonly Slice[]>): Promise<void> {
    const packed = await mapInOrder(groups, PACKED_AT_ONCE_MAX, (slices) => this.#pack(slices));
    for (const { places, file, bytes } of packed) {
      this.all.set(file.sha256, bytes);
      this.packedBytes += bytes.length;
      for (const { list, first, ...place } of places) {
        if (typeof first === "string") this.parts[list as FamilyName].push({ first, file, ...place });
        else this.parts[list as "blocks" | "pages"].push({ first, file, ...place });
      }
    }
  }

  async #pack(slices: readonly Slice[]): Promise<Packed> {
    const raw = concat(...slices.map(({ bytes }) => bytes));
    if (raw.length > FILE_RAW_BYTES_MAX) {
      throw new RegistryError(
        "SEARCH_FILE_TOO_LARGE",
        `A file of the search index has ${raw.length} bytes, and ${FILE_RAW_BYTES_MAX} is the most`,
        "index fewer documents",
      );
    }
    const places = placesOf(slices);
    const bytes = await this.#packing.deflate(raw);
    const file = { sha256: this.#packing.hash(bytes), length: bytes.length, rawLength: raw.length };
    return { places, file, bytes };
  }
}

/** A file with all its slices, of which only the places are left. */
interface Packed {
  readonly places: readonly Place[];
  readonly file: BlockRef;
  readonly bytes: Uint8Array;
}

type Place = Address & { readonly at: number; readonly length: number };

function placesOf(slices: readonly Slice[]): Place[] {
  let end = 0;
  return slices.map(({ bytes, ...address }) => {
    const at = end;
    end += bytes.length;
    return { ...address, at, length: bytes.length };
  });
}
