/**
 * What the work tree says over the commit: changed and removed files, new ones, and those that git would
 * leave out of the next commit although the registry needs them.
 */
import { decodeUtf8 } from "../base/bytes.ts";
import type { Problem } from "../base/problem.ts";
import { visible } from "../base/visible.ts";
import type { StatusEntry } from "./git.ts";
import {
  filesBelow,
  isRegistryData,
  isUtf8,
  kindOnDisk,
  mayHoldData,
  readSourceFile,
  releaseFolder,
  sourceProblem,
  symlinkProblem,
} from "./source-files.ts";

/** A release's list of files is small; a larger one is refused elsewhere. */
const SUMS_BYTES_MAX = 16 * 1024 * 1024;

/** What is known of a source before a byte of it is read. */
export interface Listing {
  /** By path: the blob's id where the commit holds the very bytes, "" where the disk does. */
  readonly files: Map<string, string>;
  /** By folder: its tree id, in the commit. */
  readonly trees: Map<string, string>;
  /** Folders below which the work tree is not as committed. */
  readonly dirty: Set<string>;
  readonly problems: Problem[];
}

/** Brings `listing` (of the commit) to what is on disk, by what git says of the difference. */
export function applyStatus(root: string, status: readonly StatusEntry[], listing: Listing): void {
  const leftOut = new Map<string, LeftOut>();
  const isNeeded = neededFiles(root);
  for (const kind of ["changed", "unmerged", "untracked", "ignored"] as const) {
    for (const entry of status) {
      if (entry.kind !== kind) continue;
      if (kind === "changed") applyChange(root, entry.path, listing);
      else if (kind === "unmerged") applyUnmerged(root, entry.path, listing);
      else {
        const paths = expanded(root, entry, listing);
        noteLeftOut(kind === "ignored" ? paths.filter(isNeeded) : paths, kind, listing, leftOut);
      }
    }
  }
  for (const found of leftOut.values()) listing.problems.push(leftOutProblem(found));
}

/** Files of one release, or of one folder of statements, that the next commit would lack. */
interface LeftOut {
  readonly kind: "untracked" | "ignored";
  readonly folder: string;
  readonly first: string;
  count: number;
}

function applyChange(root: string, path: string, listing: Listing): void {
  if (!isRegistryData(path) || !isUtf8(path, listing.problems)) return;
  touch(path, listing);
  const kind = kindOnDisk(root, path);
  if (kind === "file") {
    listing.files.set(path, "");
    return;
  }
  listing.files.delete(path);
  if (kind === "link") addOnce(symlinkProblem(path), listing);
  if (kind === "special")
    addOnce(sourceProblem("SOURCE_SPECIAL_FILE", path, "it is not a regular file"), listing);
}

function applyUnmerged(root: string, path: string, listing: Listing): void {
  if (!isRegistryData(path)) return;
  applyChange(root, path, listing);
  addOnce(sourceProblem("SOURCE_UNMERGED", path, "a merge left it in conflict"), listing);
}

function noteLeftOut(
  paths: readonly string[],
  kind: LeftOut["kind"],
  listing: Listing,
  leftOut: Map<string, LeftOut>,
): void {
  for (const path of paths) {
    // Removed from the index alone: the change was noted, and the file is still there.
    if (listing.files.get(path) === "") continue;
    listing.files.set(path, "");
    touch(path, listing);
    const folder = releaseFolder(path) ?? path.slice(0, Math.max(0, path.lastIndexOf("/")));
    const known = leftOut.get(`${kind} ${folder}`);
    if (known === undefined) leftOut.set(`${kind} ${folder}`, { kind, folder, first: path, count: 1 });
    else known.count++;
  }
}

/** The regular files that a line of git's status stands for. */
function expanded(root: string, entry: StatusEntry, listing: Listing): string[] {
  const path = entry.path.replace(/\/$/, "");
  if (!mayHoldData(path)) return [];
  if (!isUtf8(path, listing.problems)) return [];
  // What is ignored and no regular file is in nobody's way: it is not read, and no commit will have it.
  const problems = entry.kind === "ignored" ? [] : listing.problems;
  const kind = kindOnDisk(root, path);
  if (kind === "folder") return filesBelow(root, path, problems);
  if (kind === "link") problems.push(symlinkProblem(path));
  if (kind === "special")
    problems.push(sourceProblem("SOURCE_SPECIAL_FILE", path, "it is not a regular file"));
  return kind === "file" ? [path] : [];
}

/**
 * Says of an ignored file whether it is of the registry, and not something an editor or a file manager
 * left: in a release what SHA256SUMS lists, and that list itself; elsewhere what a registry's own files
 * are called.
 */
function neededFiles(root: string): (path: string) => boolean {
  const listed = new Map<string, ReadonlySet<string>>();
  return (path) => {
    const release = releaseFolder(path);
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (release === undefined) return !name.startsWith(".") && /\.(toml|sig|json)$/.test(name);
    const known = listed.get(release) ?? filesOfRelease(root, release);
    listed.set(release, known);
    return known.has(path.slice(release.length + 1));
  };
}

function filesOfRelease(root: string, release: string): ReadonlySet<string> {
  const sums = readSourceFile(root, `${release}/SHA256SUMS`, SUMS_BYTES_MAX);
  const text = sums instanceof Uint8Array ? (decodeUtf8(sums) ?? "") : "";
  // A line is 64 hex digits, two spaces, the path: what is wrong with it is found where it is judged.
  const lines = text.split("\n").map((line) => line.slice(66));
  return new Set(["package.toml", "SHA256SUMS", "SHA256SUMS.sig", ...lines]);
}

function leftOutProblem({ kind, folder, first, count }: LeftOut): Problem {
  const target = count === 1 || folder === "" ? first : folder;
  const many = count === 1 ? `"${visible(first)}" is` : `${count} files of "${visible(folder)}" are`;
  return {
    code: kind === "ignored" ? "SOURCE_FILE_IGNORED" : "SOURCE_FILE_UNTRACKED",
    severity: "warning",
    file: visible(first),
    message: `${many} ${kind === "ignored" ? "ignored by git (a .gitignore names it)" : "not yet added to git"}: a commit will lack what this build has`,
    remedy: `in the registry's folder: git add --force ${visible(target)}`,
    rule: "D5",
  };
}

function touch(path: string, listing: Listing): void {
  for (let at = path.length; at > 0; at = path.lastIndexOf("/", at - 1)) listing.dirty.add(path.slice(0, at));
  listing.dirty.add("");
}

function addOnce(problem: Problem, listing: Listing): void {
  if (!listing.problems.some(({ code, file }) => code === problem.code && file === problem.file))
    listing.problems.push(problem);
}
