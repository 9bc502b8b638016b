import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { canonicalJson } from "../../src/base/json.ts";
import { memoryReader, type Reader } from "../../src/client/reader.ts";
import { openRegistry, type Registry } from "../../src/client/registry.ts";
import { verifyArchive } from "../../src/client/verify-archive.ts";
import type { PackageName } from "../../src/manifest/name.ts";
import { clientTrustPorts, nativeSha256 } from "../../src/node/crypto.ts";
import { directoryReader } from "../../src/node/directory-reader.ts";
import { httpReader } from "../../src/node/http-reader.ts";
import { nativeInflate } from "../../src/node/inflate.ts";
import { type StaticServer, serveFolder } from "../../src/node/static-server.ts";
import { parseIndexRoot } from "../../src/snapshot/index-root.ts";
import { nobleTrustPorts } from "../../src/trust/noble.ts";
import { aSmallRegistry, filesBelow, publishedTree } from "../support/published-tree.ts";

let folder: string;
let files: Map<string, Uint8Array>;
let server: StaticServer;

const open = (reader: Reader) => openRegistry({ reader, ports: clientTrustPorts, inflate: nativeInflate });
const pointerOf = (tree: ReadonlyMap<string, Uint8Array>) =>
  JSON.parse(Buffer.from(tree.get("registry.json") ?? []).toString());

/** The tree with another file in the place of one, and the digests that lead to it made to agree: what a hostile mirror can do. */
function withRoot(
  change: (root: Record<string, unknown>) => void,
  more: ReadonlyMap<string, Uint8Array> = new Map(),
): Map<string, Uint8Array> {
  const pointer = pointerOf(files);
  const root = JSON.parse(Buffer.from(files.get(`index/${pointer.root.sha256}.root.json`) ?? []).toString());
  change(root);
  const bytes = canonicalJson(root);
  const sha256 = nativeSha256(bytes);
  const tree = new Map([...files, ...more]);
  tree.set(`index/${sha256}.root.json`, bytes);
  tree.set("registry.json", utf8(JSON.stringify({ ...pointer, root: { sha256, length: bytes.length } })));
  return tree;
}

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

  test("opens, counts and is not pinned", () => {
    expect(registry.root.counts).toMatchObject({ packages: 5, releases: 7, publishers: 2 });
    expect(registry.pinned).toBe(false);
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
  const registry = await openRegistry({
    reader: memoryReader(files),
    ports: nobleTrustPorts,
    inflate: nativeInflate,
  });
  expect((await registry.download("tool", "1.0.0")).digest).toBe(
    (await (await open(memoryReader(files))).download("tool", "1.0.0")).digest,
  );
});

describe("a view that is not the one that was pinned", () => {
  const pinned = { sha256: nativeSha256(utf8("another")), length: 7 };

  test("is not read: both roots are named", async () => {
    const opening = openRegistry({
      reader: memoryReader(files),
      ports: clientTrustPorts,
      inflate: nativeInflate,
      root: pinned,
      pinned: true,
    });
    await expect(opening).rejects.toMatchObject({
      code: "VIEW_MISSING",
      message: expect.stringContaining(pointerOf(files).root.sha256),
    });
  });

  test("is not read where other bytes stand under its name", async () => {
    const tree = new Map(files).set(`index/${pinned.sha256}.root.json`, utf8("others!"));
    const opening = openRegistry({
      reader: memoryReader(tree),
      ports: clientTrustPorts,
      inflate: nativeInflate,
      root: pinned,
      pinned: true,
    });
    await expect(opening).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
  });

  test("a pinned view opens whatever registry.json says", async () => {
    const { root } = pointerOf(files);
    const tree = new Map(files).set("registry.json", utf8("nonsense"));
    const registry = await openRegistry({
      reader: memoryReader(tree),
      ports: clientTrustPorts,
      inflate: nativeInflate,
      root,
      pinned: true,
    });
    expect(registry.pinned).toBe(true);
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
    const tree = withRoot((root) => Object.assign(root, { format: 2 }));
    await expect(open(memoryReader(tree))).rejects.toMatchObject({ code: "ROOT_NEWER_FORMAT" });
  });

  test("may have more than is known in a root of this format", async () => {
    const tree = withRoot((root) => Object.assign(root, { more: { than: "known" } }));
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

/** Sections made by a stranger: digests agree, and the records do not have the form of records. */
describe("hostile records are refused, and never shown", () => {
  function withSection(
    name: "packages" | "resolve" | "publishers",
    records: unknown,
    deflate = true,
  ): Map<string, Uint8Array> {
    const { deflateRawSync } = process.getBuiltinModule("node:zlib");
    const raw = utf8(typeof records === "string" ? records : JSON.stringify(records));
    const part = new Uint8Array(deflate ? deflateRawSync(raw) : raw);
    const manifest = utf8(
      JSON.stringify({ format: 1, bits: 0, parts: [[nativeSha256(part), part.length, raw.length]] }),
    );
    const more = new Map([
      [`index/${nativeSha256(part)}.records`, part],
      [`index/${nativeSha256(manifest)}.section.json`, manifest],
    ]);
    return withRoot(
      (root) =>
        Object.assign(root.sections as object, {
          [name]: { sha256: nativeSha256(manifest), length: manifest.length },
        }),
      more,
    );
  }

  interface Loose {
    readonly package: Record<string, unknown>;
    readonly releases: readonly [Record<string, unknown>];
    readonly statements: readonly { readonly statement: string }[];
  }
  const record = async () =>
    structuredClone(await (await open(memoryReader(files))).show("tool")) as unknown as Loose;

  test.each([
    ["not JSON", "{"],
    ["no list", { name: "tool" }],
  ])("a part that is %s", async (_, records) => {
    await expect(
      (await open(memoryReader(withSection("packages", records)))).show("tool"),
    ).rejects.toMatchObject({ code: "UNREADABLE_INDEX" });
  });

  test.each([
    ["null beside it", () => [null, 3, "tool", []]],
    ["a record without releases", async () => [{ package: { name: "tool" } }]],
    ["escape codes in a version", async () => [{ ...(await record()), latest: "1.0.0\u001b[2J" }]],
    [
      "escape codes in an owner",
      async () => [
        { ...(await record()), package: { ...(await record()).package, owners: ["\u001b]0;x\u0007"] } },
      ],
    ],
    [
      "a digest that is none",
      async () => [{ ...(await record()), package: { ...(await record()).package, statementsHead: "../x" } }],
    ],
    [
      "permissions that are none",
      async () => [
        { ...(await record()), releases: [{ ...(await record()).releases[0], content: { permissions: 7 } }] },
      ],
    ],
    [
      "a number for a description",
      async () => [{ ...(await record()), releases: [{ ...(await record()).releases[0], description: 7 }] }],
    ],
  ])("%s", async (_, records) => {
    const registry = await open(memoryReader(withSection("packages", await records())));
    const shown = await registry.show("tool").catch((error: { code: string }) => error.code);
    expect([undefined, "UNREADABLE_INDEX"]).toContain(shown);
  });

  test("a manifest whose parts are not parts", async () => {
    for (const manifest of [
      { format: 1, bits: 0, parts: "x" },
      { format: 1, bits: 40, parts: [] },
      { format: 1, bits: 0, parts: [["x", 1, 1]] },
      { format: 1, bits: 0, parts: [7] },
      [],
    ]) {
      const bytes = utf8(JSON.stringify(manifest));
      const more = new Map([[`index/${nativeSha256(bytes)}.section.json`, bytes]]);
      const tree = withRoot(
        (root) =>
          Object.assign(root.sections as object, {
            packages: { sha256: nativeSha256(bytes), length: bytes.length },
          }),
        more,
      );
      await expect((await open(memoryReader(tree))).show("tool")).rejects.toMatchObject({
        code: "UNREADABLE_INDEX",
      });
    }
  });

  test("a part that unpacks to more than its index says", async () => {
    const tree = withSection("packages", " ".repeat(100_000));
    const registry = await open(memoryReader(new Map([...tree].map(([path, bytes]) => [path, bytes]))));
    await expect(registry.show("tool")).rejects.toMatchObject({ code: "UNREADABLE_INDEX" });
    await expect(
      (await open(memoryReader(withSection("packages", "[]", false)))).show("tool"),
    ).rejects.toMatchObject({ code: "BAD_RESPONSE" });
  });

  test.each([
    ["dependencies", (release: Record<string, unknown>) => ({ ...release, dependencies: [] })],
    [
      "permissions",
      (release: Record<string, unknown>) => ({
        ...release,
        content: {
          ...(release.content as object),
          permissions: { shell: [], overwrite: [], inject: [], outputs: [], anything: [] },
        },
      }),
    ],
    ["licence", (release: Record<string, unknown>) => ({ ...release, license: "MIT OR Apache-2.0" })],
    ["publisher", (release: Record<string, unknown>) => ({ ...release, publisher: "alice" })],
    [
      "release digest",
      (release: Record<string, unknown>) => ({ ...release, digest: nativeSha256(utf8("x")) }),
    ],
    [
      "archive of another package",
      (release: Record<string, unknown>, other: Record<string, unknown>) => ({
        ...release,
        archive: other.archive,
      }),
    ],
  ])("a record with other %s than was signed cannot be installed from", async (_, change) => {
    const honest = await open(memoryReader(files));
    const other = (await honest.show("left"))?.releases[0] as unknown as Record<string, unknown>;
    const lie = { ...(await record()), releases: [change((await record()).releases[0], other)] };
    const registry = await open(memoryReader(withSection("packages", [lie])));
    await expect(registry.download("tool", "1.0.0")).rejects.toMatchObject({ name: "RegistryError" });
  });

  test("a record to resolve with that leaves out a dependency, or a yank, cannot be installed from", async () => {
    const honest = await open(memoryReader(files));
    const tool = structuredClone(await honest.resolveRecord("tool")) as never as {
      releases: Record<string, unknown>[];
    };
    tool.releases = tool.releases.map((release) => ({ ...release, dependencies: [] }));
    const shared = structuredClone(await honest.resolveRecord("shared")) as never as {
      releases: Record<string, unknown>[];
    };
    shared.releases = shared.releases.map(({ withheld, ...release }) => release);
    const registry = await open(memoryReader(withSection("resolve", [tool, shared])));
    await expect(registry.download("tool", "1.0.0")).rejects.toMatchObject({ code: "RECORD_DIFFERS" });
    await expect(registry.download("shared", "1.1.0")).rejects.toMatchObject({ code: "RECORD_DIFFERS" });
    expect((await registry.download("shared", "2.0.0")).manifest.version).toBe("2.0.0");
  });

  test("a statement chain that was cut, or changed, proves nothing", async () => {
    const whole = await record();
    const changed = whole.statements.map((entry) => ({
      ...entry,
      statement: entry.statement.replace("bob", "alice"),
    }));
    for (const chain of [[], changed]) {
      const registry = await open(memoryReader(withSection("packages", [{ ...whole, statements: chain }])));
      await expect(registry.download("tool", "1.0.0")).rejects.toMatchObject({ name: "RegistryError" });
    }
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
