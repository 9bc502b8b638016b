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

/** A line that brings nothing for so long has failed: whoever waits is told, and may ask again. */
const SILENCE_MS_MAX = 10_000;

/** `silenceMsMax`: how long a file may bring nothing. */
export function pageReader(base: URL, silenceMsMax = SILENCE_MS_MAX): Reader {
  return {
    location: base.href,
    async read(path, options = {}) {
      checkTreePath(path);
      const patience = new Patience(silenceMsMax, new URL(path, base));
      const signal = AbortSignal.any([
        patience.signal,
        ...(options.signal === undefined ? [] : [options.signal]),
      ]);
      try {
        const response = await ask(new URL(path, base), signal);
        if (response.status === 404) throw missing(path, base.href);
        if (!response.ok) throw unreachable(base, `the answer is ${response.status}`);
        const bytesMax = options.bytesMax ?? READ_BYTES_MAX;
        const bytes = await readBounded(response.body, bytesMax, () => patience.renew());
        if (bytes === undefined) throw tooLarge(path, base.href, bytesMax);
        return bytes;
      } catch (cause) {
        signal.throwIfAborted();
        throw cause;
      } finally {
        patience.end();
      }
    },
  };
}

/** Gives up a file that brings nothing for a while. */
class Patience {
  readonly #given = new AbortController();
  readonly #silenceMsMax: number;
  readonly #url: URL;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(silenceMsMax: number, url: URL) {
    this.#silenceMsMax = silenceMsMax;
    this.#url = url;
    this.renew();
  }

  get signal(): AbortSignal {
    return this.#given.signal;
  }

  renew(): void {
    clearTimeout(this.#timer);
    const reason = () => unreachable(this.#url, `nothing came for ${this.#silenceMsMax / 1000} s`);
    this.#timer = setTimeout(() => this.#given.abort(reason()), this.#silenceMsMax);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

async function ask(url: URL, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { credentials: "omit", signal });
  } catch (cause) {
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
  onChunk?: () => void,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream?.getReader();
  for (let step = await reader?.read(); step !== undefined && !step.done; step = await reader?.read()) {
    onChunk?.();
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
