/**
 * Reads the search manifest and its pages. `format.ts` draws them, `manifest.ts` writes them.
 *
 * A manifest lists thousands of slices, and a query needs a few: they stay in arrays of numbers until they
 * are asked for. A digest already says that these are the bytes the writer wrote, so they are not written
 * again and compared: at the start of a process that would cost more than answering the query.
 */
import { compareBytes, decodeUtf8, toHex, utf8 } from "../base/bytes.ts";
import type { Digest } from "../base/digest.ts";
import { DOCUMENTS_MAX } from "./document.ts";
import {
  BLOCK_HEADER_BYTES,
  type BlockRef,
  checkMagic,
  DIGEST_BYTES,
  FILE_RAW_BYTES_MAX,
  FILES_MAX,
  invalidIndex,
  KEY_BYTES_MAX,
  MANIFEST_BYTES_MAX,
  MANIFEST_MAGIC,
  PAGE_MAGIC,
  PARTS_MAX,
} from "./format.ts";
import type { Part } from "./manifest.ts";
import { STEP_MAX } from "./popularity.ts";
import { ROW_BYTES_MIN } from "./row-block.ts";
import { ByteReader, ByteWriter, u32At } from "./varint.ts";

const HEADER_BYTES = 4;
/** More than there are bytes in a file: a file and a place in it are one number. */
const FILE_STEP = 2 * FILE_RAW_BYTES_MAX;

/** Slices in ascending order of their first keys or ids. */
export interface SliceList<Key> {
  readonly length: number;
  /** The first of the slice at `position`. */
  first(position: number): Key;
  part(position: number): Part<Key>;
  /** The position of the last slice that begins at `key` or before it; 0 where all begin after it. */
  positionOf(key: Key): number;
}

export interface SliceLists {
  readonly documents: number;
  /** `[first id, step]` (popularity.ts): from that id to the next step's. */
  readonly popularity: readonly (readonly [number, number])[];
  readonly terms: SliceList<string>;
  readonly names: SliceList<string>;
  readonly reversed: SliceList<string>;
  /** The rows of the first documents. */
  readonly blocks: SliceList<number>;
  /** Pages, which list the blocks of the documents after those. */
  readonly pages: SliceList<number>;
}

/** Reads a manifest. Throws `SEARCH_INDEX_NEWER` for a later format and `SEARCH_INDEX_INVALID` for what is none. */
export function parseManifest(bytes: Uint8Array): SliceLists {
  const reader = open(bytes, MANIFEST_MAGIC, "its manifest");
  const documents = atMost(reader.varint(), DOCUMENTS_MAX);
  const popularity = readPopularity(reader, documents);
  const files = new Files(reader);
  const keys = () => new KeySlices(new Places(reader, files), reader);
  const ids = () => new IdSlices(new Places(reader, files), reader, documents);
  const lists = { terms: keys(), names: keys(), reversed: keys(), blocks: ids(), pages: ids() };
  ended(reader);
  checkDocuments(documents, lists.blocks, lists.pages);
  return { documents, popularity, ...lists };
}

/** Reads a page of an index of so many `documents`. Throws `SEARCH_INDEX_NEWER` and `SEARCH_INDEX_INVALID`. */
export function parsePage(bytes: Uint8Array, documents: number): SliceList<number> {
  const reader = open(bytes, PAGE_MAGIC, "a page");
  const blocks = new IdSlices(new Places(reader, new Files(reader)), reader, documents);
  ended(reader);
  return blocks;
}

/**
 * Every document has a row, and blocks have the bytes for theirs: few bytes cannot say that there are millions
 * of documents. The blocks that pages list are held to theirs when their rows are read.
 */
function checkDocuments(documents: number, blocks: IdSlices, pages: IdSlices): void {
  const listed = pages.length > 0 ? pages.first(0) : documents;
  let from = 0;
  for (let position = blocks.length - 1, to = listed; position >= 0; position--) {
    from = blocks.first(position);
    const rowBytes = blocks.bytesOf(position) - BLOCK_HEADER_BYTES;
    if (from > to || (to - from) * ROW_BYTES_MIN > rowBytes) throw noRows();
    to = from;
  }
  if (from > 0 || (blocks.length === 0 && listed > 0)) throw noRows();
}

const noRows = () => invalidIndex("its manifest has no room for the rows of its documents");

function open(bytes: Uint8Array, magic: number, what: string): ByteReader {
  if (bytes.length > MANIFEST_BYTES_MAX)
    throw invalidIndex(`${what} has more than ${MANIFEST_BYTES_MAX} bytes`);
  checkMagic(u32At(bytes, 0), magic, what);
  return new ByteReader(bytes, HEADER_BYTES, bytes.length);
}

function ended(reader: ByteReader): void {
  if (reader.at !== reader.end) throw broken();
}

function readPopularity(reader: ByteReader, documents: number): [number, number][] {
  const steps: [number, number][] = [];
  let id = 0;
  for (let left = count(reader, PARTS_MAX); left > 0; left--) {
    const difference = reader.varint();
    if (steps.length > 0 && difference === 0) throw broken();
    id = atMost(id + difference, documents);
    steps.push([id, atMost(reader.varint(), STEP_MAX)]);
  }
  return steps;
}

/** The files of an index, and where slices begin in them. */
class Files {
  readonly count: number;
  readonly #digests: Uint8Array;
  readonly #lengths: Uint32Array;
  readonly #rawLengths: Uint32Array;
  readonly #refs = new Map<number, BlockRef>();
  /** Of every slice: FILE_STEP · file + where it begins. Sorted when it is first asked where one ends. */
  readonly #starts: number[] = [];
  #sorted: Float64Array | undefined;

  constructor(reader: ByteReader) {
    this.count = count(reader, FILES_MAX);
    const from = reader.skip(this.count * DIGEST_BYTES);
    this.#digests = reader.bytes.subarray(from, reader.at);
    this.#lengths = numbers(this.count, () => atMost(reader.varint(), FILE_RAW_BYTES_MAX));
    this.#rawLengths = numbers(this.count, () => atMost(reader.varint(), FILE_RAW_BYTES_MAX));
  }

  rawLength(file: number): number {
    return this.#rawLengths[file] as number;
  }

  ref(file: number): BlockRef {
    const known = this.#refs.get(file);
    if (known !== undefined) return known;
    const digest = this.#digests.subarray(file * DIGEST_BYTES, (file + 1) * DIGEST_BYTES);
    const ref = {
      sha256: toHex(digest) as Digest,
      length: this.#lengths[file] as number,
      rawLength: this.rawLength(file),
    };
    this.#refs.set(file, ref);
    return ref;
  }

  begins(file: number, at: number): void {
    this.#starts.push(file * FILE_STEP + at);
  }

  /** Where the slice at `at` ends: where the next one of its file begins, or with the file. */
  endOf(file: number, at: number): number {
    this.#sorted ??= Float64Array.from(this.#starts).sort();
    const starts = this.#sorted;
    const start = file * FILE_STEP + at;
    const next = starts[firstWhere(starts.length, (position) => (starts[position] as number) > start)];
    return next !== undefined && next < (file + 1) * FILE_STEP ? next % FILE_STEP : this.rawLength(file);
  }
}

/** In which file, and where in it, each slice of a list begins. */
class Places {
  readonly length: number;
  readonly #files: Files;
  readonly #file: Uint32Array;
  readonly #at: Uint32Array;

  constructor(reader: ByteReader, files: Files) {
    this.#files = files;
    this.length = count(reader, PARTS_MAX);
    this.#file = numbers(this.length, () => atMost(reader.varint(), files.count - 1));
    this.#at = numbers(this.length, (position) => {
      const file = this.#file[position] as number;
      const at = atMost(reader.varint(), files.rawLength(file));
      files.begins(file, at);
      return at;
    });
  }

  part<Key>(position: number, first: Key): Part<Key> {
    if (!(position >= 0 && position < this.length)) throw new RangeError(`no slice is at ${position}`);
    const file = this.#file[position] as number;
    const at = this.#at[position] as number;
    return { first, file: this.#files.ref(file), at, length: this.bytesOf(position) };
  }

  /** The length of the slice at `position`, once all slices were read. */
  bytesOf(position: number): number {
    const at = this.#at[position] as number;
    return this.#files.endOf(this.#file[position] as number, at) - at;
  }
}

class KeySlices implements SliceList<string> {
  readonly length: number;
  readonly #places: Places;
  /** One key after another, in UTF-8, and where each ends. */
  readonly #keys: Uint8Array;
  readonly #ends: Uint32Array;

  constructor(places: Places, reader: ByteReader) {
    this.#places = places;
    this.length = places.length;
    const keys = new ByteWriter();
    const key = new Uint8Array(KEY_BYTES_MAX);
    let length = 0;
    this.#ends = numbers(places.length, (position) => {
      const shared = atMost(reader.varint(), length);
      const added = atMost(reader.varint(), KEY_BYTES_MAX - shared);
      const from = reader.skip(added);
      // What follows the shared bytes is greater than what followed them before: keys ascend.
      const isAfter =
        added > 0 && (shared === length || (reader.bytes[from] as number) > (key[shared] as number));
      if (position > 0 && !isAfter) throw broken();
      key.set(reader.bytes.subarray(from, from + added), shared);
      length = shared + added;
      keys.append(key.subarray(0, length));
      return keys.length;
    });
    this.#keys = keys.bytes();
  }

  first(position: number): string {
    const text = decodeUtf8(this.#bytesAt(position));
    if (text === undefined) throw broken();
    return text;
  }

  part(position: number): Part<string> {
    return this.#places.part(position, this.first(position));
  }

  positionOf(key: string): number {
    const wanted = utf8(key);
    const isAfter = (position: number) => compareBytes(this.#bytesAt(position), wanted) > 0;
    return Math.max(0, firstWhere(this.length, isAfter) - 1);
  }

  #bytesAt(position: number): Uint8Array {
    return this.#keys.subarray(this.#ends[position - 1] ?? 0, this.#ends[position]);
  }
}

class IdSlices implements SliceList<number> {
  readonly length: number;
  readonly #places: Places;
  readonly #firsts: Uint32Array;

  constructor(places: Places, reader: ByteReader, documents: number) {
    this.#places = places;
    this.length = places.length;
    let id = 0;
    this.#firsts = numbers(places.length, (position) => {
      const difference = reader.varint();
      if (position > 0 && difference === 0) throw broken();
      id = atMost(id + difference, documents);
      return id;
    });
  }

  first(position: number): number {
    return this.#firsts[position] as number;
  }

  part(position: number): Part<number> {
    return this.#places.part(position, this.first(position));
  }

  bytesOf(position: number): number {
    return this.#places.bytesOf(position);
  }

  positionOf(id: number): number {
    return Math.max(0, firstWhere(this.length, (position) => this.first(position) > id) - 1);
  }
}

/** The first of `length` positions where `holds`, which holds for all after it too; `length` where it never does. */
function firstWhere(length: number, holds: (position: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function numbers(length: number, read: (position: number) => number): Uint32Array {
  const array = new Uint32Array(length);
  for (let position = 0; position < length; position++) array[position] = read(position);
  return array;
}

function count(reader: ByteReader, max: number): number {
  // Each thing that is counted takes a byte at least: no memory is taken for more than there can be.
  return atMost(reader.varint(), Math.min(max, reader.end - reader.at));
}

function atMost(value: number, max: number): number {
  if (value > max) throw broken();
  return value;
}

const broken = () => invalidIndex("its manifest is not of the form that format 1 has");
