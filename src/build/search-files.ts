/** The search index's files; what is made again is what a changed document is in. */
import { utf8 } from "../base/bytes.ts";
import { canonicalJson, type Json } from "../base/json.ts";
import type { Stats } from "../manifest/stats-json.ts";
import { buildSearchIndex } from "../search/build.ts";
import type { SearchDocument } from "../search/document.ts";
import * as layout from "../snapshot/layout.ts";
import type { AssemblyRoom } from "./assemble.ts";
import type { BlobRef } from "./blobs.ts";
import { KeptIndexWork, keptWork } from "./kept-index-work.ts";
import type { PackageFacts } from "./package-facts.ts";

interface KeptIndex {
  readonly manifest: BlobRef;
  readonly files: readonly BlobRef[];
  /** Of the work that went into it, which is kept on for when a document of it changes. */
  readonly work: readonly string[];
}

/** The ref of the index's manifest. */
export async function addSearch(
  packages: readonly PackageFacts[],
  stats: Stats | undefined,
  { files, blobs, workshop, ports }: AssemblyRoom,
): Promise<layout.Ref> {
  const documents = packages.map((facts) => searchDocument(facts, stats));
  const key = `search ${ports.hash(canonicalJson([ports.program, documents as unknown as Json]))}`;
  const index = kept() ?? (await build());
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
    for (const work of found.work) keptWork(work, blobs, ports);
    return [found.manifest, ...found.files].map((ref) => blobs.has(ref)).every(Boolean) ? found : undefined;
  }

  async function build(): Promise<KeptIndex> {
    const work = new KeptIndexWork(workshop, blobs, ports);
    const built = await buildSearchIndex(documents, { hash: ports.hash, workshop: work });
    const made: KeptIndex = {
      manifest: blobs.put(await work.deflate(built.manifest)),
      files: [...built.files.values()].map((file) => blobs.put(file)),
      work: work.keys,
    };
    ports.cache.put(key, utf8(JSON.stringify(made)));
    return made;
  }
}

function searchDocument(facts: PackageFacts, stats: Stats | undefined): SearchDocument {
  const { view, latest } = facts;
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
    popularity: (stats === undefined ? undefined : stats.get(view.name)) ?? popularityOf(facts),
    newcomer: stats !== undefined && !stats.has(view.name),
    // A row has one mark, and people should think twice of a package that is archived too.
    deprecated:
      view.deprecated !== undefined ||
      view.archived !== undefined ||
      view.versions.some(({ version, deprecated }) => version === latest.version && deprecated !== undefined),
  };
}

/** A package that others build on counts as ten downloads for each of them. */
const DOWNLOADS_A_DEPENDENT = 10;
/** Releases beyond these say nothing more of how mature a package is. */
const RELEASES_COUNTED_MAX = 9;

/** What a registry knows of use without counting people: who depends on a package, and how mature it is. */
function popularityOf({ view, latest }: PackageFacts): number {
  const isStable = !latest.version.startsWith("0.") && !latest.version.includes("-");
  const maturity = isStable ? Math.min(view.versions.length, RELEASES_COUNTED_MAX) : 0;
  return DOWNLOADS_A_DEPENDENT * view.dependents.length + maturity;
}
