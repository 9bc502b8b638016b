/** From compiled packages to the files of the published tree, down to the index root and the pointer. */
import { utf8 } from "../base/bytes.ts";
import { canonicalJson } from "../base/json.ts";
import type { Problem } from "../base/problem.ts";
import { ONTOLOGY_TURTLE, SHAPES_TURTLE } from "../graph/shapes.ts";
import { packageTomlJsonSchema } from "../manifest/json-schema.ts";
import { writeArchive } from "../snapshot/archive.ts";
import { type IndexRoot, writeIndexRoot } from "../snapshot/index-root.ts";
import * as layout from "../snapshot/layout.ts";
import { type SnapshotFile, SnapshotFiles } from "../snapshot/snapshot-files.ts";
import { writeV1Index } from "../snapshot/v1-index.ts";
import { writeVoid } from "../snapshot/void.ts";
import { writeAllowedSigners } from "../trust/allowed-signers.ts";
import { writeRatification } from "../trust/ratification.ts";
import { type Publishers, statesOf } from "./authority.ts";
import { Blobs } from "./blobs.ts";
import { dependentsOf } from "./dependencies.ts";
import { addGraph } from "./graph-files.ts";
import type { PackageFacts } from "./package-facts.ts";
import type { BuildPorts } from "./ports.ts";
import { addRecords } from "./record-files.ts";
import type { RegistrySource } from "./registry-source.ts";
import { archiveKey } from "./release-compiler.ts";
import { addSearch } from "./search-files.ts";
import type { SourceTree } from "./source.ts";
import type { Workshop } from "./workshop.ts";

export interface Counts {
  readonly packages: number;
  readonly releases: number;
  readonly publishers: number;
  readonly triples: number;
}

export interface ToPublish {
  readonly source: RegistrySource;
  readonly publishers: Publishers;
  /** By name. */
  readonly packages: readonly PackageFacts[];
  readonly tree: SourceTree;
}

/** What the makers of files work with. */
export interface AssemblyRoom {
  readonly files: SnapshotFiles;
  readonly blobs: Blobs;
  readonly workshop: Workshop;
  readonly ports: BuildPorts;
}

export interface Assembled {
  /** The index root, which commits to the whole view. */
  readonly root: layout.Ref;
  readonly files: ReadonlyMap<string, SnapshotFile>;
  readonly counts: Counts;
  readonly problems: readonly Problem[];
}

export async function assemble(given: ToPublish, workshop: Workshop, ports: BuildPorts): Promise<Assembled> {
  const input = { ...given, packages: withDependents(given.packages) };
  const files = new SnapshotFiles(ports.hash);
  const room: AssemblyRoom = { files, blobs: new Blobs(ports.cache, ports.hash), workshop, ports };
  addArchives(input, room);
  ports.stage?.("the graph");
  const graph = await addGraph(input, room);
  const counts: Counts = {
    packages: input.packages.length,
    releases: input.packages.reduce((sum, { releases }) => sum + releases.length, 0),
    publishers: input.publishers.size,
    triples: graph.triples,
  };
  addStandingFiles(input, counts, files);
  ports.stage?.("the records");
  const records = await addRecords(input, room);
  ports.stage?.("the search index");
  const search = await addSearch(input.packages, input.source.stats, room);
  const { config, maintainers } = input.source;
  const root: IndexRoot = {
    format: layout.TREE_FORMAT,
    registry: identity(input.source),
    counts,
    maintainers: maintainers.map((key) => key.openssh),
    rollout: config.rollout,
    sections: { ...records, search },
    graph: { turtle: graph.turtle, nquads: graph.nquads },
    v1: addV1(input, files),
  };
  return { root: addPointer(root, files), files: files.entries, counts, problems: graph.problems };
}

/** Who depends on what its newest fit release is made of; only all packages together say. */
function withDependents(packages: readonly PackageFacts[]): PackageFacts[] {
  const latest = packages.map(({ view, latest }) => [view.name, [latest]] as const);
  const dependents = dependentsOf(new Map(latest));
  return packages.map((facts) => ({
    ...facts,
    view: { ...facts.view, dependents: dependents.get(facts.view.name) ?? [] },
  }));
}

function identity({ config }: RegistrySource): IndexRoot["registry"] {
  const { iri, name, title, description } = config;
  return { iri, name, title, ...(description === undefined ? {} : { description }) };
}

/** An archive that no longer lies aside is made again from the source: the same files give the same bytes. */
function addArchives({ packages, tree }: ToPublish, { files, ports }: AssemblyRoom): void {
  for (const { view, releases } of packages) {
    for (const { version, archive } of releases) {
      if (archive === undefined) continue;
      const { sha256, size } = archive;
      const folder = `packages/${view.name}/${version}`;
      const bytes = () => ports.cache.get(archiveKey(sha256)) ?? writeArchive(tree.readFolder(folder));
      files.addKnown(layout.archivePath(sha256), { sha256, length: size, bytes });
    }
  }
}

function addV1({ source, packages }: ToPublish, files: SnapshotFiles): layout.Ref {
  const listed = packages.map(({ view, latest }) => ({ name: view.name, latest, versions: view.versions }));
  const bytes = writeV1Index(listed, source.config.baseUrl ?? source.config.iri);
  return { sha256: files.add(layout.V1_FILE, bytes), length: bytes.length };
}

/** Readable copies and what describes the formats. */
function addStandingFiles(input: ToPublish, counts: Counts, files: SnapshotFiles): void {
  files.add(layout.ALLOWED_SIGNERS_FILE, utf8(writeAllowedSigners(statesOf(input.publishers))));
  const { ratified } = input.source;
  if (ratified !== undefined) files.add(layout.RATIFIED_COPY_FILE, writeRatification(ratified));
  files.add(layout.ONTOLOGY_FILE, utf8(ONTOLOGY_TURTLE));
  files.add(layout.SHAPES_FILE, utf8(SHAPES_TURTLE));
  files.add(layout.PACKAGE_SCHEMA_FILE, utf8(`${JSON.stringify(packageTomlJsonSchema(), null, 2)}\n`));
  files.add(layout.VOID_FILE, utf8(writeVoid(input.source.config, counts.triples)));
}

function addPointer(root: IndexRoot, files: SnapshotFiles): layout.Ref {
  const bytes = writeIndexRoot(root);
  const ref = { sha256: files.addNamed(bytes, layout.rootPath), length: bytes.length };
  const pointer = {
    format: layout.TREE_FORMAT,
    name: root.registry.name,
    title: root.registry.title,
    iri: root.registry.iri,
    root: ref,
    note: "For people and discovery; it decides nothing. See docs/format.md.",
  };
  files.add(layout.REGISTRY_FILE, canonicalJson(pointer));
  return ref;
}
