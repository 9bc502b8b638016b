/**
 * A registry at an address, by way of the cache: which view to read, and what reads it.
 *
 * The current view is asked for anew when the last answer is older than an hour; where nobody answers, the
 * last view is used and its age is told. Only a view whose index root was opened is ever kept as current.
 * Offline, where the view that was looked at last was never fetched whole, the one of the last `sync` is read.
 */
import { RegistryError } from "../base/error.ts";
import { parsePointer, readPointerBytes } from "../client/pointer.ts";
import type { Reader } from "../client/reader.ts";
import { cachedReader } from "../node/disk-cache.ts";
import { homeFolders } from "../node/home.ts";
import { httpReader } from "../node/http-reader.ts";
import { KeptPointers } from "../node/kept-pointer.ts";
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
  let pointer: Uint8Array | undefined;

  const kept = (): Ref | undefined => {
    pointer = pointers.read("current");
    return pointer === undefined ? undefined : parsePointer(pointer, network.location);
  };
  const asked = async (): Promise<Ref> => {
    pointer = await readPointerBytes(network);
    return parsePointer(pointer, network.location);
  };
  const askedOrKept = async (): Promise<Ref> => {
    try {
      return await asked();
    } catch (error) {
      const last = error instanceof RegistryError && NO_ANSWER.has(error.code) ? kept() : undefined;
      if (last === undefined) throw error;
      context.terminal.note(
        `${network.location} does not answer; this is its view of ${ageText(ageOf(pointers))} ago`,
      );
      return last;
    }
  };
  return {
    reader: cachedReader(network, { folder: cache, offline }),
    async root(again) {
      if (offline) return offlineRoot(again, network.location, pointers, kept);
      if (again || asking === "must-answer") return asked();
      const isFresh = asking === "hourly" && ageOf(pointers) < FRESH_MS_MAX;
      return (isFresh ? kept() : undefined) ?? askedOrKept();
    },
    keep() {
      if (pointer !== undefined && !offline) pointers.keep("current", pointer);
    },
    keepSynced() {
      if (pointer !== undefined) pointers.keep("synced", pointer);
    },
  };
}

function offlineRoot(
  again: boolean,
  location: string,
  pointers: KeptPointers,
  kept: () => Ref | undefined,
): Ref {
  const synced = again ? pointers.read("synced") : undefined;
  const root = synced === undefined ? kept() : parsePointer(synced, location);
  if (root !== undefined) return root;
  throw new RegistryError(
    "OFFLINE_MISSING",
    `Nothing of ${location} is on this machine`,
    "run `sync` while the network is there, or leave out --offline",
  );
}

/** How long ago the registry said which view is current, in milliseconds; without end where it never did. */
function ageOf(pointers: KeptPointers): number {
  const since = pointers.since("current");
  return since === undefined ? Number.POSITIVE_INFINITY : Math.max(0, Date.now() - since);
}

function ageText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}
