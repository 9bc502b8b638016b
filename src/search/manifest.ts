/**
 * Writes the search manifest and its pages: which slice of which file has a key. `format.ts` draws them,
 * `slice-lists.ts` reads them.
 */
import { fromHex, utf8 } from "../base/bytes.ts";
import type { Digest } from "../base/digest.ts";
import { type BlockRef, DIGEST_BYTES, MANIFEST_MAGIC, PAGE_MAGIC } from "./format.ts";
import { ByteWriter, sharedLength } from "./varint.ts";

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
