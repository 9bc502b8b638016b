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
 * place and renamed in.
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
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writevSync,
} from "node:fs";
import { dirname } from "node:path";
import zlib from "node:zlib";
import { concat, utf8 } from "../base/bytes.ts";
import type { BuildCache } from "../build/ports.ts";
import { crc32 as portableCrc32 } from "../snapshot/crc32.ts";

/** Node has a native one since 22.2. */
const crc32 = zlib.crc32 ?? portableCrc32;

export interface SavedBuildCache extends BuildCache {
  /**
   * Writes what was put, and drops what was neither got nor put since the file was opened. Where the
   * disk refuses, the file stays as it was, or goes: it is a memory, and no build fails for it.
   */
  save(): void;
}

const FORMAT = 1;
const MAGIC = concat(utf8("GGMCACHE"), Uint8Array.of(FORMAT, 0, 0, 0));
const END = utf8("GGMC.END");
const FOOTER_LENGTH = 20 + END.length;
const ENTRY_LENGTH = 2 + 8 + 4 + 4;
const KEY_BYTES_MAX = 0xffff;
const FILE_BYTES_MAX = 8 * 1024 ** 3;
const DEAD_SHARE_MAX = 1 / 3;
/** Buffers of one writev: the smallest limit of the systems we know is 1024. */
const BUFFERS_AT_ONCE = 512;

interface Entry {
  readonly offset: number;
  readonly length: number;
  readonly crc: number;
}

/** The cache in `file`; an empty one where that is missing, damaged, or of another format. */
export function openBuildCache(file: string): SavedBuildCache {
  return new PackFile(file);
}

class PackFile implements SavedBuildCache {
  readonly #file: string;
  readonly #entries: Map<string, Entry>;
  readonly #fresh = new Map<string, Uint8Array>();
  readonly #used = new Set<string>();
  #handle: number | undefined;
  #length = 0;

  constructor(file: string) {
    this.#file = file;
    this.#handle = openIfThere(file);
    this.#length = this.#handle === undefined ? 0 : fstatSync(this.#handle).size;
    const entries = this.#handle === undefined ? undefined : readIndex(this.#handle, this.#length);
    this.#entries = entries ?? new Map();
    if (entries === undefined) this.#close();
  }

  get(key: string): Uint8Array | undefined {
    const fresh = this.#fresh.get(key);
    if (fresh !== undefined) return fresh;
    const entry = this.#entries.get(key);
    if (entry === undefined || this.#handle === undefined) return undefined;
    const bytes = readAt(this.#handle, entry.offset, entry.length);
    if (bytes === undefined || crc32(bytes) !== entry.crc) {
      this.#entries.delete(key);
      return undefined;
    }
    this.#used.add(key);
    return bytes;
  }

  put(key: string, bytes: Uint8Array): void {
    if (utf8(key).length > KEY_BYTES_MAX)
      throw new RangeError(`a cache key has at most ${KEY_BYTES_MAX} bytes`);
    this.#fresh.set(key, bytes);
  }

  save(): void {
    const live = new Map([...this.#entries].filter(([key]) => this.#used.has(key) && !this.#fresh.has(key)));
    const isSame = this.#fresh.size === 0 && live.size === this.#entries.size;
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
      this.#close();
    }
  }

  /** Whether the file is the one that was opened, as it was then: another build may have saved since. */
  #isStillOurs(): boolean {
    if (this.#handle === undefined) return false;
    const ours = fstatSync(this.#handle);
    const theirs = statSync(this.#file, { throwIfNoEntry: false });
    return theirs !== undefined && theirs.ino === ours.ino && theirs.size === this.#length;
  }

  #append(live: Map<string, Entry>): void {
    const handle = openSync(this.#file, "r+");
    try {
      writeEntries(handle, this.#length, live, this.#fresh);
    } catch (error) {
      ftruncateSync(handle, this.#length);
      throw error;
    } finally {
      closeSync(handle);
    }
  }

  #rewrite(live: ReadonlyMap<string, Entry>): void {
    const values = new Map<string, Uint8Array>();
    for (const key of live.keys()) {
      const bytes = this.get(key);
      if (bytes !== undefined) values.set(key, bytes);
    }
    for (const [key, bytes] of this.#fresh) values.set(key, bytes);
    this.#close();
    mkdirSync(dirname(this.#file), { recursive: true });
    const aside = `${this.#file}.${process.pid}.new`;
    try {
      const handle = openSync(aside, "w");
      try {
        writeAll(handle, [MAGIC], 0);
        writeEntries(handle, MAGIC.length, new Map(), values);
      } finally {
        closeSync(handle);
      }
      renameSync(aside, this.#file);
    } finally {
      rmSync(aside, { force: true });
    }
  }

  #close(): void {
    if (this.#handle !== undefined) closeSync(this.#handle);
    this.#handle = undefined;
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

/** Writes `fresh` at `start`, then an index of `live` and `fresh`, then the footer. */
function writeEntries(
  handle: number,
  start: number,
  live: ReadonlyMap<string, Entry>,
  fresh: ReadonlyMap<string, Uint8Array>,
): void {
  const entries = new Map(live);
  let at = start;
  for (const [key, bytes] of fresh) {
    entries.set(key, { offset: at, length: bytes.length, crc: crc32(bytes) });
    at += bytes.length;
  }
  const index = indexOf(entries);
  const footer = new DataView(new ArrayBuffer(FOOTER_LENGTH));
  footer.setBigUint64(0, BigInt(at), true);
  footer.setUint32(8, index.length, true);
  footer.setUint32(12, crc32(index), true);
  footer.setUint32(16, entries.size, true);
  const end = new Uint8Array(footer.buffer);
  end.set(END, 20);
  writeAll(handle, [...fresh.values(), index, end], start);
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

function writeAll(handle: number, buffers: readonly Uint8Array[], start: number): void {
  let position = start;
  for (let first = 0; first < buffers.length; first += BUFFERS_AT_ONCE) {
    let waiting = buffers.slice(first, first + BUFFERS_AT_ONCE).filter((buffer) => buffer.length > 0);
    while (waiting.length > 0) {
      let written = writevSync(handle, waiting, position);
      position += written;
      // A write may stop in the middle of a buffer; the rest is written next.
      while (waiting[0] !== undefined && written >= waiting[0].length) {
        written -= waiting[0].length;
        waiting = waiting.slice(1);
      }
      if (waiting[0] !== undefined && written > 0) waiting[0] = waiting[0].subarray(written);
    }
  }
}

function readAt(handle: number, position: number, length: number): Uint8Array | undefined {
  // Not from the shared pool, and not zeroed: every byte is read over, or none is given.
  const memory = Buffer.allocUnsafeSlow(length);
  const bytes = new Uint8Array(memory.buffer, 0, length);
  let count = 0;
  while (count < length) {
    const read = readSync(handle, bytes, count, length - count, position + count);
    if (read === 0) return undefined;
    count += read;
  }
  return bytes;
}
