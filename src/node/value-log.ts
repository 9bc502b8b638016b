/**
 * Values one after another in a file, found by key: what the build's cache is made of, and where a
 * build puts aside what would not fit into memory.
 *
 * New values wait in memory, and go to the file once they are many. A file that refuses them (a full
 * disk) costs memory and nothing else. What is not let go is removed when the process ends.
 */
import { closeSync, openSync, readSync, rmSync, writevSync } from "node:fs";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { makeFolder } from "./make-folder.ts";

export interface Entry {
  readonly offset: number;
  readonly length: number;
  readonly crc: number;
}

/** Bytes that wait in memory. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024;
/** Buffers of one writev: the smallest limit of the systems we know is 1024. */
const BUFFERS_AT_ONCE = 512;
const BYTES_AT_ONCE = 8 * 1024 * 1024;

export class ValueLog {
  readonly path: string;
  readonly #head: Uint8Array;
  readonly #waiting = new Map<string, Uint8Array>();
  readonly #written = new Map<string, Entry>();
  #waitingBytes = 0;
  #waitingBytesMax = WAITING_BYTES_MAX;
  #handle: number | undefined;
  #length = 0;
  readonly #atExit = () => this.remove();

  /** `path` is made when it is needed, and begins with `head`. */
  constructor(path: string, head: Uint8Array) {
    this.path = path;
    this.#head = head;
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0 && this.#written.size === 0;
  }

  get size(): number {
    return this.#waiting.size + this.#written.size;
  }

  has(key: string): boolean {
    return this.#waiting.has(key) || this.#written.has(key);
  }

  get(key: string, scratch?: Uint8Array): Uint8Array | undefined {
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined || this.#handle === undefined) return waiting;
    const entry = this.#written.get(key);
    return entry === undefined ? undefined : readValue(this.#handle, entry, scratch);
  }

  put(key: string, bytes: Uint8Array): void {
    this.#waitingBytes += bytes.length - (this.#waiting.get(key)?.length ?? 0);
    this.#waiting.set(key, bytes);
    if (this.#waitingBytes <= this.#waitingBytesMax) return;
    try {
      this.flush();
    } catch (error) {
      if (!(error instanceof Error && "code" in error)) throw error;
      this.#waitingBytesMax = Number.POSITIVE_INFINITY;
    }
  }

  /** Keys and values, in the order they were put; a damaged one is left out. */
  *values(): Iterable<readonly [string, Uint8Array]> {
    for (const [key, entry] of this.#written) {
      const bytes =
        this.#waiting.has(key) || this.#handle === undefined ? undefined : readValue(this.#handle, entry);
      if (bytes !== undefined) yield [key, bytes];
    }
    yield* this.#waiting;
  }

  /** Everything to the file: what is written, and where. */
  flush(): { readonly handle: number; readonly length: number; readonly entries: Map<string, Entry> } {
    const handle = this.#open();
    const { end, entries } = writeValues(handle, this.#length, this.#waiting);
    for (const [key, entry] of entries) this.#written.set(key, entry);
    this.#length = end;
    this.#waiting.clear();
    this.#waitingBytes = 0;
    return { handle, length: end, entries: this.#written };
  }

  #open(): number {
    if (this.#handle !== undefined) return this.#handle;
    makeFolder(dirname(this.path));
    const handle = openSync(this.path, "w+");
    this.#handle = handle;
    process.once("exit", this.#atExit);
    writeAll(handle, [this.#head], 0);
    this.#length = this.#head.length;
    return handle;
  }

  /** Closes the file, which stays, as another's. */
  letGo(): void {
    process.off("exit", this.#atExit);
    if (this.#handle !== undefined) closeSync(this.#handle);
    this.#handle = undefined;
    this.#written.clear();
  }

  /** Removes the file, where there is one; what waits in memory stays to be read. */
  remove(): void {
    const isThere = this.#handle !== undefined;
    this.letGo();
    if (isThere) rmSync(this.path, { force: true });
  }
}

/** Writes `values` at `start`; says where each is. */
export function writeValues(
  handle: number,
  start: number,
  values: Iterable<readonly [string, Uint8Array]>,
): { readonly end: number; readonly entries: Map<string, Entry> } {
  const entries = new Map<string, Entry>();
  let end = start;
  let batch: Uint8Array[] = [];
  let batchStart = start;
  const write = () => {
    writeAll(handle, batch, batchStart);
    [batch, batchStart] = [[], end];
  };
  for (const [key, bytes] of values) {
    entries.set(key, { offset: end, length: bytes.length, crc: crc32(bytes) });
    end += bytes.length;
    batch.push(bytes);
    if (batch.length === BUFFERS_AT_ONCE || end - batchStart >= BYTES_AT_ONCE) write();
  }
  write();
  return { end, entries };
}

export function writeAll(handle: number, buffers: readonly Uint8Array[], start: number): void {
  let position = start;
  let waiting = buffers.filter((buffer) => buffer.length > 0);
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

/** The value, or `undefined` where it is not as it was written. */
export function readValue(handle: number, entry: Entry, scratch?: Uint8Array): Uint8Array | undefined {
  const bytes = readAt(handle, entry.offset, entry.length, scratch);
  return bytes !== undefined && crc32(bytes) === entry.crc ? bytes : undefined;
}

/** In `scratch` where that is given and large enough, else in memory of its own. */
export function readAt(
  handle: number,
  position: number,
  length: number,
  scratch?: Uint8Array,
): Uint8Array | undefined {
  const bytes =
    scratch !== undefined && scratch.length >= length ? scratch.subarray(0, length) : ownMemory(length);
  let count = 0;
  while (count < length) {
    const read = readSync(handle, bytes, count, length - count, position + count);
    if (read === 0) return undefined;
    count += read;
  }
  return bytes;
}

/** Not from the shared pool, and not zeroed: every byte is read over, or none is given. */
function ownMemory(length: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer, 0, length);
}
