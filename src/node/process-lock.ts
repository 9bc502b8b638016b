/**
 * A lock that a running process holds: a file with its number, its start and its machine.
 *
 * A process that was killed leaves the file behind. On the same machine that is seen, and the lock is
 * taken over; where it was another machine's (a shared disk), only a person can tell.
 */
import { linkSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { RegistryError } from "../base/error.ts";
import { visible } from "../base/visible.ts";

interface Holder {
  readonly pid: number;
  /** Tells apart two processes that had one number, where the system says (Linux). */
  readonly started: string;
  readonly host: string;
}

/** Locks of this very process: a number that was used again must not look like ourselves. */
const held = new Set<string>();
const ATTEMPTS_MAX = 5;

/** Takes the lock `file` and gives what releases it. Throws RegistryError LOCKED while another process holds it. */
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
    const text = readIfThere(file);
    if (text === undefined) continue;
    const holder = parseHolder(text);
    if (holder === undefined || isRunning(holder, file)) throw locked(file, purpose, holder);
    // Another waiting process may have taken it over meanwhile: only the very lock that was judged is removed.
    if (readIfThere(file) === text) rmSync(file, { force: true });
  }
  throw locked(file, purpose, undefined);
}

/** The file appears with its content or not at all: it is written aside and linked. */
function tryToTake(file: string, mine: Holder): boolean {
  const aside = `${file}.${mine.pid}`;
  writeFileSync(aside, JSON.stringify(mine));
  try {
    linkSync(aside, file);
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EEXIST") return false;
    return writeExclusive(file, mine);
  } finally {
    unlinkSync(aside);
  }
}

/** For file systems without hard links. */
function writeExclusive(file: string, mine: Holder): boolean {
  try {
    writeFileSync(file, JSON.stringify(mine), { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
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
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
  }
  return startOf(holder.pid) === holder.started;
}

/** When a process began, in the kernel's ticks; "" where the system does not say. */
function startOf(pid: number): string {
  const stat = readIfThere(`/proc/${pid}/stat`);
  // The second field is the program's name in parentheses, which may hold spaces and parentheses.
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

function parseHolder(text: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return undefined;
    const { pid, started, host } = value as Record<string, unknown>;
    if (typeof pid !== "number" || typeof started !== "string" || typeof host !== "string") return undefined;
    return { pid, started, host };
  } catch {
    return undefined;
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // Gone between two looks, or a system without /proc: both mean that nothing is known.
    return undefined;
  }
}

function locked(file: string, purpose: string, holder: Holder | undefined): RegistryError {
  const who = holder === undefined ? "another process" : `process ${holder.pid} on ${visible(holder.host)}`;
  return new RegistryError(
    "LOCKED",
    `Cannot ${purpose}: ${who} is doing so now`,
    `Wait until it is done; if it no longer runs, delete ${file}`,
  );
}
