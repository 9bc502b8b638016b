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
    missing.push(at);
  for (const folder of missing.reverse()) mkdirSync(folder);
  return missing[0];
}
