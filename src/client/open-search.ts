/** Opens the search index of a view: its manifest, while the code that answers from it is on its way. */
import type { ReadFile } from "../search/family.ts";
import { MANIFEST_BYTES_MAX } from "../search/format.ts";
import type { Searcher } from "../search/query.ts";
import { type Ref, searchIndexPath, searchManifestPath } from "../snapshot/layout.ts";
import { type FileHash, type ReadPorts, readUnpacked } from "./verified-read.ts";

/** `manifest` is what the index root names; `keptBytesMax` as in query.ts. Throws as readUnpacked and openSearchIndex do. */
export async function openSearch(
  manifest: Ref,
  ports: ReadPorts<FileHash>,
  keptBytesMax?: number,
): Promise<Searcher> {
  const packed = { ...manifest, rawLength: MANIFEST_BYTES_MAX };
  const [{ openSearchIndex }, bytes] = await Promise.all([
    // Most of a client's code; who only shows a package does not load it.
    import("../search/query.ts"),
    readUnpacked(searchManifestPath(manifest.sha256), packed, ports),
  ]);
  return openSearchIndex(bytes, searchFiles(ports), keptBytesMax);
}

/** Reads files of a search index, verified and unpacked. */
export function searchFiles(ports: ReadPorts<FileHash>): ReadFile {
  return (block) => readUnpacked(searchIndexPath(block.sha256), block, ports);
}
