/**
 * The pieces of work of making an index that do not depend on each other, so that they can be done in this
 * thread or in several. Plain values in and out, so that they can go from thread to thread.
 *
 *     invertTerms   some documents ─► their terms, a run
 *     invertNames   all names      ─► names and reversed names, runs
 *     deflate       bytes          ─► compressed
 */
import { invertNames, invertTerms, type NameRuns, type TermsWork } from "./invert.ts";
import type { Run } from "./run.ts";

export interface IndexWorkshop {
  invertTerms(work: TermsWork): Promise<Run>;
  /** `names` by id. */
  invertNames(names: readonly string[]): Promise<NameRuns>;
  /** Deflate-raw, the same bytes on every machine. */
  deflate(bytes: Uint8Array): Promise<Uint8Array>;
}

/** Does the work in this thread. */
export function localIndexWorkshop(deflate: (bytes: Uint8Array) => Uint8Array): IndexWorkshop {
  return {
    invertTerms: async (work) => invertTerms(work),
    invertNames: async (names) => invertNames(names),
    deflate: async (bytes) => deflate(bytes),
  };
}
