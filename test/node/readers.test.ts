import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { memoryReader, type Reader } from "../../src/client/reader.ts";
import { directoryReader } from "../../src/node/directory-reader.ts";
import { cachedReader } from "../../src/node/disk-cache.ts";
import { httpReader } from "../../src/node/http-reader.ts";
import { ARCHIVE, ARCHIVE_PATH, describeReader, TREE } from "../client/reader-contract.ts";

let folder: string;
const servers: Server[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "reader-"));
});

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true, force: true });
});

function writeFiles(files: ReadonlyMap<string, Uint8Array>): string {
  const root = join(folder, "tree");
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), bytes);
  }
  return root;
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const serveFiles =
  (files: ReadonlyMap<string, Uint8Array>, prefix = "/"): RequestListener =>
  (request, response) => {
    const bytes = files.get((request.url ?? "").slice(prefix.length));
    response.statusCode = bytes === undefined ? 404 : 200;
    response.end(bytes);
  };

describeReader("directory", async (files) => ({ reader: directoryReader(writeFiles(files)) }));
describeReader("http", async (files) => ({ reader: httpReader(await serve(serveFiles(files))) }));
describeReader("disk cache", async (files) => ({
  reader: cachedReader(memoryReader(files), { folder: join(folder, "cache") }),
}));

describe("directory reader", () => {
  it("says NOT_A_REGISTRY for a folder that is not there", async () => {
    await expect(directoryReader(join(folder, "none")).read("registry.json")).rejects.toMatchObject({
      code: "NOT_A_REGISTRY",
    });
  });

  it("follows links within the folder, and itself being one", async () => {
    const root = writeFiles(TREE);
    symlinkSync("v1", join(root, "v2"));
    symlinkSync(root, join(folder, "link"));
    expect((await directoryReader(join(folder, "link")).read("v2/index.json")).length).toBe(70_000);
  });

  it("refuses links that lead out of the folder", async () => {
    const root = writeFiles(TREE);
    writeFileSync(join(folder, "secret"), "x");
    mkdirSync(join(folder, "tree-beside"));
    writeFileSync(join(folder, "tree-beside/secret"), "x");
    symlinkSync("../secret", join(root, "secret"));
    symlinkSync("../tree-beside", join(root, "beside"));
    for (const path of ["secret", "beside/secret"]) {
      await expect(directoryReader(root).read(path)).rejects.toMatchObject({ code: "BAD_RESPONSE" });
    }
  });

  it.skipIf(process.platform === "win32")("does not wait at a named pipe", async () => {
    const root = writeFiles(TREE);
    execFileSync("mkfifo", [join(root, "pipe")]);
    await expect(directoryReader(root).read("pipe")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("imports nothing of Node but files and paths", () => {
    const source = readFileSync(join(import.meta.dirname, "../../src/node/directory-reader.ts"), "utf8");
    expect([...source.matchAll(/from "(node:[^"]+)"/g)].map((match) => match[1]).sort()).toEqual([
      "node:fs",
      "node:path",
    ]);
  });
});

describe("http reader", () => {
  it.each([
    ["ftp://example.org/", "not an http address"],
    ["example.org", "not an http address"],
    ["https://user:secret@example.org/", "password"],
    ["https://example.org/?x=1", '"?"'],
    ["http://example.org/", "plain http"],
    ["http://127.0.0.1.example.org/", "plain http"],
    ["http://localhost.example.org/", "plain http"],
  ])("refuses the address %s", (address, why) => {
    expect(() => httpReader(address)).toThrow(
      expect.objectContaining({ code: "BAD_LOCATION", message: expect.stringContaining(why) }),
    );
  });

  it("takes plain http of this machine, and of others where it is allowed", () => {
    for (const address of ["http://localhost:1", "http://127.0.0.1/x", "http://[::1]:2/"])
      expect(httpReader(address).location).toBe(address.endsWith("/") ? address : `${address}/`);
    expect(httpReader("http://example.org/a", { allowInsecure: true }).location).toBe(
      "http://example.org/a/",
    );
  });

  it("reads below a path, whether or not the address ends in a slash", async () => {
    const base = await serve(serveFiles(TREE, "/mirror/one/"));
    for (const address of [`${base}mirror/one`, `${base}mirror/one/`])
      expect(await httpReader(address).read("registry.json")).toEqual(utf8("{}"));
  });

  it.each([
    [404, "NOT_FOUND"],
    [410, "NOT_FOUND"],
    [429, "UNREACHABLE"],
    [500, "UNREACHABLE"],
    [503, "UNREACHABLE"],
    [403, "BAD_RESPONSE"],
    [401, "BAD_RESPONSE"],
    [206, "BAD_RESPONSE"],
    [304, "BAD_RESPONSE"],
  ])("status %i is %s", async (status, code) => {
    const base = await serve((_, response) => {
      response.statusCode = status;
      response.end();
    });
    await expect(httpReader(base).read("v1/index.json")).rejects.toMatchObject({ code });
  });

  it("recognises a web page where a file should be", async () => {
    const base = await serve((_, response) => {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end("<h1>Please log in</h1>");
    });
    await expect(httpReader(base).read("registry.json")).rejects.toMatchObject({ code: "NOT_A_REGISTRY" });
    await expect(httpReader(base).read("v1/index.json")).rejects.toMatchObject({
      code: "BAD_RESPONSE",
      message: expect.stringContaining("web page"),
    });
  });

  it("says UNREACHABLE where nobody listens, and where the connection breaks", async () => {
    await expect(httpReader("http://127.0.0.1:1/").read("registry.json")).rejects.toMatchObject({
      code: "UNREACHABLE",
    });
    const base = await serve((_, response) => {
      response.setHeader("content-length", "1000");
      response.write("half");
      setTimeout(() => response.destroy(), 20);
    });
    await expect(httpReader(base).read("registry.json")).rejects.toMatchObject({ code: "UNREACHABLE" });
  });

  it("says TIMEOUT where no answer begins, where it stops, and where it never ends", async () => {
    const silent = await serve(() => {});
    await expect(httpReader(silent, { idleMsMax: 50 }).read("registry.json")).rejects.toMatchObject({
      code: "TIMEOUT",
    });
    const stalled = await serve((_, response) => void response.write("half"));
    await expect(httpReader(stalled, { idleMsMax: 50 }).read("registry.json")).rejects.toMatchObject({
      code: "TIMEOUT",
    });
    const endless = await serve((_, response) => {
      const timer = setInterval(() => response.write("x"), 5);
      response.on("close", () => clearInterval(timer));
    });
    await expect(
      httpReader(endless, { idleMsMax: 5000, totalMsMax: 100 }).read("registry.json"),
    ).rejects.toMatchObject({ code: "TIMEOUT" });
  });

  it("stops an endless answer at its limit, and one that unpacks to too much", async () => {
    let sent = 0;
    const base = await serve((request, response) => {
      if (request.url === "/bomb") {
        response.setHeader("content-encoding", "gzip");
        response.end(gzipSync(new Uint8Array(20_000_000)));
        return;
      }
      const more = () => {
        while (!response.destroyed && response.write(new Uint8Array(65_536))) sent += 65_536;
      };
      response.on("drain", more);
      more();
    });
    await expect(httpReader(base).read("endless", { bytesMax: 100_000 })).rejects.toMatchObject({
      code: "TOO_LARGE",
    });
    expect(sent).toBeLessThan(20_000_000);
    await expect(httpReader(base).read("bomb", { bytesMax: 100_000 })).rejects.toMatchObject({
      code: "TOO_LARGE",
    });
  });

  it("follows a redirect to the same origin, not to plain http elsewhere, and not for ever", async () => {
    const other = await serve(serveFiles(TREE));
    const targets = new Map([
      ["/registry.json", "/moved/registry.json"],
      ["/elsewhere", `${other}registry.json`],
      ["/password", "https://user:secret@example.org/x"],
      ["/file", "file:///etc/passwd"],
      ["/loop", "/loop"],
    ]);
    const base = await serve((request, response) => {
      const target = targets.get(request.url ?? "");
      if (target === undefined) return serveFiles(TREE, "/moved/")(request, response);
      response.writeHead(302, { location: target }).end();
    });
    expect(await httpReader(base).read("registry.json")).toEqual(utf8("{}"));
    for (const path of ["elsewhere", "password", "file", "loop"])
      await expect(httpReader(base).read(path)).rejects.toMatchObject({ code: "BAD_RESPONSE" });
    expect(await httpReader(base, { allowInsecure: true }).read("elsewhere")).toEqual(utf8("{}"));
  });

  it("sends no credentials", async () => {
    let headers: Record<string, unknown> = {};
    const base = await serve((request, response) => {
      headers = request.headers;
      response.end("{}");
    });
    await httpReader(base).read("registry.json");
    expect(headers).not.toHaveProperty("cookie");
    expect(headers).not.toHaveProperty("authorization");
  });

  it("is stopped by the caller's signal in the middle, with the caller's reason", async () => {
    const controller = new AbortController();
    const base = await serve((_, response) => {
      response.write("half");
      controller.abort(new Error("enough"));
    });
    await expect(httpReader(base).read("registry.json", { signal: controller.signal })).rejects.toThrow(
      "enough",
    );
  });
});

describe("disk cache", () => {
  const asked: string[] = [];
  let files: Map<string, Uint8Array>;
  let inner: Reader;
  let cache: string;

  beforeEach(() => {
    asked.length = 0;
    files = new Map(TREE);
    cache = join(folder, "cache");
    const memory = memoryReader(files, "https://example.org/");
    inner = {
      location: memory.location,
      read: (path, options) => {
        asked.push(path);
        return memory.read(path, options);
      },
    };
  });

  const kept = () => join(cache, "digest", ARCHIVE_PATH.slice(9, 11), ARCHIVE_PATH.slice(9, 73));

  it("asks once for a file that a digest names, from any registry", async () => {
    for (let round = 0; round < 3; round++)
      expect(await cachedReader(inner, { folder: cache }).read(ARCHIVE_PATH)).toEqual(ARCHIVE);
    expect(
      await cachedReader(memoryReader(new Map(), "mirror"), { folder: cache }).read(ARCHIVE_PATH),
    ).toEqual(ARCHIVE);
    expect(asked).toEqual([ARCHIVE_PATH]);
  });

  it("asks each time for any other file", async () => {
    const reader = cachedReader(inner, { folder: cache });
    await reader.read("registry.json");
    files.set("registry.json", utf8('{"new":1}'));
    expect(await reader.read("registry.json")).toEqual(utf8('{"new":1}'));
  });

  it.each([
    ["changed", (bytes: Uint8Array) => Uint8Array.from(bytes, (byte, at) => (at === 3 ? byte ^ 1 : byte))],
    ["truncated", (bytes: Uint8Array) => bytes.slice(0, 4)],
    ["emptied", () => new Uint8Array(0)],
  ])("drops a file that was %s, and fetches it again", async (_, damage) => {
    const reader = cachedReader(inner, { folder: cache });
    await reader.read(ARCHIVE_PATH);
    writeFileSync(kept(), damage(ARCHIVE));
    await expect(
      cachedReader(inner, { folder: cache, offline: true }).read(ARCHIVE_PATH),
    ).rejects.toMatchObject({ code: "OFFLINE_MISSING" });
    expect(await reader.read(ARCHIVE_PATH)).toEqual(ARCHIVE);
    expect(asked).toHaveLength(2);
    expect(new Uint8Array(readFileSync(kept()))).toEqual(ARCHIVE);
  });

  it("refuses and does not keep bytes that their name does not stand for", async () => {
    files.set(ARCHIVE_PATH, utf8("others"));
    await expect(cachedReader(inner, { folder: cache }).read(ARCHIVE_PATH)).rejects.toMatchObject({
      code: "BAD_RESPONSE",
    });
    await expect(
      cachedReader(inner, { folder: cache, offline: true }).read(ARCHIVE_PATH),
    ).rejects.toMatchObject({ code: "OFFLINE_MISSING" });
  });

  it("answers offline with what was read before, and never asks", async () => {
    const online = cachedReader(inner, { folder: cache });
    for (const path of TREE.keys()) await online.read(path);
    asked.length = 0;
    const offline = cachedReader(inner, { folder: cache, offline: true });
    for (const [path, bytes] of TREE) expect(await offline.read(path)).toEqual(bytes);
    await expect(offline.read("graph/registry.ttl")).rejects.toMatchObject({
      code: "OFFLINE_MISSING",
      hint: expect.stringContaining("sync"),
    });
    expect(asked).toEqual([]);
  });

  it("does not answer offline with another registry's registry.json", async () => {
    await cachedReader(inner, { folder: cache }).read("registry.json");
    const other = cachedReader(memoryReader(new Map(), "https://example.com/"), {
      folder: cache,
      offline: true,
    });
    await expect(other.read("registry.json")).rejects.toMatchObject({ code: "OFFLINE_MISSING" });
  });

  it("keeps the limit on what it kept", async () => {
    await cachedReader(inner, { folder: cache }).read(ARCHIVE_PATH);
    await expect(
      cachedReader(inner, { folder: cache, offline: true }).read(ARCHIVE_PATH, { bytesMax: 3 }),
    ).rejects.toMatchObject({ code: "TOO_LARGE" });
  });

  it("still reads where nothing can be kept, and leaves no part of a file", async () => {
    writeFileSync(cache, "a file where the folder should be");
    expect(await cachedReader(inner, { folder: cache }).read(ARCHIVE_PATH)).toEqual(ARCHIVE);
    expect(readFileSync(cache, "utf8")).toBe("a file where the folder should be");
    rmSync(cache);
    await Promise.all(
      Array.from({ length: 20 }, () => cachedReader(inner, { folder: cache }).read(ARCHIVE_PATH)),
    );
    expect(readdirSync(dirname(kept()))).toEqual([ARCHIVE_PATH.slice(9, 73)]);
  });
});
