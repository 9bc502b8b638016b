/**
 * The client in a web page: files by fetch from beside the page, cryptography in JavaScript,
 * unpacking by the browser's own DecompressionStream.
 *
 *     const registry = await openRegistryInBrowser(new URL("../", location.href), root);
 */
import { RegistryError } from "../base/error.ts";
import type { Inflate } from "../snapshot/deflate.ts";
import type { Ref } from "../snapshot/layout.ts";
import { nobleTrustPorts } from "../trust/noble.ts";
import { checkTreePath, missing, READ_BYTES_MAX, type Reader, tooLarge } from "./reader.ts";
import { openRegistry, type Registry } from "./registry.ts";

/** `base` is where the published tree stands; `root` the index root that the page was built for. */
export function openRegistryInBrowser(base: URL, root?: Ref): Promise<Registry> {
  // A page opens a registry to search it: its code comes while the index root does.
  void import("../search/query.ts");
  return openRegistry({
    reader: pageReader(base),
    ports: nobleTrustPorts,
    inflate: inflateByStream,
    ...(root === undefined ? {} : { root }),
  });
}

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

const inflateByStream: Inflate = async (bytes, bytesMax) => {
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
