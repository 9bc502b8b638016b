/**
 * Compression of the published tree: deflate-raw (RFC 1951). It is written by fflate, in JavaScript, so that
 * the same input gives the same bytes on every machine and with every version of Node. It is read by what the
 * host has: zlib in Node (`node/inflate.ts`), DecompressionStream in a browser (`client/page-files.ts`).
 */
import { deflateSync } from "fflate";

/** `mem` is given because the compressor's own choice depends on a logarithm, which may differ by host. */
const DEFLATE = { level: 9, mem: 6 } as const;

export function deflate(bytes: Uint8Array): Uint8Array {
  return deflateSync(bytes, DEFLATE);
}

export type Inflated =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly fault: "damaged" | "too-large" };

/**
 * The port: unpacks one whole stream, and gives up as soon as more than `bytesMax` come out. A stream that
 * is cut off or followed by other bytes is damaged.
 */
export type Inflate = (deflated: Uint8Array, bytesMax: number) => Inflated | Promise<Inflated>;
