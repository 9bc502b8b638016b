/** Runs the build over a source on this machine: shared by check, build and everything that publishes. */
import type { Result } from "../base/problem.ts";
import { buildSnapshot, type Snapshot } from "../build/build.ts";
import type { BuildPorts } from "../build/ports.ts";
import type { SourceTree } from "../build/source.ts";
import { openBuildCache } from "../node/build-cache.ts";
import { nodeTrustPorts } from "../node/crypto.ts";
import { buildCacheFile } from "../node/home.ts";
import { openThreadedWorkshop } from "../node/threaded-workshop.ts";
import type { Context } from "./command.ts";

declare const __PROGRAM__: string | undefined;

export interface Judged {
  readonly result: Result<Snapshot>;
  /** Keeps the verdicts for the next build. */
  readonly keep: () => void;
}

export async function judge(tree: SourceTree, folder: string, useCache: boolean, context: Context): Promise<Judged> {
  // Run from its sources the program has no digest, and verdicts of other code must not be taken.
  const program = typeof __PROGRAM__ === "string" ? __PROGRAM__ : undefined;
  const cache = useCache && program !== undefined ? openBuildCache(buildCacheFile(context.environment, folder)) : undefined;
  const started = performance.now();
  const ports: BuildPorts = {
    ...nodeTrustPorts,
    program: program ?? "source",
    cache: cache ?? { get: () => undefined, put: () => undefined },
    openWorkshop: openThreadedWorkshop,
    progress: (done, total) => context.terminal.progress(progressText(done, total, performance.now() - started)),
  };
  return { result: await buildSnapshot(tree, ports), keep: () => cache?.save() };
}

function progressText(done: number, total: number, elapsedMs: number): string {
  const rate = done / Math.max(elapsedMs / 1000, 0.001);
  const left = Math.ceil((total - done) / Math.max(rate, 0.001));
  return `verified ${done} of ${total} releases, ${Math.round(rate)} a second, ${left} s left`;
}
