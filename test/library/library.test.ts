/** The library over http and folders: how often memory answers, how a view is renewed, and what is refused. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { openRegistry as openInBrowser } from "../../src/client/browser.ts";
import type { OpenOptions, Registry } from "../../src/client/index.ts";
import { openRegistry } from "../../src/node/client.ts";
import { nativeSha256 } from "../../src/node/crypto.ts";
import { tempFolder } from "../support/cli.ts";
import { carol } from "../support/fixture-keys.ts";
import { aSmallRegistry, filesBelow, publishedAfter, publishedTree } from "../support/published-tree.ts";
import { signedTree } from "../support/signed-tree.ts";

type Files = ReadonlyMap<string, Uint8Array>;

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Memory that outlives the tests, where they are about views. */
const LONG = { lifetimeMs: 100_000 * DAY_MS, idleMs: 100_000 * DAY_MS };
const caches = { packages: LONG, files: LONG };

let folder: string;
let honest: Files;
/** What follows it: shared 2.1.0. */
let newer: Files;
let root: Uint8Array;
/** What the server has now; `undefined`: it answers with an error. */
let shown: Files | undefined;
let asked: string[];
let clock: number;
let url: string;
let stop: () => Promise<void>;

beforeAll(() => {
  folder = publishedTree(aSmallRegistry());
  honest = filesBelow(folder);
  const more = aSmallRegistry();
  more.package("shared").release("2.1.0");
  newer = filesBelow(publishedAfter(folder, more));
  root = honest.get("trust/1.root.json") ?? new Uint8Array();
});

beforeEach(async () => {
  [shown, asked, clock] = [honest, [], Date.now()];
  const server = createServer((request, response) => {
    const path = (request.url ?? "").slice(1);
    asked.push(path);
    const bytes = shown?.get(path);
    response.writeHead(shown === undefined ? 503 : bytes === undefined ? 404 : 200).end(bytes);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  stop = () => new Promise((done) => (server.close(() => done()), server.closeAllConnections()));
});

afterEach(() => stop());

const open = (more: Partial<OpenOptions> = {}, place: string | URL = url): Promise<Registry> =>
  openRegistry(place, { root, now: () => clock, ...more });
const latest = async (registry: Registry) => (await registry.show("shared"))?.latest;
const sha256 = () => nativeSha256(root);
const pathLike = (files: Files, pattern: RegExp) =>
  [...files.keys()].find((path) => pattern.test(path)) ?? "";

describe("memory", () => {
  test("nine of ten answers come from it, and no file is asked for twice", async () => {
    const registry = await open();
    for (let round = 0; round < 10; round++) {
      await registry.search("text files");
      await registry.show("tool");
      await registry.resolve({ left: "*" });
    }
    const { searches, packages, versions } = registry.caches();
    expect(searches).toMatchObject({ hits: 9, misses: 1, rate: 0.9, entries: 1 });
    expect(packages).toMatchObject({ hits: 9, misses: 1, rate: 0.9, entries: 1 });
    // left, and shared that it needs.
    expect(versions).toMatchObject({ hits: 18, misses: 2, rate: 0.9, entries: 2 });
    expect(packages.bytes).toBeGreaterThan(500);
    expect(new Set(asked).size).toBe(asked.length);
  });

  test("another page of results is another search, and a name that there is not is remembered too", async () => {
    const registry = await open();
    const [one, two] = [
      await registry.search("", { limit: 1 }),
      await registry.search("", { limit: 1, offset: 1 }),
    ];
    expect(one.hits[0]?.name).not.toBe(two.hits[0]?.name);
    expect([await registry.show("nothing"), await registry.show("nothing")]).toEqual([undefined, undefined]);
    expect(registry.caches()).toMatchObject({
      searches: { hits: 0, misses: 2 },
      packages: { hits: 1, misses: 1 },
    });
  });

  test("a record goes after its idle time or lifetime, by default or as it was asked for", async () => {
    const registry = await open({
      refreshMs: DAY_MS,
      caches: { searches: { lifetimeMs: 1000, idleMs: 500 } },
    });
    const ask = async () => [await registry.show("tool"), await registry.search("tool")];
    await ask();
    clock += 501;
    await ask();
    expect(registry.caches()).toMatchObject({ packages: { misses: 1 }, searches: { misses: 2 } });
    clock += 30 * MINUTE_MS + 1;
    await ask();
    expect(registry.caches()).toMatchObject({ packages: { misses: 2 } });
    for (const minutes of [20, 20, 19]) {
      clock += minutes * MINUTE_MS;
      await ask();
    }
    expect(registry.caches()).toMatchObject({ packages: { misses: 2 } });
    clock += MINUTE_MS;
    await ask();
    expect(registry.caches()).toMatchObject({ packages: { misses: 3 } });
  });

  test("a file that came in another form is not kept: the next call has the right one", async () => {
    const registry = await open();
    const search = pathLike(honest, /^search\//);
    const good = honest;
    shown = new Map(
      [...good].map(([path, bytes]) => [path, path.startsWith("search/") ? utf8("no") : bytes]),
    );
    expect(search).not.toBe("");
    await expect(registry.search("tool")).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
    shown = good;
    expect((await registry.search("tool")).hits[0]?.name).toBe("tool");
  });

  test.each([
    [{ packages: { entriesMax: 0 } }, RangeError],
    [{ files: { bytesMax: 1.5 } }, RangeError],
    [{ searches: { idleMs: Number.NaN } }, RangeError],
    [{ constructor: {} }, TypeError],
    [{ packages: { ttl: 1 } }, TypeError],
  ])("%j is refused", async (caches, kind) => {
    await expect(open({ caches: caches as OpenOptions["caches"] & object })).rejects.toBeInstanceOf(kind);
  });
});

describe("a view", () => {
  test("is asked for once an hour, and a newer one answers from then on", async () => {
    const registry = await open({ caches });
    expect(await latest(registry)).toBe("2.0.0");
    const before = registry.view.indexRoot;
    shown = newer;
    clock += 59 * MINUTE_MS;
    asked = [];
    expect([await latest(registry), asked.filter((path) => path.startsWith("trust/"))]).toEqual([
      "2.0.0",
      [],
    ]);
    clock += MINUTE_MS;
    expect(await latest(registry)).toBe("2.1.0");
    expect(registry.view).toMatchObject({ state: "fresh", askedAt: clock, development: true });
    expect(registry.view.indexRoot).not.toBe(before);
  });

  test("is asked for at once by refresh, which says whether it is another one", async () => {
    const registry = await open();
    await registry.search("tool");
    expect(await registry.refresh()).toBe(false);
    shown = newer;
    expect(await registry.refresh()).toBe(true);
    expect(registry.caches().searches.entries).toBe(0);
    expect(await latest(registry)).toBe("2.1.0");
    shown = undefined;
    await expect(registry.refresh()).rejects.toMatchObject({ code: "UNREACHABLE" });
  });

  test("goes on where nobody answers, is stale, and at last no good", async () => {
    const registry = await open({ caches });
    await latest(registry);
    shown = undefined;
    clock += 2 * 60 * MINUTE_MS;
    expect(await latest(registry)).toBe("2.0.0");
    asked = [];
    clock += 59_000;
    await latest(registry);
    expect(asked).toEqual([]);
    const { expires } = registry.view;
    clock = expires + 1;
    expect([registry.view.state, await latest(registry)]).toEqual(["stale", "2.0.0"]);
    clock = expires + 30 * DAY_MS + 1;
    expect(registry.view.state).toBe("expired");
    await expect(registry.show("shared")).rejects.toMatchObject({ code: "VIEW_EXPIRED" });
  });

  test("that ran out long ago opens with allowStale alone", async () => {
    clock += 20 * 365 * DAY_MS;
    await expect(open()).rejects.toMatchObject({ code: "METADATA_EXPIRED" });
    expect(await latest(await open({ allowStale: true }))).toBe("2.0.0");
  });

  test("that was deployed meanwhile takes the place of one whose files are gone", async () => {
    const registry = await open({ caches: { files: { bytesMax: 1 } } });
    shown = newer;
    expect(await latest(registry)).toBe("2.1.0");
  });

  test("older than what was seen is never taken: the last one goes on, and none is opened", async () => {
    shown = newer;
    const trust = new Map<string, Uint8Array>();
    const registry = await open({ trust, caches });
    await latest(registry);
    shown = honest;
    clock += 60 * MINUTE_MS;
    expect(await latest(registry)).toBe("2.1.0");
    await expect(registry.refresh()).rejects.toMatchObject({ code: "METADATA_ROLLBACK" });
    await expect(open({ trust })).rejects.toMatchObject({ code: "METADATA_ROLLBACK" });
    // Who has seen nothing cannot know.
    expect(await latest(await open())).toBe("2.0.0");
  });

  test("is remembered in a folder too", async () => {
    const trust = { folder: join(tempFolder("trust"), "kept") };
    shown = newer;
    expect((await open({ trust })).view.notKept).toBeUndefined();
    shown = honest;
    await expect(open({ trust })).rejects.toMatchObject({ code: "METADATA_ROLLBACK" });
  });

  test("a store that lost its root, or has a damaged one, begins anew from the pinned root", async () => {
    const trust = new Map<string, Uint8Array>();
    await open({ trust });
    for (const name of trust.keys()) expect(name).toMatch(/^[0-9a-f]{64}\/[a-z]+\.json$/);
    const [name = ""] = trust.keys();
    trust.set(name.replace(/[^/]+$/, "root.json"), utf8('{"signed":{}}'));
    expect(await latest(await open({ trust }))).toBe("2.0.0");
  });
});

describe("trust", () => {
  test("begins from bytes or a sha256, at an address, a path or a file: URL", async () => {
    for (const place of [url, folder, pathToFileURL(folder)])
      for (const given of [root, sha256()])
        expect(await latest(await open({ root: given }, place))).toBe("2.0.0");
  });

  test.each([
    ["nothing", undefined],
    ["half a digest", "2c26b46b"],
    ["the digest of another root", "0".repeat(64)],
    ["bytes that are no root", utf8("{}")],
  ])("%s is no root to begin from", async (_, given) => {
    await expect(open({ root: given as string })).rejects.toMatchObject({ code: "BAD_ROOT" });
  });

  test("a development root opens nothing that is not on this machine, in Node and in a browser", async () => {
    for (const opening of [openRegistry, openInBrowser]) {
      await expect(opening("https://registry.example/", { root })).rejects.toMatchObject({
        code: "DEVELOPMENT_ROOT",
      });
      await expect(opening("http://registry.example/", { root })).rejects.toMatchObject({
        code: "BAD_LOCATION",
      });
      await expect(opening("http://registry.example/", { root, allowHttp: true })).rejects.toMatchObject({
        code: "DEVELOPMENT_ROOT",
      });
    }
  });

  test("a tree that somebody else signed is refused, though all of it agrees with itself", async () => {
    const forged = signedTree(honest, { by: carol });
    shown = forged.files;
    await expect(open()).rejects.toMatchObject({ code: expect.stringMatching(/^METADATA_/) });
    // By its own root it opens: it is nothing but another registry.
    expect(await latest(await open({ root: forged.root }))).toBe("2.0.0");
  });

  test.each([
    ["timestamp", /^trust\/timestamp\.json$/, (registry: Promise<Registry>) => registry],
    ["index root", /^index\/.*\.root\.json$/, (registry: Promise<Registry>) => registry],
    ["search index", /^search\//, async (registry: Promise<Registry>) => (await registry).search("tool")],
    [
      "records",
      /^index\/.*\.(?!root\.json)/,
      async (registry: Promise<Registry>) => (await registry).show("tool"),
    ],
    [
      "archives",
      /^archives\//,
      async (registry: Promise<Registry>) => (await registry).download("tool", "1.0.0"),
    ],
    [
      "archives",
      /^archives\//,
      async (registry: Promise<Registry>) => (await registry).whyTrusted("tool", "1.0.0"),
    ],
  ])("one other byte in the %s is refused", async (_, pattern, work) => {
    const flipped = (bytes: Uint8Array) =>
      bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 1 : byte));
    shown = new Map([...honest].map(([path, bytes]) => [path, pattern.test(path) ? flipped(bytes) : bytes]));
    await expect(work(open())).rejects.toMatchObject({
      name: "RegistryError",
      code: expect.stringMatching(/^(METADATA_|DIGEST_MISMATCH)/),
    });
  });
});

describe("what cannot be resolved", () => {
  test.each([
    [{ "No Name": "*" }, {}, "BAD_NAME"],
    [{ tool: "newest" }, {}, "BAD_RANGE"],
    [{ tool: "*" }, { locked: { tool: "1" } }, "BAD_VERSION"],
    [{ tool: "*" }, { ggen: "26" }, "BAD_VERSION"],
    [{ nothing: "*" }, {}, "RESOLVE_UNKNOWN_PACKAGE"],
    [{ tool: "^9.0.0" }, {}, "RESOLVE_NOTHING_FITS"],
  ])("%j %j is %s", async (wanted, options, code) => {
    await expect((await open()).resolve(wanted as Record<string, string>, options)).rejects.toMatchObject({
      code,
    });
  });

  test("comes with the proof", async () => {
    const refused = await (await open()).resolve({ left: "*", right: "*" }).catch((error) => error);
    expect(refused.reasons.lines.join(" ")).toContain("left 1.0.0 and right 1.0.0 do not go together");
    expect(refused.message).toContain("nothing was chosen");
  });
});
