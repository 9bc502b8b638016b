/**
 * DEFLATE by Node's own zlib, under a bound: faster than snapshot/inflate.ts, and as strict. It is loaded at its
 * first use, for loading it takes longer than JavaScript takes for a small part of an index.
 */
import { createRequire } from "node:module";
import { RegistryError } from "../base/error.ts";
import { type BoundedInflate, inflateBounded } from "../snapshot/inflate.ts";

const load = createRequire(import.meta.url);
/** Up to so many bytes, packed, JavaScript is done first. */
const SMALL_BYTES_MAX = 8 * 1024;

export const nativeInflateBounded: BoundedInflate = (deflated, bytesMax) => {
  const { inflateRawSync } = load("node:zlib") as typeof import("node:zlib");
  try {
    // With `info`, the answer has the engine too, whose bytesWritten is the input consumed; Node's types lack it.
    const { buffer, engine } = inflateRawSync(deflated, {
      maxOutputLength: Math.max(1, bytesMax),
      info: true,
    }) as unknown as { buffer: Uint8Array; engine: { bytesWritten: number } };
    if (buffer.length > bytesMax) return { ok: false, fault: "too-large" };
    const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
    return { ok: true, bytes, consumed: engine.bytesWritten };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ERR_BUFFER_TOO_LARGE") return { ok: false, fault: "too-large" };
    if (code === "Z_BUF_ERROR") return { ok: false, fault: "truncated" };
    if (code === "Z_DATA_ERROR") return { ok: false, fault: "broken" };
    throw error;
  }
};

/** The client's port: the bytes of one whole deflate stream. Throws RegistryError BAD_RESPONSE for anything else. */
export function nativeInflate(deflated: Uint8Array, bytesMax: number): Uint8Array {
  const inflate = deflated.length > SMALL_BYTES_MAX ? nativeInflateBounded : inflateBounded;
  const inflated = inflate(deflated, bytesMax);
  if (inflated.ok && inflated.consumed === deflated.length) return inflated.bytes;
  const fault = inflated.ok ? "bytes follow its end" : inflated.fault;
  throw new RegistryError(
    "BAD_RESPONSE",
    `Cannot unpack a part of the registry: ${fault}`,
    "Run `sync`; where it stays so, the registry is damaged",
  );
}
