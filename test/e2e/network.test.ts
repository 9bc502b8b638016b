/** A registry at an address: synced, read without the network, replaced while it is read, and answered by what is no registry. */
import { cpSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { serveFolder } from "../../src/node/static-server.ts";
import { METADATA_BYTES_MAX } from "../../src/trust/tuf/roles.ts";
import { cliServed, codeOf, programHome, type Refusal, tempFolder } from "../support/cli.ts";
import {
  aSmallRegistry,
  filesBelow,
  publishedAfter,
  publishedTree,
  replaceTree,
} from "../support/published-tree.ts";

let tree: string;
let newer: string;
const stops: (() => Promise<void>)[] = [];

beforeAll(() => {
  tree = publishedTree(aSmallRegistry());
  const story = aSmallRegistry();
  story.package("shared").release("2.1.0");
  newer = publishedAfter(tree, story);
});

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function served(folder: string): Promise<string> {
  const server = await serveFolder(folder, 0, { host: "127.0.0.1" });
  stops.push(async () => void (await server.stop()));
  return server.url;
}

async function answering(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  stops.push(() => new Promise((done) => (server.close(() => done()), server.closeAllConnections())));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const stop = async () => {
  for (const one of stops.splice(0)) await one();
};

describe("after one sync", () => {
  test("everything but an archive that is not held works with the server gone", async () => {
    const url = await served(tree);
    const home = tempFolder("home");
    const project = tempFolder("project");
    const run = (...args: string[]) => cliServed([...args, "--registry", url], { home });
    expect((await run("install", "left", "--project", project)).code).toBe(0);
    const synced = await run("sync");
    expect(synced.stdout).toMatch(
      /^Example registry: 5 packages, 7 releases; the view is on this machine \(\d+ files, \d+ kB\)\.\n$/,
    );
    await stop();
    for (const more of [[], ["--offline"]]) {
      for (const command of [
        ["search", "text"],
        ["show", "tool"],
        ["list"],
        ["verify", "--project", project],
        ["install", "left", "--project", tempFolder("project")],
        ["install", "--project", project],
      ]) {
        const { code, stderr } = await run(...command, ...more);
        expect([command[0], code, stderr.includes("error")]).toEqual([command[0], 0, false]);
      }
    }
    const missing = await run("install", "tool", "--offline", "--json", "--project", tempFolder("project"));
    expect(missing.json<Refusal>().error).toMatchObject({
      code: "OFFLINE_MISSING",
      message: "The archive of shared@2.0.0 is not on this machine",
      hint: expect.stringContaining("ggen-marketplace sync shared@2.0.0 tool@1.0.0 (or sync --archives"),
    });
    expect((await run("sync", "--json")).json<Refusal>().error.code).toBe("UNREACHABLE");
  });

  test("of packages by name: they and what they need are installed with the server gone, others are not", async () => {
    const url = await served(tree);
    const home = tempFolder("home");
    const run = (...args: string[]) => cliServed([...args, "--registry", url], { home });
    const synced = await run("sync", "left", "shared@^1.0.0");
    expect(synced.stdout).toMatch(/the view is on this machine \(.*\), and 2 archives, \d+ kB\.\n$/);
    expect((await run("sync", "left", "--json")).json()).toMatchObject({ archives: { files: 2 } });
    await stop();
    const install = (name: string) =>
      run("install", name, "--offline", "--json", "--project", tempFolder("project"));
    expect((await install("left")).code).toBe(0);
    expect(codeOf(await install("tool"))).toBe("OFFLINE_MISSING");
  });

  test("of all archives: everything that can be installed is, and a release by its name is verified", async () => {
    const url = await served(tree);
    const home = tempFolder("home");
    const run = (...args: string[]) => cliServed([...args, "--registry", url], { home });
    expect((await run("sync", "--archives")).stdout).toMatch(/, and 7 archives, \d+ kB\.\n$/);
    await stop();
    for (const name of ["left", "right", "tool", "old", "shared@1.0.0"])
      expect(
        (await run("install", name, "--allow", "all", "--offline", "--project", tempFolder("project"))).code,
      ).toBe(0);
    expect((await run("verify", "shared@1.1.0", "--offline")).code).toBe(0);
  });

  test("of a package that is not there, a range that nothing fits, names beside --archives", async () => {
    const url = await served(tree);
    const run = (...args: string[]) => cliServed([...args, "--registry", url, "--json"]);
    expect(codeOf(await run("sync", "toool"))).toBe("UNKNOWN_PACKAGE");
    expect((await run("sync", "left@^7.0.0")).json<Refusal>().error.message).toContain(
      "nothing more was fetched",
    );
    expect((await run("sync", "left", "--archives")).code).toBe(2);
  });

  test("what was looked at since, of a newer view, does not take that away", async () => {
    const folder = join(tempFolder("served"), "tree");
    cpSync(tree, folder, { recursive: true });
    const url = await served(folder);
    const home = tempFolder("home");
    const run = (...args: string[]) => cliServed([...args, "--registry", url], { home });
    await run("sync");
    replaceTree(folder, newer);
    // `install` asks which view is current; only what it needs of the newer one is fetched.
    expect((await run("install", "shared", "--project", tempFolder("project"))).stdout).toContain(
      "shared@2.1.0",
    );
    await stop();
    expect((await run("show", "shared", "--offline")).stdout).toContain("2.1.0");
    const searched = await run("search", "text", "--offline");
    expect([searched.code, searched.stdout]).toEqual([
      0,
      "tool 1.0.0  templates by bob\n    Writes text files\n",
    ]);
  });

  test("an old view is used where nobody answers, and its age is told", async () => {
    const url = await served(tree);
    const home = tempFolder("home");
    await cliServed(["sync", "--registry", url], { home });
    await stop();
    const trust = join(home, "ggen-marketplace/trust");
    const kept = join(trust, readdirSync(trust)[0] ?? "", "asked");
    const past = Date.now() / 1000 - 3 * 3600;
    utimesSync(kept, past, past);
    const { code, stdout, stderr } = await cliServed(["list", "--registry", url], { home });
    expect([code, stdout.split("\n").length]).toEqual([0, 6]);
    expect(stderr).toContain(`note: ${url} does not answer; this is its view of 3 hours ago`);
  });

  test("the cache is not trusted: what is changed in it is fetched again, or refused offline", async () => {
    const url = await served(tree);
    const home = tempFolder("home");
    await cliServed(["sync", "--registry", url], { home });
    const cache = join(home, "ggen-marketplace/cache/digest");
    for (const [path, bytes] of filesBelow(cache))
      writeFileSync(
        join(cache, path),
        bytes.map((byte, at) => (at === 9 ? byte ^ 1 : byte)),
      );
    expect(
      codeOf(await cliServed(["show", "tool", "--registry", url, "--offline", "--json"], { home })),
    ).toBe("OFFLINE_MISSING");
    expect((await cliServed(["show", "tool", "--registry", url], { home })).code).toBe(0);
  });
});

test("without a sync nothing is there offline, and that is said", async () => {
  const { error } = (
    await cliServed(["list", "--registry", "https://packages.example/", "--offline", "--json"])
  ).json<Refusal>();
  expect(error).toMatchObject({ code: "OFFLINE_MISSING", hint: expect.stringContaining("sync") });
});

test("a view is asked for again only when it is an hour old", async () => {
  const asked: string[] = [];
  const files = filesBelow(tree);
  const url = await answering((request, response) => {
    asked.push(request.url ?? "");
    const bytes = files.get((request.url ?? "").slice(1));
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  const home = tempFolder("home");
  for (let round = 0; round < 3; round++) await cliServed(["show", "tool", "--registry", url], { home });
  // On this very machine another tree may be served at an address from one minute to the next: its root is looked at.
  const first = "/trust/1.root.json";
  expect(asked.filter((path) => path === first)).toHaveLength(3);
  const others = asked.filter((path) => path !== first);
  expect(others.filter((path) => path === "/trust/timestamp.json")).toHaveLength(1);
  expect(others).toHaveLength(new Set(others).size);
  expect(others).not.toContain("/registry.json");
});

describe("a registry that is replaced while it is read", () => {
  test("a view that is gone makes the client take the current one", async () => {
    const folder = join(tempFolder("served"), "tree");
    cpSync(tree, folder, { recursive: true });
    const url = await served(folder);
    const home = tempFolder("home");
    await cliServed(["show", "tool", "--registry", url], { home });
    replaceTree(folder, newer);
    // What is current is kept for an hour, and leads to files that are no longer there.
    const { code, stdout } = await cliServed(["list", "--registry", url], { home });
    expect([code, stdout.includes("shared  2.1.0")]).toEqual([0, true]);
  });

  test("old pointers with new files, new pointers with old files: one view or the other, never both", async () => {
    const older = filesBelow(tree);
    const next = filesBelow(newer);
    let polls = 0;
    const url = await answering((request, response) => {
      const path = (request.url ?? "").slice(1);
      // The timestamp changes at its second reading; files of the old view go at once.
      const isFirst = path === "trust/timestamp.json" && polls++ === 0;
      const bytes = (isFirst ? older : next).get(path);
      response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
    });
    const { code, stdout } = await cliServed([
      "install",
      "shared",
      "--registry",
      url,
      "--project",
      tempFolder("project"),
    ]);
    expect([code, stdout.includes("shared@2.1.0"), polls]).toEqual([0, true, 2]);
  });
});

describe("what answers is no registry, or not whole", () => {
  const page = "<!doctype html><title>Sign in</title>";

  test.each<[string, (request: IncomingMessage, response: ServerResponse) => void, string]>([
    [
      "a web page for everything",
      (_, response) => response.writeHead(200, { "content-type": "text/html" }).end(page),
      "NOT_A_REGISTRY",
    ],
    [
      "a web page that says it is JSON",
      (_, response) => response.writeHead(200, { "content-type": "application/json" }).end(page),
      "NOT_A_REGISTRY",
    ],
    ["404", (_, response) => response.writeHead(404).end(), "NOT_A_REGISTRY"],
    ["500", (_, response) => response.writeHead(500).end(), "UNREACHABLE"],
    [
      "503 with a page",
      (_, response) => response.writeHead(503, { "content-type": "text/html" }).end(page),
      "UNREACHABLE",
    ],
    ["403", (_, response) => response.writeHead(403).end(), "FORBIDDEN"],
    ["nothing", (_, response) => response.writeHead(200).end(), "NOT_A_REGISTRY"],
    [
      "half an answer",
      (_, response) =>
        response.writeHead(200, { "content-length": "300" }).write('{"format":1,', () => response.destroy()),
      "UNREACHABLE",
    ],
    ["a closed door", (request) => request.socket.destroy(), "UNREACHABLE"],
    [
      "a way in a circle",
      (request, response) => response.writeHead(302, { location: request.url ?? "/" }).end(),
      "BAD_RESPONSE",
    ],
    [
      "more than there may be",
      (_, response) => response.writeHead(200).end("x".repeat(METADATA_BYTES_MAX + 1)),
      "TOO_LARGE",
    ],
  ])("%s", async (_, answer, code) => {
    const url = await answering(answer);
    const home = tempFolder("home");
    const result = await cliServed(["list", "--registry", url, "--json"], { home });
    expect([result.code, codeOf(result)]).toEqual([1, code]);
    expect(result.stderr).not.toMatch(/ {4}at /);
    // Nothing of it is kept: the next call, of the registry itself, is not misled.
    expect(codeOf(await cliServed(["list", "--registry", url, "--json", "--offline"], { home }))).toBe(
      "OFFLINE_MISSING",
    );
  });

  test("every file of a view in turn: half, a page, 404, 500", async () => {
    const files = filesBelow(tree);
    const needed = [...files.keys()].filter((path) => /^(trust|index|search|archives)\//.test(path));
    let broken = "";
    let how: (response: ServerResponse, bytes: Uint8Array) => void = () => {};
    const url = await answering((request, response) => {
      const path = (request.url ?? "").slice(1);
      const bytes = files.get(path);
      if (path === broken) how(response, bytes ?? new Uint8Array());
      else response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
    });
    const ways: (typeof how)[] = [
      (response, bytes) => response.writeHead(200).end(bytes.subarray(0, bytes.length / 2)),
      (response) => response.writeHead(200, { "content-type": "text/html" }).end(page),
      (response) => response.writeHead(404).end(),
      (response) => response.writeHead(500).end(),
    ];
    for (const [at, path] of needed.filter((_, index) => index % 3 === 0).entries()) {
      broken = path;
      how = ways[at % ways.length] ?? how;
      const project = tempFolder("project");
      const results = [
        await cliServed(["list", "--registry", url, "--json"]),
        await cliServed(["install", "tool", "--registry", url, "--json", "--project", project]),
      ];
      for (const { code, stdout, stderr } of results) {
        expect([0, 1]).toContain(code);
        expect(JSON.parse(stdout)).toBeTypeOf("object");
        expect(stderr).not.toMatch(/ {4}at /);
      }
      if (results[1]?.code !== 0) expect(readdirSync(project)).toEqual([]);
    }
  });
});

test("a cache that cannot be written is no error", async () => {
  const url = await served(tree);
  const home = tempFolder("home");
  mkdirSync(join(home, "ggen-marketplace"), { recursive: true });
  writeFileSync(join(home, "ggen-marketplace/cache"), "in the way");
  const { code, stderr } = await cliServed(["show", "tool", "--registry", url], { home });
  expect([code, stderr.includes("error")]).toEqual([0, false]);
  expect(readFileSync(join(home, "ggen-marketplace/cache"), "utf8")).toBe("in the way");
});

test("a place where what was seen cannot be kept is no error: it is said, for an older view would not be noticed", async () => {
  const url = await served(tree);
  const home = tempFolder("home");
  writeFileSync(join(programHome(home), "trust"), "in the way");
  for (const words of [["show", "tool"], ["sync"]]) {
    const { code, stderr } = await cliServed([...words, "--registry", url], { home });
    expect([code, stderr.includes("error")]).toEqual([0, false]);
    expect(stderr).toContain(`note: what was seen of ${url} could not be kept in "`);
  }
  expect(readFileSync(join(home, "ggen-marketplace/trust"), "utf8")).toBe("in the way");
});
