/** The folder a tree is published into, while one build holds it: staging, switching, taking back. */
import {
  accessSync,
  closeSync,
  constants,
  copyFileSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Digest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { openNativeSha256 } from "./crypto.ts";
import { makeFolder } from "./make-folder.ts";
import {
  type FirstBuild,
  isFirstNote,
  judgeStanding,
  type Standing,
  writeFirstBuild,
} from "./output-ownership.ts";
import { statOf } from "./output-state.ts";
import { LOCK_FILE, STAGING_FOLDER } from "./output-tree.ts";
import { takeLock } from "./process-lock.ts";

/** Makes `path` where it is not there, takes its lock, and sweeps what a killed build left. */
export function openOutputFolder(path: string): OutputFolder {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat !== undefined && !stat.isDirectory()) {
    throw new RegistryError(
      "NOT_A_FOLDER",
      `Cannot write "${path}": it is not a folder`,
      "choose another --out",
    );
  }
  const made = stat === undefined ? makeFolder(path) : undefined;
  const real = realpathSync(path);
  const release = takeLock(join(real, LOCK_FILE), `write "${path}"`);
  const folder = new OutputFolder(real, made === undefined ? undefined : realpathSync(made), release);
  try {
    folder.begin();
  } catch (error) {
    folder.abandon();
    throw error;
  }
  return folder;
}

export class OutputFolder {
  /** Absolute, without symbolic links. */
  readonly path: string;
  /** The topmost folder that was made for `path`. */
  readonly #made: string | undefined;
  readonly #release: () => void;
  readonly #staged = new Map<string, string>();
  readonly #digests = new Map<string, Digest>();
  readonly #asideOf = new Map<Digest, string>();
  /** `undefined` until it is known that the folder is ours: then nothing in it is touched. */
  #standing: Standing | undefined;
  #foldersMade: string[] = [];
  #switched: { target: string; backup: string | undefined }[] = [];
  #isSwitched = false;
  #isClosed = false;

  constructor(path: string, made: string | undefined, release: () => void) {
    this.path = path;
    this.#made = made;
    this.#release = release;
  }

  begin(): void {
    this.#standing = judgeStanding(this.path);
    this.#emptyStaging();
    makeFolder(this.#staging);
  }

  /** A build was killed here: what the state notes may not be all there is. */
  get hadLeftovers(): boolean {
    return this.#standing?.hasLeftovers === true;
  }

  /** What a killed first build noted stays until a tree is complete. */
  #emptyStaging(): void {
    if (this.#standing?.unfinished === undefined || this.#isSwitched)
      rmSync(this.#staging, { recursive: true, force: true });
    else
      for (const name of readdirSync(this.#staging))
        if (!isFirstNote(name)) rmSync(join(this.#staging, name), { recursive: true, force: true });
  }

  get #staging(): string {
    return join(this.path, STAGING_FOLDER);
  }

  /** Writes `pieces` one after another; gives what was written. */
  stage(path: string, pieces: Iterable<Uint8Array>): { readonly sha256: Digest; readonly length: number } {
    const aside = join(this.#staging, String(this.#staged.size));
    const hash = openNativeSha256();
    let length = 0;
    const handle = openSync(aside, "wx");
    try {
      for (const piece of pieces) {
        hash.update(piece);
        writeFileSync(handle, piece);
        length += piece.length;
      }
    } finally {
      closeSync(handle);
    }
    const sha256 = hash.digest();
    this.#staged.set(path, aside);
    this.#digests.set(path, sha256);
    this.#asideOf.set(sha256, aside);
    return { sha256, length };
  }

  /** Stages the very file that was staged under another path; false where none was with this digest. */
  stageLink(path: string, sha256: Digest): boolean {
    const there = this.#asideOf.get(sha256);
    if (there === undefined) return false;
    this.#staged.set(path, keep(there, join(this.#staging, String(this.#staged.size))));
    this.#digests.set(path, sha256);
    return true;
  }

  /** Finds what would stop the switch half way, and makes the folders it needs. */
  prepare(paths: readonly string[]): void {
    const { dev } = statSync(this.path);
    const seen = new Set<string>();
    for (const path of paths) {
      const parts = path.split("/").slice(0, -1);
      for (let depth = 0; depth <= parts.length; depth++) {
        const folder = join(this.path, ...parts.slice(0, depth));
        if (!seen.has(folder)) this.#prepareFolder(folder, dev);
        seen.add(folder);
      }
      const there = statOf(join(this.path, path));
      if (there?.isDirectory()) throw inTheWay(join(this.path, path), "a folder");
    }
  }

  #prepareFolder(folder: string, dev: number): void {
    const stat = statOf(folder);
    if (stat === undefined) {
      mkdirSync(folder);
      this.#foldersMade.push(folder);
      return;
    }
    if (stat.isSymbolicLink()) throw inTheWay(folder, "a symbolic link");
    if (!stat.isDirectory()) throw inTheWay(folder, "a file");
    if (stat.dev !== dev) throw inTheWay(folder, "on another disk");
    accessSync(folder, constants.W_OK | constants.X_OK);
  }

  /** Renames the staged files into place, in the order given; where one fails, all are taken back. */
  switchIn(order: readonly string[]): void {
    if (this.#standing?.isFirst === true) this.#noteFirst(this.#standing.unfinished);
    for (const path of order) {
      const aside = this.#staged.get(path);
      if (aside === undefined) continue;
      const target = join(this.path, path);
      const backup = statOf(target) === undefined ? undefined : keep(target, `${aside}.before`);
      renameSync(aside, target);
      this.#switched.push({ target, backup });
    }
    this.#isSwitched = true;
  }

  #noteFirst(unfinished: FirstBuild = new Map()): void {
    const first = new Map([...unfinished].map(([path, digests]) => [path, new Set(digests)]));
    for (const [path, sha256] of this.#digests)
      first.set(path, (first.get(path) ?? new Set<Digest>()).add(sha256));
    writeFirstBuild(this.#staging, first);
  }

  /** Removes files, and folders that are empty then. Gives the paths that could not be removed. */
  sweep(paths: readonly string[]): string[] {
    const left: string[] = [];
    const folders = new Set<string>();
    for (const path of paths) {
      try {
        rmSync(join(this.path, path), { force: true });
        folders.add(dirname(join(this.path, path)));
      } catch {
        // The new tree is complete; what is left over harms no reader, and the next build tries again.
        left.push(path);
      }
    }
    for (const folder of folders) removeEmpty(folder, this.path);
    return left;
  }

  /** Gives the folder free: as it was before, unless the switch is complete. Safe to call again. */
  abandon(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (!this.#isSwitched) this.#takeBack();
    if (this.#standing !== undefined) this.#emptyStaging();
    this.#release();
    if (this.#made !== undefined) removeEmpty(this.path, dirname(this.#made));
  }

  #takeBack(): void {
    for (const { target, backup } of this.#switched.splice(0).reverse()) {
      if (backup === undefined) unlinkSync(target);
      else renameSync(backup, target);
    }
    for (const folder of this.#foldersMade.splice(0).reverse()) rmdirSync(folder);
  }
}

/** Removes `folder` and those above it, up to `top` (which stays), as long as they are empty. */
function removeEmpty(folder: string, top: string): void {
  try {
    for (let at = folder; at !== top; at = dirname(at)) rmdirSync(at);
  } catch (error) {
    // Not empty, or already gone with another's last file: then it stays as it is.
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "ENOTEMPTY" && code !== "EEXIST" && code !== "ENOENT") throw error;
  }
}

function keep(target: string, backup: string): string {
  try {
    linkSync(target, backup);
  } catch {
    // A file system without hard links.
    copyFileSync(target, backup);
  }
  return backup;
}

function inTheWay(path: string, what: string): RegistryError {
  return new RegistryError(
    "OUTPUT_IN_THE_WAY",
    `Cannot write "${path}": it is ${what}`,
    "remove it, or choose another --out",
  );
}
