/**
 * Which files of an output folder a published tree owns, and which of them are there.
 *
 * The site's pages live in the same folder, and so may anything else: what is not owned is never removed.
 * The names are those that snapshot/layout.ts gives.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Digest } from "../base/digest.ts";
import { parsePackageName } from "../manifest/name.ts";
import * as layout from "../snapshot/layout.ts";
import { ratifiedPath, rootByDigestPath } from "../trust/trust-paths.ts";

const OWNED_FILES: ReadonlySet<string> = new Set([
  layout.REGISTRY_FILE,
  layout.ALLOWED_SIGNERS_FILE,
  layout.RATIFIED_COPY_FILE,
  layout.TURTLE_FILE,
  layout.V1_FILE,
  layout.VOID_FILE,
  layout.ONTOLOGY_FILE,
  layout.SHAPES_FILE,
  layout.PACKAGE_SCHEMA_FILE,
]);
const NAMED_BY_DIGEST = matching([
  layout.rootPath,
  layout.sectionPath,
  layout.pagePath,
  layout.recordsPath,
  layout.packPath,
  layout.searchManifestPath,
  layout.searchIndexPath,
  layout.archivePath,
  (digest) => layout.graphPath(digest, "ttl"),
  (digest) => layout.graphPath(digest, "nq.gz"),
  rootByDigestPath,
  ratifiedPath,
]);
/** Its version names it, as a digest does: no two of one registry differ. */
const OF_TRUST = /^trust\/(?:[1-9]\d{0,15}\.(?:root|targets|index|snapshot)|timestamp)\.json$/;
const OF_A_PACKAGE = /^packages\/([^/]+)\/package\.(?:ttl|jsonld)$/;
const TIMESTAMP_FILE = "trust/timestamp.json";
/** Where owned files stand; all else in the folder is never looked at. */
const FOLDERS = [
  "index",
  "search",
  "archives",
  "graph",
  "v1",
  "ns",
  "schemas",
  "packages",
  "trust",
  ".well-known",
];

/** A file that is being staged is below it; a leftover of a killed build is swept with it. */
export const STAGING_FOLDER = ".ggen-marketplace-staging";
export const LOCK_FILE = ".ggen-marketplace-lock";

/** Whether a build can write a file of this name: no other is ever replaced or removed. */
export function isOwned(path: string): boolean {
  if (OWNED_FILES.has(path) || NAMED_BY_DIGEST.test(path) || OF_TRUST.test(path)) return true;
  const name = OF_A_PACKAGE.exec(path)?.[1];
  return name !== undefined && parsePackageName(name) !== undefined;
}

/** What these give for any digest, and nothing else. */
function matching(paths: readonly ((digest: Digest) => string)[]): RegExp {
  const hole = "0".repeat(64) as Digest;
  const forms = paths.map((path) => path(hole).replaceAll(".", "\\.").replace(hole, "[0-9a-f]{64}"));
  return new RegExp(`^(?:${forms.join("|")})$`);
}

/** A file that a digest names never changes, so it may appear before anything points to it. */
export function isDigestNamed(path: string): boolean {
  return NAMED_BY_DIGEST.test(path);
}

/** What makes the rest current: it changes last. */
export function isPointer(path: string): boolean {
  return path === layout.REGISTRY_FILE || path === TIMESTAMP_FILE;
}

/** Every owned file that is there. Symbolic links are neither followed nor counted. */
export function ownedFiles(out: string): string[] {
  const found: string[] = [];
  const waiting = [...FOLDERS];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const entry of entriesOf(join(out, folder))) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) waiting.push(path);
      else if (entry.isFile() && isOwned(path)) found.push(path);
    }
  }
  return found;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}
