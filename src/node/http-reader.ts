/**
 * Reads a published tree over HTTP. Import it only where it is needed: `fetch` costs start-up time.
 *
 * https only, or http on this very machine, unless the caller allows more. Redirects are followed to
 * the same origin or to https, a few times. None but the token of a private registry is sent, to the origin
 * of its address alone and never in the clear over a network; none are taken in a URL. What comes is bounded
 * in bytes while it streams, and in time: for each piece, and for the whole.
 */
import { RegistryError } from "../base/error.ts";
import { visible } from "../base/visible.ts";
import { isSafe, registryUrl } from "../client/place.ts";
import {
  checkTreePath,
  missing,
  READ_BYTES_MAX,
  type Reader,
  type ReadOptions,
  tooLarge,
} from "../client/reader.ts";

/** What opens a private registry, by the address of its tree as the reader has it. Asked when something is read. */
export interface Access {
  readonly tokenFor: (location: string) => string | undefined;
  /** What to do where a token is wanted, or the one that was sent is refused. */
  readonly hint: (location: string) => string;
}

export interface HttpReaderOptions {
  readonly access?: Access;
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
/** Of one request, where the connection was closed before an answer began. */
const ATTEMPTS_MAX = 4;
const CLOSED = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"]);

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
  const { response, sentToken } = await follow(asked);
  clock.progress();
  const refusal = accessRefusal(response, sentToken, asked) ?? refusalOf(response, path, base);
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

interface Answer {
  readonly response: Response;
  readonly sentToken: boolean;
}

async function follow({ path, base, clock, options }: Asked): Promise<Answer> {
  let url = new URL(path, base);
  let isOwn = true;
  for (let hop = 0; hop <= REDIRECTS_MAX; hop++) {
    // Once it has led elsewhere, what it leads to is a stranger's choice, also where it comes back.
    isOwn &&= url.origin === base.origin;
    const token = isOwn && isSafe(url) ? options.access?.tokenFor(base.href) : undefined;
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await ask(url, clock, headers);
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || location === null)
      return { response, sentToken: token !== undefined };
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

/**
 * A server may close a connection that it kept just when it is used again, and then has seen nothing of the request:
 * it is sent once more. Each of the connections that were kept may be such a one.
 */
async function ask(url: URL, { signal }: Clock, headers: Record<string, string>): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await fetch(url, { redirect: "manual", credentials: "omit", signal, headers });
    } catch (error) {
      if (attempt === ATTEMPTS_MAX || signal.aborted || !isClosed(error)) throw error;
    }
  }
}

function isClosed(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && CLOSED.has(String(cause.code));
}

/** 401 and 403, which a token may mend: TOKEN_NEEDED, TOKEN_REFUSED, FORBIDDEN. */
function accessRefusal(
  { status }: Response,
  sentToken: boolean,
  { path, base, options }: Asked,
): RegistryError | undefined {
  if (status !== 401 && status !== 403) return undefined;
  const refuse = (code: string, why: string) =>
    new RegistryError(
      code,
      `Cannot read "${path}" of ${base.href}: ${why}`,
      options.access?.hint(base.href) ?? "ask its operator who may read it",
    );
  if (status === 403)
    return refuse("FORBIDDEN", `it does not let ${sentToken ? "this token" : "you"} read it (status 403)`);
  return sentToken
    ? refuse("TOKEN_REFUSED", "it does not take the token (status 401)")
    : refuse("TOKEN_NEEDED", "it wants a token (status 401)");
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
      "try again later; --offline works with what `sync` and earlier calls left on this machine",
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
    "check the address and the network; --offline works with what `sync` and earlier calls left on this machine",
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
