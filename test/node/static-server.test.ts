import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type StaticServer, serveFolder } from "../../src/node/static-server.ts";

const DIGEST = "ab".repeat(32);
let folder: string;
let server: StaticServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "serve-"));
  const names = [
    "index.html",
    "404.html",
    "registry.json",
    "packages/x/index.html",
    "packages/x/package.ttl",
    "packages/x/package.jsonld",
  ];
  names.push(
    `archives/${DIGEST}.tgz`,
    "graph/g.nq",
    "graph/g.nq.gz",
    "a.wasm",
    "a.js",
    "a.css",
    "a.svg",
    "a.toml",
    "a.unknown",
    ".well-known/void",
  );
  names.push(
    "trust/allowed_signers",
    ".secret",
    ".git/config",
    "bare/file",
    "été.html",
    "assets/page.Bc12_-x9.js",
  );
  for (const name of names) write(`site/${name}`, `<${name}>`);
  write("secret", "secret");
  write("site-beside/secret", "secret");
  write("site/empty.ttl", "");
  symlinkSync("../secret", join(folder, "site/link"));
  symlinkSync("../site-beside", join(folder, "site/beside"));
  server = await serveFolder(join(folder, "site"), 0, { host: "127.0.0.1" });
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const get = (path: string, init: RequestInit = {}) =>
  fetch(new URL(path, server.url), { redirect: "manual", ...init });

/** The status for a path as it is: `fetch` would tidy it first. */
function rawStatus(path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port: new URL(server.url).port, path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}

describe("the static server", () => {
  it.each([
    ["/", "text/html; charset=utf-8", "<index.html>"],
    ["/registry.json", "application/json", "<registry.json>"],
    ["/packages/x/", "text/html; charset=utf-8", "<packages/x/index.html>"],
    ["/packages/x/package.ttl", "text/turtle; charset=utf-8", "<packages/x/package.ttl>"],
    ["/packages/x/package.jsonld", "application/ld+json", "<packages/x/package.jsonld>"],
    ["/graph/g.nq", "application/n-quads; charset=utf-8", "<graph/g.nq>"],
    ["/graph/g.nq.gz", "application/gzip", "<graph/g.nq.gz>"],
    [`/archives/${DIGEST}.tgz`, "application/gzip", `<archives/${DIGEST}.tgz>`],
    ["/a.wasm", "application/wasm", "<a.wasm>"],
    ["/a.js?v=1", "text/javascript; charset=utf-8", "<a.js>"],
    ["/a.css", "text/css; charset=utf-8", "<a.css>"],
    ["/a.svg", "image/svg+xml", "<a.svg>"],
    ["/a.toml", "application/toml; charset=utf-8", "<a.toml>"],
    ["/a.unknown", "application/octet-stream", "<a.unknown>"],
    ["/.well-known/void", "text/turtle; charset=utf-8", "<.well-known/void>"],
    ["/trust/allowed_signers", "text/plain; charset=utf-8", "<trust/allowed_signers>"],
    ["/%C3%A9t%C3%A9.html", "text/html; charset=utf-8", "<été.html>"],
    ["/empty.ttl", "text/turtle; charset=utf-8", ""],
  ])("gives %s as %s", async (path, type, text) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(type);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("content-length")).toBe(String(Buffer.byteLength(text)));
    expect(await response.text()).toBe(text);
  });

  it("lets what a digest names be kept for ever, and nothing else", async () => {
    for (const path of [`/archives/${DIGEST}.tgz`, "/assets/page.Bc12_-x9.js"]) {
      expect((await get(path)).headers.get("cache-control")).toMatch(/immutable/);
    }
    for (const path of ["/", "/registry.json", "/a.js"])
      expect((await get(path)).headers.get("cache-control")).toBe("no-cache");
  });

  it("answers 304 while a file is unchanged", async () => {
    write("site/changing.json", "1");
    const tag = (await get("/changing.json")).headers.get("etag") ?? "";
    for (const header of [tag, `"other", ${tag}`, `W/${tag}`, "*"]) {
      const response = await get("/changing.json", { headers: { "if-none-match": header } });
      expect([response.status, await response.text()]).toEqual([304, ""]);
    }
    write("site/changing.json", "12");
    expect((await get("/changing.json", { headers: { "if-none-match": tag } })).status).toBe(200);
  });

  it("answers HEAD with the same headers and no body", async () => {
    const response = await get("/registry.json", { method: "HEAD" });
    expect([response.status, response.headers.get("content-length"), await response.text()]).toEqual([
      200,
      "15",
      "",
    ]);
  });

  it("sends a folder that has a page to its slash", async () => {
    const response = await get("/packages/x?y=1");
    expect([response.status, response.headers.get("location")]).toEqual([301, "/packages/x/"]);
  });

  it.each([
    "/none",
    "/bare",
    "/bare/",
    "/packages/",
    "/index.html/",
    "/link",
    "/beside/secret",
    "/registry.json/x",
  ])("gives the site's own 404 page for %s", async (path) => {
    const response = await get(path);
    expect([response.status, await response.text()]).toEqual([404, "<404.html>"]);
  });

  it.each([
    "/../secret",
    "/%2e%2e/secret",
    "/packages/../../secret",
    "/..%2fsecret",
    "/..%5csecret",
    "/.secret",
    "/.git/config",
    "//example.org/x",
    "/%00",
    "/%",
    "/%ff",
    `/${"x".repeat(3000)}`,
  ])("refuses %s", async (path) => expect(await rawStatus(path)).toBe(400));

  it("refuses to be written to", async () => {
    for (const method of ["POST", "PUT", "DELETE"]) {
      const response = await get("/registry.json", { method });
      expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    }
  });

  it("says which port is taken, and which folder is not there", async () => {
    const port = Number(new URL(server.url).port);
    await expect(serveFolder(folder, port, { host: "127.0.0.1" })).rejects.toMatchObject({
      code: "PORT_IN_USE",
    });
    await expect(serveFolder(join(folder, "none"), 0)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("stops, after which nobody answers", async () => {
    const other = await serveFolder(join(folder, "site"), 0, { host: "127.0.0.1" });
    await (await fetch(other.url)).text();
    await other.stop();
    await other.stopped;
    await expect(fetch(other.url)).rejects.toThrow();
  });

  it.skipIf(process.platform === "win32")("ends with 130 on Ctrl-C", async () => {
    const module = join(import.meta.dirname, "../../src/node/static-server.ts");
    const script = `import { serveFolder } from ${JSON.stringify(module)};
      const server = await serveFolder(process.argv[1], 0, { host: "127.0.0.1" });
      console.log(server.url);
      await server.stopped;`;
    const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", script, folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.kill("SIGINT");
    expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(130);
  });
});
