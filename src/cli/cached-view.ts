/**
 * A registry at an address, by way of the cache. Which view is current is asked anew when the last
 * answer is older than an hour; where nobody answers, the last view is used and its age is told.
 */
import { RegistryError } from "../base/error.ts";
import type { Reader } from "../client/reader.ts";
import { cachedReader, keptSince } from "../node/disk-cache.ts";
import { homeFolders } from "../node/home.ts";
import { httpReader } from "../node/http-reader.ts";
import { REGISTRY_FILE } from "../snapshot/layout.ts";
import type { Context } from "./command.ts";

const FRESH_MS_MAX = 60 * 60 * 1000;
const NO_ANSWER = new Set(["UNREACHABLE", "TIMEOUT"]);

export interface CachedViewOptions {
  readonly offline: boolean;
  /** Ask for the current view however young the last is. */
  readonly refresh?: boolean;
}

export function openCachedView(address: string, options: CachedViewOptions, context: Context): Reader {
  const folder = homeFolders(context.environment).cache;
  const network = httpReader(address);
  const online = cachedReader(network, { folder });
  const kept = cachedReader(network, { folder, offline: true });
  const reader = options.offline ? kept : online;
  return {
    location: network.location,
    async read(path, readOptions) {
      if (path !== REGISTRY_FILE) return reader.read(path, readOptions);
      const ageMs = ageOf(folder, network.location);
      if (options.offline || (!options.refresh && ageMs !== undefined && ageMs < FRESH_MS_MAX)) {
        if (ageMs !== undefined && ageMs >= FRESH_MS_MAX) context.terminal.notice(`note: working offline with a view ${ageText(ageMs)} old`);
        return kept.read(path, readOptions);
      }
      try {
        return await online.read(path, readOptions);
      } catch (error) {
        if (options.refresh || ageMs === undefined || !(error instanceof RegistryError) || !NO_ANSWER.has(error.code)) throw error;
        context.terminal.notice(`note: ${network.location} does not answer; working with a view ${ageText(ageMs)} old`);
        return kept.read(path, readOptions);
      }
    },
  };
}

function ageOf(folder: string, location: string): number | undefined {
  const since = keptSince(folder, location, REGISTRY_FILE);
  return since === undefined ? undefined : Math.max(0, Date.now() - since);
}

function ageText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}
