/** The cache as a whole: how much is in it, whether it is what its names say, and nothing of it any more. */
import { readdirSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { isDigest } from "../base/digest.ts";
import { GRAPH_BYTES_MAX } from "../client/sync.ts";
import { nativeSha256 } from "./crypto.ts";
import { readRegularFile } from "./regular-file.ts";

export interface Kept {
  readonly files: number;
  readonly bytes: number;
}

export interface CacheStats extends Kept {
  readonly folder: string;
  /** registries: what was read of them; builds: what a build may use again; program: our own code, compiled. */
  readonly parts: Readonly<Record<Part, Kept>>;
}

type Part = "registries" | "builds" | "program";
/** Folders of a cache that are its own; nothing else below it is touched. */
const PARTS: Readonly<Record<Part, readonly string[]>> = {
  registries: ["digest", "tree"],
  builds: ["build", "output"],
  program: ["code"],
};

export function cacheStats(folder: string): CacheStats {
  const kept = (part: Part) => keptIn(PARTS[part].flatMap((name) => filesIn(join(folder, name))));
  const parts = { registries: kept("registries"), builds: kept("builds"), program: kept("program") };
  const all = Object.values(parts);
  return {
    folder,
    files: all.reduce((sum, { files }) => sum + files, 0),
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    parts,
  };
}

function keptIn(files: readonly string[]): Kept {
  const bytes = files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
  return { files: files.length, bytes };
}

/** Deletes everything that is kept, and says how much it was. */
export function clearCache(folder: string): CacheStats {
  const stats = cacheStats(folder);
  for (const name of Object.values(PARTS).flat())
    rmSync(join(folder, name), { recursive: true, force: true });
  return stats;
}

/** Deletes what is not the bytes that its name stands for. */
export function verifyCache(folder: string): {
  readonly checked: number;
  readonly damaged: readonly string[];
} {
  const damaged: string[] = [];
  let checked = 0;
  for (const file of filesIn(join(folder, "digest"))) {
    checked++;
    if (isItsDigest(file)) continue;
    damaged.push(file);
    rmSync(file, { force: true });
  }
  return { checked, damaged };
}

function isItsDigest(file: string): boolean {
  const name = basename(file);
  const read = readRegularFile(file, GRAPH_BYTES_MAX);
  return isDigest(name) && !("fault" in read) && nativeSha256(read.bytes) === name;
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    // There is none: nothing was kept yet.
    return [];
  }
}
