/** The `Inflate` port by Node's own zlib. */
import { inflateRawSync } from "node:zlib";
import type { Inflate } from "../snapshot/inflate.ts";

export const nativeInflate: Inflate = (deflated, bytesMax) => {
  try {
    // `info` gives the engine, whose bytesWritten is the input consumed; the types know the buffer only.
    const { buffer, engine } = inflateRawSync(deflated, {
      maxOutputLength: Math.max(1, bytesMax),
      info: true,
    }) as unknown as { buffer: Uint8Array; engine: { bytesWritten: number } };
    if (buffer.length > bytesMax) return { ok: false, fault: "too-large" };
    return {
      ok: true,
      bytes: new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length),
      consumed: engine.bytesWritten,
    };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ERR_BUFFER_TOO_LARGE") return { ok: false, fault: "too-large" };
    if (code === "Z_BUF_ERROR") return { ok: false, fault: "truncated" };
    if (code === "Z_DATA_ERROR") return { ok: false, fault: "broken" };
    throw error;
  }
};
