/** Reads a view, and archives that are asked for: a cache beneath the reader then holds them, and each file is proven. */
import type { Digest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { mapInOrder } from "../base/in-order.ts";
import type { ReleaseView } from "../content/view.ts";
import { MANIFEST_BYTES_MAX } from "../search/format.ts";
import { indexFiles } from "../search/index-files.ts";
import { graphPath, searchIndexPath, searchManifestPath, TURTLE_FILE, V1_FILE } from "../snapshot/layout.ts";
import type { PlannedRelease } from "./install-plan.ts";
import type { Registry } from "./registry.ts";
import type { Packs } from "./sections.ts";
import { deflatedBytesMax, readUnpacked, readVerified } from "./verified-read.ts";

const FILES_AT_ONCE_MAX = 8;

export interface Synced {
  readonly files: number;
  /** As they travel, packed. */
  readonly bytes: number;
}

export interface SyncOptions {
  readonly onFile: (done: number) => void;
  readonly packs?: Packs;
}

/** Everything that searching and resolving read: the index root, the records to resolve with, the search index. */
export async function syncForSearch(registry: Registry, { onFile, packs }: SyncOptions): Promise<Synced> {
  let files = 1;
  let bytes = registry.rootRef.length;
  const count = (length: number) => {
    bytes += length;
    onFile(++files);
  };
  await registry.readResolveRecords(count, packs);
  await readSearch(registry, count);
  return { files, bytes };
}

/** Everything that commands read: what searching reads, and every package's and publisher's record. */
export async function syncView(registry: Registry, options: SyncOptions): Promise<Synced> {
  let { files, bytes } = await syncForSearch(registry, options);
  const count = (length: number) => {
    bytes += length;
    options.onFile(++files);
  };
  await registry.readPackageRecords(count, options.packs);
  return { files, bytes };
}

/** The index of format 1, which older programs read and no command of this one. */
export function readV1Index({ reader, root, ports }: Registry): Promise<Uint8Array> {
  return readVerified(reader, V1_FILE, root.v1, ports.hash);
}

/**
 * The archives of `releases`, or of every release that has one; each is fetched, and proven by its digest.
 * `onFile` is told how many are done, of how many.
 */
export async function syncArchives(
  registry: Registry,
  releases: readonly PlannedRelease[] | "all",
  onFile: (done: number, total: number) => void,
): Promise<Synced> {
  const archives = await archivesOf(registry, releases);
  let bytes = 0;
  let files = 0;
  await mapInOrder([...archives.values()], FILES_AT_ONCE_MAX, async (archive) => {
    bytes += (await registry.archive(archive)).length;
    onFile(++files, archives.size);
  });
  return { files, bytes };
}

/** By digest; a fallen release has none. */
async function archivesOf(
  registry: Registry,
  releases: readonly PlannedRelease[] | "all",
): Promise<ReadonlyMap<Digest, NonNullable<ReleaseView["archive"]>>> {
  const wanted =
    releases === "all" ? undefined : new Set(releases.map(({ name, version }) => `${name}@${version}`));
  const names =
    releases === "all"
      ? (await registry.resolveRecords()).map(({ name }) => name)
      : [...new Set(releases.map(({ name }) => name))];
  const records = await mapInOrder(names, FILES_AT_ONCE_MAX, (name) => registry.show(name));
  const archives = records
    .flatMap((record) => record?.releases ?? [])
    .filter(({ name, version }) => wanted?.has(`${name}@${version}`) ?? true)
    .flatMap(({ archive }) => archive ?? []);
  return new Map(archives.map((archive) => [archive.sha256, archive]));
}

async function readSearch(registry: Registry, count: (length: number) => void): Promise<void> {
  const { reader, hash } = registry.read;
  const ref = registry.root.sections.search;
  const packed = { ...ref, rawLength: MANIFEST_BYTES_MAX };
  const manifest = await readUnpacked(searchManifestPath(ref.sha256), packed, registry.read);
  count(ref.length);
  const files = await indexFiles(manifest, registry.readSearchFile);
  await mapInOrder(files, FILES_AT_ONCE_MAX, async (file) => {
    const bytesMax = deflatedBytesMax(file.rawLength);
    count((await readVerified(reader, searchIndexPath(file.sha256), file, hash, bytesMax)).length);
  });
}

/** The graph of a registry of 30,000 packages has 430 MB as Turtle. */
export const GRAPH_BYTES_MAX = 1024 * 1024 * 1024;

/** The whole graph as N-Quads, packed with gzip. */
export function readNQuads({ read: { reader, hash }, root }: Registry): Promise<Uint8Array> {
  const { nquads } = root.graph;
  return readVerified(reader, graphPath(nquads.sha256, "nq.gz"), nquads, hash, GRAPH_BYTES_MAX);
}

/** The graph in both its forms, and its readable copy where there is one; gives the number of files. */
export async function readGraph(registry: Registry, withCopy = true): Promise<number> {
  const { reader, hash } = registry.read;
  const { turtle } = registry.root.graph;
  await readVerified(reader, graphPath(turtle.sha256, "ttl"), turtle, hash, GRAPH_BYTES_MAX);
  await readNQuads(registry);
  return 2 + (withCopy && (await hasReadableCopy(registry)) ? 1 : 0);
}

/** What `readGraph` reads, with how much it is. */
export async function syncGraph(registry: Registry): Promise<Synced> {
  const { turtle, nquads } = registry.root.graph;
  return { files: await readGraph(registry), bytes: turtle.length + nquads.length };
}

const NO_COPY = new Set(["NOT_FOUND", "OFFLINE_MISSING"]);

/** A mirror has none: what stands under a readable name is a copy of what a digest names. */
async function hasReadableCopy({ read: { reader, hash }, root }: Registry): Promise<boolean> {
  try {
    await readVerified(reader, TURTLE_FILE, root.graph.turtle, hash, GRAPH_BYTES_MAX);
    return true;
  } catch (error) {
    if (error instanceof RegistryError && NO_COPY.has(error.code)) return false;
    throw error;
  }
}
