/** Edges between packages, judged over the whole registry: each must lead somewhere, none may lead back. */
import type { Problem } from "../base/problem.ts";
import type { ReleaseView } from "../content/view.ts";
import type { PackageName } from "../manifest/name.ts";
import type { Range } from "../manifest/version.ts";
import { findCycle, fits, suggestPackage } from "../resolve/resolve.ts";

/** Releases of each package, newest first. */
export type Releases = ReadonlyMap<PackageName, readonly ReleaseView[]>;

export function checkDependencies(releases: Releases): Problem[] {
  const problems: Problem[] = [];
  for (const [name, views] of releases) {
    for (const view of views) {
      const file = `packages/${name}/${view.version}/package.toml`;
      for (const [target, range] of [...view.dependencies, ...view.optionalDependencies]) {
        problems.push(...checkEdge(file, target, range, releases));
      }
    }
  }
  return [...problems, ...checkCycles(releases)];
}

function checkEdge(file: string, target: PackageName, range: Range, releases: Releases): Problem[] {
  const found = releases.get(target);
  const place = `dependencies.${target}`;
  if (found === undefined) {
    const meant = suggestPackage(target, releases.keys());
    return [
      {
        code: "DEPENDENCY_UNKNOWN",
        severity: "error",
        file,
        place,
        message: `Dependency "${target}" is not in this registry`,
        found: target,
        ...(meant === undefined ? {} : { expected: meant }),
        remedy: meant === undefined ? "publish it first, or remove the dependency" : `did you mean "${meant}"? Else publish it first`,
        rule: "B1",
      },
    ];
  }
  if (found.some((view) => view.standing === "good" && fits(view.version, range))) return [];
  const versions = found.map((view) => view.version).join(", ");
  return [
    {
      code: "DEPENDENCY_UNSATISFIED",
      severity: "error",
      file,
      place,
      message: `No release of "${target}" satisfies ${range}`,
      expected: `one of ${versions}`,
      found: range,
      remedy: "widen the range, or publish a release that satisfies it",
      rule: "B2",
    },
  ];
}

/** Cycles among the newest releases; an old release's edges bind nobody who asks for the newest. */
function checkCycles(releases: Releases): Problem[] {
  const edges = new Map([...releases].map(([name, views]) => [name, (views[0]?.dependencies ?? []).map(([target]) => target)]));
  const cycle = findCycle(edges);
  if (cycle === undefined) return [];
  const [first] = cycle as [PackageName];
  return [
    {
      code: "DEPENDENCY_CYCLE",
      severity: "error",
      file: `packages/${first}/${releases.get(first)?.[0]?.version ?? ""}/package.toml`,
      place: "dependencies",
      message: `Packages depend on each other in a circle: ${cycle.join(" → ")}`,
      remedy: "remove one of these dependencies, or move what both need into a package of its own",
      rule: "B3",
    },
  ];
}

/** Who depends on each package with its newest release, in code point order. */
export function dependentsOf(releases: Releases): Map<PackageName, PackageName[]> {
  const dependents = new Map<PackageName, PackageName[]>();
  for (const [name, views] of releases) {
    for (const [target] of views[0]?.dependencies ?? []) {
      const list = dependents.get(target) ?? [];
      list.push(name);
      dependents.set(target, list);
    }
  }
  for (const list of dependents.values()) list.sort();
  return dependents;
}
