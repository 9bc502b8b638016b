/**
 * One gzip member (RFC 1952), the same bytes on every machine:
 *
 *   header    1f 8b 08 00 · mtime 00000000 · XFL 00 · OS ff     no name, no comment, no extra field
 *   deflate   written by a compressor in JavaScript at a fixed level, so that no machine's zlib decides
 *   trailer   CRC-32, length of what it holds
 *
 * Members one after another are a gzip file of what they hold, one after another.
 */
import { deflateSync } from "fflate";
import { concat } from "../base/bytes.ts";
import { crc32 } from "./crc32.ts";

export const GZIP_HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);
export const GZIP_TRAILER_LENGTH = 8;

/** `mem` is given because the compressor's own choice depends on a logarithm, which may differ by host; more packs hardly tighter. */
const MEM = 2;

/** `level` as zlib counts effort, from 1 to 9. */
export function gzipMember(bytes: Uint8Array, level: 2 | 6): Uint8Array {
  const trailer = new DataView(new ArrayBuffer(GZIP_TRAILER_LENGTH));
  trailer.setUint32(0, crc32(bytes), true);
  trailer.setUint32(4, bytes.length, true);
  return concat(GZIP_HEADER, deflateSync(bytes, { level, mem: MEM }), new Uint8Array(trailer.buffer));
}
