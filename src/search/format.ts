/**
 * The search index on static files: format 1.
 *
 *   manifest   canonical JSON, small: what a client loads first
 *                { "documents": N, "format": 1,
 *                  "files": [[sha256, length, rawLength], …],        every file this manifest points into
 *                  "popularity": [[first id, popularity], …],         a step function over ids
 *                  "blocks":   { "level": 0, "parts": [[first id,  file, at, length], …] },
 *                  "names":    { "level": 0, "parts": [[first key, file, at, length], …] },
 *                  "reversed": …, "terms": … }
 *              `file` is a position in `files`; `at` and `length` name a slice of its inflated bytes.
 *              At level 1 the slices are directories, canonical JSON
 *                { "files": […], "level": 0, "parts": […] }
 *              so that the manifest of a large registry stays small.
 *
 *   file       deflate-raw of one or more slices, named by the sha256 of the compressed bytes.
 *              A small registry is one file, the bundle, with every slice in it.
 *
 *   slice      one of three, told by its magic; integers are little-endian, varint is LEB128
 *
 *   shard      the entries of a range of keys, ascending by UTF-8 bytes
 *     0   "gms" 01
 *     4   u32 keys      u32 dictionary bytes D      u32 postings bytes P
 *     16  restarts: for every 16th key  u32 offset in the dictionary, u32 offset in the postings
 *         dictionary, D bytes: for each key
 *             varint bytes shared with the key before (0 at a restart)
 *             varint bytes that follow, at least 1 (keys are 1 to 255 bytes)      those bytes
 *             u8 slot mask, not 0: bit s is set where slot s has ids
 *             varint bytes of its postings
 *         postings, P bytes: for each key, for each slot of its mask
 *             varint ids, at least 1      varint first id      varint difference to the one before …
 *
 *   block      the rows of consecutive ids
 *     0   "gmb" 01
 *     4   u32 first id      u32 rows
 *         rows: varint bytes that follow; u8 flags (bit 0 deprecated, bit 1 has a category); then varint
 *         bytes and UTF-8 text of name, version, summary, publisher, kind, license, and category where
 *         there is one
 *
 * Ids are ranks: 0 is the most popular document, equals are in order of their names. Shards of one
 * family are the cut of one ascending run of keys, so a reader finds the shard of a key, and of
 * everything that begins with it, from first keys alone.
 *
 * History: 1, the first.
 */
import type { Digest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";

export const SEARCH_FORMAT = 1;

/** Names a file of the index. Whoever reads it verifies both lengths and the digest. */
export interface BlockRef {
  /** Of the compressed bytes. */
  readonly sha256: Digest;
  /** Compressed bytes. */
  readonly length: number;
  /** Bytes once inflated: inflating must stop there. */
  readonly rawLength: number;
}

export const SHARD_MAGIC = 0x01736d67;
export const BLOCK_MAGIC = 0x01626d67;
export const SHARD_HEADER_BYTES = 16;
export const BLOCK_HEADER_BYTES = 12;
export const RESTART_BYTES = 8;
export const RESTART_KEYS = 16;
export const KEY_BYTES_MAX = 255;
export const BLOCK_DOCUMENTS = 64;

/** What a reader accepts. */
export const MANIFEST_BYTES_MAX = 2 ** 20;
export const FILE_RAW_BYTES_MAX = 2 ** 26;
export const FILES_MAX = 4096;
export const PARTS_MAX = 16_384;
export const LEVEL_MAX = 1;

/** Families of entries, and the blocks of rows. */
export const FAMILIES = ["terms", "names", "reversed"] as const;
export type FamilyName = (typeof FAMILIES)[number];

/** The index is not what this format says: the caller shows it and stops. */
export function invalidIndex(what: string): RegistryError {
  return new RegistryError(
    "SEARCH_INDEX_INVALID",
    `The search index is damaged: ${what}`,
    "refresh the registry's local copy; if it stays, tell the registry's operator",
  );
}

export function newerIndex(format: number): RegistryError {
  return new RegistryError(
    "SEARCH_INDEX_NEWER",
    `The search index has format ${format}; this program reads ${SEARCH_FORMAT}`,
    "update ggen-marketplace",
  );
}

/** Refuses the magic of a slice that is not `expected`; another version of it is said to be newer. */
export function checkMagic(found: number, expected: number, what: string): void {
  if (found === expected) return;
  if ((found & 0xffffff) === (expected & 0xffffff) && found >>> 24 > SEARCH_FORMAT)
    throw newerIndex(found >>> 24);
  throw invalidIndex(`${what} does not begin with its magic`);
}
