/**
 * Folders and files below one folder, changed together: all of them or none.
 *
 *   <within>/.ggen-marketplace.lock       held while something changes: two programs take turns
 *   <within>/.ggen-marketplace/new/…      what will be there, written first, on the same file system
 *   <within>/.ggen-marketplace/plan.json  what moves, written when everything in new/ is: [{ path, replaces }]
 *   <within>/.ggen-marketplace/old/…      what stood there
 *
 * Each thing that is replaced moves to old/ and its successor moves in, by renaming. Where one cannot,
 * or the program is interrupted, what had moved moves back. A program that was killed in between leaves
 * its plan, and the next change takes it back before it begins. No path leads through a symbolic link.
 */
import { chmodSync, lstatSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { RegistryError } from "../base/error.ts";
import { visible } from "../base/visible.ts";
import { onInterrupt } from "./interrupt.ts";
import { makeFolder } from "./make-folder.ts";
import { takeLock } from "./process-lock.ts";
import { readRegularFile } from "./regular-file.ts";

const STAGING = ".ggen-marketplace";

/** A thousand packages take less than a tenth of it. */
const PLAN_BYTES_MAX = 1024 * 1024;

/** What an installation changes in a project: nothing else is ever taken back. */
const CHANGED_PATH =
  /^(?:packs\/(?:[a-z0-9]+(?:-[a-z0-9]+)*(?:\.adapted)?|catalog-v001\.xml|ontologies\.json)|ggen\.toml|ggen\.lock|\.ggen\/packs\.lock|ggen-marketplace\.lock)$/;

interface Move {
  readonly path: string;
  /** Whether something stood there. */
  readonly replaces: boolean;
}

/** What shall be there after a change. Paths are relative, with `/`. */
export interface Successors {
  /** The folder at `path` will hold exactly these files. */
  folder(path: string, files: ReadonlyMap<string, Uint8Array>): void;
  /** The file at `path` will hold these bytes; one that is replaced keeps its mode. */
  file(path: string, bytes: Uint8Array): void;
  /** Nothing will stand at `path`. */
  gone(path: string): void;
}

/**
 * Changes what is below `within` (made where it is not there) to what `prepare` names. While `prepare`
 * looks, no other program changes anything; what it throws is thrown. Throws UNSAFE_PATH, IN_THE_WAY, LOCKED,
 * or the error of the file system; everything is then as it was.
 */
export function changeFolder(within: string, prepare: (successors: Successors) => void): void {
  inTurn(within, () => {
    const change = new FolderChange(within);
    prepare(change);
    change.make();
  });
}

/** Does `work` while no other program changes the folder, after and before whatever was left half done is taken back. */
function inTurn(within: string, work: () => void): void {
  makeFolder(within);
  const release = takeLock(join(within, `${STAGING}.lock`), "change this folder");
  // All of this is one synchronous stretch: as long as a cleanup is set, Ctrl-C waits for its end.
  const withdraw = onInterrupt(() => {});
  try {
    undoLeftover(within);
    work();
  } finally {
    undoLeftover(within);
    withdraw();
    release();
  }
}

/**
 * Takes back what a program that was killed has left half done, as the next change would: who only looks sees the
 * state before it. Where another program is changing the folder now, or nothing may be written, it stays as it is.
 */
export function takeBackLeftover(within: string): void {
  if (!stands(join(within, STAGING, "plan.json"))) return;
  try {
    inTurn(within, () => {});
  } catch (error) {
    if (!(error instanceof RegistryError && error.code === "LOCKED") && !isReadOnly(error)) throw error;
  }
}

function isReadOnly(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "EROFS" || code === "EACCES" || code === "EPERM";
}

class FolderChange implements Successors {
  readonly #within: string;
  readonly #folders = new Map<string, ReadonlyMap<string, Uint8Array>>();
  readonly #files = new Map<string, Uint8Array>();
  readonly #gone = new Set<string>();

  constructor(within: string) {
    this.#within = within;
  }

  folder(path: string, files: ReadonlyMap<string, Uint8Array>): void {
    this.#folders.set(checkRelative(path), files);
    for (const file of files.keys()) checkRelative(file);
  }

  file(path: string, bytes: Uint8Array): void {
    this.#files.set(checkRelative(path), bytes);
  }

  gone(path: string): void {
    this.#gone.add(checkRelative(path));
  }

  make(): void {
    for (const path of this.#gone) refuseLinks(this.#within, path);
    const gone = [...this.#gone].filter((path) => stands(join(this.#within, path)));
    const targets = [...this.#folders.keys(), ...this.#files.keys(), ...gone];
    for (const path of targets)
      if (!this.#gone.has(path)) checkWay(this.#within, path, this.#folders.has(path));
    this.#stage();
    this.#move(targets);
  }

  #stage(): void {
    for (const [folder, files] of this.#folders) {
      makeFolder(this.#in("new", folder));
      for (const [path, bytes] of files) write(this.#in("new", folder, path), bytes);
    }
    for (const [path, bytes] of this.#files) {
      write(this.#in("new", path), bytes);
      const replaced = lstatSync(join(this.#within, path), { throwIfNoEntry: false });
      if (replaced !== undefined) chmodSync(this.#in("new", path), replaced.mode & 0o777);
    }
  }

  #move(targets: readonly string[]): void {
    const moves = targets.map((path): Move => ({ path, replaces: stands(join(this.#within, path)) }));
    write(this.#in("plan.json"), Buffer.from(JSON.stringify(moves)));
    for (const { path, replaces } of moves) {
      const target = join(this.#within, path);
      makeFolder(dirname(target));
      if (replaces) {
        makeFolder(dirname(this.#in("old", path)));
        renameSync(target, this.#in("old", path));
      }
      if (!this.#gone.has(path)) renameSync(this.#in("new", path), target);
    }
    // From here on the change is made: without its plan nothing is taken back.
    rmSync(this.#in("plan.json"));
  }

  #in(...parts: readonly string[]): string {
    return join(this.#within, STAGING, ...parts);
  }
}

/** Takes back a change that came to no end, this program's or a killed one's, and removes what was staged. */
function undoLeftover(within: string): void {
  const staging = join(within, STAGING);
  const stat = lstatSync(staging, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isDirectory()) throw inTheWay(staging);
  refuseLinks(staging, "plan.json");
  const plan = readPlan(join(staging, "plan.json"));
  // The plan may have come with a stranger's folder: it is followed nowhere but where a change may write.
  for (const { path } of plan) {
    refuseLinks(within, path);
    for (const side of ["new", "old"]) refuseLinks(staging, `${side}/${path}`);
  }
  for (const { path, replaces } of plan.reverse()) {
    const [target, aside] = [join(within, path), join(staging, "old", path)];
    const isNew = !stands(join(staging, "new", path));
    if (replaces ? stands(aside) : isNew) rmSync(target, { recursive: true, force: true });
    if (stands(aside)) renameSync(aside, target);
  }
  rmSync(staging, { recursive: true, force: true });
}

function readPlan(file: string): Move[] {
  if (!stands(file)) return [];
  const read = readRegularFile(file, PLAN_BYTES_MAX, { noFollow: true });
  if ("fault" in read) throw unsafe(file, `it ${read.what}; remove the folder "${STAGING}"`);
  const plan = parsePlan(new TextDecoder().decode(read.bytes));
  const strange = plan.find((move) => !isMove(move));
  if (strange === undefined) return plan as Move[];
  throw unsafe(
    String((strange as Partial<Move> | null)?.path),
    `"${STAGING}" holds a plan that no change of ours made; remove that folder`,
  );
}

function parsePlan(text: string): unknown[] {
  try {
    const plan: unknown = JSON.parse(text);
    return Array.isArray(plan) ? plan : [plan];
  } catch {
    // Half written: then nothing had moved.
    return [];
  }
}

function isMove(value: unknown): value is Move {
  const move = value as Partial<Move> | null;
  return typeof move?.path === "string" && CHANGED_PATH.test(move.path);
}

/** No part of the way may be a link, not even to where the way would lead anyway. */
function refuseLinks(within: string, path: string): void {
  let at = within;
  for (const part of path.split("/")) {
    at = join(at, part);
    if (lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink())
      throw unsafe(path, `"${visible(at)}" is a symbolic link`);
  }
}

function write(path: string, bytes: Uint8Array): void {
  makeFolder(dirname(path));
  writeFileSync(path, bytes, { flag: "wx", mode: 0o644 });
}

function stands(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** A link on the way would let a project or registry that somebody else made write somewhere else. */
function checkWay(within: string, path: string, isFolder: boolean): void {
  const parts = path.split("/");
  let at = within;
  for (const [index, part] of parts.entries()) {
    at = join(at, part);
    const stat = lstatSync(at, { throwIfNoEntry: false });
    if (stat === undefined) return;
    if (stat.isSymbolicLink()) throw unsafe(path, `"${visible(at)}" is a symbolic link`);
    const wantsFolder = isFolder || index < parts.length - 1;
    if (wantsFolder !== statSync(at).isDirectory()) throw inTheWay(at);
  }
}

function checkRelative(path: string): string {
  const isPlain = path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  if (isPlain && !/[\0\\]|^[A-Za-z]:/.test(path)) return path;
  throw unsafe(path, "it leads outside");
}

function inTheWay(path: string): RegistryError {
  return new RegistryError(
    "IN_THE_WAY",
    `"${visible(path)}" is in the way; nothing was changed`,
    "move it away",
  );
}

function unsafe(path: string, why: string): RegistryError {
  return new RegistryError(
    "UNSAFE_PATH",
    `Cannot write to "${visible(path)}": ${why}; nothing was changed`,
    "use folders and files of your own, without links on the way",
  );
}
