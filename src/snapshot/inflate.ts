/**
 * Raw DEFLATE (RFC 1951) expanded under a bound, in any JavaScript host.
 *
 *     inflateBounded(bytes, 1_000_000) → { ok: true, bytes, consumed } | { ok: false, fault }
 *
 * Why not a library's: a reader of untrusted bytes must stop at its bound before it holds more than
 * that, and must know how many bytes of input the stream took, or trailing bytes go unseen. It refuses
 * what zlib refuses: wrong complements, code sets over- or under-full, distances before the start.
 */

export type Inflated =
  | { readonly ok: true; readonly bytes: Uint8Array /** Of the input. */; readonly consumed: number }
  | { readonly ok: false; readonly fault: "broken" | "truncated" | "too-large" };

/** The port: Node fills it with zlib (`node/inflate.ts`), which is faster. `bytesMax` bounds what comes out. */
export type BoundedInflate = (deflated: Uint8Array, bytesMax: number) => Inflated;

export const inflateBounded: BoundedInflate = (deflated, bytesMax) => {
  const input = new BitInput(deflated);
  const output = new Output(bytesMax, deflated.length);
  try {
    let last = false;
    while (!last) {
      last = input.take(1) === 1;
      const type = input.take(2);
      if (type === 0) copyStored(input, output);
      else if (type === 1) expand(input, output, fixedCodes());
      else if (type === 2) expand(input, output, readCodes(input));
      else throw new Fault("broken");
    }
    return { ok: true, bytes: output.finish(), consumed: input.consumed() };
  } catch (error) {
    if (error instanceof Fault) return { ok: false, fault: error.fault };
    throw error;
  }
};

class Fault extends Error {
  readonly fault: "broken" | "truncated" | "too-large";
  constructor(fault: "broken" | "truncated" | "too-large") {
    super(fault);
    this.fault = fault;
  }
}

/** Bits, least significant first. Zeros follow the end, and whoever takes one of them is told. */
class BitInput {
  readonly #bytes: Uint8Array;
  #at = 0;
  #held = 0;
  #count = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(count: number): number {
    this.#fill(count);
    const value = this.#held & ((1 << count) - 1);
    this.#drop(count);
    return value;
  }

  symbol(code: Code): number {
    this.#fill(code.bits);
    const entry = code.table[this.#held & ((1 << code.bits) - 1)] ?? 0;
    if (entry === 0) throw new Fault("broken");
    this.#drop(entry & 15);
    return entry >> 4;
  }

  /** The next `count` whole bytes; bits left of the current byte are passed over. */
  takeBytes(count: number): Uint8Array {
    this.#at -= this.#count >> 3;
    this.#held = 0;
    this.#count = 0;
    if (this.#at + count > this.#bytes.length) throw new Fault("truncated");
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  consumed(): number {
    return this.#at - (this.#count >> 3);
  }

  #fill(count: number): void {
    while (this.#count < count) {
      this.#held |= (this.#bytes[this.#at++] ?? 0) << this.#count;
      this.#count += 8;
    }
  }

  #drop(count: number): void {
    this.#held >>>= count;
    this.#count -= count;
    if (this.#at > this.#bytes.length && this.consumed() > this.#bytes.length) throw new Fault("truncated");
  }
}

class Output {
  readonly #max: number;
  #buffer: Uint8Array;
  #length = 0;

  constructor(max: number, inputLength: number) {
    this.#max = max;
    this.#buffer = new Uint8Array(Math.min(max, 1024 + inputLength * 4));
  }

  byte(value: number): void {
    if (this.#length === this.#buffer.length) this.#grow(1);
    this.#buffer[this.#length++] = value;
  }

  bytes(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#buffer.length) this.#grow(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  repeat(distance: number, count: number): void {
    if (distance > this.#length) throw new Fault("broken");
    if (this.#length + count > this.#buffer.length) this.#grow(count);
    const buffer = this.#buffer;
    const end = this.#length + count;
    for (let at = this.#length; at < end; at++) buffer[at] = buffer[at - distance] as number;
    this.#length = end;
  }

  finish(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  #grow(by: number): void {
    const needed = this.#length + by;
    if (needed > this.#max) throw new Fault("too-large");
    const grown = new Uint8Array(Math.min(this.#max, Math.max(needed, this.#buffer.length * 2)));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }
}

/** A prefix code: `table[next bits]` is `symbol << 4 | length`, 0 where no code begins so. */
interface Code {
  readonly bits: number;
  readonly table: Uint16Array;
}

interface BlockCodes {
  readonly literals: Code;
  readonly distances: Code;
}

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12289, 16385, 24577,
];
/** Order in which a dynamic block gives the lengths of its code length code (RFC 1951, 3.2.7). */
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const END_OF_BLOCK = 256;
const LITERALS_MAX = 286;
const DISTANCES_MAX = 30;

function copyStored(input: BitInput, output: Output): void {
  const [a = 0, b = 0, c = 0, d = 0] = input.takeBytes(4);
  const length = a | (b << 8);
  if ((length ^ 0xffff) !== (c | (d << 8))) throw new Fault("broken");
  output.bytes(input.takeBytes(length));
}

function expand(input: BitInput, output: Output, codes: BlockCodes): void {
  for (;;) {
    const symbol = input.symbol(codes.literals);
    if (symbol < END_OF_BLOCK) {
      output.byte(symbol);
      continue;
    }
    if (symbol === END_OF_BLOCK) return;
    const base = LENGTH_BASE[symbol - 257];
    if (base === undefined) throw new Fault("broken");
    const length = base + input.take(LENGTH_EXTRA[symbol - 257] ?? 0);
    const distanceSymbol = input.symbol(codes.distances);
    const distanceBase = DISTANCE_BASE[distanceSymbol];
    if (distanceBase === undefined) throw new Fault("broken");
    output.repeat(distanceBase + input.take(distanceSymbol < 2 ? 0 : (distanceSymbol >> 1) - 1), length);
  }
}

let fixed: BlockCodes | undefined;

/** The codes of RFC 1951, 3.2.6, made when first needed. */
function fixedCodes(): BlockCodes {
  if (fixed === undefined) {
    const literals = new Uint8Array(288).fill(8).fill(9, 144, 256).fill(7, 256, 280);
    fixed = { literals: prefixCode(literals), distances: prefixCode(new Uint8Array(32).fill(5)) };
  }
  return fixed;
}

function readCodes(input: BitInput): BlockCodes {
  const literals = input.take(5) + 257;
  const distances = input.take(5) + 1;
  const described = input.take(4) + 4;
  if (literals > LITERALS_MAX || distances > DISTANCES_MAX) throw new Fault("broken");
  const own = new Uint8Array(19);
  for (const place of CODE_LENGTH_ORDER.slice(0, described)) own[place] = input.take(3);
  const lengths = readLengths(input, prefixCode(own, { mustBeFull: true }), literals + distances);
  if (lengths[END_OF_BLOCK] === 0) throw new Fault("broken");
  return {
    literals: prefixCode(lengths.subarray(0, literals)),
    distances: prefixCode(lengths.subarray(literals)),
  };
}

function readLengths(input: BitInput, code: Code, count: number): Uint8Array {
  const lengths = new Uint8Array(count);
  for (let at = 0; at < count; ) {
    const symbol = input.symbol(code);
    if (symbol < 16) {
      lengths[at++] = symbol;
      continue;
    }
    if (symbol === 16 && at === 0) throw new Fault("broken");
    const value = symbol === 16 ? (lengths[at - 1] ?? 0) : 0;
    const times = symbol === 16 ? 3 + input.take(2) : symbol === 17 ? 3 + input.take(3) : 11 + input.take(7);
    if (at + times > count) throw new Fault("broken");
    lengths.fill(value, at, at + times);
    at += times;
  }
  return lengths;
}

/**
 * The canonical prefix code with these code lengths. An under-full set is refused as zlib does: only
 * one code of one bit, or none at all, may stand alone, and never for the code length code.
 */
function prefixCode(lengths: Uint8Array, options: { mustBeFull?: boolean } = {}): Code {
  const counts = new Uint16Array(16);
  let bits = 0;
  for (const length of lengths) {
    if (length > bits) bits = length;
    counts[length] = (counts[length] ?? 0) + 1;
  }
  counts[0] = 0;
  const next = new Uint16Array(16);
  let room = 1;
  for (let length = 1; length <= bits; length++) {
    next[length] = ((next[length - 1] ?? 0) + (counts[length - 1] ?? 0)) << 1;
    room = room * 2 - (counts[length] ?? 0);
    if (room < 0) throw new Fault("broken");
  }
  if (room > 0 && (options.mustBeFull || bits > 1)) throw new Fault("broken");
  const table = new Uint16Array(1 << bits);
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue;
    const code = next[length] ?? 0;
    next[length] = code + 1;
    const entry = (symbol << 4) | length;
    for (let at = reversed(code, length); at < table.length; at += 1 << length) table[at] = entry;
  }
  return { bits, table };
}

function reversed(code: number, length: number): number {
  let out = 0;
  for (let bit = 0; bit < length; bit++) out |= ((code >> bit) & 1) << (length - 1 - bit);
  return out;
}
