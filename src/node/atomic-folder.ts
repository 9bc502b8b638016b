/**
 * Installs one folder whole: it is written beside its place and renamed in.
 *
 *   .<name>.new-<pid>-<random>    being written
 *   .<name>.old-<pid>-<random>    what stood there, until the new one is in
 *
 * A failure or an interrupt leaves what was there. A process that was killed between the two renames
 * leaves its `.old`, which the next installation into the same place puts back first.
 */
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { RegistryError } from "../base/error.ts";
import { visible } from "../base/visible.ts";
import { onInterrupt } from "./interrupt.ts";

/**
 * Makes `folder` (relative, below `within`) hold exactly `files`, by paths relative to it. Throws
 * RegistryError UNSAFE_PATH for what leads outside or through a symbolic link, IN_THE_WAY where a file
 * stands in the folder's place; then nothing is changed.
 */
export function installFolder(within: string, folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  const target = checkedTarget(resolve(within), folder);
  for (const path of files.keys()) checkRelative(path);
  const parent = dirname(target);
  mkdirSync(parent, { recursive: true });
  putBackLeftover(target);
  const staged = mkdtempSync(join(parent, `.${basename(target)}.new-${process.pid}-`));
  const discard = () => rmSync(staged, { recursive: true, force: true });
  const withdraw = onInterrupt(discard);
  try {
    for (const [path, bytes] of files) {
      mkdirSync(dirname(join(staged, path)), { recursive: true });
      writeFileSync(join(staged, path), bytes, { flag: "wx" });
    }
    moveIn(staged, target);
  } finally {
    discard();
    withdraw();
  }
}

function moveIn(staged: string, target: string): void {
  if (lstatSync(target, { throwIfNoEntry: false }) === undefined) {
    renameSync(staged, target);
    return;
  }
  const aside = staged.replace(/\.new-(?=[^/\\]*$)/, ".old-");
  renameSync(target, aside);
  try {
    renameSync(staged, target);
  } catch (error) {
    renameSync(aside, target);
    throw error;
  }
  rmSync(aside, { recursive: true, force: true });
}

/** What a killed process left beside `target`: put back where nothing stands there, else removed. */
function putBackLeftover(target: string): void {
  const prefix = `.${basename(target)}.`;
  for (const name of readdirSync(dirname(target)).sort()) {
    if (!name.startsWith(prefix)) continue;
    const [, kind, pid] = /^(new|old)-(\d+)-/.exec(name.slice(prefix.length)) ?? [];
    if (kind === undefined || isRunning(Number(pid))) continue;
    const path = join(dirname(target), name);
    if (kind === "old" && lstatSync(target, { throwIfNoEntry: false }) === undefined)
      renameSync(path, target);
    else rmSync(path, { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, and is another person's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function checkedTarget(within: string, folder: string): string {
  checkRelative(folder);
  let at = within;
  for (const component of folder.split("/")) {
    at = at + sep + component;
    const stat = lstatSync(at, { throwIfNoEntry: false });
    if (stat === undefined) break;
    if (stat.isSymbolicLink()) throw unsafe(folder, `"${visible(at)}" is a symbolic link`);
    if (!stat.isDirectory()) {
      throw new RegistryError(
        "IN_THE_WAY",
        `Cannot install into "${visible(folder)}": "${visible(at)}" is a file`,
        "Move it away",
      );
    }
  }
  return join(within, folder);
}

function checkRelative(path: string): void {
  const parts = path.split("/");
  const isPlain =
    parts.every((part) => part !== "" && part !== "." && part !== "..") && !/[\0\\]|^[A-Za-z]:/.test(path);
  if (!isPlain) throw unsafe(path, "it leads outside");
}

function unsafe(path: string, why: string): RegistryError {
  return new RegistryError(
    "UNSAFE_PATH",
    `Cannot install into "${visible(path)}": ${why}`,
    "Install into a folder of your own, without links on the way",
  );
}
