/**
 * Compression of the published tree: deflate-raw by fflate at its best level. In JavaScript, so that
 * the same input gives the same bytes on every machine and with every version of Node.
 */
import { deflateSync } from "fflate";

export function deflate(bytes: Uint8Array): Uint8Array {
  return deflateSync(bytes, { level: 9 });
}
