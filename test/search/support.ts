/** Builds small search indexes for tests, and opens them through a reader that verifies as a client does. */
import { deflateSync, inflateSync } from "fflate";
import { sha256 } from "../../src/base/digest.ts";
import { RegistryError } from "../../src/base/error.ts";
import {
  type BuildOptions,
  buildSearchIndex,
  rankDocuments,
  type SearchIndex,
} from "../../src/search/build.ts";
import type { SearchDocument } from "../../src/search/document.ts";
import type { FlexIndex } from "../../src/search/flexsearch.ts";
import type { BlockRef, FamilyName } from "../../src/search/format.ts";
import { localIndexWorkshop } from "../../src/search/index-workshop.ts";
import { indexNames, indexTerms } from "../../src/search/invert.ts";
import type { Layout } from "../../src/search/layout.ts";
import type { Part } from "../../src/search/manifest.ts";
import { openSearchIndex, type Searcher, type SearchResults } from "../../src/search/query.ts";
import type { SliceList } from "../../src/search/slice-lists.ts";

export function aDocument(name: string, more: Partial<SearchDocument> = {}): SearchDocument {
  return {
    name,
    version: "1.0.0",
    summary: "",
    description: "",
    publisher: "alice",
    keywords: [],
    license: "MIT",
    kind: "pack",
    dependencies: [],
    popularity: 0,
    deprecated: false,
    ...more,
  };
}

/** Small shards and a directory over them: what a large registry looks like, at the size of a test. */
export const SHARDED: Layout = {
  bundleBytesMax: 0,
  shardBytesMin: 60,
  shardBytesMax: 200,
  blockRows: 3,
  listedBlocks: 1,
  pageBlocks: 2,
};

/** Deflate-raw. */
export function deflate(bytes: Uint8Array): Uint8Array {
  return deflateSync(bytes, { level: 9 });
}

/** So few that the documents of a test are several runs. */
const RUN_DOCUMENTS = 5;

export function build(
  documents: readonly SearchDocument[],
  layout?: Layout,
  more: Partial<BuildOptions> = {},
): Promise<SearchIndex> {
  return buildSearchIndex(documents, {
    hash: sha256,
    workshop: localIndexWorkshop(deflate),
    runDocuments: RUN_DOCUMENTS,
    ...(layout === undefined ? {} : { layout }),
    ...more,
  });
}

/** FlexSearch's indexes of `documents`, whole and in memory. */
export function familiesOf(documents: readonly SearchDocument[]): Record<FamilyName, FlexIndex> {
  const ranked = rankDocuments(documents);
  const [ofNames] = indexNames(
    ranked.map(({ name }) => name),
    Number.POSITIVE_INFINITY,
  );
  if (ofNames === undefined) throw new Error("there is no index");
  return { terms: indexTerms({ firstId: 0, documents: ranked }), ...ofNames };
}

/** Reads a file of `index` as a client does: digest, lengths and the bound of inflating. */
export function verifiedReader(index: SearchIndex): (ref: BlockRef) => Promise<Uint8Array> {
  return async (ref) => {
    const packed = index.files.get(ref.sha256);
    if (packed === undefined || packed.length !== ref.length || sha256(packed) !== ref.sha256) {
      throw new Error(`no file ${ref.sha256}`);
    }
    return inflateSync(packed, { out: new Uint8Array(ref.rawLength) });
  };
}

export async function open(made: SearchIndex | Promise<SearchIndex>): Promise<Searcher> {
  const index = await made;
  return openSearchIndex(index.manifest, verifiedReader(index));
}

export async function searcherOf(documents: readonly SearchDocument[], layout?: Layout): Promise<Searcher> {
  return open(build(documents, layout));
}

export function namesOf(results: SearchResults): string[] {
  return results.hits.map((hit) => hit.name);
}

/** A registry of the kind this is made for. */
export const REGISTRY: readonly SearchDocument[] = [
  aDocument("react-router", {
    summary: "Declarative routing for React",
    popularity: 9_000_000,
    category: "Web UI",
  }),
  aDocument("react-router-dom", {
    summary: "DOM bindings for React Router",
    popularity: 8_000_000,
    category: "Web UI",
  }),
  aDocument("react", {
    summary: "Library for building user interfaces",
    popularity: 20_000_000,
    license: "MIT",
  }),
  aDocument("reactive-streams", { summary: "Back pressure for streams", popularity: 300 }),
  aDocument("schema-org", {
    summary: "The schema.org vocabulary",
    kind: "ontology",
    license: "CC-BY-SA-3.0",
  }),
  aDocument("ggen-mermaid-pack", {
    summary: "Renders Mermaid diagrams from ontologies",
    keywords: ["diagram", "GraphQL"],
    publisher: "diagram-people",
    license: "MIT OR Apache-2.0",
    dependencies: ["schema-org"],
  }),
  aDocument("kubernetes-operator", {
    summary: "Scaffolds a Kubernetes operator",
    description: "Scaffolds a Kubernetes operator\nwith reconciliation loops and health probes",
    popularity: 1200,
    category: "infrastructure",
    dependencies: ["schema-org", "react"],
  }),
  aDocument("shapes-fhir", {
    summary: "SHACL shapes for FHIR resources",
    kind: "shapes",
    publisher: "health",
    popularity: 40,
  }),
  aDocument("old-router", { summary: "Routing, superseded", popularity: 50_000_000, deprecated: true }),
  aDocument("zhishi-tupu", { summary: "知识图谱 工具包", description: "知识图谱 工具包\n用于语义网" }),
  aDocument("slovnik", { summary: "Многоязычный словарь терминов" }),
  aDocument("cafe-menu", { summary: "Menus for the Café Größe" }),
];

export function partsOf<Key>(list: SliceList<Key>): Part<Key>[] {
  return Array.from({ length: list.length }, (_, position) => list.part(position));
}

/** Runs `act`; anything but a result or the two codes of this format is a failure. */
export function codeOf(act: () => unknown): string {
  try {
    act();
    return "read";
  } catch (error) {
    if (error instanceof RegistryError && error.code.startsWith("SEARCH_INDEX_")) return error.code;
    throw error;
  }
}
