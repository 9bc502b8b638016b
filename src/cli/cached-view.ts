/**
 * A registry at an address, by way of the cache: which view to read, and what reads it.
 *
 * The current view is asked for anew when the last answer is older than an hour; where nobody answers, the
 * last view is used and its age is told. Only a view whose index root was opened is ever kept as current.
 * Where the view that was looked at last is damaged here, or offline was never fetched whole, the one of the
 * last `sync` is read.
 */
import { RegistryError } from "../base/error.ts";
import { parsePointer, readPointerBytes } from "../client/pointer.ts";
import type { Reader } from "../client/reader.ts";
import { cachedReader } from "../node/disk-cache.ts";
import { homeFolders } from "../node/home.ts";
import { httpReader } from "../node/http-reader.ts";
import { type KeptPointer, KeptPointers } from "../node/kept-pointer.ts";
import type { Ref } from "../snapshot/layout.ts";
import type { Context, Options } from "./command.ts";

const FRESH_MS_MAX = 60 * 60 * 1000;
const NO_ANSWER = new Set(["UNREACHABLE", "TIMEOUT"]);

/** When the registry is asked which view is current. */
export type Asking =
  /** When the last answer is an hour old; without an answer the last view does. */
  | "hourly"
  /** Now; without an answer the last view does. */
  | "now"
  /** Now; without an answer there is nothing to do. */
  | "must-answer";

export interface CachedView {
  readonly reader: Reader;
  /** The index root to open; `again` where the one that was given has not held. */
  root(again: boolean): Promise<Ref>;
  /** The view was opened: it is the current one from now on. */
  keep(): void;
  /** Everything of the view but its archives is on this machine. */
  keepSynced(): void;
}

export function openCachedView(
  address: string,
  asking: Asking,
  options: Options,
  context: Context,
): CachedView {
  const network = httpReader(address, { allowInsecure: options.flag("allow-http") });
  const { cache } = homeFolders(context.environment);
  const pointers = new KeptPointers(cache, network.location);
  const offline = options.flag("offline");
  /** What the registry said in this call. */
  let answer: Uint8Array | undefined;

  const asked = async (): Promise<Ref> => {
    answer = await readPointerBytes(network);
    return parsePointer(answer, network.location);
  };
  const askedOrKept = async (): Promise<Ref> => {
    try {
      return await asked();
    } catch (error) {
      const hasNoAnswer = error instanceof RegistryError && NO_ANSWER.has(error.code);
      const last = hasNoAnswer ? (pointers.read("current") ?? pointers.read("synced")) : undefined;
      if (last === undefined) throw error;
      context.terminal.note(`${network.location} does not answer; this is its view of ${timeText(last)}`);
      return last.root;
    }
  };
  return {
    reader: cachedReader(network, { folder: cache, offline }),
    async root(again) {
      if (offline) return offlineRoot(again, network.location, pointers);
      if (again || asking === "must-answer") return asked();
      const last = asking === "hourly" ? pointers.read("current") : undefined;
      return last !== undefined && isFresh(last) ? last.root : askedOrKept();
    },
    keep() {
      // Only what was answered, so that the file's time stays that of the answer.
      if (answer !== undefined) pointers.keep("current", answer);
    },
    keepSynced() {
      if (answer !== undefined) pointers.keep("synced", answer);
    },
  };
}

function offlineRoot(again: boolean, location: string, pointers: KeptPointers): Ref {
  const [first, second] = again ? (["synced", "current"] as const) : (["current", "synced"] as const);
  const kept = pointers.read(first) ?? pointers.read(second);
  if (kept !== undefined) return kept.root;
  throw new RegistryError(
    "OFFLINE_MISSING",
    `Nothing of ${location} is on this machine`,
    "run `sync` while the network is there, or leave out --offline",
  );
}

/** How long ago the registry said which view is current, in milliseconds; below 0 where a clock was wrong. */
function ageOf({ since }: KeptPointer): number {
  return Date.now() - since;
}

function isFresh(kept: KeptPointer): boolean {
  const age = ageOf(kept);
  return age >= 0 && age < FRESH_MS_MAX;
}

function timeText(kept: KeptPointer): string {
  const minutes = Math.round(ageOf(kept) / 60_000);
  if (minutes < 0) return "an unknown time";
  if (minutes < 120) return `${minutes} minutes ago`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours ago` : `${Math.round(hours / 24)} days ago`;
}
