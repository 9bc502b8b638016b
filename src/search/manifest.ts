/** The search manifest and its directories: which slice of which file has a key. `format.ts` draws them. */

import { decodeUtf8 } from "../base/bytes.ts";
import { isDigest } from "../base/digest.ts";
import { canonicalJson, type Json } from "../base/json.ts";
import { compareText } from "../base/order.ts";
import { DOCUMENTS_MAX } from "./document.ts";
import {
  type BlockRef,
  FILE_RAW_BYTES_MAX,
  FILES_MAX,
  invalidIndex,
  KEY_BYTES_MAX,
  LEVEL_MAX,
  MANIFEST_BYTES_MAX,
  newerIndex,
  PARTS_MAX,
  SEARCH_FORMAT,
} from "./format.ts";

/** A slice of a file's inflated bytes, and the first key (of entries) or first id (of rows) in it. */
export interface Part<Key> {
  readonly first: Key;
  readonly file: BlockRef;
  readonly at: number;
  readonly length: number;
}

/** The parts of one run of keys: slices of entries or rows at level 0, directories above. */
export interface Directory<Key> {
  readonly level: number;
  readonly parts: readonly Part<Key>[];
}

export interface SearchManifest {
  readonly documents: number;
  /** `[first id, popularity]`: from that id to the next step's. */
  readonly popularity: readonly (readonly [number, number])[];
  readonly blocks: Directory<number>;
  readonly terms: Directory<string>;
  readonly names: Directory<string>;
  readonly reversed: Directory<string>;
}

const KEYS = ["blocks", "documents", "files", "format", "names", "popularity", "reversed", "terms"];

export function writeManifest(manifest: SearchManifest): Uint8Array {
  const files = new FileTable();
  const { documents, popularity } = manifest;
  const [blocks, names, reversed, terms] = [
    manifest.blocks,
    manifest.names,
    manifest.reversed,
    manifest.terms,
  ].map((directory) => files.node(directory));
  return canonicalJson({
    blocks,
    documents,
    files: files.rows,
    format: SEARCH_FORMAT,
    names,
    popularity,
    reversed,
    terms,
  });
}

export function writeDirectory(directory: Directory<string> | Directory<number>): Uint8Array {
  const files = new FileTable();
  return canonicalJson({ ...files.node(directory), files: files.rows });
}

/** The files that parts point into, each once, in the order they are met. */
class FileTable {
  readonly rows: Json[] = [];
  readonly #positions = new Map<string, number>();

  node(directory: Directory<string> | Directory<number>): { level: number; parts: Json[] } {
    const parts = directory.parts.map((part) => [
      part.first,
      this.#position(part.file),
      part.at,
      part.length,
    ]);
    return { level: directory.level, parts };
  }

  #position(file: BlockRef): number {
    const known = this.#positions.get(file.sha256);
    if (known !== undefined) return known;
    this.#positions.set(file.sha256, this.rows.length);
    return this.rows.push([file.sha256, file.length, file.rawLength]) - 1;
  }
}

/** Reads a manifest. Throws `SEARCH_INDEX_NEWER` for a later format and `SEARCH_INDEX_INVALID` for what is none. */
export function parseManifest(bytes: Uint8Array): SearchManifest {
  if (bytes.length > MANIFEST_BYTES_MAX)
    throw invalidIndex(`its manifest has more than ${MANIFEST_BYTES_MAX} bytes`);
  const root = object(parseJson(bytes));
  const format = integer(root.get("format"), 2 ** 31);
  if (format > SEARCH_FORMAT) throw newerIndex(format);
  if (format !== SEARCH_FORMAT || [...root.keys()].sort().join() !== KEYS.join()) throw broken();
  const documents = integer(root.get("documents"), DOCUMENTS_MAX);
  const files = parseFiles(root.get("files"));
  const keys = (name: string) => parseNode(object(root.get(name)), files, LEVEL_MAX, text, compareText);
  const ids = parseNode(
    object(root.get("blocks")),
    files,
    LEVEL_MAX,
    (value) => integer(value, documents),
    compareIds,
  );
  return {
    documents,
    popularity: parsePopularity(root.get("popularity"), documents),
    blocks: ids,
    terms: keys("terms"),
    names: keys("names"),
    reversed: keys("reversed"),
  };
}

/** Reads a directory of keys that stands at `level` + 1. */
export function parseKeyDirectory(bytes: Uint8Array, level: number): Directory<string> {
  const root = object(parseJson(bytes));
  return parseNode(root, parseFiles(root.get("files")), level, text, compareText);
}

/** Reads a directory of ids that stands at `level` + 1. */
export function parseIdDirectory(bytes: Uint8Array, level: number): Directory<number> {
  const root = object(parseJson(bytes));
  return parseNode(
    root,
    parseFiles(root.get("files")),
    level,
    (value) => integer(value, DOCUMENTS_MAX),
    compareIds,
  );
}

function parseNode<Key>(
  node: ReadonlyMap<string, Json>,
  files: readonly BlockRef[],
  levelMax: number,
  keyOf: (value: Json | undefined) => Key,
  compare: (a: Key, b: Key) => number,
): Directory<Key> {
  const level = integer(node.get("level"), levelMax);
  const parts: Part<Key>[] = [];
  for (const row of list(node.get("parts"), PARTS_MAX)) {
    const [first, position, at, length, ...more] = list(row, 4);
    const file = files[integer(position, FILES_MAX)];
    if (file === undefined || more.length > 0) throw broken();
    const part = {
      first: keyOf(first),
      file,
      at: integer(at, file.rawLength),
      length: integer(length, file.rawLength),
    };
    if (part.at + part.length > file.rawLength) throw broken();
    const before = parts.at(-1);
    if (before !== undefined && compare(before.first, part.first) >= 0) throw broken();
    parts.push(part);
  }
  return { level, parts };
}

function parseFiles(value: Json | undefined): BlockRef[] {
  return list(value, FILES_MAX).map((row) => {
    const [sha256, length, rawLength] = list(row, 3);
    if (typeof sha256 !== "string" || !isDigest(sha256)) throw broken();
    return {
      sha256,
      length: integer(length, FILE_RAW_BYTES_MAX),
      rawLength: integer(rawLength, FILE_RAW_BYTES_MAX),
    };
  });
}

function parsePopularity(value: Json | undefined, documents: number): [number, number][] {
  let last = -1;
  return list(value, PARTS_MAX).map((row) => {
    const first = integer(list(row, 2)[0], documents);
    if (first <= last) throw broken();
    last = first;
    return [first, integer(list(row, 2)[1], Number.MAX_SAFE_INTEGER)];
  });
}

/**
 * A digest already says that these are the bytes the writer wrote, so they are not written again and
 * compared: at the start of a process that costs more than answering the query.
 */
function parseJson(bytes: Uint8Array): Json {
  if (bytes.length > MANIFEST_BYTES_MAX)
    throw invalidIndex(`its manifest has more than ${MANIFEST_BYTES_MAX} bytes`);
  try {
    return JSON.parse(decodeUtf8(bytes) ?? "") as Json;
  } catch {
    throw broken();
  }
}

const compareIds = (a: number, b: number): number => a - b;

function object(value: Json | undefined): Map<string, Json> {
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw broken();
  return new Map(Object.entries(value as Record<string, Json>));
}

function list(value: Json | undefined, lengthMax: number): readonly Json[] {
  if (!Array.isArray(value) || value.length > lengthMax) throw broken();
  return value as readonly Json[];
}

function integer(value: Json | undefined, max: number): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0 || value > max) throw broken();
  return value;
}

function text(value: Json | undefined): string {
  if (typeof value !== "string" || value.length > KEY_BYTES_MAX) throw broken();
  return value;
}

const broken = () => invalidIndex("its manifest is not of the form that format 1 has");
