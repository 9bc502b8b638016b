/**
 * Publishes a tree into a folder so that who reads it sees the old one or the new one, never half of each.
 *
 *   lock      one build at a time
 *   plan      which files differ from what is there
 *   stage     all new bytes into .ggen-marketplace-staging/, in the folder itself, so on its file system
 *   switch    files named by a digest into place; then the other files; registry.json last
 *   sweep     files that the old tree had and the new one has not
 *
 * Until the switch nothing that a reader sees is touched: a failure or an interrupt takes the staged
 * files back. The switch is one synchronous stretch of renames, each undone where a later one fails.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { RegistryError } from "../base/error.ts";
import { compareText } from "../base/order.ts";
import { checkTreePath } from "../client/reader.ts";
import { REGISTRY_FILE } from "../snapshot/layout.ts";
import type { SnapshotFile } from "../snapshot/snapshot-files.ts";
import { nativeSha256 } from "./crypto.ts";
import { onInterrupt } from "./interrupt.ts";
import { type OutputFolder, openOutputFolder } from "./output-folder.ts";
import {
  isAsNoted,
  type NotedFile,
  noted,
  type OutputState,
  readOutputState,
  statOf,
  writeOutputState,
} from "./output-state.ts";
import { isDigestNamed, isOwned, isPointer, ownedFiles } from "./output-tree.ts";

export interface CommitOptions {
  /** Where to note what was written, outside `out`; without it every file that is there is hashed. */
  readonly stateFile?: string;
  /** Aborted during staging, it takes everything back and is thrown. */
  readonly signal?: AbortSignal;
}

export interface CommitReport {
  readonly written: number;
  readonly removed: number;
  readonly unchanged: number;
}

/** Work between two looks at the event loop, so that an interrupt is heard. */
const TURN_MS = 10;

/**
 * Makes `out` hold `files` (by path in the tree) and nothing else that a tree owns. Throws RegistryError
 * NOT_A_PUBLISHED_TREE for a folder with other things in it, LOCKED while another build writes there,
 * OUTPUT_FAILED where the disk refuses; the folder is then as it was.
 */
export async function commitTree(
  out: string,
  files: ReadonlyMap<string, SnapshotFile>,
  options: CommitOptions = {},
): Promise<CommitReport> {
  try {
    const folder = openOutputFolder(resolve(out));
    const withdraw = onInterrupt(() => folder.abandon());
    try {
      return await publish(folder, files, options);
    } finally {
      withdraw();
      folder.abandon();
    }
  } catch (error) {
    throw explained(error, out);
  }
}

async function publish(
  folder: OutputFolder,
  files: ReadonlyMap<string, SnapshotFile>,
  options: CommitOptions,
): Promise<CommitReport> {
  const { stateFile, signal } = options;
  const previous = stateFile === undefined ? undefined : readOutputState(stateFile, folder.path);
  const state = new Map<string, NotedFile>();
  const turn = new Turn(signal);
  const changed = await findChanged(folder, files, previous, state, turn);
  await stage(folder, files, changed, turn);
  signal?.throwIfAborted();
  const removed = filesToRemove(folder, files, previous);
  folder.prepare([...changed, ...removed]);
  folder.switchIn(inOrder(changed));
  const left = folder.sweep(removed);
  for (const path of changed) noteWritten(folder, path, files, state);
  // With a file that could not be removed, the next build must look for itself.
  if (stateFile !== undefined && left.length === 0) writeOutputState(stateFile, folder.path, state);
  return {
    written: changed.length,
    removed: removed.length - left.length,
    unchanged: files.size - changed.length,
  };
}

/** Gives way to the event loop now and then, and stops where the signal says so. */
class Turn {
  readonly #signal: AbortSignal | undefined;
  #until = performance.now() + TURN_MS;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  /** Throws where the signal is aborted. Asked for each file, so it is no promise. */
  isOver(): boolean {
    this.#signal?.throwIfAborted();
    return performance.now() >= this.#until;
  }

  async next(): Promise<void> {
    await nextTurn();
    this.#until = performance.now() + TURN_MS;
  }
}

async function findChanged(
  folder: OutputFolder,
  files: ReadonlyMap<string, SnapshotFile>,
  previous: OutputState | undefined,
  state: Map<string, NotedFile>,
  turn: Turn,
): Promise<string[]> {
  const changed: string[] = [];
  for (const [path, file] of files) {
    checkTreePath(path);
    if (!isOwned(path)) throw new RangeError(`"${path}" is not a path of a published tree`);
    const found = unchanged(join(folder.path, path), file, previous?.get(path));
    if (found === undefined) changed.push(path);
    else state.set(path, found);
    if (turn.isOver()) await turn.next();
  }
  return changed;
}

/** What to note of a file that already is as it should be. */
function unchanged(target: string, file: SnapshotFile, before: NotedFile | undefined): NotedFile | undefined {
  const stat = statOf(target);
  if (stat === undefined || !stat.isFile() || stat.size !== file.length) return undefined;
  const sha256 =
    before !== undefined && isAsNoted(before, stat) ? before.sha256 : nativeSha256(readFileSync(target));
  return sha256 === file.sha256 ? noted(sha256, stat) : undefined;
}

async function stage(
  folder: OutputFolder,
  files: ReadonlyMap<string, SnapshotFile>,
  changed: readonly string[],
  turn: Turn,
): Promise<void> {
  for (const path of changed) {
    const file = files.get(path);
    if (file === undefined) continue;
    // A large file that stands under two names is written once.
    const isStaged = file.pieces !== undefined && folder.stageLink(path, file.sha256);
    if (!isStaged) stageBytes(folder, path, file);
    if (turn.isOver()) await turn.next();
  }
}

function stageBytes(folder: OutputFolder, path: string, file: SnapshotFile): void {
  const staged = folder.stage(path, file.pieces?.() ?? [file.bytes()]);
  if (staged.length !== file.length || staged.sha256 !== file.sha256)
    throw new Error(`the bytes given for "${path}" are not those its digest names`);
}

/**
 * Files of the old tree that the new one lacks. The state knows them, unless another program has written
 * here since (then registry.json is not as noted) or a build was killed here: then the folder is walked.
 */
function filesToRemove(
  folder: OutputFolder,
  files: ReadonlyMap<string, SnapshotFile>,
  previous: OutputState | undefined,
): string[] {
  const stat = statOf(join(folder.path, REGISTRY_FILE));
  const isKnown = !folder.hadLeftovers && stat !== undefined && isAsNoted(previous?.get(REGISTRY_FILE), stat);
  const there = isKnown && previous !== undefined ? previous.keys() : ownedFiles(folder.path);
  return [...there].filter((path) => isOwned(path) && !files.has(path));
}

/** Digest-named files, then those that point to them, then timestamp.json and registry.json. */
function inOrder(paths: readonly string[]): string[] {
  const rank = (path: string) => (isPointer(path) ? 2 : isDigestNamed(path) ? 0 : 1);
  return [...paths].sort((a, b) => rank(a) - rank(b) || compareText(a, b));
}

function noteWritten(
  folder: OutputFolder,
  path: string,
  files: ReadonlyMap<string, SnapshotFile>,
  state: Map<string, NotedFile>,
): void {
  const stat = statOf(join(folder.path, path));
  const file = files.get(path);
  if (stat !== undefined && file !== undefined) state.set(path, noted(file.sha256, stat));
}

const HINTS = new Map([
  ["ENOSPC", "free some space on its disk, then build again"],
  ["EDQUOT", "free some of your quota on its disk, then build again"],
  ["EACCES", "make the folder and all in it writable to you, or choose another --out"],
  ["EPERM", "make the folder and all in it writable to you, or choose another --out"],
  ["EROFS", "choose an --out on a disk that can be written"],
]);

function explained(error: unknown, out: string): unknown {
  const code =
    error instanceof Error && "code" in error && !(error instanceof RegistryError) ? error.code : undefined;
  if (typeof code !== "string" || !/^E[A-Z0-9]+$/.test(code)) return error;
  return new RegistryError(
    "OUTPUT_FAILED",
    `Cannot write "${out}" (${code}); it is as it was before`,
    HINTS.get(code) ?? "check the disk, then build again",
    { cause: error },
  );
}
