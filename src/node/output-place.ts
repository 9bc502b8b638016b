/** Where a published tree may not be written: into the source it is built from, or around it. */
import { lstatSync, realpathSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { RegistryError } from "../base/error.ts";
import { visible } from "../base/visible.ts";
import { REGISTRY_FOLDERS } from "./source-files.ts";

/**
 * Throws RegistryError OUTPUT_IN_SOURCE where `out` (which need not be there yet) is the folder `registry`, one
 * above it or one below it: git would take what is written there for a part of the registry. Links are followed first.
 */
export function checkOutputPlace(out: string, registry: string): void {
  const [target, source] = [realOf(resolve(out)), realOf(resolve(registry))];
  if (isWithin(source, target)) throw refused(out, `the registry source "${visible(registry)}" is in it`);
  if (isWithin(target, source)) throw refused(out, `it is in the registry source "${visible(registry)}"`);
  // A folder of the source may be a link that leads elsewhere.
  for (const folder of REGISTRY_FOLDERS)
    if (isWithin(target, realOf(join(source, folder))))
      throw refused(out, `it is in ${folder}/ of the registry source "${visible(registry)}"`);
}

/** Without links, as far as it is there; the rest as it is written. */
function realOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch (error) {
    // A link that leads nowhere stands for itself: nothing can be written through it.
    const parent = dirname(path);
    const isLink = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
    if (parent === path || isLink) throw error;
    return join(realOf(parent), basename(path));
  }
}

/** Case is ignored: where it counts to the disk, a folder that differs in nothing else is refused too. */
function isWithin(path: string, folder: string): boolean {
  const way = relative(folder.toLowerCase(), path.toLowerCase());
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && resolve(way) !== way);
}

function refused(out: string, why: string): RegistryError {
  return new RegistryError(
    "OUTPUT_IN_SOURCE",
    `Cannot write "${visible(out)}": ${why}; nothing was written`,
    "choose a folder of its own for --out, such as dist/site",
  );
}
