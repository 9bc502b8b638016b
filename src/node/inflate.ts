/** DEFLATE by Node's own zlib, loaded at its first use: what reads nothing packed starts sooner without it. */
import { createRequire } from "node:module";
import type { Inflate, Inflated } from "../snapshot/deflate.ts";

const load = createRequire(import.meta.url);
/** zlib asks for its output in pieces of this size at least. */
const PIECE_BYTES_MIN = 64;
/** And in pieces of this size at most: what a stranger says of a length is no reason to take the memory at once. */
const PIECE_BYTES_MAX = 1024 * 1024;

export const nativeInflate = ((deflated: Uint8Array, bytesMax: number): Inflated => {
  const { inflateRawSync } = load("node:zlib") as typeof import("node:zlib");
  try {
    // With `info`, the answer has the engine too, whose bytesWritten is the input consumed; Node's types lack it.
    const { buffer, engine } = inflateRawSync(deflated, {
      maxOutputLength: Math.max(1, bytesMax),
      chunkSize: Math.min(Math.max(PIECE_BYTES_MIN, bytesMax), PIECE_BYTES_MAX),
      info: true,
    }) as unknown as { buffer: Uint8Array; engine: { bytesWritten: number } };
    if (buffer.length > bytesMax) return { ok: false, fault: "too-large" };
    if (engine.bytesWritten < deflated.length) return { ok: false, fault: "damaged" };
    return { ok: true, bytes: new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length) };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ERR_BUFFER_TOO_LARGE") return { ok: false, fault: "too-large" };
    if (code === "Z_BUF_ERROR" || code === "Z_DATA_ERROR") return { ok: false, fault: "damaged" };
    throw error;
  }
}) satisfies Inflate;
