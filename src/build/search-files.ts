/** The search index's files; made again only where a document of it has changed. */
import { utf8 } from "../base/bytes.ts";
import { canonicalJson, type Json } from "../base/json.ts";
import { buildSearchIndex } from "../search/build.ts";
import type { SearchDocument } from "../search/document.ts";
import { deflate } from "../snapshot/deflate.ts";
import * as layout from "../snapshot/layout.ts";
import type { AssemblyRoom } from "./assemble.ts";
import type { BlobRef } from "./blobs.ts";
import type { PackageFacts } from "./package-facts.ts";

interface KeptIndex {
  readonly manifest: BlobRef;
  readonly files: readonly BlobRef[];
}

/** The ref of the index's manifest. */
export function addSearch(
  packages: readonly PackageFacts[],
  { files, blobs, ports }: AssemblyRoom,
): layout.Ref {
  const documents = packages.map(searchDocument);
  const key = `search ${ports.hash(canonicalJson([ports.program, documents as unknown as Json]))}`;
  const index = kept() ?? build();
  for (const ref of index.files)
    files.addKnown(layout.searchIndexPath(ref.sha256), { ...ref, bytes: () => blobs.get(ref) });
  const { manifest } = index;
  const path = layout.searchManifestPath(manifest.sha256);
  files.addKnown(path, { ...manifest, bytes: () => blobs.get(manifest) });
  return manifest;

  function kept(): KeptIndex | undefined {
    const bytes = ports.cache.get(key);
    if (bytes === undefined) return undefined;
    const found = JSON.parse(new TextDecoder().decode(bytes)) as KeptIndex;
    return [found.manifest, ...found.files].map((ref) => blobs.has(ref)).every(Boolean) ? found : undefined;
  }

  function build(): KeptIndex {
    const built = buildSearchIndex(documents, { hash: ports.hash, compress: deflate });
    const made = {
      manifest: blobs.put(deflate(built.manifest)),
      files: [...built.files.values()].map((file) => blobs.put(file)),
    };
    ports.cache.put(key, utf8(JSON.stringify(made)));
    return made;
  }
}

/** Popularity is the number of dependents, which is all that a registry knows without counting people. */
function searchDocument({ view, latest }: PackageFacts): SearchDocument {
  return {
    name: view.name,
    version: latest.version,
    summary: latest.summary,
    description: latest.description,
    publisher: latest.publisher,
    ...(latest.category === undefined ? {} : { category: latest.category }),
    keywords: latest.keywords,
    license: latest.license,
    kind: latest.kind,
    dependencies: latest.dependencies.map(([name]) => name),
    popularity: view.dependents.length,
    deprecated:
      view.deprecated !== undefined ||
      view.versions.some(({ version, deprecated }) => version === latest.version && deprecated !== undefined),
  };
}
