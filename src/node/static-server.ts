/**
 * Serves a folder as a static host would: for `serve` and for looking at a site while it is made.
 *
 * GET and HEAD only, no listing of folders, no symbolic link that leads out, no file whose name begins
 * with a dot but /.well-known. A file that a digest names may be kept for ever; all else is asked for
 * again, and answered with 304 where it did not change.
 */
import { createHash } from "node:crypto";
import { createReadStream, realpathSync, type Stats, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join, sep } from "node:path";
import { RegistryError } from "../base/error.ts";
import { onInterrupt } from "./interrupt.ts";

export interface StaticServer {
  /** Ends in "/". */
  readonly url: string;
  /** Resolves when the server has stopped. */
  readonly stopped: Promise<void>;
  /** Takes no more requests, lets those that run come to their end, closes idle connections. */
  stop(): Promise<void>;
}

export interface ServeOptions {
  /** "localhost" where nothing is said: nobody else's machine can reach it. */
  readonly host?: string;
}

const CONTENT_TYPES = new Map([
  ["html", "text/html; charset=utf-8"],
  ["css", "text/css; charset=utf-8"],
  ["js", "text/javascript; charset=utf-8"],
  ["mjs", "text/javascript; charset=utf-8"],
  ["json", "application/json"],
  ["jsonld", "application/ld+json"],
  ["webmanifest", "application/manifest+json"],
  ["ttl", "text/turtle; charset=utf-8"],
  ["nq", "application/n-quads; charset=utf-8"],
  ["nt", "application/n-triples; charset=utf-8"],
  ["rq", "application/sparql-query; charset=utf-8"],
  ["toml", "application/toml; charset=utf-8"],
  ["txt", "text/plain; charset=utf-8"],
  ["md", "text/markdown; charset=utf-8"],
  ["xml", "application/xml"],
  ["tgz", "application/gzip"],
  ["gz", "application/gzip"],
  ["wasm", "application/wasm"],
  ["svg", "image/svg+xml"],
  ["png", "image/png"],
  ["jpg", "image/jpeg"],
  ["webp", "image/webp"],
  ["ico", "image/x-icon"],
  ["woff2", "font/woff2"],
]);
/** Files whose name says nothing of their kind. */
const NAMED_TYPES = new Map([
  ["/.well-known/void", "text/turtle; charset=utf-8"],
  ["/trust/allowed_signers", "text/plain; charset=utf-8"],
]);
const ANY_TYPE = "application/octet-stream";
const URL_LENGTH_MAX = 2048;
/** Names that hold a digest of what they name: a published file's, or a bundled script's. */
const DIGEST_NAMED = /\/[0-9a-f]{64}[^/]*$|^\/assets\/[^/]+\.[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;
const STOP_MS_MAX = 3000;

/** Serves `folder` at `port` (0: any that is free). Throws RegistryError PORT_IN_USE, CANNOT_LISTEN, NOT_FOUND. */
export async function serveFolder(
  folder: string,
  port: number,
  options: ServeOptions = {},
): Promise<StaticServer> {
  const host = options.host ?? "localhost";
  const root = realFolder(folder);
  const server = createServer((request, response) => answer(root, request, response));
  await listen(server, port, host);
  const stopped = new Promise<void>((resolve) => server.once("close", resolve));
  const withdraw = onInterrupt(() => server.closeAllConnections());
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}/`,
    stopped,
    stop: () => {
      withdraw();
      server.close();
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), STOP_MS_MAX).unref();
      return stopped;
    },
  };
}

function realFolder(folder: string): string {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return realpathSync(folder);
  throw new RegistryError(
    "NOT_FOUND",
    `Cannot serve "${folder}": there is no such folder`,
    "build it first, or give another folder",
  );
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const inUse = error.code === "EADDRINUSE";
      const message = `Cannot listen at ${host}:${port}: ${inUse ? "another program does" : error.message}`;
      const hint = inUse
        ? "stop that program, or choose another port: --port 0 takes any that is free"
        : "choose another --host or --port";
      reject(new RegistryError(inUse ? "PORT_IN_USE" : "CANNOT_LISTEN", message, hint, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
}

function answer(root: string, request: IncomingMessage, response: ServerResponse): ServerResponse {
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("Access-Control-Allow-Origin", "*");
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    return end(response, 405, "Only GET and HEAD are answered here\n");
  }
  const path = pathOf(request.url ?? "");
  if (path === undefined) return end(response, 400, "That is no path of this site\n");
  const found = find(root, path);
  if (found === "folder") {
    // From the parsed path, which begins with one slash: "//host" would lead to another site.
    response.setHeader("Location", `${encodeURI(path)}/`);
    return end(response, 301, "");
  }
  if (found !== undefined) return send(request, response, found, 200);
  const page = find(root, "/404.html");
  if (page !== undefined && page !== "folder") return send(request, response, page, 404);
  return end(response, 404, "Not found\n");
}

/** The decoded path of a request, `undefined` where it is none that could be served. */
function pathOf(url: string): string | undefined {
  if (url.length > URL_LENGTH_MAX || !url.startsWith("/")) return undefined;
  let path: string;
  try {
    path = decodeURIComponent(url.split(/[?#]/, 1)[0] ?? "");
  } catch {
    return undefined;
  }
  if (/[\0\\]|\/\//.test(path)) return undefined;
  const hidden = path.split("/").some((part) => part.startsWith(".") && part !== ".well-known");
  return hidden ? undefined : path;
}

interface Found {
  readonly path: string;
  readonly file: string;
  readonly stat: Stats;
}

/** The file for `path`; "folder" for a folder asked for without its slash that has a page. */
function find(root: string, path: string): Found | "folder" | undefined {
  const isFolder = path.endsWith("/");
  const wanted = isFolder ? `${path}index.html` : path;
  try {
    const file = realpathSync(join(root, wanted));
    if (!file.startsWith(root.endsWith(sep) ? root : root + sep)) return undefined;
    const stat = statSync(file);
    if (stat.isFile()) return { path: wanted, file, stat };
    return stat.isDirectory() && !isFolder && find(root, `${path}/`) !== undefined ? "folder" : undefined;
  } catch {
    // Not there, or not to be read: a visitor is told the same.
    return undefined;
  }
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { path, file, stat }: Found,
  status: number,
): ServerResponse {
  const extension = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? "";
  const tag = `"${createHash("sha256").update(`${stat.ino} ${stat.size} ${stat.mtimeMs}`).digest("hex").slice(0, 32)}"`;
  response.setHeader("Content-Type", NAMED_TYPES.get(path) ?? CONTENT_TYPES.get(extension) ?? ANY_TYPE);
  response.setHeader("ETag", tag);
  response.setHeader(
    "Cache-Control",
    DIGEST_NAMED.test(path) ? "public, max-age=31536000, immutable" : "no-cache",
  );
  if (status === 200 && matches(request.headers["if-none-match"], tag)) return end(response, 304, "");
  response.statusCode = status;
  response.setHeader("Content-Length", stat.size);
  if (request.method === "HEAD" || stat.size === 0) return response.end();
  // Never more than was promised, should the file grow meanwhile.
  const stream = createReadStream(file, { end: stat.size - 1 });
  stream.on("error", () => response.destroy());
  response.on("close", () => stream.destroy());
  return stream.pipe(response);
}

function matches(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === "*" || header.split(",").some((one) => one.trim().replace(/^W\//, "") === tag);
}

function end(response: ServerResponse, status: number, text: string): ServerResponse {
  response.statusCode = status;
  if (text !== "") response.setHeader("Content-Type", "text/plain; charset=utf-8");
  return response.end(text);
}
