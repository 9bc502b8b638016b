/**
 * How much a client reads: of each kind of file no more than its cap, whatever the index says, and no more than
 * the index says, whatever the host serves.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { POINTER_BYTES_MAX } from "../../src/client/pointer.ts";
import { memoryReader, READ_BYTES_MAX, type Reader } from "../../src/client/reader.ts";
import { openUnsigned, type Registry } from "../../src/client/registry.ts";
import { GRAPH_BYTES_MAX, readGraph, readV1Index, syncView } from "../../src/client/sync.ts";
import { deflatedBytesMax, readVerified } from "../../src/client/verified-read.ts";
import { LIMIT_CEILINGS } from "../../src/manifest/limits.ts";
import { clientTrustPorts, nativeSha256 } from "../../src/node/crypto.ts";
import { nativeInflate } from "../../src/node/inflate.ts";
import { MANIFEST_BYTES_MAX } from "../../src/search/format.ts";
import { deflate } from "../../src/snapshot/deflate.ts";
import { ROOT_BYTES_MAX } from "../../src/snapshot/index-root.ts";
import type { Ref } from "../../src/snapshot/layout.ts";
import { PAGE_BYTES_MAX, SECTION_MANIFEST_BYTES_MAX } from "../../src/snapshot/section.ts";
import { aSmallRegistry, filesBelow, publishedTree, withRoot } from "../support/published-tree.ts";

/** It is published packed. */
const SEARCH_MANIFEST_PACKED_MAX = deflatedBytesMax(MANIFEST_BYTES_MAX);

let files: Map<string, Uint8Array>;
beforeAll(() => {
  files = filesBelow(publishedTree(aSmallRegistry()));
});

const open = (reader: Reader, root?: Ref) =>
  openUnsigned({
    reader,
    ports: clientTrustPorts,
    inflate: nativeInflate,
    ...(root === undefined ? {} : { root }),
  });

/** Reads of `inner`, and what each allowed. */
function watched(inner: Reader): Reader & { readonly allowed: Map<string, number | undefined> } {
  const allowed = new Map<string, number | undefined>();
  return {
    allowed,
    location: inner.location,
    read(path, options = {}) {
      allowed.set(path, options.bytesMax);
      return inner.read(path, options);
    },
  };
}

/** A host that takes no notice of what it was asked for, and appends to the files that `matches` names. */
function tooMuch(matches: (path: string) => boolean): Reader {
  return {
    location: "a host that serves too much",
    async read(path) {
      const bytes = files.get(path) ?? new Uint8Array();
      return matches(path) ? Uint8Array.from([...bytes, 0x20]) : bytes;
    },
  };
}

const EVERYTHING = async (registry: Registry) => {
  await syncView(registry, { onFile: () => {} });
  await readV1Index(registry);
  await readGraph(registry);
  await registry.download("tool", "1.0.0");
};

describe("what the index declares bounds the read", () => {
  test("every file is asked for with its own length and no more", async () => {
    const reader = watched(memoryReader(files));
    await EVERYTHING(await open(reader));
    expect(reader.allowed.get("registry.json")).toBe(POINTER_BYTES_MAX);
    reader.allowed.delete("registry.json");
    expect(reader.allowed.size).toBeGreaterThan(10);
    for (const [path, bytesMax] of reader.allowed)
      expect([path, bytesMax]).toEqual([path, files.get(path)?.length]);
  });

  test.each<[string, (path: string) => boolean]>([
    ["the index root", (path) => path.endsWith(".root.json")],
    ["a section's manifest", (path) => path.endsWith(".section.json")],
    ["a section's part", (path) => path.endsWith(".records")],
    ["the search manifest", (path) => path.startsWith("search/") && path.endsWith(".manifest")],
    ["a file of the search index", (path) => path.startsWith("search/") && path.endsWith(".index")],
    ["the index of format 1", (path) => path === "v1/index.json"],
    ["the graph in Turtle", (path) => path.startsWith("graph/") && /[0-9a-f]{64}\.ttl$/.test(path)],
    ["the graph in N-Quads", (path) => path.endsWith(".nq.gz")],
    ["the graph's readable copy", (path) => path === "graph/registry.ttl"],
    ["an archive", (path) => path.startsWith("archives/")],
  ])("%s with a byte more than declared is refused", async (_, matches) => {
    const reader = tooMuch(matches);
    const everything = async () => EVERYTHING(await open(reader));
    await expect(everything()).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
  });
});

describe("a cap bounds what the index declares: nothing is asked for that is beyond it", () => {
  const declared = (length: number): Ref => ({ sha256: nativeSha256(utf8("any")), length });
  const beyond = async (path: string, ref: Ref, cap: number | undefined) => {
    const reader = watched(memoryReader(files));
    await expect(readVerified(reader, path, ref, nativeSha256, cap)).rejects.toMatchObject({
      code: "TOO_LARGE",
    });
    expect([...reader.allowed.keys()]).toEqual([]);
  };

  test("without a cap of its own, READ_BYTES_MAX; a length that is no number is beyond every cap", async () => {
    await beyond("x", declared(READ_BYTES_MAX + 1), undefined);
    await beyond("x", declared(Number.NaN), 10);
  });

  test("the index root", async () => {
    const reader = watched(memoryReader(files));
    await expect(open(reader, declared(ROOT_BYTES_MAX + 1))).rejects.toMatchObject({ code: "TOO_LARGE" });
    expect([...reader.allowed.keys()]).toEqual([]);
  });

  /** The tree with another ref in its root; gives what `work` on it asked for beyond the root. */
  async function askedFor(
    change: (root: Record<string, unknown>) => void,
    work: (registry: Registry) => unknown,
  ) {
    const reader = watched(memoryReader(withRoot(files, change)));
    const registry = await open(reader);
    reader.allowed.clear();
    const code = await Promise.resolve(work(registry)).then(
      () => "read",
      (error: { code: string }) => error.code,
    );
    return { code, paths: [...reader.allowed.keys()] };
  }
  const inRoot = (place: string, length: number) => (root: Record<string, unknown>) => {
    const [table, key] = place.split(".") as [string, string | undefined];
    if (key === undefined) root[table] = declared(length);
    else Object.assign(root[table] as object, { [key]: declared(length) });
  };

  test.each<[string, string, number, (registry: Registry) => unknown]>([
    [
      "a section's manifest",
      "sections.packages",
      SECTION_MANIFEST_BYTES_MAX,
      (registry) => registry.show("tool"),
    ],
    [
      "the search manifest",
      "sections.search",
      SEARCH_MANIFEST_PACKED_MAX,
      (registry) => registry.search("tool"),
    ],
    ["the graph", "graph.turtle", GRAPH_BYTES_MAX, (registry) => readGraph(registry)],
  ])("%s", async (_, place, cap, work) => {
    expect(await askedFor(inRoot(place, cap + 1), work)).toEqual({ code: "TOO_LARGE", paths: [] });
    const { code, paths } = await askedFor(inRoot(place, cap), work);
    expect([code, paths.length]).toEqual(["NOT_FOUND", 1]);
  });

  test("the search manifest and v1's index, when everything is fetched", async () => {
    const sync = async (registry: Registry) => {
      await syncView(registry, { onFile: () => {} });
      await readV1Index(registry);
    };
    for (const [place, cap] of [
      ["sections.search", SEARCH_MANIFEST_PACKED_MAX],
      ["v1", READ_BYTES_MAX],
    ] as const)
      expect((await askedFor(inRoot(place, cap + 1), sync)).code).toBe("TOO_LARGE");
  });

  /** A section that lists one thing of these lengths wherever it may. */
  function withPart(length: number, rawLength: number): Map<string, Uint8Array> {
    return withManifest({ format: 1, bits: 0, parts: [[nativeSha256(utf8("any")), length, rawLength]] });
  }

  function withManifest(value: unknown): Map<string, Uint8Array> {
    const manifest = utf8(JSON.stringify(value));
    const ref = { sha256: nativeSha256(manifest), length: manifest.length };
    const more = new Map([[`index/${ref.sha256}.section.json`, manifest]]);
    return withRoot(files, (root) => Object.assign(root.sections as object, { packages: ref }), more);
  }

  test("a section's part: no more than deflate could make of what it unpacks to", async () => {
    const read = async (length: number, rawLength: number) => {
      const reader = watched(memoryReader(withPart(length, rawLength)));
      const code = await (await open(reader)).show("tool").catch((error: { code: string }) => error.code);
      return [code, [...reader.allowed.keys()].some((path) => path.endsWith(".records"))];
    };
    expect(await read(deflatedBytesMax(100) + 1, 100)).toEqual(["TOO_LARGE", false]);
    expect(await read(deflatedBytesMax(100), 100)).toEqual(["NOT_FOUND", true]);
  });

  test("a page of a section, and what it may hold", async () => {
    const readPage = async (ref: readonly [string, number], more = new Map<string, Uint8Array>()) => {
      const pages = Array.from({ length: 2 }, () => ref);
      const reader = watched(
        memoryReader(new Map([...withManifest({ format: 1, bits: 7, pages }), ...more])),
      );
      const code = await (await open(reader)).show("tool").catch((error: { code: string }) => error.code);
      return [code, [...reader.allowed.keys()].some((path) => path.endsWith(".page"))];
    };
    const any = nativeSha256(utf8("any"));
    expect(await readPage([any, deflatedBytesMax(PAGE_BYTES_MAX) + 1])).toEqual(["TOO_LARGE", false]);
    expect(await readPage([any, deflatedBytesMax(PAGE_BYTES_MAX)])).toEqual(["NOT_FOUND", true]);
    const short = deflate(utf8(JSON.stringify([null])));
    const path = `index/${nativeSha256(short)}.page`;
    expect(await readPage([nativeSha256(short), short.length], new Map([[path, short]]))).toEqual([
      "UNREADABLE_INDEX",
      true,
    ]);
  });

  test("an archive", async () => {
    const reader = watched(memoryReader(files));
    const registry = await open(reader);
    const size = LIMIT_CEILINGS.releaseBytesMax + 1;
    await expect(registry.archive({ sha256: declared(1).sha256, size })).rejects.toMatchObject({
      code: "TOO_LARGE",
    });
    expect([...reader.allowed.keys()].filter((path) => path.startsWith("archives/"))).toEqual([]);
  });

  test("registry.json, which nothing declares", async () => {
    const bloated = new Map(files).set("registry.json", new Uint8Array(POINTER_BYTES_MAX + 1).fill(0x20));
    await expect(open(memoryReader(bloated))).rejects.toMatchObject({ code: "TOO_LARGE" });
  });
});

test("deflatedBytesMax is never less than what deflate makes of bytes that do not pack", () => {
  const { deflateRawSync } = process.getBuiltinModule("node:zlib");
  for (const length of [0, 1, 100, 16_383, 16_384, 70_000, 1_000_000]) {
    let state = 1;
    const raw = Uint8Array.from({ length }, () => {
      state = (state * 48_271) % 2_147_483_647;
      return state >>> 8;
    });
    for (const level of [0, 1, 9])
      expect(deflateRawSync(raw, { level }).length).toBeLessThanOrEqual(deflatedBytesMax(length));
  }
});
