/**
 * The search manifest and its pages: which slice of which file has a key. `format.ts` draws them.
 *
 * A digest already says that these are the bytes the writer wrote, so they are not written again and
 * compared: at the start of a process that would cost more than answering the query.
 */
import { decodeUtf8, fromHex, toHex, utf8 } from "../base/bytes.ts";
import type { Digest } from "../base/digest.ts";
import { compareText } from "../base/order.ts";
import { DOCUMENTS_MAX } from "./document.ts";
import {
  type BlockRef,
  checkMagic,
  FILE_RAW_BYTES_MAX,
  FILES_MAX,
  invalidIndex,
  KEY_BYTES_MAX,
  MANIFEST_BYTES_MAX,
  MANIFEST_MAGIC,
  PAGE_MAGIC,
  PARTS_MAX,
} from "./format.ts";
import { STEP_MAX } from "./popularity.ts";
import { ByteReader, ByteWriter, sharedLength, u32At } from "./varint.ts";

const DIGEST_BYTES = 32;
const HEADER_BYTES = 4;

/** A slice of a file's inflated bytes, and the first key (of entries) or first id (of rows) that may be in it. */
export interface Part<Key> {
  readonly first: Key;
  readonly file: BlockRef;
  readonly at: number;
  readonly length: number;
}

export type KeyParts = readonly Part<string>[];
export type IdParts = readonly Part<number>[];

export interface SearchManifest {
  readonly documents: number;
  /** `[first id, step]` (popularity.ts): from that id to the next step's. */
  readonly popularity: readonly (readonly [number, number])[];
  readonly terms: KeyParts;
  readonly names: KeyParts;
  readonly reversed: KeyParts;
  /** The rows of the first documents. */
  readonly blocks: IdParts;
  /** Pages, which list the blocks of the documents after those. */
  readonly pages: IdParts;
}

export function writeManifest(manifest: SearchManifest): Uint8Array {
  const { documents, popularity, terms, names, reversed, blocks, pages } = manifest;
  const out = new ByteWriter();
  out.u32(MANIFEST_MAGIC);
  out.varint(documents);
  out.varint(popularity.length);
  for (const [position, [id, step]] of popularity.entries()) {
    out.varint(id - (popularity[position - 1]?.[0] ?? 0));
    out.varint(step);
  }
  const positions = writeFiles(out, [terms, names, reversed, blocks, pages].flat());
  for (const family of [terms, names, reversed]) {
    writePlaces(out, family, positions);
    writeKeys(out, family);
  }
  for (const list of [blocks, pages]) {
    writePlaces(out, list, positions);
    writeIds(out, list);
  }
  return out.bytes();
}

/** A page of the blocks that `parts` are. */
export function writePage(parts: IdParts): Uint8Array {
  const out = new ByteWriter();
  out.u32(PAGE_MAGIC);
  const positions = writeFiles(out, parts);
  writePlaces(out, parts, positions);
  writeIds(out, parts);
  return out.bytes();
}

/** The files that `parts` point into, each once, in the order they are met; gives the position of each. */
function writeFiles(out: ByteWriter, parts: readonly Part<unknown>[]): Map<Digest, number> {
  const files = new Map(parts.map(({ file }) => [file.sha256, file]));
  out.varint(files.size);
  for (const { sha256 } of files.values()) out.append(fromHex(sha256) ?? new Uint8Array(DIGEST_BYTES));
  for (const { length } of files.values()) out.varint(length);
  for (const { rawLength } of files.values()) out.varint(rawLength);
  return new Map([...files.keys()].map((sha256, position) => [sha256, position]));
}

function writePlaces(out: ByteWriter, parts: readonly Part<unknown>[], positions: Map<Digest, number>): void {
  out.varint(parts.length);
  for (const { file } of parts) out.varint(positions.get(file.sha256) ?? 0);
  for (const { at } of parts) out.varint(at);
}

function writeKeys(out: ByteWriter, parts: KeyParts): void {
  let before: Uint8Array = new Uint8Array();
  for (const { first } of parts) {
    const key = utf8(first);
    const shared = sharedLength(before, key);
    out.varint(shared);
    out.varint(key.length - shared);
    out.append(key.subarray(shared));
    before = key;
  }
}

function writeIds(out: ByteWriter, parts: IdParts): void {
  let last = 0;
  for (const { first } of parts) {
    out.varint(first - last);
    last = first;
  }
}

/** Reads a manifest. Throws `SEARCH_INDEX_NEWER` for a later format and `SEARCH_INDEX_INVALID` for what is none. */
export function parseManifest(bytes: Uint8Array): SearchManifest {
  const reader = open(bytes, MANIFEST_MAGIC, "its manifest");
  const documents = atMost(reader.varint(), DOCUMENTS_MAX);
  const popularity = readPopularity(reader, documents);
  const files = readFiles(reader);
  const [terms, names, reversed] = [
    readKeyList(reader, files),
    readKeyList(reader, files),
    readKeyList(reader, files),
  ];
  const [blocks, pages] = [readIdList(reader, files, documents), readIdList(reader, files, documents)];
  ended(reader);
  const ends = sliceEnds([terms, names, reversed, blocks, pages].flatMap(({ places }) => places));
  return {
    documents,
    popularity,
    terms: parts(terms, ends),
    names: parts(names, ends),
    reversed: parts(reversed, ends),
    blocks: parts(blocks, ends),
    pages: parts(pages, ends),
  };
}

/** Reads a page of an index of so many `documents`. Throws `SEARCH_INDEX_NEWER` and `SEARCH_INDEX_INVALID`. */
export function parsePage(bytes: Uint8Array, documents: number): IdParts {
  const reader = open(bytes, PAGE_MAGIC, "a page");
  const blocks = readIdList(reader, readFiles(reader), documents);
  ended(reader);
  return parts(blocks, sliceEnds(blocks.places));
}

function open(bytes: Uint8Array, magic: number, what: string): ByteReader {
  if (bytes.length > MANIFEST_BYTES_MAX)
    throw invalidIndex(`${what} has more than ${MANIFEST_BYTES_MAX} bytes`);
  checkMagic(u32At(bytes, 0), magic, what);
  return new ByteReader(bytes, HEADER_BYTES, bytes.length);
}

function ended(reader: ByteReader): void {
  if (reader.at !== reader.end) throw broken();
}

interface Place {
  readonly file: BlockRef;
  readonly at: number;
}

interface Listed<Key> {
  readonly places: readonly Place[];
  readonly firsts: readonly Key[];
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

function readFiles(reader: ByteReader): BlockRef[] {
  const files = count(reader, FILES_MAX);
  const digests = reader.skip(files * DIGEST_BYTES);
  const lengths = Array.from({ length: files }, () => atMost(reader.varint(), FILE_RAW_BYTES_MAX));
  return lengths.map((length, position) => {
    const at = digests + position * DIGEST_BYTES;
    return {
      sha256: toHex(reader.bytes.subarray(at, at + DIGEST_BYTES)) as Digest,
      length,
      rawLength: atMost(reader.varint(), FILE_RAW_BYTES_MAX),
    };
  });
}

function readPlaces(reader: ByteReader, files: readonly BlockRef[]): Place[] {
  const listed = Array.from({ length: count(reader, PARTS_MAX) }, () => {
    const file = files[reader.varint()];
    if (file === undefined) throw broken();
    return file;
  });
  return listed.map((file) => ({ file, at: atMost(reader.varint(), file.rawLength) }));
}

function readKeyList(reader: ByteReader, files: readonly BlockRef[]): Listed<string> {
  const places = readPlaces(reader, files);
  return { places, firsts: readKeys(reader, places.length) };
}

function readKeys(reader: ByteReader, length: number): string[] {
  const key = new Uint8Array(KEY_BYTES_MAX);
  let keyLength = 0;
  const keys: string[] = [];
  for (let left = length; left > 0; left--) {
    const shared = atMost(reader.varint(), keyLength);
    const added = atMost(reader.varint(), KEY_BYTES_MAX - shared);
    const from = reader.skip(added);
    key.set(reader.bytes.subarray(from, from + added), shared);
    keyLength = shared + added;
    const text = decodeUtf8(key.subarray(0, keyLength));
    const before = keys.at(-1);
    if (text === undefined || (before !== undefined && compareText(before, text) >= 0)) throw broken();
    keys.push(text);
  }
  return keys;
}

function readIdList(reader: ByteReader, files: readonly BlockRef[], documents: number): Listed<number> {
  const places = readPlaces(reader, files);
  let id = 0;
  const firsts = places.map((_, position) => {
    const difference = reader.varint();
    if (position > 0 && difference === 0) throw broken();
    id = atMost(id + difference, documents);
    return id;
  });
  return { places, firsts };
}

/** Where the slice at each place ends: where the next one of its file begins, or with the file. */
function sliceEnds(places: readonly Place[]): (place: Place) => number {
  const starts = new Map<BlockRef, number[]>();
  for (const { file, at } of places) {
    const known = starts.get(file);
    if (known === undefined) starts.set(file, [at]);
    else known.push(at);
  }
  const ends = new Map<BlockRef, Map<number, number>>();
  for (const [file, list] of starts) {
    const ascending = [...new Set(list)].sort((a, b) => a - b);
    ends.set(file, new Map(ascending.map((at, position) => [at, ascending[position + 1] ?? file.rawLength])));
  }
  return ({ file, at }) => ends.get(file)?.get(at) ?? file.rawLength;
}

function parts<Key>({ places, firsts }: Listed<Key>, endOf: (place: Place) => number): Part<Key>[] {
  return places.map((place, position) => ({
    ...place,
    first: firsts[position] as Key,
    length: endOf(place) - place.at,
  }));
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
