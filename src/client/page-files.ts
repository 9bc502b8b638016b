/**
 * Files in a web page: fetched from beside it, hashed and unpacked by what the browser has.
 *
 * `crypto.subtle` is there for pages of https and of this machine alone: a mirror in a local network, served
 * by plain http, hashes in JavaScript, which comes when it is needed.
 */
import { toHex } from "../base/bytes.ts";
import type { Digest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import type { Inflate } from "../snapshot/deflate.ts";
import { checkTreePath, missing, READ_BYTES_MAX, type Reader, tooLarge } from "./reader.ts";
import type { FileHash } from "./verified-read.ts";

export function pageReader(base: URL): Reader {
  return {
    location: base.href,
    async read(path, options = {}) {
      checkTreePath(path);
      const response = await ask(new URL(path, base), options.signal);
      if (response.status === 404) throw missing(path, base.href);
      if (!response.ok) throw unreachable(base, `the answer is ${response.status}`);
      const bytesMax = options.bytesMax ?? READ_BYTES_MAX;
      const bytes = await readBounded(response.body, bytesMax);
      if (bytes === undefined) throw tooLarge(path, base.href, bytesMax);
      return bytes;
    },
  };
}

async function ask(url: URL, signal: AbortSignal | undefined): Promise<Response> {
  try {
    return await fetch(url, { credentials: "omit", ...(signal === undefined ? {} : { signal }) });
  } catch (cause) {
    signal?.throwIfAborted();
    throw unreachable(url, "no answer", cause);
  }
}

function unreachable(url: URL, why: string, cause?: unknown): RegistryError {
  return new RegistryError(
    "UNREACHABLE",
    `Cannot read ${url.href}: ${why}`,
    "check the connection and try again",
    { cause },
  );
}

export const pageHash: FileHash = async (bytes) => {
  // Declared as always there; a page that is no secure context has none.
  const subtle = crypto.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) return (await import("../base/digest.ts")).sha256(bytes);
  const digest = await subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return toHex(new Uint8Array(digest)) as Digest;
};

export const inflateByStream: Inflate = async (bytes, bytesMax) => {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream("deflate-raw"));
  try {
    const inflated = await readBounded(stream, bytesMax);
    return inflated === undefined ? { ok: false, fault: "too-large" } : { ok: true, bytes: inflated };
  } catch {
    // The Compression Streams standard: a TypeError for what is no deflate stream, ends early or goes on after it.
    return { ok: false, fault: "damaged" };
  }
};

/** The stream's bytes; `undefined`, and the stream given up, as soon as there are more than `bytesMax`. */
async function readBounded(
  stream: ReadableStream<Uint8Array> | null,
  bytesMax: number,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream?.getReader();
  for (let step = await reader?.read(); step !== undefined && !step.done; step = await reader?.read()) {
    length += step.value.length;
    if (length > bytesMax) {
      await reader?.cancel();
      return undefined;
    }
    chunks.push(step.value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
