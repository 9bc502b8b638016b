/**
 * Which files of an output folder a published tree owns, and which of them are there.
 *
 * The site's pages live in the same folder: what is not owned is never removed.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { REGISTRY_FILE } from "../snapshot/layout.ts";

const OWNED_FOLDERS = ["index", "search", "archives", "graph", "v1", "ns", "schemas"];
const OWNED_FILES = [REGISTRY_FILE, "trust/allowed_signers", ".well-known/void"];
const PACKAGES = "packages";
const OWNED_IN_PACKAGES = /\.(ttl|jsonld|nq|json)$/;

/** A file that is being staged is below it; a leftover of a killed build is swept with it. */
export const STAGING_FOLDER = ".ggen-marketplace-staging";
export const LOCK_FILE = ".ggen-marketplace-lock";

export function isOwned(path: string): boolean {
  const top = path.slice(0, Math.max(0, path.indexOf("/")));
  if (OWNED_FILES.includes(path) || OWNED_FOLDERS.includes(top)) return true;
  return top === PACKAGES && OWNED_IN_PACKAGES.test(path);
}

/** A file that a digest names never changes, so it may appear before anything points to it. */
export function isDigestNamed(path: string): boolean {
  return /(^|\/)[0-9a-f]{64}[^/]*$/.test(path);
}

/** Every owned file that is there. Symbolic links are neither followed nor counted. */
export function ownedFiles(out: string): string[] {
  const found: string[] = [];
  const waiting = [...OWNED_FOLDERS, PACKAGES, "trust", ".well-known"];
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
