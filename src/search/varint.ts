/** Reading and writing the integers and texts of the binary slices. The reader never leaves its range. */
import { decodeUtf8 } from "../base/bytes.ts";
import { invalidIndex } from "./format.ts";

export class ByteWriter {
  #bytes = new Uint8Array(1024);
  length = 0;

  #room(more: number): void {
    if (this.length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.length + more, 2 * this.#bytes.length));
    grown.set(this.#bytes.subarray(0, this.length));
    this.#bytes = grown;
  }

  u8(value: number): void {
    this.#room(1);
    this.#bytes[this.length++] = value;
  }

  u32(value: number): void {
    this.#room(4);
    new DataView(this.#bytes.buffer).setUint32(this.length, value, true);
    this.length += 4;
  }

  /** LEB128 of an integer from 0 to 2^32 - 1. */
  varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.u8((rest & 0x7f) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.u8(rest);
  }

  append(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** The varint of its bytes in UTF-8, and those bytes. */
  text(text: string): void {
    const lengthAt = this.length;
    // One byte for the length, which a long text moves up.
    this.#room(1 + UTF8_BYTES_MAX * text.length);
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(lengthAt + 1));
    if (written < 0x80) {
      this.#bytes[lengthAt] = written;
      this.length = lengthAt + 1 + written;
      return;
    }
    const bytes = this.#bytes.slice(lengthAt + 1, lengthAt + 1 + written);
    this.varint(written);
    this.append(bytes);
  }

  clear(): void {
    this.length = 0;
  }

  /** What was written so far; good until the next writing. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.length);
  }
}

const encoder = new TextEncoder();

export class ByteReader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, at: number, end: number) {
    if (at < 0 || at > end || end > bytes.length) throw invalidIndex("an offset points outside of its slice");
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  u8(): number {
    if (this.at >= this.end) throw invalidIndex("a slice ends too early");
    return this.bytes[this.at++] as number;
  }

  varint(): number {
    const first = this.u8();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    for (let factor = 0x80; factor <= 0x10000000; factor *= 0x80) {
      const byte = this.u8();
      value += (byte & 0x7f) * factor;
      if (byte >= 0x80) continue;
      if (byte === 0 || value > 0xffffffff) break;
      return value;
    }
    throw invalidIndex("a number is written as no writer writes it");
  }

  /** Moves over `count` bytes and says where they began. */
  skip(count: number): number {
    const from = this.at;
    if (count > this.end - from) throw invalidIndex("a slice ends too early");
    this.at = from + count;
    return from;
  }

  /** A text of at most `lengthMax` UTF-16 units. */
  text(lengthMax: number): string {
    const length = this.varint();
    if (length > UTF8_BYTES_MAX * lengthMax) throw tooLong();
    const from = this.skip(length);
    const text = decodeUtf8(this.bytes.subarray(from, from + length));
    if (text === undefined) throw invalidIndex("a text is not UTF-8");
    if (text.length > lengthMax) throw tooLong();
    return text;
  }
}

/** Of one UTF-16 unit. */
const UTF8_BYTES_MAX = 3;

const tooLong = () => invalidIndex("a text is longer than any writer writes it");

export function u32At(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.length) throw invalidIndex("a slice ends too early");
  // Two for every restart of a shard: a view would cost more than the four bytes.
  const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
  const high = (bytes[at + 2] as number) | ((bytes[at + 3] as number) << 8);
  return (low | (high << 16)) >>> 0;
}

/** How many bytes at their beginning `a` and `b` have in common. */
export function sharedLength(a: Uint8Array, b: Uint8Array): number {
  let shared = 0;
  while (shared < a.length && shared < b.length && a[shared] === b[shared]) shared++;
  return shared;
}
