/** Runs the build over a source on this machine: shared by check, build and everything that publishes. */
import { RegistryError } from "../base/error.ts";
import type { Result } from "../base/problem.ts";
import { CACHE_DAMAGED } from "../build/blobs.ts";
import { buildSnapshot, type Snapshot } from "../build/build.ts";
import { memoryCache } from "../build/memory-cache.ts";
import type { BuildPorts } from "../build/ports.ts";
import type { SourceTree } from "../build/source.ts";
import { openBuildCache } from "../node/build-cache.ts";
import { nodeTrustPorts, openNativeSha256 } from "../node/crypto.ts";
import { buildCacheFile } from "../node/home.ts";
import { onInterrupt } from "../node/interrupt.ts";
import { openThreadedWorkshop } from "../node/threaded-workshop.ts";
import type { Context } from "./command.ts";

declare const __PROGRAM__: string | undefined;

export interface Judged<T> {
  readonly result: Result<Snapshot>;
  /** What `use` made of the snapshot, where there is one. */
  readonly used: T | undefined;
}

/**
 * Builds the source in `folder`, gives the snapshot to `use`, and keeps the verdicts for the next build.
 * A cache that turns out damaged half way is left, and the work is done again without it.
 */
export async function judge<T = undefined>(
  tree: SourceTree,
  folder: string,
  useCache: boolean,
  context: Context,
  use?: (snapshot: Snapshot) => Promise<T>,
): Promise<Judged<T>> {
  const judgeOnce = async (fromCache: boolean): Promise<Judged<T>> => {
    const { ports, keep, close } = openBuildPorts(folder, fromCache, context);
    try {
      const result = await buildSnapshot(tree, ports);
      if (!result.ok) return { result, used: undefined };
      const used = await use?.(result.value);
      keep();
      return { result, used };
    } finally {
      close();
    }
  };
  // Nothing to take back here, but whoever interrupts must see the exit code of an interrupt.
  const withdraw = onInterrupt(() => undefined);
  try {
    return await judgeOnce(useCache);
  } catch (error) {
    if (!(error instanceof RegistryError && error.code === CACHE_DAMAGED)) throw error;
    return await judgeOnce(false);
  } finally {
    withdraw();
  }
}

export interface OpenPorts {
  readonly ports: BuildPorts;
  /** Keeps the verdicts for the next build. */
  readonly keep: () => void;
  readonly close: () => void;
}

/** What this machine gives to a build of the source in `folder`. */
export function openBuildPorts(folder: string, useCache: boolean, context: Context): OpenPorts {
  // Run from its sources the program has no digest, and verdicts of other code must not be taken.
  const program = typeof __PROGRAM__ === "string" ? __PROGRAM__ : undefined;
  const file = buildCacheFile(context.environment, folder);
  const cache = program === undefined ? undefined : openBuildCache(file, { isFresh: !useCache });
  const started = performance.now();
  let shown = started;
  const ports: BuildPorts = {
    ...nodeTrustPorts,
    openHash: openNativeSha256,
    program: program ?? "source",
    cache: cache ?? memoryCache(),
    openWorkshop: openThreadedWorkshop,
    progress: (done, total) => {
      const now = performance.now();
      if (now - shown < PROGRESS_EVERY_MS && done < total) return;
      shown = now;
      context.terminal.progress(progressText(done, total, now - started));
    },
    stage: (what) => context.terminal.progress(`making ${what}`),
  };
  return { ports, keep: () => cache?.save(), close: () => cache?.close() };
}

const PROGRESS_EVERY_MS = 100;
/** Before that a rate is that of starting up. */
const ESTIMATE_AFTER_MS = 2000;

/** The time left comes before the rate: a narrow terminal cuts the end off. */
function progressText(done: number, total: number, elapsedMs: number): string {
  const judged = `verified ${done} of ${total} releases`;
  if (elapsedMs < ESTIMATE_AFTER_MS) return judged;
  const rate = done / (elapsedMs / 1000);
  const left = Math.ceil((total - done) / Math.max(rate, 0.001));
  return `${judged}, ${left} s left, ${Math.round(rate)} a second`;
}
