/**
 * The encodings of SSH that keys and signatures are made of (RFC 4251, 5): big-endian `uint32`, and
 * `string`, which is bytes behind their length.
 */
import { concat, decodeUtf8, utf8 } from "../base/bytes.ts";

export function wireUint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}

export function wireString(value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === "string" ? utf8(value) : value;
  return concat(wireUint32(bytes.length), bytes);
}

/** Reads from the front. Once something is missing, that and every later read is `undefined`. */
export class WireReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #short = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Nothing is left, and nothing was missing. */
  get atEnd(): boolean {
    return !this.#short && this.#at === this.#bytes.length;
  }

  take(length: number): Uint8Array | undefined {
    if (this.#short || length > this.#bytes.length - this.#at) {
      this.#short = true;
      return undefined;
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  uint32(): number | undefined {
    const bytes = this.take(4);
    return bytes === undefined ? undefined : new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
  }

  string(): Uint8Array | undefined {
    const length = this.uint32();
    return length === undefined ? undefined : this.take(length);
  }

  /** A `string` that is UTF-8. */
  text(): string | undefined {
    const bytes = this.string();
    return bytes === undefined ? undefined : decodeUtf8(bytes);
  }

  rest(): Uint8Array | undefined {
    return this.take(this.#bytes.length - this.#at);
  }
}
