/**
 * Adds files to a registry source: all of them or none, and never over one that is there.
 *
 *     <registry>/.ggen-marketplace-<pid>-<random>/    everything is written here first; git ignores it,
 *                                                     and it is no registry data
 *
 * Then whole folders are renamed in: a new publisher, a new package with its claim, a new release each by
 * one rename; a statement that joins a chain is linked file by file, its signature first. A failure or an
 * interrupt takes back what was moved. A process that is killed outright can leave some of several
 * packages, each of them whole; the next run finds them published, and one after an hour removes the folder.
 */
import { randomUUID } from "node:crypto";
import {
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { RegistryError } from "../base/error.ts";
import { compareText } from "../base/order.ts";
import { onInterrupt } from "./interrupt.ts";

const STAGING_PREFIX = ".ggen-marketplace-";
const LEFTOVER_AGE_MS_MIN = 60 * 60 * 1000;

/** `additions` by path in the registry, with at least two components. Throws RegistryError EXISTS where one is there. */
export function addFiles(registry: string, additions: ReadonlyMap<string, Uint8Array>): void {
  removeLeftovers(registry);
  const units = unitsOf(registry, additions.keys());
  const staging = join(registry, `${STAGING_PREFIX}${process.pid}-${randomUUID()}`);
  const discard = () => rmSync(staging, { recursive: true, force: true });
  const withdraw = onInterrupt(discard);
  try {
    mkdirSync(staging);
    // Should the process be killed, nobody adds the folder to git by accident.
    writeFileSync(join(staging, ".gitignore"), "*\n");
    stage(staging, additions);
    moveIn(staging, registry, units);
  } finally {
    discard();
    withdraw();
  }
}

function stage(staging: string, additions: ReadonlyMap<string, Uint8Array>): void {
  const made = new Set<string>();
  for (const [path, bytes] of additions) {
    const target = join(staging, path);
    const folder = dirname(target);
    if (!made.has(folder)) mkdirSync(folder, { recursive: true });
    made.add(folder);
    writeFileSync(target, bytes, { flag: "wx", mode: 0o644 });
  }
}

/** No event can come between the moves: the interrupt's handler runs when they are done or taken back. */
function moveIn(staging: string, registry: string, units: readonly string[]): void {
  const moved: string[] = [];
  try {
    for (const unit of units) {
      const target = join(registry, unit);
      if (existsSync(target)) throw exists(unit);
      move(join(staging, unit), target, unit);
      moved.push(target);
    }
  } catch (error) {
    for (const target of moved.reverse()) rmSync(target, { recursive: true, force: true });
    throw error;
  }
}

/** A folder is renamed, which fails over one that holds something; a file is linked, which fails over any. */
function move(from: string, to: string, unit: string): void {
  try {
    if (lstatSync(from).isDirectory()) renameSync(from, to);
    else linkOrCopy(from, to);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    throw code === "EEXIST" || code === "ENOTEMPTY" ? exists(unit) : error;
  }
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // A file system without hard links.
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "EOPNOTSUPP" && code !== "ENOSYS") throw error;
    copyFileSync(from, to, constants.COPYFILE_EXCL);
  }
}

/**
 * What is moved as a whole: of each path the highest folder that is not there yet, else the file. In an
 * order in which every part of it makes a registry: publishers before their packages, a signature before
 * its statement.
 */
function unitsOf(registry: string, paths: Iterable<string>): string[] {
  const units = new Set<string>();
  for (const path of paths) units.add(unitOf(registry, path));
  const isPackage = (unit: string) => (unit.startsWith("publishers") ? 0 : 1);
  // The other way round, `0002.toml.sig` comes before `0002.toml`.
  return [...units].sort((a, b) => isPackage(a) - isPackage(b) || compareText(b, a));
}

function unitOf(registry: string, path: string): string {
  for (let end = path.indexOf("/"); end >= 0; end = path.indexOf("/", end + 1)) {
    const folder = path.slice(0, end);
    if (!existsSync(join(registry, folder))) return folder;
  }
  if (existsSync(join(registry, path))) throw exists(path);
  return path;
}

/** Folders that killed processes left. One of another machine (a shared disk) is given its time. */
function removeLeftovers(registry: string): void {
  for (const name of readdirSync(registry)) {
    if (!name.startsWith(STAGING_PREFIX)) continue;
    const pid = Number.parseInt(name.slice(STAGING_PREFIX.length), 10);
    const path = join(registry, name);
    const ageMs = Date.now() - lstatSync(path).mtimeMs;
    if (ageMs > LEFTOVER_AGE_MS_MIN && !isRunning(pid)) rmSync(path, { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, and is another person's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function exists(path: string): RegistryError {
  return new RegistryError(
    "EXISTS",
    `Something is at "${path}" in the registry already, and what is published never changes; nothing was written`,
    "run the command again, in case somebody else wrote there meanwhile; else look at what it is",
  );
}
