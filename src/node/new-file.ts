/**
 * Writes new files: all of them with all their bytes, or none; and never over one that is there.
 *
 *   <folder>/.<name>.<random>.new    everything is written here first, then linked to its name
 *
 * A full disk, which is found out in the middle of a write, leaves nothing.
 */
import { randomUUID } from "node:crypto";
import {
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { RegistryError } from "../base/error.ts";
import { visible } from "../base/visible.ts";
import { onInterrupt } from "./interrupt.ts";
import { makeFolder } from "./make-folder.ts";

export interface NewFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
}

/**
 * `folder` is made where it is not there. Throws RegistryError FILE_EXISTS, or FILE_UNWRITABLE with the
 * system's reason; nothing was written then.
 */
export function writeNewFiles(files: readonly NewFile[], folder?: string): void {
  const asides: string[] = [];
  const made: string[] = [];
  // All of this is one synchronous stretch: as long as a cleanup is set, Ctrl-C waits for its end.
  const withdraw = onInterrupt(() => {});
  let at = folder ?? files[0]?.path ?? "";
  let topmost: string | undefined;
  let isDone = false;
  try {
    if (folder !== undefined) topmost = makeFolder(folder);
    for (const { path } of files) if (stands(path)) throw exists(path);
    for (const { path, bytes, mode } of files) {
      at = path;
      const aside = join(dirname(path), `.${basename(path)}.${randomUUID()}.new`);
      asides.push(aside);
      write(aside, bytes, mode);
    }
    for (const [index, { path }] of files.entries()) {
      at = path;
      link(asides[index] ?? "", path);
      made.push(path);
    }
    isDone = true;
  } catch (error) {
    throw explained(error, at);
  } finally {
    for (const path of isDone ? asides : [...made, ...asides]) rmSync(path, { force: true });
    if (!isDone && topmost !== undefined) rmSync(topmost, { recursive: true, force: true });
    withdraw();
  }
}

function write(path: string, bytes: Uint8Array, mode: number): void {
  const handle = openSync(path, "wx", mode);
  try {
    writeFileSync(handle, bytes);
    // Some file systems tell only now that the disk is full.
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Fails over anything that is there, a symbolic link that leads nowhere included. */
function link(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (codeOf(error) === "EEXIST") throw error;
    // A file system without hard links.
    copyFileSync(from, to, constants.COPYFILE_EXCL);
  }
}

function stands(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

const REASONS = new Map<string, readonly [why: string, hint: string]>([
  ["ENOSPC", ["the disk is full", "free some space, then try again"]],
  ["EDQUOT", ["your quota of the disk is used up", "free some space, then try again"]],
  ["EROFS", ["the disk can only be read", "choose a path on a disk that can be written"]],
  ["EACCES", ["you may not write there", "choose another path, or make the folder writable to you"]],
  ["EPERM", ["you may not write there", "choose another path, or make the folder writable to you"]],
  ["ENOENT", ["there is no such folder", "make the folder first, or choose another path"]],
  ["ENOTDIR", ["its folder is a file", "choose another path"]],
]);

function explained(error: unknown, path: string): unknown {
  const code = codeOf(error);
  if (code === "EEXIST") return exists(path);
  if (error instanceof RegistryError || !/^E[A-Z0-9]+$/.test(code)) return error;
  const [why, hint] = REASONS.get(code) ?? ["the system refused", "choose another path"];
  return new RegistryError(
    "FILE_UNWRITABLE",
    `Cannot write "${visible(path)}": ${why} (${code}); nothing was written`,
    hint,
    { cause: error },
  );
}

function exists(path: string): RegistryError {
  return new RegistryError(
    "FILE_EXISTS",
    `There is a file at "${visible(path)}" already; nothing was written`,
    "choose another path",
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
