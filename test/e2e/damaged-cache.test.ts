/** What a home folder keeps of a registry at an address, damaged by a crash, a full disk or a wrong clock; and a home that cannot be. */
import {
  appendFileSync,
  existsSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { cliServed, codeOf, startCli, tempFolder } from "../support/cli.ts";
import { aSmallRegistry, filesBelow, publishedTree } from "../support/published-tree.ts";

const HOUR_S = 3600;

let files: ReadonlyMap<string, Uint8Array>;
let asked: string[];
let url: string;
let home: string;
let stop: () => Promise<void>;

beforeAll(() => {
  files = filesBelow(publishedTree(aSmallRegistry()));
});

beforeEach(async () => {
  asked = [];
  home = tempFolder("home");
  const server = createServer((request, response) => {
    const path = (request.url ?? "").slice(1);
    asked.push(path);
    const bytes = files.get(path);
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  let isStopped = false;
  stop = async () => {
    if (isStopped) return;
    isStopped = true;
    await new Promise((done) => (server.close(done), server.closeAllConnections()));
  };
});

afterEach(() => stop());

const cache = (...path: string[]) => join(home, "ggen-marketplace/cache", ...path);
const run = (...args: string[]) => cliServed([...args, "--registry", url], { home });
const polls = () => asked.filter((path) => path === "registry.json").length;

function pointer(kept: "current" | "synced"): string {
  return cache("views", readdirSync(cache("views"))[0] ?? "", `${kept}.json`);
}

function setAge(file: string, seconds: number): void {
  const time = Date.now() / 1000 - seconds;
  utimesSync(file, time, time);
}

describe("a cached file that has grown", () => {
  test("is fetched again, once; offline it is missing", async () => {
    await run("sync");
    const grow = () => {
      for (const path of filesBelow(cache("digest")).keys()) appendFileSync(cache("digest", path), "X");
    };
    grow();
    expect(codeOf(await run("search", "text", "--offline", "--json"))).toBe("OFFLINE_MISSING");
    grow();
    asked = [];
    const found = await run("search", "text");
    expect([found.code, found.stdout.startsWith("tool 1.0.0")]).toEqual([0, true]);
    expect(asked).not.toEqual([]);
    expect((await run("sync")).code).toBe(0);
    asked = [];
    expect((await run("search", "text")).code).toBe(0);
    expect(asked).toEqual([]);
  });
});

describe.each([
  ["empty", ""],
  ["half", '{"format":1,'],
  ["of a later program", '{"format":99}'],
])("a kept pointer that is %s", (_, text) => {
  beforeEach(async () => {
    await run("sync");
    writeFileSync(pointer("current"), text);
    asked = [];
  });

  test("counts as not kept: the registry is asked", async () => {
    expect((await run("search", "text")).code).toBe(0);
    expect((await run("search", "text")).code).toBe(0);
    expect(polls()).toBe(1);
  });

  test("offline, or where nobody answers, the view of the last sync is read", async () => {
    expect((await run("search", "text", "--offline")).code).toBe(0);
    expect(polls()).toBe(0);
    setAge(pointer("synced"), 3 * HOUR_S);
    await stop();
    const { code, stderr } = await run("search", "text");
    expect(code).toBe(0);
    expect(stderr).toContain("does not answer; this is its view of 3 hours ago");
  });

  test("and no other: offline, nothing is on this machine", async () => {
    writeFileSync(pointer("synced"), text);
    const result = await run("search", "text", "--offline", "--json");
    expect([result.code, codeOf(result)]).toEqual([1, "OFFLINE_MISSING"]);
  });
});

describe("the time of a kept pointer", () => {
  test("that is in the future is not fresh, and is no age", async () => {
    await run("sync");
    setAge(pointer("current"), -1000 * HOUR_S);
    asked = [];
    for (let round = 0; round < 2; round++) expect((await run("search", "text")).code).toBe(0);
    expect(polls()).toBe(1);
    setAge(pointer("current"), -1000 * HOUR_S);
    await stop();
    const { code, stderr } = await run("search", "text");
    expect(code).toBe(0);
    expect(stderr).toContain("does not answer; this is its view of an unknown time");
  });

  test("is that of the registry's answer, however often the view is read", async () => {
    await run("sync");
    setAge(pointer("current"), 0.5 * HOUR_S);
    const answered = statSync(pointer("current")).mtimeMs;
    await run("search", "text");
    expect(statSync(pointer("current")).mtimeMs).toBe(answered);
    setAge(pointer("current"), 3 * HOUR_S);
    await stop();
    for (let round = 0; round < 2; round++)
      expect((await run("search", "text")).stderr).toContain("its view of 3 hours ago");
  });

  test("a pointer is written whole beside its file, and nothing is left there", async () => {
    await run("sync");
    rmSync(pointer("current"));
    await run("search", "text");
    expect(readdirSync(join(pointer("current"), "..")).sort()).toEqual(["current.json", "synced.json"]);
  });
});

describe.skipIf(!existsSync("/proc/self"))("a home below /proc, where no folder can be made", () => {
  test.each([[["--version"]], [["search", "text"]]])("%j comes back", async (words) => {
    const args = words[0] === "search" ? [...words, "--registry", url] : words;
    const child = startCli(args, { env: { GGEN_MARKETPLACE_HOME: "/proc/nope" } });
    const tooLong = setTimeout(() => child.kill("SIGKILL"), 15_000);
    child.stdout.resume();
    child.stderr.resume();
    expect(await new Promise((done) => child.once("close", (code, signal) => done(code ?? signal)))).toBe(0);
    clearTimeout(tooLong);
  });
});
