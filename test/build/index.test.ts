import { existsSync, readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { parseCanonicalJson } from "../../src/base/json.ts";
import { memoryCache } from "../../src/build/memory-cache.ts";
import { READ_MANY, READ_ONE } from "../../src/build/record-files.ts";
import { nativeSha256 } from "../../src/node/crypto.ts";
import { nativeInflate } from "../../src/node/inflate.ts";
import { readArchive } from "../../src/snapshot/archive.ts";
import { type IndexRoot, parseIndexRoot, ROOT_BYTES_MAX } from "../../src/snapshot/index-root.ts";
import * as layout from "../../src/snapshot/layout.ts";
import type { PackageRecord, PublisherRecord, ResolveRecord } from "../../src/snapshot/records.ts";
import { partOf } from "../../src/snapshot/section.ts";
import { aRegistry } from "../support/a-registry.ts";
import { alice, aliceNext, bob } from "../support/fixture-keys.ts";
import { take } from "../support/judge.ts";
import { sectionParts } from "../support/section-parts.ts";
import { buildWith, memorySource, snapshotOf, type Tree } from "./room.ts";
import { twoPublishers } from "./stories.ts";

const ARCHIVE_LIMITS = { archiveBytesMax: 1e6, filesMax: 100, fileBytesMax: 1e6, totalBytesMax: 1e7 };

function rootOf(tree: Tree): IndexRoot {
  const pointer = JSON.parse(text(tree, layout.REGISTRY_FILE)) as { root: layout.Ref };
  return take(parseIndexRoot(bytes(tree, layout.rootPath(pointer.root.sha256)), "root"));
}

function bytes(tree: Tree, path: string): Uint8Array {
  const found = tree.get(path);
  if (found === undefined) throw new Error(`there is no ${path}`);
  return found;
}

function text(tree: Tree, path: string): string {
  return new TextDecoder().decode(bytes(tree, path));
}

/** The bytes at `path`, which must be those that `ref` names. */
function committed(tree: Tree, path: string, ref: layout.Ref): Uint8Array {
  const found = bytes(tree, path);
  expect({ path, length: found.length, sha256: nativeSha256(found) }).toEqual({
    path,
    length: ref.length,
    sha256: ref.sha256,
  });
  return found;
}

function section<R>(tree: Tree, ref: layout.Ref) {
  const manifest = sectionParts(ref, (path, named) => {
    const found = committed(tree, path, named);
    const json = path === layout.pagePath(named.sha256) ? inflateRawSync(found) : found;
    expect(parseCanonicalJson(json)).toBeDefined();
    return found;
  });
  expect(manifest.parts).toHaveLength(2 ** manifest.bits);
  const parts = manifest.parts.map((part): R[] => {
    if (part === null) return [];
    const [sha256, length, rawLength] = part;
    const raw = inflateRawSync(committed(tree, layout.recordsPath(sha256), { sha256, length }));
    expect(raw.length).toBe(rawLength);
    expect(parseCanonicalJson(raw)).toBeDefined();
    return JSON.parse(raw.toString("utf8")) as R[];
  });
  return { manifest, parts };
}

describe("the index of a small registry", () => {
  const story = twoPublishers();
  story.publisher(alice).revokeKey(aliceNext).signedBy(alice);
  let tree: Tree;
  let root: IndexRoot;
  beforeAll(async () => {
    tree = await snapshotOf(story.build());
    root = rootOf(tree);
  });

  it("has a root of at most 4 kB, named by its digest", () => {
    const { root: ref } = JSON.parse(text(tree, layout.REGISTRY_FILE)) as { root: layout.Ref };
    expect(committed(tree, layout.rootPath(ref.sha256), ref).length).toBeLessThanOrEqual(ROOT_BYTES_MAX);
    expect(root.counts).toMatchObject({ packages: 3, releases: 6, publishers: 2 });
  });

  it("commits to every file by digest and length", () => {
    const { resolve, packages, publishers, search } = root.sections;
    for (const ref of [resolve, packages, publishers]) section(tree, ref);
    committed(tree, layout.searchManifestPath(search.sha256), search);
    committed(tree, layout.graphPath(root.graph.turtle.sha256, "ttl"), root.graph.turtle);
    committed(tree, layout.graphPath(root.graph.nquads.sha256, "nq.gz"), root.graph.nquads);
    committed(tree, layout.V1_FILE, root.v1);
    expect(bytes(tree, layout.TURTLE_FILE)).toEqual(
      bytes(tree, layout.graphPath(root.graph.turtle.sha256, "ttl")),
    );
  });

  it("names no digest that its bytes do not have", () => {
    for (const [path, found] of tree) {
      const named = /[0-9a-f]{64}/.exec(path)?.[0];
      if (named !== undefined) expect(nativeSha256(found)).toBe(named);
    }
  });

  it("has one part for each section", () => {
    for (const ref of [root.sections.resolve, root.sections.packages, root.sections.publishers])
      expect(section(tree, ref).manifest.bits).toBe(0);
  });

  it("says what is withheld and why", () => {
    const records = section<ResolveRecord>(tree, root.sections.resolve).parts.flat();
    const withheld = records.flatMap(({ name, releases }) =>
      releases.map(({ version, withheld: why }) => [name, version, why]),
    );
    expect(withheld).toEqual([
      ["core", "2.0.0-rc.1", undefined],
      ["core", "1.1.0", "fallen"],
      ["core", "1.0.0", undefined],
      ["old", "1.0.0", undefined],
      ["shapes", "0.2.0", undefined],
      ["shapes", "0.1.0", "yanked: wrong shape"],
    ]);
  });

  it("holds an archive for every release but fallen ones, with the release's own files in it", async () => {
    const records = section<PackageRecord>(tree, root.sections.packages).parts.flat();
    const releases = records.flatMap((record) => record.releases);
    expect(releases.filter(({ archive }) => archive === undefined).map(({ version }) => version)).toEqual([
      "1.1.0",
    ]);
    for (const { archive, digest } of releases) {
      if (archive === undefined) continue;
      const packed = committed(tree, layout.archivePath(archive.sha256), {
        sha256: archive.sha256,
        length: archive.size,
      });
      const files = take(await readArchive(packed, ARCHIVE_LIMITS, nativeInflate));
      expect(nativeSha256(files.get("SHA256SUMS") ?? new Uint8Array())).toBe(digest);
    }
    expect([...tree.keys()].filter((path) => path.startsWith("archives/"))).toHaveLength(5);
  });

  it("says who depends on whom, and keeps the statements byte for byte", () => {
    const core = section<PackageRecord>(tree, root.sections.packages)
      .parts.flat()
      .find(({ package: { name } }) => name === "core");
    expect(core?.package.dependents).toEqual(["shapes"]);
    const files = story.build();
    for (const { file, statement, signature } of core?.statements ?? []) {
      expect(new TextEncoder().encode(statement)).toEqual(files.get(file));
      expect(new TextEncoder().encode(signature)).toEqual(files.get(`${file}.sig`));
    }
    const publishers = section<PublisherRecord>(tree, root.sections.publishers).parts.flat();
    expect(publishers.map(({ name, packages }) => [name, packages])).toEqual([
      ["alice", ["core"]],
      ["bob", ["old", "shapes"]],
    ]);
  });
});

describe("the index of a registry that does not fit into one part", () => {
  const names = Array.from({ length: 120 }, (_, at) => `package-${at}`);
  let tree: Tree;
  beforeAll(async () => {
    const story = aRegistry();
    story.publisher(bob);
    for (const name of names) {
      // Hex digits of a digest pack to half their size, so the sizes of parts are what they seem.
      const noise = Array.from({ length: 40 }, (_, at) =>
        nativeSha256(new TextEncoder().encode(`${name} ${at}`)),
      );
      story
        .package(name)
        .release("1.0.0", { description: `About ${name}.\n\n${noise.join("\n")}` })
        .signedBy(bob);
    }
    tree = await snapshotOf(story.build());
  });

  it("keeps most parts within their limit, at most one a record, and finds each name where its digest says", () => {
    const { manifest, parts } = section<PackageRecord>(tree, rootOf(tree).sections.packages);
    expect(manifest.bits).toBeGreaterThan(0);
    const over = manifest.parts.filter((part) => (part?.[1] ?? 0) > READ_ONE.partBytesMax);
    expect(over.length).toBeLessThan(manifest.parts.length / 10);
    expect(2 ** (manifest.bits - 1)).toBeLessThan(names.length);
    for (const name of names) {
      const part = parts[partOf(name, manifest.bits, nativeSha256)] ?? [];
      expect(part.map((record) => record.package.name)).toContain(name);
    }
    expect(parts.flat()).toHaveLength(names.length);
  });

  it("is not cut finer than it must be", () => {
    const { manifest } = section<ResolveRecord>(tree, rootOf(tree).sections.resolve);
    expect(manifest.bits).toBe(0);
    expect(manifest.parts[0]?.[1]).toBeLessThanOrEqual(READ_MANY.singlePartBytesMax);
  });
});

const OLD_INDEX = "../shared/data/ggen-v1/november-2025/registry/index.json";
if (!existsSync(OLD_INDEX)) console.warn(`SKIPPED: there is no ${OLD_INDEX}`);

describe("v1/index.json", () => {
  let tree: Tree;
  let index: { packages: { name: string; checksum: string; download_url: string }[] } & Record<
    string,
    unknown
  >;
  beforeAll(async () => {
    tree = await snapshotOf(twoPublishers({ baseUrl: "https://mirror.example/r/" }).build());
    index = JSON.parse(text(tree, layout.V1_FILE));
  });

  it.skipIf(!existsSync(OLD_INDEX))("has the fields of the old one", () => {
    const old = JSON.parse(readFileSync(OLD_INDEX, "utf8")) as typeof index;
    expect(Object.keys(index).sort()).toEqual(Object.keys(old).sort());
    const fields = new Set(old.packages.flatMap((entry) => Object.keys(entry)));
    for (const entry of index.packages)
      for (const field of fields) expect(Object.keys(entry)).toContain(field);
  });

  it("has the checksums of the archives it leads to", () => {
    expect(index.packages.map(({ name }) => name)).toEqual(["core", "old", "shapes"]);
    for (const { checksum, download_url } of index.packages) {
      const path = download_url.slice("https://mirror.example/r/".length);
      expect(nativeSha256(bytes(tree, path))).toBe(checksum);
    }
  });
});

it("tells of every release how far it is, and then what it makes of them", async () => {
  const { told } = await buildWith(memorySource(twoPublishers().build()), memoryCache());
  const releases = told.filter((words) => words.includes(" of "));
  expect(releases.at(-1)).toBe(`${releases.length} of ${releases.length}`);
  expect(told.slice(releases.length)).toEqual(["the graph", "the records", "the search index"]);
});
