/** DEFLATE by Node's own zlib, under a bound: faster than snapshot/inflate.ts, and as strict. */
import { inflateRawSync } from "node:zlib";
import { RegistryError } from "../base/error.ts";
import type { BoundedInflate } from "../snapshot/inflate.ts";

export const nativeInflateBounded: BoundedInflate = (deflated, bytesMax) => {
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
  const inflated = nativeInflateBounded(deflated, bytesMax);
  if (inflated.ok && inflated.consumed === deflated.length) return inflated.bytes;
  const fault = inflated.ok ? "bytes follow its end" : inflated.fault;
  throw new RegistryError(
    "BAD_RESPONSE",
    `Cannot unpack a part of the registry: ${fault}`,
    "Run `sync`; where it stays so, the registry is damaged",
  );
}
