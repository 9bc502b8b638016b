/**
 * Serves a folder to a browser as over a slow line: an answer comes a round trip after its request, one
 * more where the connection is new, and all answers together take what the line has. HTTP/1.1, of which a
 * browser opens six connections.
 */
import { readFileSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";

export interface LineSpeed {
  /** Milliseconds. */
  readonly roundTripMs: number;
  /** Thousand bits a second of all answers together; 0 where there is no limit. */
  readonly kilobits: number;
}

export interface Transfer {
  /** When it was asked for: milliseconds since the epoch. */
  readonly at: number;
  readonly path: string;
  /** Of the body as it is sent; headers are not counted. */
  readonly bytes: number;
}

export interface Line {
  /** Ends in "/". */
  readonly url: string;
  /** What was sent since the last call. */
  transfers(): Transfer[];
  close(): void;
}

const PIECE_BYTES = 4096;
/** Types of what a static host compresses; an index is packed already. */
const TYPES = new Map([
  [".html", "text/html; charset=utf-8"],
  [".js", "text/javascript; charset=utf-8"],
  [".json", "application/json"],
]);

export async function openLine(folder: string, speed: LineSpeed): Promise<Line> {
  let sent: Transfer[] = [];
  const known = new WeakSet<Socket>();
  const pipe = new Pipe(speed.kilobits);
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const at = performance.timeOrigin + performance.now();
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const trips = known.has(request.socket) ? 1 : 2;
    known.add(request.socket);
    const body = bodyOf(join(folder, pathname.endsWith("/") ? `${pathname}index.html` : pathname));
    sent.push({ at, path: pathname, bytes: body?.bytes.length ?? 0 });
    await pause(trips * speed.roundTripMs);
    response.writeHead(body === undefined ? 404 : 200, { ...body?.headers, "cache-control": "max-age=3600" });
    for (const piece of pieces(body?.bytes ?? new Uint8Array())) {
      await pipe.room(piece.length);
      response.write(piece);
    }
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    transfers: () => {
      const all = sent;
      sent = [];
      return all;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** What all answers go through, piece by piece. */
class Pipe {
  readonly #bytesAMillisecond: number;
  #freeAt = 0;

  constructor(kilobits: number) {
    this.#bytesAMillisecond = kilobits === 0 ? Infinity : kilobits / 8;
  }

  /** Resolves when `bytes` more have gone through. */
  async room(bytes: number): Promise<void> {
    this.#freeAt = Math.max(this.#freeAt, performance.now()) + bytes / this.#bytesAMillisecond;
    await pause(this.#freeAt - performance.now());
  }
}

function pause(milliseconds: number): Promise<void> | undefined {
  return milliseconds < 1 ? undefined : new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

const packed = new Map<string, Uint8Array>();

function bodyOf(file: string): { bytes: Uint8Array; headers: Record<string, string> } | undefined {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return undefined;
  const type = TYPES.get(extname(file));
  const headers = { "content-type": type ?? "application/octet-stream" };
  if (type === undefined) return { bytes: readFileSync(file), headers };
  const bytes = packed.get(file) ?? gzipSync(readFileSync(file));
  packed.set(file, bytes);
  return { bytes, headers: { ...headers, "content-encoding": "gzip" } };
}
