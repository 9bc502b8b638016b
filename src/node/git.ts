/**
 * What a source needs of git: the committed tree, what the work tree changed, blobs without filters.
 *
 * How git is kept from starting anything that a stranger's checkout names is in git-process.ts.
 */
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { RegistryError } from "../base/error.ts";
import { visible } from "../base/visible.ts";
import { errorText, type GitSettings, gitError, output, run, withoutFilters } from "./git-process.ts";

export interface TreeEntry {
  /** "blob", "tree", or "commit" for a submodule. */
  readonly type: string;
  readonly mode: string;
  readonly id: string;
  readonly path: string;
}

/** One line of the work tree's state; `path` ends in "/" where git names a whole folder. */
export interface StatusEntry {
  readonly kind: "changed" | "unmerged" | "untracked" | "ignored";
  readonly path: string;
}

export interface GitCheckout {
  readonly commit: string;
  readonly objectFormat: "sha1" | "sha256";
  /** Everything the commit has below the folder, paths relative to it; empty where it has nothing there. */
  committed(): Promise<TreeEntry[]>;
  /** How index and work tree differ from the commit below the folder, paths relative to it. */
  status(): Promise<StatusEntry[]>;
  /** Sizes of blobs, in the order given. Throws RegistryError where one is missing. */
  blobSizes(ids: readonly string[]): number[];
  /** Bytes of blobs, in the order given, as they were committed: no filter, no line ending conversion. */
  blobs(ids: readonly string[]): Uint8Array[];
}

/** Why there is no checkout: none is there, or git is missing, refuses it, or must not be asked (then `reason` says why). */
/** Commits that touched the file, the newest first; none where git does not know. */
export function revisionsOf(folder: string, file: string, most: number): readonly string[] {
  const asked = run(folder, ["log", `--max-count=${most}`, "--format=%H", "--", file]);
  return asked.status === 0 ? asked.stdout.toString("utf8").split("\n").filter(Boolean) : [];
}

export interface NoCheckout {
  readonly reason?: string;
  /** What to do, where it is not git's own words that say what is wrong. */
  readonly remedy?: string;
}

/** The git checkout that `folder` is in, with at least one commit; `revision` is which of them is looked at. */
export function openCheckout(folder: string, revision = "HEAD"): GitCheckout | NoCheckout {
  const asked = run(folder, [
    "rev-parse",
    "--show-object-format",
    "--show-prefix",
    "--show-toplevel",
    "--verify",
    `${revision}^{commit}`,
  ]);
  if (asked.error !== undefined) return notStarted(asked.error);
  if (asked.status !== 0) {
    const reason = errorText(asked);
    // Not a repository, or one without a commit: nothing to tell. Anything else (an owner git distrusts) is.
    const isOrdinary =
      /not a git repository|Needed a single revision|this operation must be run in a work tree/i.test(reason);
    return isOrdinary ? {} : { reason };
  }
  const [objectFormat = "", prefix = "", workTree = "", commit = "", ...more] = asked.stdout
    .toString("utf8")
    .split("\n");
  if ((objectFormat !== "sha1" && objectFormat !== "sha256") || !/^[0-9a-f]{40,64}$/.test(commit)) {
    return { reason: `git answered in a form this version does not know ("${visible(objectFormat)}")` };
  }
  if (more.join("") !== "" || !isSameFolder(join(workTree, prefix), folder)) return elsewhere(workTree);
  const settings = withoutFilters(folder);
  if ("reason" in settings) return settings;
  return checkout({ folder, prefix, commit, objectFormat, settings });
}

/** A git that is not installed is nothing to tell; one that hangs or is stopped is. */
function notStarted(error: Error): NoCheckout {
  const code = "code" in error ? String(error.code) : error.message;
  return code === "ENOENT" ? {} : { reason: `git gave no answer (${visible(code)})` };
}

/** `core.worktree` may name any folder: git's status would then be that of files which nobody reads here. */
function elsewhere(workTree: string): NoCheckout {
  return {
    reason: `git takes "${visible(workTree)}" for this checkout's files, and not the folder they are read from`,
    remedy: "run `git config --unset core.worktree` in the checkout, or clone the registry again",
  };
}

function isSameFolder(one: string, other: string): boolean {
  try {
    return realpathSync.native(one) === realpathSync.native(other);
  } catch {
    // What cannot be found is not the folder that is about to be read.
    return false;
  }
}

interface Opened {
  readonly folder: string;
  /** Where `folder` is in the checkout, with "/" at its end; "" for the checkout itself. */
  readonly prefix: string;
  readonly commit: string;
  readonly objectFormat: GitCheckout["objectFormat"];
  readonly settings: GitSettings;
}

const STATUS_OPTIONS = [
  ...["--porcelain=v2", "-z", "--untracked-files=all", "--ignored=matching"],
  ...["--no-renames", "--ignore-submodules=all"],
];

function checkout({ folder, prefix, commit, objectFormat, settings }: Opened): GitCheckout {
  return {
    commit,
    objectFormat,
    committed: async () => {
      const tree = prefix === "" ? commit : `${commit}:${prefix.replace(/\/$/, "")}`;
      if (run(folder, ["cat-file", "-e", tree]).status !== 0) return [];
      return parseTree(await output(folder, ["ls-tree", "-r", "-t", "-z", "--full-tree", tree]));
    },
    status: async () =>
      parseStatus(await output(folder, ["status", ...STATUS_OPTIONS, "--", "."], settings), prefix),
    blobSizes: (ids) => batchSizes(folder, ids),
    blobs: (ids) => batch(folder, ids),
  };
}

function parseTree(bytes: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = [];
  const text = bytes.toString("utf8");
  // mode SP type SP id TAB path NUL, some hundred thousand of them: looked at in place.
  for (let at = 0, end = text.indexOf("\0"); end !== -1; at = end + 1, end = text.indexOf("\0", at)) {
    const typeAt = text.indexOf(" ", at) + 1;
    const idAt = text.indexOf(" ", typeAt) + 1;
    const tab = text.indexOf("\t", idAt);
    const [mode, type] = [text.slice(at, typeAt - 1), text.slice(typeAt, idAt - 1)];
    entries.push({ mode, type, id: text.slice(idAt, tab), path: text.slice(tab + 1, end) });
  }
  return entries;
}

/** Fields before the path on a line of `git status --porcelain=v2`, by its first character. */
const STATUS_LINES = new Map<string, readonly [kind: StatusEntry["kind"], fields: number]>([
  ["1", ["changed", 8]],
  ["u", ["unmerged", 10]],
  ["?", ["untracked", 1]],
  ["!", ["ignored", 1]],
]);

function parseStatus(bytes: Buffer, prefix: string): StatusEntry[] {
  const entries: StatusEntry[] = [];
  for (const line of bytes.toString("utf8").split("\0")) {
    const [kind, fields] = STATUS_LINES.get(line.charAt(0)) ?? [];
    if (kind === undefined || fields === undefined) continue;
    let at = 0;
    for (let field = 0; field < fields; field++) at = line.indexOf(" ", at) + 1;
    const path = line.slice(at);
    // A folder above the registry is named where git ignores all of it.
    if (path.startsWith(prefix)) entries.push({ kind, path: path.slice(prefix.length) });
    else if (prefix.startsWith(path)) entries.push({ kind, path: "" });
  }
  return entries;
}

function batchSizes(folder: string, ids: readonly string[]): number[] {
  const answer = run(folder, ["cat-file", "--batch-check=%(objecttype) %(objectsize)"], {
    input: `${ids.join("\n")}\n`,
  });
  if (answer.status !== 0) throw gitError(["cat-file"], errorText(answer), answer.error);
  const lines = answer.stdout.toString("utf8").trimEnd().split("\n");
  return ids.map((id, at) => {
    const size = /^blob (\d+)$/.exec(lines[at] ?? "")?.[1];
    if (size === undefined) throw missingObject(id);
    return Number(size);
  });
}

function batch(folder: string, ids: readonly string[]): Uint8Array[] {
  const answer = run(folder, ["cat-file", "--batch"], { input: `${ids.join("\n")}\n` });
  if (answer.status !== 0)
    throw gitError(["cat-file"], errorText(answer) || String(answer.error?.message), answer.error);
  const blobs: Uint8Array[] = [];
  let at = 0;
  for (const id of ids) {
    const end = answer.stdout.indexOf(0x0a, at);
    const size = /^[0-9a-f]+ blob (\d+)$/.exec(answer.stdout.toString("latin1", at, Math.max(at, end)))?.[1];
    if (size === undefined) throw missingObject(id);
    at = end + 1 + Number(size) + 1;
    blobs.push(new Uint8Array(answer.stdout.subarray(end + 1, at - 1)));
  }
  return blobs;
}

function missingObject(id: string): RegistryError {
  return new RegistryError(
    "GIT_OBJECT_MISSING",
    `Cannot read the git checkout: it lacks the object ${id}`,
    "clone the registry again without --filter, or run `git fetch --refetch`",
  );
}
