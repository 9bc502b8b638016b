/**
 * Keeps on disk what another reader gave, so that it can be read with the network gone.
 *
 *   <folder>/digest/<2 hex>/<64 hex>            a file whose name in the tree has its sha256, from any registry
 *   <folder>/tree/<sha256 of location>/<path>   every other file, as it last was at that location
 *
 * Neither is trusted: a digest-named file is hashed at every reading, one that is damaged or has grown is
 * dropped and fetched again; what the other files say is for the client to verify, as it must with any mirror.
 */
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { utf8 } from "../base/bytes.ts";
import type { Digest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { checkTreePath, READ_BYTES_MAX, type Reader, tooLarge } from "../client/reader.ts";
import { startHash } from "./crypto.ts";
import { makeFolder } from "./make-folder.ts";
import { type NotRead, type RegularFile, readRegularFile } from "./regular-file.ts";

export interface DiskCacheOptions {
  /** Where to keep the files: `homeFolders(…).cache`. */
  readonly folder: string;
  /** Never asks the other reader: what is not kept is OFFLINE_MISSING. */
  readonly offline?: boolean;
}

/** Counts the temporary files of this process, so that no two have one name. */
let writes = 0;

export function cachedReader(inner: Reader, options: DiskCacheOptions): Reader {
  const tree = treeFolder(options.folder, inner.location);
  return {
    location: inner.location,
    async read(path, readOptions = {}) {
      readOptions.signal?.throwIfAborted();
      checkTreePath(path);
      const digest = digestIn(path);
      const file = digest === undefined ? join(tree, path) : digestFile(options.folder, digest);
      const bytesMax = readOptions.bytesMax ?? READ_BYTES_MAX;
      if (digest !== undefined || options.offline) {
        const kept = readKept(file, digest, bytesMax);
        if (kept === "too-large") throw tooLarge(path, inner.location, bytesMax);
        if (kept !== undefined) return kept;
      }
      if (options.offline) throw offlineMissing(path, inner.location);
      const bytes = await inner.read(path, readOptions);
      if (digest !== undefined && startHash(bytes) !== digest) throw notItsDigest(path, inner.location);
      if (!readOptions.passing) keep(file, bytes);
      return bytes;
    },
    keep(path, bytes) {
      const digest = digestIn(path);
      if (digest !== undefined && startHash(bytes) === digest)
        keep(digestFile(options.folder, digest), bytes);
    },
  };
}

function digestFile(folder: string, digest: Digest): string {
  return join(folder, "digest", digest.slice(0, 2), digest);
}

function treeFolder(folder: string, location: string): string {
  return join(folder, "tree", startHash(utf8(location)));
}

/** The digest that names a file, where one does: `archives/<64 hex>.tgz`. */
function digestIn(path: string): Digest | undefined {
  return /(?:^|\/)([0-9a-f]{64})(?:\.[^/]*)?$/.exec(path)?.[1] as Digest | undefined;
}

/**
 * "too-large" of what a digest names is only a file with that sha256, which the other reader's would be too:
 * one that has grown on this disk is damaged like any other.
 */
function readKept(
  file: string,
  digest: Digest | undefined,
  bytesMax: number,
): Uint8Array | "too-large" | undefined {
  let read: RegularFile | NotRead;
  try {
    read = readRegularFile(file, digest === undefined ? bytesMax : Math.max(bytesMax, READ_BYTES_MAX));
  } catch {
    // Not kept, or not readable: both mean that it must be fetched.
    return undefined;
  }
  if ("fault" in read) {
    if (digest === undefined && read.fault === "size") return "too-large";
  } else if (digest === undefined || startHash(read.bytes) === digest) {
    return read.bytes.length > bytesMax ? "too-large" : read.bytes;
  }
  if (digest !== undefined) drop(file);
  return undefined;
}

function keep(file: string, bytes: Uint8Array): void {
  const aside = `${file}.${process.pid}-${writes++}.new`;
  try {
    makeFolder(dirname(file));
    writeFileSync(aside, bytes, { flag: "wx" });
    renameSync(aside, file);
  } catch {
    // A full or read-only disk: the reader has its bytes all the same, they are only not kept.
    drop(aside);
  }
}

function drop(file: string): void {
  try {
    rmSync(file);
  } catch {
    // Not there, on a read-only disk, or a folder in its place: no file to be read in any case.
  }
}

function offlineMissing(path: string, location: string): RegistryError {
  return new RegistryError(
    "OFFLINE_MISSING",
    `Cannot read "${path}" of ${location} offline: it was not fetched before`,
    "run `sync` while the network is there, or leave out --offline",
  );
}

function notItsDigest(path: string, location: string): RegistryError {
  return new RegistryError(
    "BAD_RESPONSE",
    `Cannot read "${path}" of ${location}: its bytes are not those its name stands for`,
    "try again later: the copy is damaged or being replaced. Or use another mirror",
  );
}
