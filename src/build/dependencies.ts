/**
 * Edges between packages, judged over the whole registry: each must lead somewhere, none may lead back.
 *
 * What was published cannot be changed, so nothing that happens to one package later may stop the
 * registry because of another's edge: a fallen release's own edges bind nobody, and an edge that only
 * fallen releases satisfy is a warning.
 */
import { nearest } from "../base/nearest.ts";
import type { Problem } from "../base/problem.ts";
import type { ReleaseView } from "../content/view.ts";
import type { PackageName } from "../manifest/name.ts";
import type { Range } from "../manifest/version.ts";
import { findCycle } from "../resolve/cycle.ts";
import { fits } from "../resolve/resolve.ts";

/** What is judged here of a release. */
export type ReleaseEdges = Pick<
  ReleaseView,
  "version" | "standing" | "dependencies" | "optionalDependencies"
>;

/** Releases of each package, newest first. */
export type Releases<R extends ReleaseEdges = ReleaseView> = ReadonlyMap<PackageName, readonly R[]>;

/**
 * `unjudged` are packages of which a release was refused: whether an edge to one of them leads anywhere
 * cannot be said yet, so nothing is.
 */
export function checkDependencies(
  releases: Releases<ReleaseEdges>,
  unjudged: ReadonlySet<PackageName> = new Set(),
): Problem[] {
  const problems: Problem[] = [];
  for (const [name, found] of releases) {
    for (const { version, standing, dependencies, optionalDependencies } of found) {
      if (standing === "fallen") continue;
      const file = `packages/${name}/${version}/package.toml`;
      const edges = [
        ...dependencies.map(([target, range]) => ({ table: "dependencies", target, range })),
        ...optionalDependencies.map(([target, range]) => ({ table: "optional-dependencies", target, range })),
      ];
      for (const { table, target, range } of edges) {
        if (unjudged.has(target)) continue;
        const problem = checkEdge(target, range, releases);
        if (problem !== undefined) problems.push({ ...problem, file, place: `${table}.${target}` });
      }
    }
  }
  return [...problems, ...checkCycles(releases)];
}

function checkEdge(
  target: PackageName,
  range: Range,
  releases: Releases<ReleaseEdges>,
): Omit<Problem, "file" | "place"> | undefined {
  const found = releases.get(target);
  if (found === undefined) return unknownDependency(target, releases);
  const fitting = found.filter((release) => fits(release.version, range));
  if (fitting.some((release) => release.standing === "good")) return undefined;
  if (fitting.length > 0) {
    return {
      code: "DEPENDENCY_FALLEN",
      severity: "warning",
      message: `Every release of "${target}" that satisfies ${range} has fallen, so this release cannot be installed`,
      found: range,
      remedy: `release "${target}" again with a key that is active`,
      rule: "B2",
    };
  }
  return {
    code: "DEPENDENCY_UNSATISFIED",
    severity: "error",
    message: `No release of "${target}" satisfies ${range}`,
    expected: `one of ${found.map((release) => release.version).join(", ")}`,
    found: range,
    remedy: "widen the range, or publish a release that satisfies it",
    rule: "B2",
  };
}

function unknownDependency(
  target: PackageName,
  releases: Releases<ReleaseEdges>,
): Omit<Problem, "file" | "place"> {
  const meant = nearest(target, releases.keys());
  return {
    code: "DEPENDENCY_UNKNOWN",
    severity: "error",
    message: `Dependency "${target}" is not in this registry`,
    found: target,
    ...(meant === undefined ? {} : { expected: meant }),
    remedy:
      meant === undefined
        ? "publish it first, or remove the dependency"
        : `did you mean "${meant}"? Else publish it first`,
    rule: "B1",
  };
}

/** Each circle among the newest releases; an old release's edges bind nobody who asks for the newest. */
function checkCycles(releases: Releases<ReleaseEdges>): Problem[] {
  const edges = new Map(
    [...releases].map(([name, found]) => [name, (found[0]?.dependencies ?? []).map(([target]) => target)]),
  );
  const problems: Problem[] = [];
  for (let cycle = findCycle(edges); cycle !== undefined; cycle = findCycle(edges)) {
    const [first] = cycle as [PackageName];
    problems.push({
      code: "DEPENDENCY_CYCLE",
      severity: "error",
      file: `packages/${first}/${releases.get(first)?.[0]?.version ?? ""}/package.toml`,
      place: "dependencies",
      message: `Packages depend on each other in a circle: ${cycle.join(" → ")}`,
      remedy: "remove one of these dependencies, or move what both need into a package of its own",
      rule: "B3",
    });
    // Told once: another circle through one of these packages shows when this one is mended.
    for (const name of cycle) edges.delete(name);
  }
  return problems;
}

/** Who depends on each package with its first release, in code point order. */
export function dependentsOf(releases: Releases<ReleaseEdges>): Map<PackageName, PackageName[]> {
  const dependents = new Map<PackageName, PackageName[]>();
  for (const [name, found] of releases) {
    for (const [target] of found[0]?.dependencies ?? []) {
      const list = dependents.get(target) ?? [];
      list.push(name);
      dependents.set(target, list);
    }
  }
  for (const list of dependents.values()) list.sort();
  return dependents;
}
