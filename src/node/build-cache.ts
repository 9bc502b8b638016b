/**
 * What a build may use again, in one file.
 *
 *   "GGMCACHE" · format (4 bytes)
 *   values, one after another
 *   index     for each entry: key length (2) · key (UTF-8) · offset (8) · length (4) · CRC-32 (4)
 *   footer    index offset (8) · index length (4) · index CRC-32 (4) · entries (4) · format (4) · "GGMC END"
 *
 * All numbers little-endian. A save appends what is new, a whole new index and a footer, and the old
 * index becomes dead space; where more than a third of the file is dead, or much is unused, a new file is written aside and
 * renamed in. Nothing is trusted: a footer, an index or a value whose checksum is wrong is not there, so
 * a save that was cut off costs one slow build. The checksum finds damage, not malice: the file is in its
 * user's own home, and what the cache holds was made by the same program.
 *
 * History: format 1, the first.
 */
import { closeSync, copyFileSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";

export interface BuildCacheFile {
  get(key: string): Uint8Array | undefined;
  put(key: string, bytes: Uint8Array): void;
  /** Writes what was put, and drops what this run neither got nor put. */
  save(): void;
}
