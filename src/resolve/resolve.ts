/**
 * Which release of which package: one version of a package in a solution, the newest that fits.
 *
 * A depth-first search over the requirements in the order they are met, candidates in the order they
 * are given. It is complete (a solution that exists is found) and deterministic. Where a branch fails, the
 * search goes back to the last choice that had a part in the failure (conflict-directed backjumping,
 * Prosser 1993), so that packages without a part in it are not tried in every combination.
 * `STEPS_MAX` bounds the search on hostile graphs, `PACKAGES_MAX` its depth.
 *
 * Ranges are npm's: a pre-release is taken only where the range names one of the same version.
 * Candidates that are withheld (yanked, fallen) are never chosen; what is locked may be given without that mark.
 */
import satisfies from "semver/functions/satisfies.js";
import { compareText } from "../base/order.ts";
import { failed, ok, type Result } from "../base/problem.ts";
import type { PackageName } from "../manifest/name.ts";
import type { Range, Version } from "../manifest/version.ts";
import { explainFailure, type Failure } from "./explain.ts";

/** One release as the resolver sees it. */
export interface Candidate {
  readonly version: Version;
  readonly dependencies: readonly (readonly [PackageName, Range])[];
  /** Why it may not be chosen anew: `yanked: …` or `fallen`. */
  readonly withheld?: string;
}

/** The releases of a package, the ones to prefer first; `undefined` where there is no such package. */
export type Catalogue = (name: PackageName) => readonly Candidate[] | undefined;

export interface Requirement {
  readonly name: PackageName;
  readonly range: Range;
  /** Who asks: the package that needs it, at which version; nothing where a person asks. */
  readonly by?: { readonly name: PackageName; readonly version: Version };
}

export const STEPS_MAX = 100_000;
export const PACKAGES_MAX = 1_000;

/**
 * One version of every package that is needed, by name. Problems: RESOLVE_CONFLICT, RESOLVE_UNKNOWN_PACKAGE,
 * RESOLVE_NOTHING_FITS, RESOLVE_TOO_HARD, RESOLVE_TOO_MANY.
 */
export function resolve(
  wanted: readonly Requirement[],
  catalogue: Catalogue,
): Result<ReadonlyMap<PackageName, Version>> {
  const search = new Search(catalogue);
  const found = search.solve(wanted, new Map());
  if (!found.ok) return failed([explainFailure(search.failure)]);
  const sorted = [...found.chosen].sort(([a], [b]) => compareText(a, b));
  return ok(new Map(sorted.map(([name, choice]) => [name, choice.candidate.version])));
}

export function fits(version: Version, range: Range): boolean {
  return satisfies(version, range);
}

/** A version that was chosen, and every requirement on the package that was met so far. */
interface Choice {
  readonly candidate: Candidate;
  readonly requirements: readonly Requirement[];
}

type Chosen = ReadonlyMap<PackageName, Choice>;
/** A whole solution, or the packages whose choice had a part in there being none. */
type Outcome =
  | { readonly ok: true; readonly chosen: Chosen }
  | { readonly ok: false; readonly culprits: ReadonlySet<PackageName> };

class Search {
  #steps = 0;
  #deepest = -1;
  #gaveUp = false;
  /** The failure that was met with most packages chosen: the one worth telling. */
  failure: Failure = { kind: "too-hard", stepsMax: STEPS_MAX };
  readonly #catalogue: Catalogue;

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  solve(wanted: readonly Requirement[], before: Chosen): Outcome {
    const chosen = new Map(before);
    for (const [at, next] of wanted.entries()) {
      const already = chosen.get(next.name);
      if (already === undefined) return this.#choose(next, wanted.slice(at + 1), chosen);
      const requirements = [...already.requirements, next];
      if (!fits(already.candidate.version, next.range))
        return this.#fail({ kind: "conflict", requirements }, chosen, [next.name, ...askers(next)]);
      chosen.set(next.name, { ...already, requirements });
    }
    return { ok: true, chosen };
  }

  #choose(next: Requirement, rest: readonly Requirement[], chosen: Chosen): Outcome {
    const all = this.#catalogue(next.name);
    if (all === undefined) return this.#fail({ kind: "unknown", requirement: next }, chosen, askers(next));
    const fitting = all.filter((candidate) => fits(candidate.version, next.range));
    const free = fitting.filter((candidate) => candidate.withheld === undefined);
    if (free.length === 0)
      return this.#fail({ kind: "nothing-fits", requirement: next, all, fitting }, chosen, askers(next));
    if (chosen.size >= PACKAGES_MAX) return this.#giveUp({ kind: "too-many", packagesMax: PACKAGES_MAX });
    const culprits = new Set(askers(next));
    for (const candidate of free) {
      if (++this.#steps > STEPS_MAX) return this.#giveUp({ kind: "too-hard", stepsMax: STEPS_MAX });
      const by = { name: next.name, version: candidate.version };
      const asked = candidate.dependencies.map(([name, range]): Requirement => ({ name, range, by }));
      const found = this.solve(
        [...rest, ...asked],
        new Map(chosen).set(next.name, { candidate, requirements: [next] }),
      );
      // Without a part in the failure, another version of this package would fail in the same way.
      if (found.ok || !found.culprits.has(next.name)) return found;
      for (const name of found.culprits) if (name !== next.name) culprits.add(name);
    }
    return { ok: false, culprits };
  }

  #fail(failure: Failure, chosen: Chosen, culprits: Iterable<PackageName>): Outcome {
    if (chosen.size > this.#deepest && !this.#gaveUp) [this.#deepest, this.failure] = [chosen.size, failure];
    return { ok: false, culprits: new Set(culprits) };
  }

  /** Nobody is to blame, so that every choice that is still open is passed over. */
  #giveUp(failure: Failure): Outcome {
    this.#gaveUp = true;
    this.failure = failure;
    return { ok: false, culprits: new Set() };
  }
}

function askers({ by }: Requirement): PackageName[] {
  return by === undefined ? [] : [by.name];
}
