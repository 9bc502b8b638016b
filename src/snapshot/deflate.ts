/**
 * Compression of the published tree: deflate-raw by fflate at its best level. In JavaScript, so that
 * the same input gives the same bytes on every machine and with every version of Node.
 */
import { deflateSync } from "fflate";

/** `mem` is given because the compressor's own choice depends on a logarithm, which may differ by host. */
const DEFLATE = { level: 9, mem: 6 } as const;

export function deflate(bytes: Uint8Array): Uint8Array {
  return deflateSync(bytes, DEFLATE);
}
