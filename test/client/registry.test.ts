import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import type { Digest } from "../../src/base/digest.ts";
import { memoryReader, type Reader } from "../../src/client/reader.ts";
import { openUnsigned, type Registry } from "../../src/client/registry.ts";
import { verifyArchive } from "../../src/client/verify-archive.ts";
import type { PackageName } from "../../src/manifest/name.ts";
import { clientTrustPorts, nativeSha256 } from "../../src/node/crypto.ts";
import { directoryReader } from "../../src/node/directory-reader.ts";
import { httpReader } from "../../src/node/http-reader.ts";
import { nativeInflate } from "../../src/node/inflate.ts";
import { type StaticServer, serveFolder } from "../../src/node/static-server.ts";
import { parseIndexRoot } from "../../src/snapshot/index-root.ts";
import { nobleTrustPorts } from "../../src/trust/noble.ts";
import { aSmallRegistry, filesBelow, publishedTree, withRoot } from "../support/published-tree.ts";

let folder: string;
let files: Map<string, Uint8Array>;
let server: StaticServer;

const open = (reader: Reader) => openUnsigned({ reader, ports: clientTrustPorts, inflate: nativeInflate });
const pointerOf = (tree: ReadonlyMap<string, Uint8Array>) =>
  JSON.parse(Buffer.from(tree.get("registry.json") ?? []).toString());

beforeAll(async () => {
  folder = publishedTree(aSmallRegistry());
  files = filesBelow(folder);
  server = await serveFolder(folder, 0, { host: "127.0.0.1" });
});

afterAll(() => server.stop());

describe.each([
  ["memory", () => memoryReader(files)],
  ["a folder", () => directoryReader(folder)],
  ["http", () => httpReader(server.url)],
] as const)("a registry read from %s", (_, reader) => {
  let registry: Registry;
  beforeAll(async () => {
    registry = await open(reader());
  });

  test("opens, counts and is not signed", () => {
    expect(registry.root.counts).toMatchObject({ packages: 5, releases: 7, publishers: 2 });
    expect(registry.view).toBeUndefined();
  });

  test("search finds by a word of the description, and by name", async () => {
    expect((await registry.search("text files")).hits.map((hit) => hit.name)).toContain("tool");
    expect((await registry.search("shared")).hits[0]).toMatchObject({
      name: "shared",
      version: "2.0.0",
      publisher: "alice",
    });
    expect((await registry.search("nothing-like-it-at-all")).total).toBe(0);
  });

  test("show has the whole record, and nothing for names there are not", async () => {
    const record = await registry.show("tool");
    expect(record).toMatchObject({ latest: "1.0.0", package: { owners: ["bob"] } });
    expect(record?.releases[0]?.content.permissions.shell).toMatchObject([
      { command: "echo done", when: "after" },
    ]);
    for (const name of ["constructor", "__proto__", "toString", "nothing"])
      expect(await registry.show(name)).toBeUndefined();
  });

  test("list has every package once, by name", async () => {
    const names = (await registry.list()).map((entry) => entry.name);
    expect(names).toEqual(["left", "old", "right", "shared", "tool"]);
  });

  test("candidates are all that the names can lead to, and say what is withheld", async () => {
    const candidates = await registry.candidates(["left", "nothing"] as PackageName[]);
    expect([...candidates.keys()].sort()).toEqual(["left", "shared"]);
    expect(
      candidates.get("shared" as PackageName)?.map(({ version, withheld }) => [version, withheld]),
    ).toEqual([
      ["2.0.0", undefined],
      ["1.1.0", "yanked: a wrong term"],
      ["1.0.0", undefined],
    ]);
  });

  test("download gives a release whose bytes were verified here", async () => {
    const { release, content } = await verifyArchive(registry, "tool", "1.0.0");
    expect(release.signature.publisher).toBe("bob");
    expect([...release.content.keys()]).toContain("templates/a.tmpl");
    expect(content.permissions.overwrite).toHaveLength(1);
    expect((await registry.download("shared", "1.1.0")).manifest.version).toBe("1.1.0");
  });

  test("a package or version that is not there is said to be so", async () => {
    await expect(registry.download("nothing", "1.0.0")).rejects.toMatchObject({ code: "UNKNOWN_PACKAGE" });
    await expect(registry.download("shared", "9.9.9")).rejects.toMatchObject({ code: "UNKNOWN_VERSION" });
  });
});

test("with cryptography in JavaScript the answers are the same", async () => {
  const registry = await openUnsigned({
    reader: memoryReader(files),
    ports: nobleTrustPorts,
    inflate: nativeInflate,
  });
  expect((await registry.download("tool", "1.0.0")).digest).toBe(
    (await (await open(memoryReader(files))).download("tool", "1.0.0")).digest,
  );
});

describe("a root that is known", () => {
  const known = { sha256: nativeSha256(utf8("another")), length: 7 };
  const openAt = (tree: ReadonlyMap<string, Uint8Array>, root: { sha256: Digest; length: number }) =>
    openUnsigned({ reader: memoryReader(tree), ports: clientTrustPorts, inflate: nativeInflate, root });

  test("is not read where other bytes stand under its name, or none", async () => {
    const tree = new Map(files).set(`index/${known.sha256}.root.json`, utf8("others!"));
    await expect(openAt(tree, known)).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
    await expect(openAt(files, known)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("is read whatever registry.json says", async () => {
    const tree = new Map(files).set("registry.json", utf8("nonsense"));
    const registry = await openAt(tree, pointerOf(files).root);
    expect(await registry.show("tool")).toBeDefined();
  });
});

describe("a registry of a later program", () => {
  test("says so in its pointer", async () => {
    const tree = new Map(files).set(
      "registry.json",
      utf8(JSON.stringify({ ...pointerOf(files), format: 2, root: "elsewhere" })),
    );
    await expect(open(memoryReader(tree))).rejects.toMatchObject({
      code: "NEWER_FORMAT",
      hint: "update ggen-marketplace",
    });
  });

  test("says so in its index root", async () => {
    const tree = withRoot(files, (root) => Object.assign(root, { format: 2 }));
    await expect(open(memoryReader(tree))).rejects.toMatchObject({ code: "ROOT_NEWER_FORMAT" });
  });

  test("may have more than is known in a root of this format", async () => {
    const tree = withRoot(files, (root) => Object.assign(root, { more: { than: "known" } }));
    expect((await open(memoryReader(tree))).root.counts.packages).toBe(5);
  });
});

test("v1's index is no way around: it is never read to find or install anything", async () => {
  const asked: string[] = [];
  const counting: Reader = {
    location: "memory",
    read: (path, options) => (asked.push(path), memoryReader(files).read(path, options)),
  };
  const registry = await open(counting);
  await registry.search("tool");
  await registry.list();
  await registry.download("tool", "1.0.0");
  expect(asked.filter((path) => path.startsWith("v1/") || path.startsWith("packages/"))).toEqual([]);
  // A tree whose index is gone has no other that would do.
  const broken = new Map([...files].filter(([path]) => !path.startsWith("index/")));
  await expect(open(memoryReader(broken))).rejects.toMatchObject({ code: "NOT_FOUND" });
});

describe("what is no registry", () => {
  test.each([
    ["nothing at all", undefined, "NOT_A_REGISTRY"],
    ["a web page", "<!doctype html><title>Hello</title>", "NOT_A_REGISTRY"],
    ["nothing in it", "", "NOT_A_REGISTRY"],
    ["half of it", '{"format":1,"root":{"sha', "NOT_A_REGISTRY"],
    ["a list", "[1,2]", "NOT_A_REGISTRY"],
    [
      "a root that is no digest",
      '{"format":1,"root":{"sha256":"../../etc/passwd","length":5}}',
      "NOT_A_REGISTRY",
    ],
    [
      "a length below zero",
      `{"format":1,"root":{"sha256":"${"0".repeat(64)}","length":-1}}`,
      "NOT_A_REGISTRY",
    ],
  ])("%s is refused", async (_, text, code) => {
    const tree = new Map(text === undefined ? [] : [["registry.json", utf8(text)]]);
    await expect(open(memoryReader(tree))).rejects.toMatchObject({ name: "RegistryError", code });
  });
});

test("a registry in a folder that is written while it is read gives whole answers or none", async () => {
  const registry = await open(directoryReader(folder));
  const archive = (await registry.show("tool"))?.releases[0]?.archive?.sha256 ?? "";
  const path = join(folder, `archives/${archive}.tgz`);
  const bytes = files.get(`archives/${archive}.tgz`) ?? new Uint8Array();
  writeFileSync(path, bytes.subarray(0, bytes.length / 2));
  await expect(registry.download("tool", "1.0.0")).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
  writeFileSync(path, bytes);
  expect((await registry.download("tool", "1.0.0")).manifest.name).toBe("tool");
});

test("the root of the fixture is one that this program reads", () => {
  const { sha256 } = pointerOf(files).root;
  expect(parseIndexRoot(files.get(`index/${sha256}.root.json`) ?? new Uint8Array(), "root").ok).toBe(true);
});
