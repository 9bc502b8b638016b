/**
 * The published tree: where each file stands, and what points to what.
 *
 *   registry.json                         for people and discovery: names the index root, decides nothing
 *   index/<sha256>.root.json              the index root: commits to everything below by digest and length
 *   index/<sha256>.section.json           a section's manifest: its parts, by sha256(name) prefix
 *   index/<sha256>.page                   a page of a large section's manifest, deflate-raw of canonical JSON
 *   index/<sha256>.records                a part: deflate-raw of canonical JSON, an array of records
 *   index/<sha256>.pack                   pages and parts of a section in one file
 *   search/<sha256>.manifest, .index      the search manifest and its bundle or shards
 *   archives/<sha256>.tgz                 a release
 *   graph/<sha256>.ttl, .nq.gz            the whole graph; N-Quads as gzip members, one for each package
 *   schemas/package.schema.json           what package.toml may say
 *   ns/marketplace.ttl, ns/shapes.ttl     our ontology and shapes
 *   packages/<name>/package.ttl, .jsonld  readable copies, beside the package's page
 *   graph/registry.ttl  v1/index.json  .well-known/void  trust/allowed_signers  trust/ratified.json
 *
 * A file named by a digest never changes. History: format 1, the first.
 */
import type { Digest } from "../base/digest.ts";
import type { PackageName } from "../manifest/name.ts";

export const TREE_FORMAT = 1;

/** Names bytes that are already in the tree: their digest and length, and where they are packed, the length unpacked. */
export interface Ref {
  readonly sha256: Digest;
  readonly length: number;
  readonly rawLength?: number;
}

export const REGISTRY_FILE = "registry.json";
export const ALLOWED_SIGNERS_FILE = "trust/allowed_signers";
/** A copy of the source's, for the pages, which are made before the tree is signed; clients go by the one that targets name. */
export const RATIFIED_COPY_FILE = "trust/ratified.json";
export const TURTLE_FILE = "graph/registry.ttl";
export const V1_FILE = "v1/index.json";
export const VOID_FILE = ".well-known/void";
export const ONTOLOGY_FILE = "ns/marketplace.ttl";
export const SHAPES_FILE = "ns/shapes.ttl";
export const PACKAGE_SCHEMA_FILE = "schemas/package.schema.json";

export const rootPath = (digest: Digest): string => `index/${digest}.root.json`;
export const sectionPath = (digest: Digest): string => `index/${digest}.section.json`;
export const pagePath = (digest: Digest): string => `index/${digest}.page`;
export const packPath = (digest: Digest): string => `index/${digest}.pack`;
export const recordsPath = (digest: Digest): string => `index/${digest}.records`;
export const searchManifestPath = (digest: Digest): string => `search/${digest}.manifest`;
export const searchIndexPath = (digest: Digest): string => `search/${digest}.index`;
export const archivePath = (digest: Digest): string => `archives/${digest}.tgz`;
export const graphPath = (digest: Digest, form: "ttl" | "nq.gz"): string => `graph/${digest}.${form}`;
export const packageTurtlePath = (name: PackageName): string => `packages/${name}/package.ttl`;
export const packageJsonLdPath = (name: PackageName): string => `packages/${name}/package.jsonld`;
