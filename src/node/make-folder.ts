/**
 * Makes a folder that a person names, and those above it that are missing: one after another, because
 * node:fs does not come back from a recursive mkdir below /proc, where a folder is there and takes no other.
 */
import { mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** Gives the topmost folder that was made, if any. Throws the error of the file system. */
export function makeFolder(path: string): string | undefined {
  const missing: string[] = [];
  for (let at = resolve(path); statSync(at, { throwIfNoEntry: false }) === undefined; at = dirname(at))
    missing.unshift(at);
  for (const folder of missing) makeOne(folder);
  return missing[0];
}

/** Another process may have made it meanwhile. */
function makeOne(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}
