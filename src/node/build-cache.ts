/**
 * What a build may use again, in one file.
 *
 *   header    "GGMCACHE" · format (4)
 *   values    one after another
 *   index     for each entry: key length (2) · key (UTF-8) · offset (8) · length (4) · CRC-32 (4)
 *   footer    index offset (8) · index length (4) · index CRC-32 (4) · entries (4) · "GGMC.END"
 *
 * Numbers are little-endian. A save appends the new values, a new index and a footer; the old index and
 * dropped values are dead space, and once they are a third of the file it is written anew beside its
 * place and renamed in. Until the save, new values are put aside: `<file>.<process>.new`, and those that
 * are for this build only `<file>.<process>.now`. A process that was killed leaves these behind; the
 * next one that opens the cache removes them.
 *
 * Nothing is trusted: where a checksum of footer, index or value is wrong, it is not there. So a save
 * that was cut off costs one slow build. Checksums find damage, not malice: the file is in its user's
 * own home, and only this program writes it.
 *
 * History: format 1, the first.
 */
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { concat, utf8 } from "../base/bytes.ts";
import type { BuildCache } from "../build/ports.ts";
import { type Entry, readAt, readValue, ValueLog, writeAll, writeValues } from "./value-log.ts";

export interface SavedBuildCache extends BuildCache {
  /**
   * Writes what was put, and drops what was neither asked for nor put since the file was opened. Where
   * the disk refuses, the file stays as it was, or goes: it is a memory, and no build fails for it. The
   * cache is closed then.
   */
  save(): void;
  /** Ends the use of the cache without a save. Safe to call again. */
  close(): void;
}

const FORMAT = 1;
const MAGIC = concat(utf8("GGMCACHE"), Uint8Array.of(FORMAT, 0, 0, 0));
const END = utf8("GGMC.END");
const FOOTER_LENGTH = 20 + END.length;
const ENTRY_LENGTH = 2 + 8 + 4 + 4;
const KEY_BYTES_MAX = 0xffff;
const FILE_BYTES_MAX = 8 * 1024 ** 3;
const DEAD_SHARE_MAX = 1 / 3;

export interface BuildCacheOptions {
  /** Take nothing from what is there; a save replaces it. */
  readonly isFresh?: boolean;
}

/** The cache in `file`; an empty one where that is missing, damaged, or of another format. */
export function openBuildCache(file: string, options: BuildCacheOptions = {}): SavedBuildCache {
  return new PackFile(file, options.isFresh === true);
}

class PackFile implements SavedBuildCache {
  readonly #file: string;
  readonly #entries: Map<string, Entry>;
  readonly #fresh: ValueLog;
  readonly #forNow: ValueLog;
  readonly #used = new Set<string>();
  #handle: number | undefined;
  #length = 0;

  constructor(file: string, isFresh: boolean) {
    this.#file = file;
    sweepLeftovers(file);
    this.#fresh = new ValueLog(`${file}.${process.pid}.new`, MAGIC);
    this.#forNow = new ValueLog(`${file}.${process.pid}.now`, new Uint8Array(0));
    this.#handle = isFresh ? undefined : openIfThere(file);
    this.#length = this.#handle === undefined ? 0 : fstatSync(this.#handle).size;
    const entries = this.#handle === undefined ? undefined : readIndex(this.#handle, this.#length);
    this.#entries = entries ?? new Map();
    if (entries === undefined) this.#closeFile();
  }

  get(key: string, scratch?: Uint8Array): Uint8Array | undefined {
    const fresh = this.#fresh.get(key, scratch) ?? this.#forNow.get(key, scratch);
    if (fresh !== undefined) return fresh;
    const entry = this.#entries.get(key);
    if (entry === undefined || this.#handle === undefined) return undefined;
    const bytes = readValue(this.#handle, entry, scratch);
    if (bytes === undefined) this.#entries.delete(key);
    else this.#used.add(key);
    return bytes;
  }

  has(key: string): boolean {
    if (this.#fresh.has(key) || this.#forNow.has(key)) return true;
    const isThere = this.#handle !== undefined && this.#entries.has(key);
    if (isThere) this.#used.add(key);
    return isThere;
  }

  put(key: string, bytes: Uint8Array): void {
    if (utf8(key).length > KEY_BYTES_MAX)
      throw new RangeError(`a cache key has at most ${KEY_BYTES_MAX} bytes`);
    this.#fresh.put(key, bytes);
  }

  putForNow(key: string, bytes: Uint8Array): void {
    this.#forNow.put(key, bytes);
  }

  save(): void {
    const live = new Map([...this.#entries].filter(([key]) => this.#used.has(key) && !this.#fresh.has(key)));
    const isSame = this.#fresh.isEmpty && live.size === this.#entries.size;
    try {
      if (isSame) return;
      let liveBytes = 0;
      for (const { length } of live.values()) liveBytes += length;
      const canAppend = this.#isStillOurs() && liveBytes >= this.#length * (1 - DEAD_SHARE_MAX);
      if (canAppend) this.#append(live);
      else this.#rewrite(live);
    } catch (error) {
      if (!(error instanceof Error && "code" in error)) throw error;
      // A disk that is full or may not be written.
    } finally {
      this.close();
    }
  }

  close(): void {
    this.#fresh.remove();
    this.#forNow.remove();
    this.#closeFile();
  }

  /** Whether the file is the one that was opened, as it was then: another build may have saved since. */
  #isStillOurs(): boolean {
    if (this.#handle === undefined) return false;
    const ours = fstatSync(this.#handle);
    const theirs = statSync(this.#file, { throwIfNoEntry: false });
    return theirs !== undefined && theirs.ino === ours.ino && theirs.size === this.#length;
  }

  #append(live: ReadonlyMap<string, Entry>): void {
    const handle = openSync(this.#file, "r+");
    try {
      const fresh = writeValues(handle, this.#length, this.#fresh.values());
      writeEnd(handle, fresh.end, new Map([...live, ...fresh.entries]));
    } catch (error) {
      ftruncateSync(handle, this.#length);
      throw error;
    } finally {
      closeSync(handle);
    }
  }

  /** What was put aside becomes the file, with what is still good of the old one behind it. */
  #rewrite(live: ReadonlyMap<string, Entry>): void {
    const aside = this.#fresh.flush();
    const old = writeValues(aside.handle, aside.length, this.#valuesOf(live));
    writeEnd(aside.handle, old.end, new Map([...old.entries, ...aside.entries]));
    this.#closeFile();
    renameSync(this.#fresh.path, this.#file);
    this.#fresh.letGo();
  }

  *#valuesOf(live: ReadonlyMap<string, Entry>): Iterable<readonly [string, Uint8Array]> {
    for (const [key, entry] of live) {
      const bytes = this.#handle === undefined ? undefined : readValue(this.#handle, entry);
      if (bytes !== undefined) yield [key, bytes];
    }
  }

  #closeFile(): void {
    if (this.#handle !== undefined) closeSync(this.#handle);
    this.#handle = undefined;
  }
}

/** Removes what processes that were killed had put aside. */
function sweepLeftovers(file: string): void {
  for (const name of namesIn(dirname(file))) {
    const pid = name.startsWith(`${basename(file)}.`) ? /\.(\d+)\.(?:new|now)$/.exec(name)?.[1] : undefined;
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(dirname(file), name), { force: true });
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Not made yet, or not to be read: nothing is left there that this process could remove.
    return [];
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function openIfThere(file: string): number | undefined {
  try {
    return statSync(file).isFile() ? openSync(file, "r") : undefined;
  } catch {
    // Missing, or not to be read: both mean that nothing is remembered.
    return undefined;
  }
}

/** `undefined` where the file is not a whole pack of this format. */
function readIndex(handle: number, length: number): Map<string, Entry> | undefined {
  if (length < MAGIC.length + FOOTER_LENGTH || length > FILE_BYTES_MAX) return undefined;
  const head = readAt(handle, 0, MAGIC.length);
  const footer = readAt(handle, length - FOOTER_LENGTH, FOOTER_LENGTH);
  if (head === undefined || footer === undefined) return undefined;
  if (Buffer.compare(head, MAGIC) !== 0 || Buffer.compare(footer.subarray(20), END) !== 0) return undefined;
  const view = new DataView(footer.buffer, footer.byteOffset, FOOTER_LENGTH);
  const offset = Number(view.getBigUint64(0, true));
  const indexLength = view.getUint32(8, true);
  if (offset + indexLength + FOOTER_LENGTH !== length) return undefined;
  const index = readAt(handle, offset, indexLength);
  if (index === undefined || crc32(index) !== view.getUint32(12, true)) return undefined;
  const entries = parseIndex(index);
  return entries.size === view.getUint32(16, true) ? entries : undefined;
}

/** The checksum was right, so the index is as it was written. */
function parseIndex(index: Uint8Array): Map<string, Entry> {
  const text = Buffer.from(index.buffer, index.byteOffset, index.length);
  const view = new DataView(index.buffer, index.byteOffset, index.length);
  const entries = new Map<string, Entry>();
  for (let at = 0; at < index.length; ) {
    const keyEnd = at + 2 + view.getUint16(at, true);
    const key = text.toString("utf8", at + 2, keyEnd);
    const offset = Number(view.getBigUint64(keyEnd, true));
    entries.set(key, {
      offset,
      length: view.getUint32(keyEnd + 8, true),
      crc: view.getUint32(keyEnd + 12, true),
    });
    at = keyEnd + 16;
  }
  return entries;
}

/** Writes the index of `entries` at `at`, then the footer. */
function writeEnd(handle: number, at: number, entries: ReadonlyMap<string, Entry>): void {
  const index = indexOf(entries);
  const footer = new DataView(new ArrayBuffer(FOOTER_LENGTH));
  footer.setBigUint64(0, BigInt(at), true);
  footer.setUint32(8, index.length, true);
  footer.setUint32(12, crc32(index), true);
  footer.setUint32(16, entries.size, true);
  const end = new Uint8Array(footer.buffer);
  end.set(END, 20);
  writeAll(handle, [index, end], at);
}

function indexOf(entries: ReadonlyMap<string, Entry>): Uint8Array {
  const keys = [...entries.keys()].map((key) => Buffer.from(key, "utf8"));
  const index = Buffer.alloc(keys.reduce((sum, key) => sum + key.length + ENTRY_LENGTH, 0));
  let at = 0;
  for (const [place, entry] of [...entries.values()].entries()) {
    const key = keys[place] ?? Buffer.alloc(0);
    at = index.writeUInt16LE(key.length, at);
    at += key.copy(index, at);
    at = index.writeBigUInt64LE(BigInt(entry.offset), at);
    at = index.writeUInt32LE(entry.length, at);
    at = index.writeUInt32LE(entry.crc, at);
  }
  return index;
}
