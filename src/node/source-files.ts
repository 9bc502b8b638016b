/**
 * Files of a registry's source on disk: which are registry data, what is found below a folder, one read.
 * No symbolic link is ever followed, and no order of a directory is ever seen.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "../base/problem.ts";
import { visible } from "../base/visible.ts";
import { statOf } from "./output-state.ts";
import { readRegularFile } from "./regular-file.ts";

/** What a registry's folder holds; all else beside it (a README, pictures) is the repository's own affair. */
const ROOT_FILES = new Set(["registry.toml", "registry.json", "stats.json", ".gitattributes"]);
export const REGISTRY_FOLDERS: ReadonlySet<string> = new Set([
  "trust",
  "bundles",
  "policy",
  "publishers",
  "packages",
]);

const FOLDER_DEPTH_MAX = 64;
/** Bytes of one file that a source may hold: the ceiling above every limit of registry.toml. */
export const SOURCE_FILE_BYTES_MAX = 256 * 1024 * 1024;

export function isRegistryData(path: string): boolean {
  const slash = path.indexOf("/");
  return slash === -1 ? ROOT_FILES.has(path) : REGISTRY_FOLDERS.has(path.slice(0, slash));
}

/** Whether `path`, a file or a folder, is registry data or may hold some; "" is the registry itself. */
export function mayHoldData(path: string): boolean {
  return path === "" || REGISTRY_FOLDERS.has(path) || isRegistryData(path);
}

/** The release's folder that `path` is in (`packages/x/1.0.0`), where it is in one. */
export function releaseFolder(path: string): string | undefined {
  return /^(packages\/[^/]+\/(?!statements\/)[^/]+)\//.exec(path)?.[1];
}

const REMEDIES = new Map<string, readonly [rule: string, remedy: string]>([
  ["SOURCE_SYMLINK", ["D1", "replace the symbolic link by the file it leads to"]],
  ["SOURCE_SUBMODULE", ["D1", "copy the files in and remove the submodule: `git rm --cached <path>`"]],
  [
    "SOURCE_NESTED_REPOSITORY",
    ["D1", "remove the .git below it, so that its files are this repository's own"],
  ],
  ["SOURCE_SPECIAL_FILE", ["D1", "remove it: a registry has regular files only"]],
  ["SOURCE_PATH_NOT_UTF8", ["D2", "rename the file: names are UTF-8"]],
  ["SOURCE_TOO_DEEP", ["D2", "move the files up: fewer folders within folders"]],
  ["SOURCE_UNREADABLE", ["D3", "make the file readable to the one who builds"]],
  ["SOURCE_FILE_TOO_LARGE", ["D3", "make the file smaller, or keep it outside the registry"]],
  ["SOURCE_UNMERGED", ["D4", "finish the merge: mend the file, then `git add` it"]],
]);

export function sourceProblem(code: string, path: string, message: string): Problem {
  const [rule, remedy] = REMEDIES.get(code) ?? ["D1", "mend it"];
  return {
    code,
    severity: "error",
    file: visible(path),
    message: `Cannot use "${visible(path)}": ${message}`,
    remedy: remedy.replace("<path>", visible(path)),
    rule,
  };
}

/** What `path` is on disk, the last component not followed; `undefined` where nothing is there. */
export function kindOnDisk(root: string, path: string): "file" | "folder" | "link" | "special" | undefined {
  const stat = statOf(join(root, path));
  if (stat === undefined) return undefined;
  if (stat.isSymbolicLink()) return "link";
  return stat.isFile() ? "file" : stat.isDirectory() ? "folder" : "special";
}

/** Every file below `folder` (relative to `root`; "" for all of the registry), with what stands in the way. */
export function filesBelow(root: string, folder: string, problems: Problem[]): string[] {
  const files: string[] = [];
  const waiting = [folder];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (at.split("/").length > FOLDER_DEPTH_MAX) {
      problems.push(sourceProblem("SOURCE_TOO_DEEP", at, `it is more than ${FOLDER_DEPTH_MAX} folders deep`));
      continue;
    }
    for (const entry of entriesOf(root, at, problems)) {
      const path = at === "" ? entry.name : `${at}/${entry.name}`;
      if (!mayHoldData(path)) continue;
      if (entry.isFile() && entry.name !== ".git") files.push(path);
      else if (entry.isDirectory() && entry.name !== ".git") waiting.push(path);
      else problems.push(notAFile(path, entry));
    }
  }
  return files.filter((path) => isUtf8(path, problems));
}

function entriesOf(root: string, folder: string, problems: Problem[]) {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true });
  } catch (error) {
    problems.push(sourceProblem("SOURCE_UNREADABLE", folder === "" ? "." : folder, reasonOf(error)));
    return [];
  }
}

function notAFile(path: string, entry: { name: string; isSymbolicLink(): boolean }): Problem {
  if (entry.name === ".git") {
    return sourceProblem(
      "SOURCE_NESTED_REPOSITORY",
      path.replace(/\/?\.git$/, ""),
      "it is a git repository of its own",
    );
  }
  return entry.isSymbolicLink()
    ? symlinkProblem(path)
    : sourceProblem("SOURCE_SPECIAL_FILE", path, "it is not a regular file");
}

export function symlinkProblem(path: string): Problem {
  return sourceProblem("SOURCE_SYMLINK", path, "it is a symbolic link");
}

/** False, with a problem, for a name that was not UTF-8: both git's listing and Node's show U+FFFD in its place. */
export function isUtf8(path: string, problems: Problem[]): boolean {
  if (!path.includes("\ufffd")) return true;
  problems.push(sourceProblem("SOURCE_PATH_NOT_UTF8", path, "its name is not UTF-8"));
  return false;
}

/** The bytes of a regular file, or the problem that stands against it. */
export function readSourceFile(root: string, path: string, bytesMax: number): Uint8Array | Problem {
  try {
    const read = readRegularFile(join(root, path), bytesMax, { noFollow: true });
    if (!("fault" in read)) return read.bytes;
    const code = read.fault === "size" ? "SOURCE_FILE_TOO_LARGE" : "SOURCE_SPECIAL_FILE";
    return sourceProblem(code, path, `it ${read.what}`);
  } catch (error) {
    const isLink = error instanceof Error && "code" in error && error.code === "ELOOP";
    return isLink ? symlinkProblem(path) : sourceProblem("SOURCE_UNREADABLE", path, reasonOf(error));
  }
}

export function tooLargeProblem(path: string, size: number, bytesMax: number): Problem {
  return sourceProblem("SOURCE_FILE_TOO_LARGE", path, `it has ${size} bytes, the limit is ${bytesMax}`);
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && "code" in error) return `it cannot be read (${String(error.code)})`;
  throw error;
}
