/**
 * What a source needs of git: the committed tree, what the work tree changed, blobs without filters.
 *
 * A registry is cloned from strangers, so git runs with nothing that its own configuration could start:
 * no hooks, no file system monitor, no filters, no fetching of missing objects, no replaced objects, no
 * look into submodules. What is asked is bounded in time and in bytes.
 */
import { type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { RegistryError } from "../base/error.ts";
import { visible } from "../base/visible.ts";

/** A listing of a registry of a million files is about 150 MB. */
const OUTPUT_BYTES_MAX = 512 * 1024 * 1024;
const ERROR_TEXT_MAX = 4096;
const TIME_MS_MAX = 120_000;

const SAFE_OPTIONS = [
  ...["--no-pager", "--no-replace-objects", "--literal-pathspecs"],
  ...[
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.untrackedCache=keep",
    "protocol.allow=never",
  ].flatMap((setting) => ["-c", setting]),
];

/** Variables of git's that only say where a person's own configuration is; every other one is removed. */
const KEPT_VARIABLES = /^GIT_(CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)|CEILING_DIRECTORIES)$/;

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

/** Why there is no checkout: none is there, or git is missing or refuses it (then `reason` is its own words). */
export interface NoCheckout {
  readonly reason?: string;
}

/** The git checkout that `folder` is in, with at least one commit. */
export function openCheckout(folder: string): GitCheckout | NoCheckout {
  const asked = run(folder, [
    "rev-parse",
    "--show-prefix",
    "--show-object-format",
    "--verify",
    "HEAD^{commit}",
  ]);
  if (asked.error !== undefined) return {};
  if (asked.status !== 0) {
    const reason = errorText(asked);
    // Not a repository, or one without a commit: nothing to tell. Anything else (an owner git distrusts) is.
    const isOrdinary =
      /not a git repository|Needed a single revision|this operation must be run in a work tree/i.test(reason);
    return isOrdinary ? {} : { reason };
  }
  const [prefix = "", objectFormat = "", commit = ""] = asked.stdout.toString("utf8").split("\n");
  if ((objectFormat !== "sha1" && objectFormat !== "sha256") || !/^[0-9a-f]{40,64}$/.test(commit)) {
    return { reason: `git answered in a form this version does not know ("${visible(objectFormat)}")` };
  }
  const withoutFilters = filterOverrides(folder);
  return {
    commit,
    objectFormat,
    committed: async () => {
      const tree = prefix === "" ? commit : `${commit}:${prefix.replace(/\/$/, "")}`;
      if (run(folder, ["cat-file", "-e", tree]).status !== 0) return [];
      return parseTree(await output(folder, ["ls-tree", "-r", "-t", "-z", "--full-tree", tree]));
    },
    status: async () => {
      const options = ["--porcelain=v2", "-z", "--untracked-files=all", "--ignored=matching", "--no-renames"];
      const listing = [...withoutFilters, "status", ...options, "--ignore-submodules=all", "--", "."];
      return parseStatus(await output(folder, listing), prefix);
    },
    blobSizes: (ids) => batchSizes(folder, ids),
    blobs: (ids) => batch(folder, ids),
  };
}

function safeEnvironment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (!name.toUpperCase().startsWith("GIT_") || KEPT_VARIABLES.test(name)) env[name] = value;
  }
  return {
    ...env,
    ...{
      LC_ALL: "C",
      LANGUAGE: "C",
      GIT_OPTIONAL_LOCKS: "0",
      GIT_NO_LAZY_FETCH: "1",
      GIT_NO_REPLACE_OBJECTS: "1",
    },
    ...{ GIT_TERMINAL_PROMPT: "0", GIT_ATTR_NOSYSTEM: "1" },
  };
}

function run(folder: string, args: readonly string[], input?: string): SpawnSyncReturns<Buffer> {
  return spawnSync("git", [...SAFE_OPTIONS, ...args], {
    cwd: folder,
    env: safeEnvironment(),
    input: input ?? "",
    maxBuffer: OUTPUT_BYTES_MAX,
    timeout: TIME_MS_MAX,
    windowsHide: true,
  });
}

function output(folder: string, args: readonly string[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const git = spawn("git", [...SAFE_OPTIONS, ...args], {
      cwd: folder,
      env: safeEnvironment(),
      stdio: ["ignore", "pipe", "pipe"],
      timeout: TIME_MS_MAX,
      windowsHide: true,
    });
    const chunks: Buffer[] = [];
    let length = 0;
    let complaint = "";
    git.stdout.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > OUTPUT_BYTES_MAX) git.kill("SIGKILL");
      else chunks.push(chunk);
    });
    git.stderr.on("data", (chunk: Buffer) => {
      if (complaint.length < ERROR_TEXT_MAX) complaint += chunk.toString("utf8");
    });
    git.on("error", (error) => reject(gitError(args, error.message, error)));
    git.on("close", (status, signal) => {
      if (status === 0) resolve(Buffer.concat(chunks));
      else reject(gitError(args, complaint.trim() || `it was stopped (${signal ?? status})`));
    });
  });
}

function errorText(result: SpawnSyncReturns<Buffer>): string {
  return visible(result.stderr.toString("utf8", 0, ERROR_TEXT_MAX).trim().split("\n")[0] ?? "");
}

function gitError(args: readonly string[], reason: string, cause?: unknown): RegistryError {
  const command = args.find((arg) => /^[a-z]+(-[a-z]+)+$|^status$/.test(arg)) ?? args[0] ?? "";
  return new RegistryError(
    "GIT_FAILED",
    `Cannot read the git checkout: git ${command} failed: ${visible(reason.slice(0, ERROR_TEXT_MAX))}`,
    "Run the same command in the registry's folder and mend what it says, or copy the registry out of the checkout",
    { cause },
  );
}

/**
 * Options that leave every configured filter without a command. `git status` would else start a clean
 * filter, one that the repository's own configuration may name, on each file whose time changed.
 */
function filterOverrides(folder: string): string[] {
  const found = run(folder, [
    "config",
    "--null",
    "--name-only",
    "--get-regexp",
    "^filter\\..*\\.(clean|smudge|process|required)$",
  ]);
  const keys = new Set(
    found.stdout
      .toString("utf8")
      .split("\0")
      .filter((key) => key !== ""),
  );
  return [...keys].flatMap((key) => ["-c", `${key}=${key.endsWith(".required") ? "false" : ""}`]);
}

function parseTree(bytes: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (const line of bytes.toString("utf8").split("\0")) {
    const tab = line.indexOf("\t");
    if (tab === -1) continue;
    const [mode = "", type = "", id = ""] = line.slice(0, tab).split(" ");
    entries.push({ mode, type, id, path: line.slice(tab + 1) });
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
  const answer = run(
    folder,
    ["cat-file", "--batch-check=%(objecttype) %(objectsize)"],
    `${ids.join("\n")}\n`,
  );
  if (answer.status !== 0) throw gitError(["cat-file"], errorText(answer), answer.error);
  const lines = answer.stdout.toString("utf8").trimEnd().split("\n");
  return ids.map((id, at) => {
    const size = /^blob (\d+)$/.exec(lines[at] ?? "")?.[1];
    if (size === undefined) throw missingObject(id);
    return Number(size);
  });
}

function batch(folder: string, ids: readonly string[]): Uint8Array[] {
  const answer = run(folder, ["cat-file", "--batch"], `${ids.join("\n")}\n`);
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
    "Clone the registry again without --filter, or run `git fetch --refetch`",
  );
}
