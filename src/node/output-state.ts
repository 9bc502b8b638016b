/**
 * What the last build wrote into an output folder, so that the next one need not hash it again.
 *
 *     { "format": 1, "out": "/srv/site", "files": [["index/….root.json", sha256, size, mtimeMs, ino], …] }
 *
 * It is a memory, not a source of truth: a file counts as unchanged only while its size, time and
 * inode are those that were noted; a state that is not understood is no state.
 * History: format 1, the first.
 */
import { lstatSync, readFileSync, renameSync, rmSync, type Stats, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { type Digest, isDigest } from "../base/digest.ts";
import { makeFolder } from "./make-folder.ts";

const STATE_FORMAT = 1;

export interface NotedFile {
  readonly sha256: Digest;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ino: number;
}

export type OutputState = ReadonlyMap<string, NotedFile>;

/** `undefined` where there is none for `out`. */
export function readOutputState(file: string, out: string): OutputState | undefined {
  try {
    const value = JSON.parse(readFileSync(file, "utf8")) as {
      format?: unknown;
      out?: unknown;
      files?: unknown;
    };
    if (value.format !== STATE_FORMAT || value.out !== out || !Array.isArray(value.files)) return undefined;
    const state = new Map<string, NotedFile>();
    for (const [path, sha256, size, mtimeMs, ino] of value.files as [
      string,
      string,
      number,
      number,
      number,
    ][]) {
      if (isDigest(sha256)) state.set(path, { sha256, size, mtimeMs, ino });
    }
    return state;
  } catch {
    // Missing or damaged: everything is looked at again, which costs time and nothing else.
    return undefined;
  }
}

/** Where it cannot be written the tree stands all the same: the next build looks at every file, and that is all. */
export function writeOutputState(file: string, out: string, state: OutputState): void {
  const files = [...state].map(([path, noted]) => [path, noted.sha256, noted.size, noted.mtimeMs, noted.ino]);
  const aside = `${file}.${process.pid}.new`;
  try {
    makeFolder(dirname(file));
    writeFileSync(aside, JSON.stringify({ format: STATE_FORMAT, out, files }));
    renameSync(aside, file);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    if (statOf(aside) !== undefined) rmSync(aside);
  }
}

export function noted(sha256: Digest, stat: Stats): NotedFile {
  return { sha256, size: stat.size, mtimeMs: stat.mtimeMs, ino: stat.ino };
}

export function isAsNoted(file: NotedFile | undefined, stat: Stats): boolean {
  return (
    file !== undefined && file.size === stat.size && file.mtimeMs === stat.mtimeMs && file.ino === stat.ino
  );
}

export function statOf(file: string): Stats | undefined {
  try {
    return lstatSync(file, { throwIfNoEntry: false });
  } catch (error) {
    // A file stands where a folder of the path should be.
    if (error instanceof Error && "code" in error && error.code === "ENOTDIR") return undefined;
    throw error;
  }
}
