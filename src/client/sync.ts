/** Reads everything of a view but its archives, so that a cache beneath the reader holds it. */
import { indexFiles } from "../search/index-files.ts";
import { searchIndexPath, searchManifestPath, V1_FILE } from "../snapshot/layout.ts";
import type { Registry } from "./registry.ts";
import { readVerified } from "./verified-read.ts";

export interface Synced {
  readonly files: number;
  /** As they travel, packed. */
  readonly bytes: number;
}

/** The index root, every part of every section, the search index and v1's index. */
export async function syncView(registry: Registry, onFile: (done: number) => void): Promise<Synced> {
  let files = 1;
  let bytes = registry.rootRef.length;
  const count = (length: number) => {
    bytes += length;
    onFile(++files);
  };
  await registry.readRecords(count);
  await readSearch(registry, count);
  const { reader, hash } = registry.read;
  count((await readVerified(reader, V1_FILE, registry.root.v1, hash)).length);
  return { files, bytes };
}

async function readSearch(registry: Registry, count: (length: number) => void): Promise<void> {
  const { reader, hash } = registry.read;
  const ref = registry.root.sections.search;
  const manifest = await readVerified(reader, searchManifestPath(ref.sha256), ref, hash);
  count(manifest.length);
  for (const file of await indexFiles(manifest, registry.readSearchFile)) {
    count((await readVerified(reader, searchIndexPath(file.sha256), file, hash)).length);
  }
}
