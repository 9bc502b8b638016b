/**
 * Which release of which package: one version of a package in a solution, the newest that fits.
 *
 * A depth-first search with backtracking over the packages in the order they are met. It is complete
 * (a solution that exists is found) and deterministic: candidates are tried newest first, packages
 * in code point order. `STEPS_MAX` bounds the search on hostile graphs.
 *
 * Ranges are npm's: a pre-release is taken only where the range names one of the same version.
 * Yanked and fallen releases are never candidates here; what is locked does not pass through here.
 */
import satisfies from "semver/functions/satisfies.js";
import { compareText } from "../base/order.ts";
import { type Problem, type Result, failed, ok } from "../base/problem.ts";
import { nearest } from "../base/nearest.ts";
import type { PackageName } from "../manifest/name.ts";
import type { Range, Version } from "../manifest/version.ts";

/** One release as the resolver sees it. */
export interface Candidate {
  readonly version: Version;
  readonly dependencies: readonly (readonly [PackageName, Range])[];
  /** Why it may not be chosen anew: `yanked: …` or `fallen`. */
  readonly withheld?: string;
}

/** All releases of a package, newest first; `undefined` where there is no such package. */
export type Catalogue = (name: PackageName) => readonly Candidate[] | undefined;

export interface Requirement {
  readonly name: PackageName;
  readonly range: Range;
  /** Who asks: `you`, or `package@version`. */
  readonly by: string;
}

const STEPS_MAX = 100_000;

type Chosen = Map<PackageName, Candidate>;

export function resolve(wanted: readonly Requirement[], catalogue: Catalogue): Result<ReadonlyMap<PackageName, Version>> {
  const search = new Search(catalogue);
  const chosen = search.solve(wanted, new Map());
  if (chosen === undefined) return failed([search.explanation()]);
  const sorted = [...chosen].sort(([a], [b]) => compareText(a, b));
  return ok(new Map(sorted.map(([name, candidate]) => [name, candidate.version])));
}

export function fits(version: Version, range: Range): boolean {
  return satisfies(version, range);
}

class Search {
  #steps = 0;
  /** The requirement that failed deepest in the search: the one worth telling. */
  #deepest = -1;
  #blame: Problem | undefined;
  readonly #catalogue: Catalogue;

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  solve(open: readonly Requirement[], chosen: Chosen): Chosen | undefined {
    const [next, ...rest] = open;
    if (next === undefined) return chosen;
    if (++this.#steps > STEPS_MAX) return undefined;
    const already = chosen.get(next.name);
    if (already !== undefined) {
      if (fits(already.version, next.range)) return this.solve(rest, chosen);
      return this.#fail(chosen.size, conflict(next, already));
    }
    const all = this.#catalogue(next.name);
    if (all === undefined) return this.#fail(chosen.size, unknownPackage(next));
    const fitting = all.filter((candidate) => fits(candidate.version, next.range));
    const free = fitting.filter((candidate) => candidate.withheld === undefined);
    if (free.length === 0) return this.#fail(chosen.size, nothingFits(next, all, fitting));
    for (const candidate of free) {
      const asked = candidate.dependencies.map(([name, range]) => ({
        name,
        range,
        by: `${next.name}@${candidate.version}`,
      }));
      const solution = this.solve([...rest, ...asked], new Map(chosen).set(next.name, candidate));
      if (solution !== undefined) return solution;
    }
    return undefined;
  }

  #fail(depth: number, problem: Problem): undefined {
    if (depth > this.#deepest) [this.#deepest, this.#blame] = [depth, problem];
    return undefined;
  }

  explanation(): Problem {
    if (this.#steps > STEPS_MAX)
      return problem("RESOLVE_TOO_HARD", `No answer after ${STEPS_MAX} steps`, "ask for exact versions of the packages that conflict");
    return this.#blame ?? problem("RESOLVE_FAILED", "No solution", "relax a range");
  }
}

function problem(code: string, message: string, remedy: string): Problem {
  return { code, severity: "error", file: "", message, remedy };
}

function conflict(asked: Requirement, already: Candidate): Problem {
  return problem(
    "RESOLVE_CONFLICT",
    `${asked.by} needs ${asked.name} ${asked.range}, and ${asked.name} ${already.version} is the one chosen for the rest`,
    "a project holds one version of a package: relax one of the ranges, or choose other versions of what asks for it",
  );
}

function unknownPackage(asked: Requirement): Problem {
  return problem(
    "RESOLVE_UNKNOWN_PACKAGE",
    `${asked.by} ${asked.by === "you" ? "asked for" : "needs"} "${asked.name}", which is not in this registry`,
    "look for it with `search`",
  );
}

function nothingFits(asked: Requirement, all: readonly Candidate[], fitting: readonly Candidate[]): Problem {
  const withheld = fitting.map((candidate) => `${candidate.version} (${candidate.withheld})`).slice(0, 5);
  const seen = all.map((candidate) => candidate.version).slice(0, 8);
  return problem(
    "RESOLVE_NOTHING_FITS",
    withheld.length > 0
      ? `${asked.by} ${asked.by === "you" ? "asked for" : "needs"} ${asked.name} ${asked.range}; what fits is withheld: ${withheld.join(", ")}`
      : `${asked.by} ${asked.by === "you" ? "asked for" : "needs"} ${asked.name} ${asked.range}; there are ${seen.join(", ") || "no releases"}`,
    "ask for a range that one of the releases satisfies",
  );
}

/** A cycle among packages, as the names on it, first name repeated last; `undefined` where there is none. */
export function findCycle(edges: ReadonlyMap<PackageName, readonly PackageName[]>): PackageName[] | undefined {
  const done = new Set<PackageName>();
  for (const start of edges.keys()) {
    const path: { name: PackageName; next: number }[] = [{ name: start, next: 0 }];
    const onPath = new Set<PackageName>([start]);
    while (path.length > 0 && !done.has(start)) {
      const top = path[path.length - 1] as { name: PackageName; next: number };
      const target = edges.get(top.name)?.[top.next++];
      if (target === undefined) {
        done.add(top.name);
        onPath.delete(top.name);
        path.pop();
      } else if (onPath.has(target)) {
        const names = path.map((step) => step.name);
        return [...names.slice(names.indexOf(target)), target];
      } else if (!done.has(target)) {
        path.push({ name: target, next: 0 });
        onPath.add(target);
      }
    }
  }
  return undefined;
}

export function suggestPackage(name: string, known: Iterable<string>): string | undefined {
  return nearest(name, known);
}
