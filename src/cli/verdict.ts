/** What `verify` found of one thing. */
import { RegistryError } from "../base/error.ts";
import type { Problem } from "../base/problem.ts";

export interface Verdict {
  readonly what: string;
  readonly ok: boolean;
  /** What was proven; empty where it was not. */
  readonly detail: string;
  readonly problems: readonly Problem[];
}

export function proven(what: string, detail: string, warnings: readonly Problem[] = []): Verdict {
  return { what, ok: true, detail, problems: warnings };
}

export function refuted(what: string, problems: readonly Problem[]): Verdict {
  return { what, ok: false, detail: "", problems };
}

/** What was proven, in words, and what is to be known of it all the same. */
export interface Proof {
  readonly detail: string;
  readonly warnings?: readonly Problem[];
}

/** The verdict on what `prove` proves; what it throws refutes it. */
export async function attempt(what: string, prove: () => Promise<Proof>): Promise<Verdict> {
  try {
    const { detail, warnings } = await prove();
    return proven(what, detail, warnings);
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    const own: Problem = {
      code: error.code,
      severity: "error",
      file: what,
      message: error.message,
      remedy: error.hint,
    };
    return refuted(what, error.problems.length > 0 ? error.problems : [own]);
  }
}
