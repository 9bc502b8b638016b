/**
 * A lock that a running process holds: a file with its number, its start and its machine.
 *
 * A process that was killed leaves the file behind. On the same machine that is seen, and the lock is
 * taken over; where it was another machine's (a shared disk), only a person can tell.
 *
 * The folder may be a stranger's: no link is followed, and what stands in the lock's place is looked at
 * before it is read.
 */
import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { RegistryError } from "../base/error.ts";
import { visible } from "../base/visible.ts";
import { readRegularFile } from "./regular-file.ts";

interface Holder {
  readonly pid: number;
  /** Tells apart two processes that had one number, where the system says (Linux). */
  readonly started: string;
  readonly host: string;
}

/** Locks of this very process: a number that was used again must not look like ourselves. */
const held = new Set<string>();
const ATTEMPTS_MAX = 5;
/** Some 300 bytes where the machine has a long name. */
const LOCK_BYTES_MAX = 4096;
const MINUTE_MS = 60_000;

/** What stands in the lock's place. */
interface Found {
  readonly text: string;
  readonly mtimeMs: number;
}

/**
 * Takes the lock `file` and gives what releases it. Throws RegistryError LOCKED while another process holds
 * it, LOCK_IN_THE_WAY where something else stands in its place.
 */
export function takeLock(file: string, purpose: string): () => void {
  const mine: Holder = { pid: process.pid, started: startOf(process.pid), host: hostname() };
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    if (tryToTake(file, mine)) {
      held.add(file);
      return () => {
        held.delete(file);
        rmSync(file, { force: true });
      };
    }
    const found = readLockFile(file);
    if (found === undefined) continue;
    const holder = parseHolder(found.text);
    if (holder === undefined || isRunning(holder, file)) throw locked(file, purpose, found, holder);
    // Another waiting process may have taken it over meanwhile: only the very lock that was judged is removed.
    if (readLockFile(file)?.text === found.text) rmSync(file, { force: true });
  }
  throw locked(file, purpose, undefined, undefined);
}

/** The file appears with its content or not at all: it is written aside and linked. */
function tryToTake(file: string, mine: Holder): boolean {
  // Of a name that nobody can guess, and new: no link that somebody put there is written through.
  const aside = `${file}.${randomUUID()}`;
  try {
    writeFileSync(aside, JSON.stringify(mine), { flag: "wx" });
    return linkTo(file, aside) ?? writeExclusive(file, mine);
  } finally {
    rmSync(aside, { force: true });
  }
}

/** `undefined` where no link can be made. */
function linkTo(file: string, aside: string): boolean | undefined {
  try {
    linkSync(aside, file);
    return true;
  } catch (error) {
    return codeOf(error) === "EEXIST" ? false : undefined;
  }
}

/** For file systems without hard links. */
function writeExclusive(file: string, mine: Holder): boolean {
  try {
    writeFileSync(file, JSON.stringify(mine), { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

function isRunning(holder: Holder, file: string): boolean {
  if (holder.host !== hostname()) return true;
  if (holder.pid === process.pid) return held.has(file);
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it runs, and is another person's.
    if (codeOf(error) === "ESRCH") return false;
  }
  return startOf(holder.pid) === holder.started;
}

/** When a process began, in the kernel's ticks; "" where the system does not say. */
function startOf(pid: number): string {
  const stat = readKernelFile(`/proc/${pid}/stat`);
  // The second field is the program's name in parentheses, which may hold spaces and parentheses.
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

function parseHolder(text: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return undefined;
    const { pid, started, host } = value as Record<string, unknown>;
    if (typeof started !== "string" || typeof host !== "string") return undefined;
    // A number of no process would mean a group of them, or all, to the system.
    return typeof pid === "number" && Number.isSafeInteger(pid) && pid > 0
      ? { pid, started, host }
      : undefined;
  } catch {
    return undefined;
  }
}

function readKernelFile(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // The process is gone, or the system has no /proc: both mean that nothing is known.
    return undefined;
  }
}

/** `undefined` where the lock went between two looks. */
function readLockFile(file: string): Found | undefined {
  try {
    const read = readRegularFile(file, LOCK_BYTES_MAX, { noFollow: true });
    if ("fault" in read) throw inTheWay(file, read.what);
    return { text: new TextDecoder().decode(read.bytes), mtimeMs: read.stat.mtimeMs };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    if (codeOf(error) === "ELOOP") throw inTheWay(file, "is a symbolic link");
    if (error instanceof RegistryError) throw error;
    throw inTheWay(file, `cannot be read (${codeOf(error)})`);
  }
}

function locked(
  file: string,
  purpose: string,
  found: Found | undefined,
  holder: Holder | undefined,
): RegistryError {
  const age = found === undefined ? "just now" : ageOf(found.mtimeMs);
  const place = `the lock ${visible(file)}`;
  if (holder !== undefined && holder.host !== hostname())
    return new RegistryError(
      "LOCKED",
      `Cannot ${purpose}: process ${holder.pid} on the machine ${visible(holder.host)} took ${place} ${age}`,
      `whether it still runs can only be seen there. Wait until it is done; if nothing runs there, delete ${visible(file)}`,
    );
  const who = holder === undefined ? "another process" : `process ${holder.pid}`;
  return new RegistryError(
    "LOCKED",
    `Cannot ${purpose}: ${who} is doing so now, and took ${place} ${age}`,
    `wait until it is done; if it no longer runs, delete ${visible(file)}`,
  );
}

function inTheWay(file: string, what: string): RegistryError {
  return new RegistryError(
    "LOCK_IN_THE_WAY",
    `Cannot take the lock ${visible(file)}: what stands there ${what}`,
    "look at what it is, and remove it; this program did not put it there",
  );
}

/** By the clock of the disk it is on, so it can be off; it is for people to judge by. */
function ageOf(mtimeMs: number): string {
  const minutes = Math.floor((Date.now() - mtimeMs) / MINUTE_MS);
  if (minutes < 1) return "less than a minute ago";
  if (minutes < 120) return `${minutes} minutes ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} hours ago` : `${Math.floor(hours / 24)} days ago`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
