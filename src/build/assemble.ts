/** From compiled packages to the files of the published tree: archives, graph, records, search, root, pointer. */
import { concat, utf8 } from "../base/bytes.ts";
import { canonicalJson, type Json } from "../base/json.ts";
import type { Problem } from "../base/problem.ts";
import type { PackageView } from "../content/view.ts";
import { catalogQuads } from "../graph/catalog-quads.ts";
import { writeNQuads } from "../graph/nquads.ts";
import { publisherQuads } from "../graph/publisher-quads.ts";
import { ONTOLOGY_TURTLE, SHAPES_TURTLE } from "../graph/shapes.ts";
import { TURTLE_PREFIXES, writeTurtle } from "../graph/turtle.ts";
import { validateGraph } from "../graph/validate.ts";
import { packageTomlJsonSchema } from "../manifest/json-schema.ts";
import type { PackageName } from "../manifest/name.ts";
import { buildSearchIndex } from "../search/build.ts";
import type { SearchDocument } from "../search/document.ts";
import { deflate } from "../snapshot/deflate.ts";
import { type IndexRoot, writeIndexRoot } from "../snapshot/index-root.ts";
import * as layout from "../snapshot/layout.ts";
import { packageRecord, type PublisherRecord, resolveRecord, statementRecord } from "../snapshot/records.ts";
import { writeSection } from "../snapshot/section.ts";
import { type SnapshotFile, SnapshotFiles } from "../snapshot/snapshot-files.ts";
import { writeV1Index } from "../snapshot/v1-index.ts";
import { writeVoid } from "../snapshot/void.ts";
import { writeAllowedSigners } from "../trust/allowed-signers.ts";
import type { SignedStatement } from "../trust/statement.ts";
import type { Authority } from "./authority.ts";
import { mapInOrder } from "../base/in-order.ts";
import { type BuiltPackage, compilePackage } from "./package-compiler.ts";
import type { BuildPorts } from "./ports.ts";
import type { RegistrySource } from "./registry-source.ts";
import type { BuiltRelease } from "./release-compiler.ts";
import type { Workshop } from "./workshop.ts";

const PACKAGES_AT_ONCE_MAX = 16;

export interface Counts {
  readonly packages: number;
  readonly releases: number;
  readonly publishers: number;
  readonly triples: number;
}

export interface PackageToPublish {
  readonly view: PackageView;
  /** Newest first. */
  readonly releases: readonly BuiltRelease[];
  readonly chain: readonly SignedStatement[];
}

export interface ToPublish {
  readonly source: RegistrySource;
  readonly authority: Authority;
  /** By name. */
  readonly packages: readonly PackageToPublish[];
}

export interface Assembled {
  readonly files: ReadonlyMap<string, SnapshotFile>;
  readonly counts: Counts;
  readonly problems: readonly Problem[];
}

export async function assemble(input: ToPublish, workshop: Workshop, ports: BuildPorts): Promise<Assembled> {
  const files = new SnapshotFiles(ports.hash);
  const problems: Problem[] = [];
  for (const { releases } of input.packages) for (const release of releases) addArchive(release, files);
  const graph = await addGraph(input, files, workshop, ports, problems);
  const counts: Counts = {
    packages: input.packages.length,
    releases: input.packages.reduce((sum, entry) => sum + entry.releases.length, 0),
    publishers: input.authority.publishers.size,
    triples: graph.triples,
  };
  addStandingFiles(input, counts, files);
  const root: IndexRoot = {
    format: layout.TREE_FORMAT,
    registry: identity(input.source),
    counts,
    maintainers: input.source.maintainers.map((key) => key.openssh),
    rollout: input.source.config.rollout,
    sections: { ...addRecords(input, files, ports), search: addSearch(input, files, ports) },
    graph: { turtle: graph.turtle, nquads: graph.nquads },
    v1: addV1(input, files),
  };
  addPointer(root, files);
  return { files: files.entries, counts, problems };
}

function identity({ config }: RegistrySource): IndexRoot["registry"] {
  const { iri, name, title, description } = config;
  return { iri, name, title, ...(description === undefined ? {} : { description }) };
}

function addArchive(release: BuiltRelease, files: SnapshotFiles): void {
  const { archive } = release.view;
  if (archive === undefined) return;
  files.addKnown(layout.archivePath(archive.sha256), { sha256: archive.sha256, length: archive.size, bytes: release.archive });
}

interface GraphRefs {
  readonly turtle: layout.Ref;
  readonly nquads: layout.Ref;
  readonly triples: number;
}

/** The whole graph is the concatenation of its parts under one prefix block: catalogue, publishers, packages by name. */
async function addGraph(
  input: ToPublish,
  files: SnapshotFiles,
  workshop: Workshop,
  ports: BuildPorts,
  problems: Problem[],
): Promise<GraphRefs> {
  const { config } = input.source;
  const prefixes = utf8(TURTLE_PREFIXES);
  const turtle: Uint8Array[] = [prefixes];
  const nquads: Uint8Array[] = [];
  let triples = 0;
  const categories = input.packages.flatMap((entry) => entry.view.latest.category ?? []);
  const publishers = [...input.authority.publishers.values()].map((folded) => publisherQuads(folded.state, config));
  for (const part of [catalogQuads(config, { categories }), ...publishers]) {
    problems.push(...part.warnings, ...(await validateGraph(part.quads)));
    turtle.push(utf8(writeTurtle(part.quads)));
    nquads.push(utf8(writeNQuads(part.quads)));
    triples += part.quads.length;
  }
  const packages = await mapInOrder(input.packages, PACKAGES_AT_ONCE_MAX, ({ view, releases }) =>
    compilePackage(view, releases, config, workshop, ports),
  );
  for (const [at, { view, releases }] of input.packages.entries()) {
    const built = packages[at] as BuiltPackage;
    problems.push(...built.problems);
    const own = [built.turtle, ...releases.map((release) => release.turtle)];
    turtle.push(...own);
    nquads.push(built.nquads, ...releases.map((release) => release.nquads));
    triples += built.triples + releases.reduce((sum, release) => sum + release.triples, 0);
    addPackagePages(view.name, built, [prefixes, ...own], files);
  }
  return { turtle: addGraphFile(turtle, "ttl", files), nquads: addGraphFile(nquads, "nq", files), triples };
}

function addPackagePages(name: PackageName, built: BuiltPackage, turtle: readonly Uint8Array[], files: SnapshotFiles): void {
  files.add(layout.packageTurtlePath(name), concat(...turtle));
  files.add(layout.packageJsonLdPath(name), built.jsonLd);
}

function addGraphFile(parts: readonly Uint8Array[], form: "ttl" | "nq", files: SnapshotFiles): layout.Ref {
  const bytes = concat(...parts);
  const sha256 = files.addNamed(bytes, (digest) => layout.graphPath(digest, form));
  if (form === "ttl") files.addKnown(layout.TURTLE_FILE, { sha256, length: bytes.length, bytes: () => bytes });
  return { sha256, length: bytes.length };
}

function addRecords(input: ToPublish, files: SnapshotFiles, ports: BuildPorts) {
  const sections = { hash: ports.hash, deflate };
  const views = (entry: PackageToPublish) => entry.releases.map((release) => release.view);
  const named = (name: string, record: unknown) => ({ name, record: record as Json });
  const resolve = input.packages.map((entry) => named(entry.view.name, resolveRecord(entry.view, views(entry))));
  const packages = input.packages.map((entry) => named(entry.view.name, packageRecord(entry.view, views(entry), entry.chain)));
  const publishers = publisherRecords(input).map((record) => named(record.name, record));
  return {
    resolve: writeSection(resolve, files, sections),
    packages: writeSection(packages, files, sections),
    publishers: writeSection(publishers, files, sections),
  };
}

function publisherRecords(input: ToPublish): PublisherRecord[] {
  return [...input.authority.publishers.values()].map(({ state, chain }) => ({
    name: state.name,
    ...(state.title === undefined ? {} : { title: state.title }),
    ...(state.homepage === undefined ? {} : { homepage: state.homepage }),
    keys: [...state.keys.values()].map((standing) => ({
      id: standing.key.id,
      openssh: standing.key.openssh,
      state: standing.state,
      ...(standing.reason === undefined ? {} : { reason: standing.reason }),
    })),
    packages: input.packages.filter((entry) => entry.view.owners.includes(state.name)).map((entry) => entry.view.name),
    statements: chain.map(statementRecord),
  }));
}

function addSearch(input: ToPublish, files: SnapshotFiles, ports: BuildPorts): layout.Ref {
  const documents = input.packages.map((entry) => searchDocument(entry.view));
  const index = buildSearchIndex(documents, { hash: ports.hash, compress: deflate });
  for (const [digest, bytes] of index.files) {
    files.addKnown(layout.searchIndexPath(digest), { sha256: digest, length: bytes.length, bytes: () => bytes });
  }
  const sha256 = files.addNamed(index.manifest, layout.searchManifestPath);
  return { sha256, length: index.manifest.length };
}

/** Popularity is the number of dependents, which is all that a registry knows without counting people. */
function searchDocument(view: PackageView): SearchDocument {
  const { latest } = view;
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
    deprecated: view.deprecated !== undefined,
  };
}

function addV1(input: ToPublish, files: SnapshotFiles): layout.Ref {
  const { config } = input.source;
  const bytes = writeV1Index(input.packages.map((entry) => entry.view), config.baseUrl ?? config.iri);
  return { sha256: files.add(layout.V1_FILE, bytes), length: bytes.length };
}

/** Readable copies and what describes the formats. */
function addStandingFiles(input: ToPublish, counts: Counts, files: SnapshotFiles): void {
  const states = new Map([...input.authority.publishers].map(([name, folded]) => [name, folded.state]));
  files.add(layout.ALLOWED_SIGNERS_FILE, utf8(writeAllowedSigners(states)));
  files.add(layout.ONTOLOGY_FILE, utf8(ONTOLOGY_TURTLE));
  files.add(layout.SHAPES_FILE, utf8(SHAPES_TURTLE));
  files.add(layout.PACKAGE_SCHEMA_FILE, utf8(`${JSON.stringify(packageTomlJsonSchema(), null, 2)}\n`));
  files.add(layout.VOID_FILE, utf8(writeVoid(input.source.config, counts.triples)));
}

function addPointer(root: IndexRoot, files: SnapshotFiles): void {
  const bytes = writeIndexRoot(root);
  const sha256 = files.addNamed(bytes, layout.rootPath);
  const pointer = {
    format: layout.TREE_FORMAT,
    name: root.registry.name,
    title: root.registry.title,
    iri: root.registry.iri,
    root: { sha256, length: bytes.length },
    note: "For people and discovery; it decides nothing. See docs/format.md.",
  };
  files.add(layout.REGISTRY_FILE, canonicalJson(pointer));
}
