/** A mirror that means ill, and what it can do to somebody who has seen the registry: hold it back, and nothing else. */
import { rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { aRegistry } from "../support/a-registry.ts";
import { cliServed, codeOf, type Refusal, tempFolder } from "../support/cli.ts";
import { mallory } from "../support/fixture-keys.ts";
import { aSmallRegistry, filesBelow, publishedAfter, publishedTree } from "../support/published-tree.ts";
import { signedTree } from "../support/signed-tree.ts";

type Files = ReadonlyMap<string, Uint8Array>;

let honest: Files;
/** What follows it. */
let newer: Files;
/** Everything of it is whole and agrees with itself, and none of it is the registry's. */
let other: Files;
let shown: Files;
let url: string;
let home: string;
let stop: () => Promise<void>;

beforeAll(() => {
  const tree = publishedTree(aSmallRegistry());
  honest = filesBelow(tree);
  const more = aSmallRegistry();
  more.package("shared").release("2.1.0");
  newer = filesBelow(publishedAfter(tree, more));
  const story = aRegistry();
  story.publisher(mallory);
  story.package("shared").release("9.0.0");
  other = filesBelow(publishedTree(story));
});

/** A client has seen the honest view. */
beforeEach(async () => {
  shown = honest;
  home = tempFolder("home");
  const server = createServer((request, response) => {
    const bytes = shown.get((request.url ?? "").slice(1));
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  stop = () => new Promise((done) => (server.close(() => done()), server.closeAllConnections()));
  expect((await run("list")).code).toBe(0);
});

afterEach(() => stop());

const run = (...words: string[]) => cliServed([...words, "--registry", url, "--json"], { home });
const isIndex = (path: string) => path.startsWith("index/") && path.endsWith(".root.json");
const forgetCache = () => rmSync(join(home, "ggen-marketplace/cache"), { recursive: true });

test("registry.json has no say: another one, with all that it names, or none, changes nothing", async () => {
  const pointer = "registry.json";
  for (const files of [
    new Map([...other, ...honest, [pointer, other.get(pointer) ?? new Uint8Array()]]),
    new Map([...honest].filter(([path]) => path !== pointer)),
  ]) {
    shown = files;
    forgetCache();
    expect((await run("show", "shared")).json()).toMatchObject({ latest: "2.0.0" });
    expect((await run("sync")).code).toBe(0);
  }
});

test("trust metadata by keys of its own are refused, with its own root and behind the registry's", async () => {
  const { files } = signedTree(other, { by: mallory });
  shown = files;
  expect(codeOf(await run("sync"))).toBe("NO_TRUSTED_ROOT");
  const root = "trust/1.root.json";
  shown = new Map([...files, [root, honest.get(root) ?? new Uint8Array()]]);
  expect((await run("sync")).json<Refusal>().error).toMatchObject({
    code: "METADATA_UNSIGNED",
    message: expect.stringContaining("is not the registry that the root is of"),
  });
});

test("another index in the place of the one that is signed is refused", async () => {
  const [, index = new Uint8Array()] = [...other].find(([path]) => isIndex(path)) ?? [];
  shown = new Map([...honest].map(([path, bytes]) => [path, isIndex(path) ? index : bytes]));
  forgetCache();
  expect(codeOf(await run("sync"))).toBe("BAD_RESPONSE");
});

test("an older view is refused, though the cache was deleted: what was seen is not kept there", async () => {
  shown = newer;
  expect((await run("sync")).code).toBe(0);
  forgetCache();
  shown = honest;
  expect((await run("sync")).json<Refusal>().error).toMatchObject({
    code: "METADATA_ROLLBACK",
    message: expect.stringContaining('"timestamp.json" has version 1, and version 2 was seen before'),
  });
  // Whoever installs is not given the older one instead of the view that is gone.
  const { code, stdout, stderr } = await run("install", "shared", "--project", tempFolder("project"));
  expect([code, stdout.includes("2.0.0")]).toEqual([1, false]);
  expect(stderr).toContain(`version 2 was seen before; this is the last view of ${url} that was good`);
  shown = newer;
  expect((await run("show", "shared")).json()).toMatchObject({ latest: "2.1.0" });
});
