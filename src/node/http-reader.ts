/**
 * Reads a published tree over HTTP. Import it only where it is needed: `fetch` costs start-up time.
 *
 * https only, or http on this very machine, unless the caller allows more. Redirects are followed to
 * the same origin or to https, a few times. No credentials are sent, and none are taken in a URL. What
 * comes is bounded in bytes while it streams, and in time: for each piece, and for the whole.
 */
import { RegistryError } from "../base/error.ts";
import { visible } from "../base/visible.ts";
import { registryUrl } from "../client/place.ts";
import {
  checkTreePath,
  missing,
  READ_BYTES_MAX,
  type Reader,
  type ReadOptions,
  tooLarge,
} from "../client/reader.ts";

export interface HttpReaderOptions {
  /** Plain http to other machines: for a network of one's own. */
  readonly allowInsecure?: boolean;
  /** Until an answer begins, and between two pieces of it. */
  readonly idleMsMax?: number;
  /** For one whole file. */
  readonly totalMsMax?: number;
}

const IDLE_MS_MAX = 20_000;
const TOTAL_MS_MAX = 10 * 60_000;
const REDIRECTS_MAX = 5;

/** A reader of the tree at `address`. Throws RegistryError BAD_LOCATION for what is no such address. */
export function httpReader(address: string, options: HttpReaderOptions = {}): Reader {
  const base = registryUrl(address, options.allowInsecure ?? false);
  return {
    location: base.href,
    async read(path, readOptions = {}) {
      readOptions.signal?.throwIfAborted();
      checkTreePath(path);
      const clock = new Clock(options, readOptions.signal);
      try {
        return await fetchFile({ path, base, clock, options, readOptions });
      } catch (error) {
        throw explained(error, path, base, clock);
      } finally {
        clock.stop();
      }
    },
  };
}

/** Stops a request that takes too long, and remembers that this was why. */
class Clock {
  isOver = false;
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #idleMs: number;
  readonly #total: NodeJS.Timeout;
  #idle: NodeJS.Timeout;

  constructor(options: HttpReaderOptions, outer: AbortSignal | undefined) {
    this.#idleMs = options.idleMsMax ?? IDLE_MS_MAX;
    this.#idle = setTimeout(() => this.#end(), this.#idleMs);
    this.#total = setTimeout(() => this.#end(), options.totalMsMax ?? TOTAL_MS_MAX);
    this.signal =
      outer === undefined ? this.#controller.signal : AbortSignal.any([this.#controller.signal, outer]);
  }

  progress(): void {
    this.#idle.refresh();
  }

  stop(): void {
    clearTimeout(this.#idle);
    clearTimeout(this.#total);
  }

  #end(): void {
    this.isOver = true;
    this.#controller.abort();
  }
}

interface Asked {
  readonly path: string;
  readonly base: URL;
  readonly clock: Clock;
  readonly options: HttpReaderOptions;
  readonly readOptions: ReadOptions;
}

async function fetchFile(asked: Asked): Promise<Uint8Array> {
  const { path, base, clock } = asked;
  const response = await follow(asked);
  clock.progress();
  const refusal = refusalOf(response, path, base);
  if (refusal !== undefined) {
    await response.body?.cancel();
    throw refusal;
  }
  const bytesMax = asked.readOptions.bytesMax ?? READ_BYTES_MAX;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    clock.progress();
    length += chunk.length;
    // Leaving the loop ends the stream, and with it the transfer.
    if (length > bytesMax) throw tooLarge(path, base.href, bytesMax);
    chunks.push(chunk);
  }
  return joined(chunks, length);
}

async function follow({ path, base, clock, options }: Asked): Promise<Response> {
  let url = new URL(path, base);
  for (let hop = 0; hop <= REDIRECTS_MAX; hop++) {
    const response = await fetch(url, { redirect: "manual", credentials: "omit", signal: clock.signal });
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || location === null) return response;
    await response.body?.cancel();
    const next = URL.canParse(location, url) ? new URL(location, url) : undefined;
    const isAllowed =
      next !== undefined &&
      (next.protocol === "https:" ||
        next.origin === url.origin ||
        (options.allowInsecure === true && next.protocol === "http:")) &&
      next.username === "" &&
      next.password === "";
    if (!isAllowed)
      throw badResponse(
        path,
        base,
        `it sends on to "${visible(location)}", which is neither the same site nor https`,
      );
    url = next;
  }
  throw badResponse(path, base, `it sends on more than ${REDIRECTS_MAX} times`);
}

function refusalOf(response: Response, path: string, base: URL): RegistryError | undefined {
  const { status } = response;
  if (status === 404 || status === 410) return missing(path, base.href);
  if (status === 429 || status >= 500) return unreachable(path, base, `it answered with status ${status}`);
  if (status !== 200) return badResponse(path, base, `it answered with status ${status}`);
  if (!/^text\/html\b/i.test(response.headers.get("content-type") ?? "")) return undefined;
  // A site that answers every path with a page, or a network that wants a login first.
  return path === "registry.json"
    ? missing(path, base.href)
    : badResponse(path, base, "it answered with a web page");
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function explained(error: unknown, path: string, base: URL, clock: Clock): unknown {
  if (error instanceof RegistryError) return error;
  if (clock.isOver) {
    return new RegistryError(
      "TIMEOUT",
      `Cannot read "${path}" of ${base.href}: no answer in time`,
      "try again later; what is in the cache still works with --offline",
      { cause: error },
    );
  }
  if (clock.signal.aborted) return error;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return unreachable(path, base, visible(cause instanceof Error ? cause.message : String(cause)), error);
}

function unreachable(path: string, base: URL, why: string, cause?: unknown): RegistryError {
  return new RegistryError(
    "UNREACHABLE",
    `Cannot read "${path}" of ${base.href}: ${why}`,
    "check the address and the network; what is in the cache still works with --offline",
    { cause },
  );
}

function badResponse(path: string, base: URL, why: string): RegistryError {
  return new RegistryError(
    "BAD_RESPONSE",
    `Cannot read "${path}" of ${base.href}: ${why}`,
    "open the address in a browser: a login page may stand in the way, or the address is another one now",
  );
}
