/**
 * Adds files to a registry source: all of them or none, and never over one that is there.
 *
 * Everything is written to a folder beside the registry's own first. Then release folders and single
 * files move into place by renaming; where one cannot, those that moved go back out.
 */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { RegistryError } from "../base/error.ts";

export function addFiles(registry: string, additions: ReadonlyMap<string, Uint8Array>): void {
  for (const path of additions.keys()) if (existsSync(join(registry, path))) throw exists(path);
  const staging = join(registry, `.ggen-marketplace-${process.pid}`);
  const moved: string[] = [];
  try {
    for (const [path, bytes] of additions) {
      mkdirSync(dirname(join(staging, path)), { recursive: true });
      writeFileSync(join(staging, path), bytes, { flag: "wx", mode: 0o644 });
    }
    for (const unit of units(additions.keys())) {
      const target = join(registry, unit);
      if (existsSync(target)) throw exists(unit);
      mkdirSync(dirname(target), { recursive: true });
      renameSync(join(staging, unit), target);
      moved.push(target);
    }
  } catch (error) {
    for (const target of moved) rmSync(target, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** What moves as a whole: the folder of a release, or a single file elsewhere. */
function units(paths: Iterable<string>): Set<string> {
  const found = new Set<string>();
  for (const path of paths) {
    const [top, name, third] = path.split("/");
    found.add(top === "packages" && third !== undefined && third !== "statements" ? `${top}/${name}/${third}` : path);
  }
  return found;
}

function exists(path: string): RegistryError {
  return new RegistryError("EXISTS", `"${path}" is in the registry already; what is published never changes`, "publish under a new version");
}
