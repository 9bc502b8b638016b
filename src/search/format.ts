/**
 * The search index on static files: format 1.
 *
 *   manifest   what a client loads first; integers are varints where nothing else is said
 *     0   "gmm" 01
 *     4   documents
 *         steps of popularity: how many, then for each  difference to the id before, number of the step
 *         files: how many; their sha256, 32 bytes each; their lengths; their lengths inflated
 *         five lists of slices: terms, names, reversed, blocks, pages; for each list
 *             how many; the position of the file of each; where in its file each begins
 *             the first of each: of entries a key, as bytes shared with the one before, bytes that follow,
 *             those bytes; of rows an id, as the difference to the one before
 *         A slice ends where the next of its file begins, or with the file. The key of a slice is the
 *         shortest that parts it from what comes before: what it begins with is not less.
 *
 *   page       blocks that the manifest does not list itself, so that it stays small
 *     0   "gmp" 01
 *     4   files, and one list of blocks, as above
 *
 *   file       deflate-raw of one or more slices, named by the sha256 of the compressed bytes.
 *              A small registry is one file, the bundle, with every slice in it. Else the shards of terms
 *              and of names that begin at the same key lie in one file.
 *
 *   slice      a shard, a block or a page, told by its magic; u32 is little-endian, varint is LEB128
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
export const MANIFEST_MAGIC = 0x016d6d67;
export const PAGE_MAGIC = 0x01706d67;
export const DIGEST_BYTES = 32;
export const SHARD_HEADER_BYTES = 16;
export const BLOCK_HEADER_BYTES = 12;
export const RESTART_BYTES = 8;
export const RESTART_KEYS = 16;
export const KEY_BYTES_MAX = 255;

/** What a reader accepts. */
export const MANIFEST_BYTES_MAX = 2 ** 20;
export const FILE_RAW_BYTES_MAX = 2 ** 22;
export const FILES_MAX = 4096;
export const PARTS_MAX = 16_384;

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
