/**
 * How an index is cut into slices, and slices into files. The reader follows whatever was cut: this is
 * the only module that knows of sizes.
 *
 *   entries of a family ─► shards        ┐
 *   rows                ─► blocks of 64  ┴─► slices ─► one bundle, or a file each ─► manifest (─► directories)
 */
import { concat, utf8 } from "../base/bytes.ts";
import type { Digest, Hash } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import type { SearchRow } from "./document.ts";
import type { Entry } from "./flexsearch.ts";
import { BLOCK_DOCUMENTS, type BlockRef, FILE_RAW_BYTES_MAX, KEY_BYTES_MAX } from "./format.ts";
import { type Directory, type Part, writeDirectory, writeManifest } from "./manifest.ts";
import { writeRowBlock } from "./row-block.ts";
import { writeShard } from "./shard.ts";

export interface Layout {
  /** Keys to a shard at the most. */
  readonly shardKeys: number;
  /** All slices in one file, or each in its own. */
  readonly bundle: boolean;
  /** Parts that the manifest lists itself; where there are more, directories of so many do. */
  readonly directoryParts: number;
}

/** The layout of a small registry: one request for all of it. */
export const ONE_BUNDLE: Layout = { shardKeys: Infinity, bundle: true, directoryParts: Infinity };

/** Everything an index has, in order: entries by key, rows by id. */
export interface IndexContent {
  readonly terms: readonly Entry[];
  readonly names: readonly Entry[];
  readonly reversed: readonly Entry[];
  readonly rows: readonly SearchRow[];
  readonly popularity: readonly (readonly [number, number])[];
}

interface Slice<Key> {
  readonly first: Key;
  readonly bytes: Uint8Array;
}

interface Packing {
  readonly hash: Hash;
  readonly compress: (bytes: Uint8Array) => Uint8Array;
}

export function layOut(content: IndexContent, layout: Layout, packing: Packing) {
  const files = new Map<Digest, Uint8Array>();
  const store = (bytes: Uint8Array) => storeFile(bytes, files, packing);
  const families = [content.terms, content.names, content.reversed].map((entries) =>
    cutShards(entries, layout),
  );
  const blocks = cutBlocks(content.rows);
  const all = [...families.flat(), ...blocks];
  const place = layout.bundle
    ? placeInBundle(all, store)
    : (slice: Slice<unknown>) => ({ file: store(slice.bytes), at: 0 });
  const directory = <Key extends string | number>(slices: readonly Slice<Key>[]) =>
    direct(
      slices.map((slice) => ({ first: slice.first, ...place(slice), length: slice.bytes.length })),
      layout,
      store,
    );
  const [terms = [], names = [], reversed = []] = families;
  const manifest = writeManifest({
    documents: content.rows.length,
    popularity: content.popularity,
    terms: directory(terms),
    names: directory(names),
    reversed: directory(reversed),
    blocks: directory(blocks),
  });
  return { manifest, files };
}

function cutShards(entries: readonly Entry[], layout: Layout): Slice<string>[] {
  // Only a name far beyond the registry's limit, written beside its joined form, makes a key too long.
  const usable = entries.filter(([key]) => utf8(key).length <= KEY_BYTES_MAX);
  const slices: Slice<string>[] = [];
  const step = Math.min(layout.shardKeys, Math.max(1, usable.length));
  for (let at = 0; at < usable.length; at += step) {
    const shard = usable.slice(at, at + step);
    slices.push({ first: shard[0]?.[0] ?? "", bytes: writeShard(shard) });
  }
  return slices;
}

function cutBlocks(rows: readonly SearchRow[]): Slice<number>[] {
  const slices: Slice<number>[] = [];
  for (let first = 0; first < rows.length; first += BLOCK_DOCUMENTS) {
    slices.push({ first, bytes: writeRowBlock(first, rows.slice(first, first + BLOCK_DOCUMENTS)) });
  }
  return slices;
}

function storeFile(bytes: Uint8Array, files: Map<Digest, Uint8Array>, packing: Packing): BlockRef {
  if (bytes.length > FILE_RAW_BYTES_MAX) {
    throw new RegistryError(
      "SEARCH_FILE_TOO_LARGE",
      `A file of the search index has ${bytes.length} bytes, and ${FILE_RAW_BYTES_MAX} is the most`,
      "cut the index into smaller shards",
    );
  }
  const packed = packing.compress(bytes);
  const sha256 = packing.hash(packed);
  files.set(sha256, packed);
  return { sha256, length: packed.length, rawLength: bytes.length };
}

function placeInBundle(slices: readonly Slice<unknown>[], store: (bytes: Uint8Array) => BlockRef) {
  const offsets = new Map<Slice<unknown>, number>();
  let at = 0;
  for (const slice of slices) {
    offsets.set(slice, at);
    at += slice.bytes.length;
  }
  let file: BlockRef | undefined;
  return (slice: Slice<unknown>) => {
    file ??= store(concat(...slices.map(({ bytes }) => bytes)));
    return { file, at: offsets.get(slice) ?? 0 };
  };
}

/** `parts` as the manifest lists them: themselves, or directories of them where they are many. */
function direct<Key extends string | number>(
  parts: readonly Part<Key>[],
  layout: Layout,
  store: (bytes: Uint8Array) => BlockRef,
): Directory<Key> {
  if (parts.length <= layout.directoryParts) return { level: 0, parts };
  const directories: Part<Key>[] = [];
  for (let at = 0; at < parts.length; at += layout.directoryParts) {
    const group = parts.slice(at, at + layout.directoryParts);
    const bytes = writeDirectory({ level: 0, parts: group } as Directory<string> | Directory<number>);
    const [first] = group;
    if (first !== undefined)
      directories.push({ first: first.first, file: store(bytes), at: 0, length: bytes.length });
  }
  return { level: 1, parts: directories };
}
