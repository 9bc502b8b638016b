/**
 * Whether what stands in an output folder was put there by a build, so that a build may replace it.
 *
 *   a published tree     registry.json names an index root that is there, with the digest it names
 *   a first build that   .ggen-marketplace-staging/first.json says what it was about to move in, and every
 *   was killed           file of the folder is among it, byte for byte:
 *
 *     { "format": 1, "files": [["index/….root.json", sha256], …] }
 *
 * A registry.json or a staging folder alone proves nothing: anybody's folder can have one.
 * History: format 1, the first.
 */
import { closeSync, lstatSync, openSync, readdirSync, readSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeUtf8 } from "../base/bytes.ts";
import { type Digest, isDigest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { visible } from "../base/visible.ts";
import { POINTER_BYTES_MAX, parsePointer } from "../client/pointer.ts";
import { parseIndexRoot, ROOT_BYTES_MAX } from "../snapshot/index-root.ts";
import { REGISTRY_FILE, type Ref, rootPath } from "../snapshot/layout.ts";
import { nativeSha256, openNativeSha256 } from "./crypto.ts";
import { isOwned, LOCK_FILE, STAGING_FOLDER } from "./output-tree.ts";
import { readRegularFile } from "./regular-file.ts";

const FIRST_FILE = "first.json";
const FIRST_FORMAT = 1;
/** A registry of a million files takes some 150 MB. */
const FIRST_BYTES_MAX = 512 * 1024 * 1024;
const PIECE_BYTES = 1024 * 1024;

/** By path: digests of what a build was about to put there; of two builds, where the second was killed too. */
export type FirstBuild = ReadonlyMap<string, ReadonlySet<Digest>>;

/** What stands in an output folder. */
export interface Standing {
  /** Something a killed build left is there: what the state notes may not be all there is. */
  readonly hasLeftovers: boolean;
  /** No tree was ever complete here. */
  readonly isFirst: boolean;
  /** What a first build that was killed said it would write. */
  readonly unfinished?: FirstBuild;
}

/** Throws NOT_A_PUBLISHED_TREE where it is anything else, and NEWER_FORMAT for a tree of a later program. */
export function judgeStanding(folder: string): Standing {
  const entries = readdirSync(folder).filter((name) => !name.startsWith(LOCK_FILE));
  const hasLeftovers = entries.includes(STAGING_FOLDER);
  if (hasLeftovers) checkStaging(folder);
  if (entries.includes(REGISTRY_FILE)) {
    const why = whyNoTree(folder);
    if (why === undefined) return { hasLeftovers, isFirst: false };
    throw notOurs(folder, why);
  }
  const other = entries.find((name) => name !== STAGING_FOLDER);
  if (other === undefined) return { hasLeftovers, isFirst: true };
  if (!hasLeftovers)
    throw notOurs(folder, `it has other files ("${visible(other)}") and no ${REGISTRY_FILE}`);
  // Killed before it noted anything, it had moved nothing in either: there are empty folders at most.
  const unfinished = readFirstBuild(folder) ?? new Map();
  const strange = firstStrange(folder, unfinished);
  if (strange === undefined) return { hasLeftovers, isFirst: true, unfinished };
  throw notOurs(folder, `"${visible(strange)}" is not what a build that was stopped here was writing`);
}

function whyNoTree(folder: string): string | undefined {
  const pointer = readOwn(folder, REGISTRY_FILE, POINTER_BYTES_MAX);
  const ref = pointer === undefined ? undefined : rootNamedBy(pointer, folder);
  if (ref === undefined) return `its ${REGISTRY_FILE} is none that a build wrote`;
  const path = rootPath(ref.sha256);
  const root = readOwn(folder, path, ROOT_BYTES_MAX);
  const isRoot = root !== undefined && root.length === ref.length && nativeSha256(root) === ref.sha256;
  if (isRoot && parseIndexRoot(root, path).ok) return undefined;
  return `the index root that its ${REGISTRY_FILE} names is missing or damaged`;
}

function rootNamedBy(pointer: Uint8Array, folder: string): Ref | undefined {
  try {
    return parsePointer(pointer, folder);
  } catch (error) {
    if (error instanceof RegistryError && error.code === "NOT_A_REGISTRY") return undefined;
    throw error;
  }
}

/** A regular file of the folder, with no link on the way to it. */
function readOwn(folder: string, path: string, bytesMax: number): Uint8Array | undefined {
  const parts = path.split("/");
  for (let depth = 1; depth < parts.length; depth++) {
    const at = lstatSync(join(folder, ...parts.slice(0, depth)), { throwIfNoEntry: false });
    if (at?.isDirectory() !== true) return undefined;
  }
  try {
    const read = readRegularFile(join(folder, path), bytesMax, { noFollow: true });
    return "fault" in read ? undefined : read.bytes;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ELOOP" || code === "ENXIO") return undefined;
    throw error;
  }
}

/** The staging folder is emptied: it must be one, and hold only what a build stages. */
function checkStaging(folder: string): void {
  const staging = join(folder, STAGING_FOLDER);
  if (!lstatSync(staging).isDirectory()) throw notOurs(folder, `its "${STAGING_FOLDER}" is no folder`);
  const strange = readdirSync(staging, { withFileTypes: true }).find(
    (entry) => !entry.isFile() || !/^(?:\d+(?:\.before)?|first\.json(?:\.new)?)$/.test(entry.name),
  );
  if (strange !== undefined)
    throw notOurs(
      folder,
      `its "${STAGING_FOLDER}" holds "${visible(strange.name)}", which no build put there`,
    );
}

function readFirstBuild(folder: string): FirstBuild | undefined {
  const bytes = readOwn(folder, `${STAGING_FOLDER}/${FIRST_FILE}`, FIRST_BYTES_MAX);
  const value = bytes === undefined ? undefined : parseJson(bytes);
  const { format, files } = (value ?? {}) as { format?: unknown; files?: unknown };
  if (format !== FIRST_FORMAT || !Array.isArray(files)) return undefined;
  const first = new Map<string, Set<Digest>>();
  for (const entry of files as unknown[]) {
    const [path, sha256] = Array.isArray(entry) ? (entry as unknown[]) : [];
    if (typeof path !== "string" || !isOwned(path) || typeof sha256 !== "string" || !isDigest(sha256))
      return undefined;
    first.set(path, (first.get(path) ?? new Set()).add(sha256));
  }
  return first;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(bytes) ?? "");
  } catch {
    // Half written: then nothing had been moved in.
    return undefined;
  }
}

/** Says what is about to be moved into a folder that holds no tree yet; it appears whole or not at all. */
export function writeFirstBuild(staging: string, first: FirstBuild): void {
  const files = [...first].flatMap(([path, digests]) => [...digests].map((sha256) => [path, sha256]));
  const aside = join(staging, `${FIRST_FILE}.new`);
  writeFileSync(aside, JSON.stringify({ format: FIRST_FORMAT, files }));
  renameSync(aside, join(staging, FIRST_FILE));
}

/** The note stays until a first build is complete, or the next one would take its files for a stranger's. */
export function isFirstNote(name: string): boolean {
  return name === FIRST_FILE;
}

/** The first thing below the folder that a killed first build did not put there. */
function firstStrange(folder: string, first: FirstBuild): string | undefined {
  const waiting = [""];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const entry of readdirSync(join(folder, at), { withFileTypes: true })) {
      const path = at === "" ? entry.name : `${at}/${entry.name}`;
      if (path === STAGING_FOLDER || path.startsWith(LOCK_FILE)) continue;
      if (entry.isDirectory()) waiting.push(path);
      else if (!entry.isFile() || first.get(path)?.has(hashOf(join(folder, path))) !== true) return path;
    }
  }
  return undefined;
}

function hashOf(file: string): Digest {
  const hash = openNativeSha256();
  const piece = Buffer.alloc(PIECE_BYTES);
  const handle = openSync(file, "r");
  try {
    for (let count = readSync(handle, piece); count > 0; count = readSync(handle, piece))
      hash.update(piece.subarray(0, count));
    return hash.digest();
  } finally {
    closeSync(handle);
  }
}

function notOurs(folder: string, why: string): RegistryError {
  return new RegistryError(
    "NOT_A_PUBLISHED_TREE",
    `Cannot write "${visible(folder)}": ${why}, so it is not a registry that a build published; nothing was changed`,
    "choose an empty folder, or the one an earlier build wrote; where this is what is left of one, delete it yourself",
  );
}
