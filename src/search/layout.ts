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
import { compareText, sortedTexts } from "../base/order.ts";
import type { SearchRow } from "./document.ts";
import type { Entry } from "./flexsearch.ts";
import { type BlockRef, FILE_RAW_BYTES_MAX, KEY_BYTES_MAX } from "./format.ts";
import { type IdParts, type KeyParts, type Part, writeManifest, writePage } from "./manifest.ts";
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

/** Everything an index has, in order: entries by key, rows by id. */
export interface IndexContent {
  readonly terms: readonly Entry[];
  readonly names: readonly Entry[];
  readonly reversed: readonly Entry[];
  readonly rows: readonly SearchRow[];
  readonly popularity: readonly (readonly [number, number])[];
}

interface Packing {
  readonly hash: Hash;
  readonly compress: (bytes: Uint8Array) => Uint8Array;
}

interface LaidOut {
  readonly manifest: Uint8Array;
  readonly files: ReadonlyMap<Digest, Uint8Array>;
}

export function layOut(content: IndexContent, layout: Layout, packing: Packing): LaidOut {
  const { rows, popularity } = content;
  const [terms, names, reversed] = [content.terms, content.names, content.reversed].map(usable);
  const usableContent = { terms: terms ?? [], names: names ?? [], reversed: reversed ?? [], rows };
  const placed = placeInOne(usableContent, layout, packing) ?? placeInMany(usableContent, layout, packing);
  const { files, ...parts } = placed;
  return {
    manifest: writeManifest({ documents: rows.length, popularity, ...parts }),
    files: files.all,
  };
}

/** Only a name far beyond the registry's limit, written beside its joined form, makes a key too long. */
function usable(entries: readonly Entry[]): readonly Entry[] {
  return entries.filter(([key]) => utf8(key).length <= KEY_BYTES_MAX);
}

type Content = Omit<IndexContent, "popularity">;

interface Placed {
  readonly files: FileStore;
  readonly terms: KeyParts;
  readonly names: KeyParts;
  readonly reversed: KeyParts;
  readonly blocks: IdParts;
  readonly pages: IdParts;
}

/** The index as one file; `undefined` where that is more than the layout wants. */
function placeInOne(content: Content, layout: Layout, packing: Packing): Placed | undefined {
  const families = [content.terms, content.names, content.reversed];
  const raw = families.flat().reduce((sum, entry) => sum + entryBytes(entry), 0);
  if (raw > layout.bundleBytesMax * PACKS_TO_AN_NTH_AT_BEST) return undefined;
  const files = new FileStore(packing);
  const shards = families.map((entries) => (entries.length === 0 ? [] : [shardOf("", entries)]));
  const parts = files.addTogether([...shards.flat(), ...blocksOf(content.rows, layout.blockRows)]);
  if (files.packedBytes > layout.bundleBytesMax) return undefined;
  const [terms, names, reversed] = shards.map(({ length }) => parts.splice(0, length) as Part<string>[]);
  return {
    files,
    terms: terms ?? [],
    names: names ?? [],
    reversed: reversed ?? [],
    blocks: parts as Part<number>[],
    pages: [],
  };
}

function placeInMany(content: Content, layout: Layout, packing: Packing): Placed {
  const files = new FileStore(packing);
  const [terms, names] = placeFamilies([content.terms, content.names], layout, packing.hash, files);
  const [reversed] = placeFamilies([content.reversed], layout, packing.hash, files);
  const blocks = blocksOf(content.rows, layout.blockRows).flatMap(
    (block) => files.addTogether([block]) as Part<number>[],
  );
  return {
    files,
    terms: terms ?? [],
    names: names ?? [],
    reversed: reversed ?? [],
    blocks: blocks.slice(0, layout.listedBlocks),
    pages: pagesOf(blocks.slice(layout.listedBlocks), layout.pageBlocks, files),
  };
}

/** Cuts `families` at the same keys; what each has between two cuts lies in one file. Gives the parts of each. */
function placeFamilies(
  families: readonly (readonly Entry[])[],
  layout: Layout,
  hash: Hash,
  files: FileStore,
): Part<string>[][] {
  const cuts = cutKeys(families, layout, hash);
  const ranges = families.map((entries) => cutAt(entries, cuts));
  const parts = families.map((): Part<string>[] => []);
  for (let range = 0; range <= cuts.length; range++) {
    const there = ranges.flatMap((family, at) => {
      const entries = family[range] ?? [];
      return entries.length === 0 ? [] : [{ at, slice: shardOf(cuts[range - 1] ?? "", entries) }];
    });
    const placed = files.addTogether(there.map(({ slice }) => slice)) as Part<string>[];
    for (const [position, { at }] of there.entries()) parts[at]?.push(placed[position] as Part<string>);
  }
  return parts;
}

/**
 * The keys that begin a file of shards. Once a file has its least size it ends before the next key whose
 * digest allows it, at the latest where it would have more than its most.
 */
function cutKeys(families: readonly (readonly Entry[])[], layout: Layout, hash: Hash): string[] {
  const sizes = new Map<string, number>();
  for (const entry of families.flat()) sizes.set(entry[0], (sizes.get(entry[0]) ?? 0) + entryBytes(entry));
  const cuts: string[] = [];
  let size = 0;
  let before = "";
  for (const key of sortedTexts(sizes.keys())) {
    const bytes = sizes.get(key) ?? 0;
    const isOver = size > 0 && size + bytes > layout.shardBytesMax;
    if (isOver || (size >= layout.shardBytesMin && mayCut(key, hash))) {
      cuts.push(shortestBetween(before, key));
      size = 0;
    }
    size += bytes;
    before = key;
  }
  return cuts;
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

/** `entries` before the first of `cuts`, from it to the second, and so on: one more than there are cuts. */
function cutAt(entries: readonly Entry[], cuts: readonly string[]): Entry[][] {
  const ranges: Entry[][] = [[]];
  for (const entry of entries) {
    for (
      let cut = cuts[ranges.length - 1];
      cut !== undefined && compareText(cut, entry[0]) <= 0;
      cut = cuts[ranges.length - 1]
    )
      ranges.push([]);
    ranges.at(-1)?.push(entry);
  }
  return ranges;
}

interface Slice {
  readonly first: string | number;
  readonly bytes: Uint8Array;
}

function shardOf(first: string, entries: readonly Entry[]): Slice {
  return { first, bytes: writeShard(entries) };
}

function blocksOf(rows: readonly SearchRow[], many: number): Slice[] {
  const slices: Slice[] = [];
  for (let first = 0; first < rows.length; first += many)
    slices.push({ first, bytes: writeRowBlock(first, rows.slice(first, first + many)) });
  return slices;
}

function pagesOf(blocks: IdParts, many: number, files: FileStore): Part<number>[] {
  const pages: Part<number>[] = [];
  for (let at = 0; at < blocks.length; at += many) {
    const page = blocks.slice(at, at + many);
    const slice = { first: page[0]?.first ?? 0, bytes: writePage(page) };
    pages.push(...(files.addTogether([slice]) as Part<number>[]));
  }
  return pages;
}

/** The files of an index, packed, by digest. */
class FileStore {
  readonly all = new Map<Digest, Uint8Array>();
  packedBytes = 0;
  readonly #packing: Packing;

  constructor(packing: Packing) {
    this.#packing = packing;
  }

  /** Puts `slices` into one file; gives the part of each. No slices are no file. */
  addTogether(slices: readonly Slice[]): Part<string | number>[] {
    if (slices.length === 0) return [];
    const file = this.#add(concat(...slices.map(({ bytes }) => bytes)));
    let end = 0;
    return slices.map(({ first, bytes }) => {
      const at = end;
      end += bytes.length;
      return { first, file, at, length: bytes.length };
    });
  }

  #add(bytes: Uint8Array): BlockRef {
    if (bytes.length > FILE_RAW_BYTES_MAX) {
      throw new RegistryError(
        "SEARCH_FILE_TOO_LARGE",
        `A file of the search index has ${bytes.length} bytes, and ${FILE_RAW_BYTES_MAX} is the most`,
        "index fewer documents",
      );
    }
    const packed = this.#packing.compress(bytes);
    const sha256 = this.#packing.hash(packed);
    this.all.set(sha256, packed);
    this.packedBytes += packed.length;
    return { sha256, length: packed.length, rawLength: bytes.length };
  }
}
