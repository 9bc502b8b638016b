/**
 * The one tar of a release: POSIX ustar, regular files only, everything that could differ fixed.
 *
 *   one member      header block (512) · bytes · zeros up to a multiple of 512
 *   at the end      two blocks of zeros, nothing more
 *
 *   header    0 name[100]      UTF-8 as it is, zeros after
 *           100 mode[8]        "0000644\0"
 *           108 uid, gid       "0000000\0" each
 *           124 size[12]       11 octal digits, "\0"
 *           136 mtime[12]      "00000000000\0"
 *           148 checksum[8]    6 octal digits, "\0 "
 *           156 type           "0"
 *           157 linkname[100]  zeros
 *           257 magic, version "ustar\0" "00"
 *           265 uname, gname   zeros
 *           329 devmajor, -minor "0000000\0" each
 *           345 prefix[155]    of a name over 100 bytes: up to the first "/" that leaves 100 bytes or fewer
 *           500 zeros
 *
 * Source: POSIX.1-2017, pax, "ustar Interchange Format".
 */
import { concat, decodeUtf8, equalBytes, utf8 } from "../base/bytes.ts";

export const BLOCK = 512;
const NAME_MAX = 100;
const PREFIX_MAX = 155;
const SIZE_MAX = 0o77777777777;
const OFFSET = {
  name: 0,
  mode: 100,
  uid: 108,
  gid: 116,
  size: 124,
  mtime: 136,
  checksum: 148,
  type: 156,
} as const;
const MAGIC_OFFSET = 257;
const DEVICE_OFFSET = 329;
const PREFIX_OFFSET = 345;

/** Bytes of the tar whose members have these sizes. */
function ustarLength(sizes: Iterable<number>): number {
  let length = 2 * BLOCK;
  for (const size of sizes) length += BLOCK + padded(size);
  return length;
}

/** The tar of `members`, in the order given. Throws RangeError for a name or a size that ustar cannot hold. */
export function writeUstar(members: Iterable<readonly [path: string, bytes: Uint8Array]>): Uint8Array {
  const list = [...members];
  const out = new Uint8Array(ustarLength(list.map(([, bytes]) => bytes.length)));
  let at = 0;
  for (const [path, bytes] of list) {
    writeHeader(out.subarray(at, at + BLOCK), path, bytes.length);
    out.set(bytes, at + BLOCK);
    at += BLOCK + padded(bytes.length);
  }
  return out;
}

/** `path` as prefix and name, or `undefined` where ustar cannot hold it. */
function splitPath(path: string): { prefix: Uint8Array; name: Uint8Array } | undefined {
  const bytes = utf8(path);
  if (bytes.length === 0 || bytes.includes(0)) return undefined;
  if (bytes.length <= NAME_MAX) return { prefix: new Uint8Array(0), name: bytes };
  const slash = bytes.indexOf(0x2f, Math.max(1, bytes.length - NAME_MAX - 1));
  if (slash === -1 || slash > PREFIX_MAX || slash === bytes.length - 1) return undefined;
  return { prefix: bytes.subarray(0, slash), name: bytes.subarray(slash + 1) };
}

export interface UstarMember {
  /** `undefined` where the name is not UTF-8. */
  readonly path: string | undefined;
  /** The type flag: "0" for a regular file. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** Why a member cannot be read, and at which byte of the tar. */
export interface UstarFault {
  readonly fault: "header" | "checksum" | "truncated" | "end";
  readonly at: number;
}

/**
 * The members of a tar, one by one, or the fault that ends the reading. Lenient on purpose about what
 * is not canonical: the caller writes what was read again and compares, and can name what it met.
 */
export function* readUstar(tar: Uint8Array): Generator<UstarMember | UstarFault, void> {
  let at = 0;
  while (at + BLOCK <= tar.length) {
    const header = tar.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) {
      if (at + 2 * BLOCK !== tar.length || tar.subarray(at).some((byte) => byte !== 0))
        yield { fault: "end", at };
      return;
    }
    if (octal(header, OFFSET.checksum, 8) !== checksum(header)) return yield { fault: "checksum", at };
    const size = octal(header, OFFSET.size, 12);
    if (size === undefined) return yield { fault: "header", at };
    if (at + BLOCK + padded(size) > tar.length) return yield { fault: "truncated", at };
    yield {
      path: pathOf(header),
      type: String.fromCharCode(header[OFFSET.type] ?? 0),
      bytes: tar.slice(at + BLOCK, at + BLOCK + size),
    };
    at += BLOCK + padded(size);
  }
  yield { fault: "truncated", at };
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

/** What all headers share; a tar has one for each file, and most of its bytes never change. */
const HEADER = makeHeader();

function makeHeader(): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const put = (offset: number, text: string) => block.set(utf8(text), offset);
  put(OFFSET.mode, "0000644\0");
  put(OFFSET.uid, "0000000\0");
  put(OFFSET.gid, "0000000\0");
  put(OFFSET.mtime, "00000000000\0");
  put(OFFSET.type, "0");
  put(MAGIC_OFFSET, "ustar\x0000");
  put(DEVICE_OFFSET, "0000000\x000000000\0");
  return block;
}

function writeHeader(block: Uint8Array, path: string, size: number): void {
  const split = splitPath(path);
  if (split === undefined) throw new RangeError(`a ustar member cannot be named "${path}"`);
  if (size > SIZE_MAX) throw new RangeError(`a ustar member has at most ${SIZE_MAX} bytes, got ${size}`);
  block.set(HEADER);
  block.set(split.name, OFFSET.name);
  block.set(utf8(`${size.toString(8).padStart(11, "0")}\0`), OFFSET.size);
  block.set(split.prefix, PREFIX_OFFSET);
  block.set(utf8(`${checksum(block).toString(8).padStart(6, "0")}\0 `), OFFSET.checksum);
}

/** Sum of the header's bytes, the checksum's own counted as spaces. */
function checksum(header: Uint8Array): number {
  let sum = 8 * 0x20;
  for (let at = 0; at < header.length; at++) {
    if (at < OFFSET.checksum || at >= OFFSET.checksum + 8) sum += header[at] as number;
  }
  return sum;
}

function octal(header: Uint8Array, offset: number, width: number): number | undefined {
  const text = String.fromCharCode(...header.subarray(offset, offset + width));
  const digits = /^([0-7]{1,11})[\0 ]*$/.exec(text)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 8);
}

function pathOf(header: Uint8Array): string | undefined {
  const name = untilZero(header.subarray(OFFSET.name, NAME_MAX));
  const isUstar = equalBytes(header.subarray(MAGIC_OFFSET, MAGIC_OFFSET + 6), utf8("ustar\0"));
  const prefix = isUstar
    ? untilZero(header.subarray(PREFIX_OFFSET, PREFIX_OFFSET + PREFIX_MAX))
    : name.subarray(0, 0);
  return decodeUtf8(prefix.length === 0 ? name : concat(prefix, utf8("/"), name));
}

function untilZero(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end === -1 ? bytes : bytes.subarray(0, end);
}
