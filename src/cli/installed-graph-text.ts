/** Who needs whom among what is installed, from the lock alone. */
import type { PackageName } from "../manifest/name.ts";
import type { Lock } from "../node/lock.ts";

/** The installed packages that need `name` themselves, sorted. */
export function dependentsIn(lock: Lock, name: PackageName): PackageName[] {
  return [...lock.packages].filter(([, { dependencies }]) => dependencies.includes(name)).map(([one]) => one);
}

export interface TreeNode {
  readonly name: PackageName;
  readonly version: string;
  /** It stands elsewhere with what it needs. */
  readonly seen?: true;
  readonly dependencies: readonly TreeNode[];
}

/** Each root with what it needs; what came up before is not spread out again. */
export function installedTree(lock: Lock): TreeNode[] {
  const seen = new Set<PackageName>();
  const node = (name: PackageName): TreeNode => {
    const entry = lock.packages.get(name);
    const version = entry?.version ?? "missing";
    const dependencies = entry?.dependencies ?? [];
    if (seen.has(name))
      return { name, version, ...(dependencies.length > 0 ? { seen: true } : {}), dependencies: [] };
    seen.add(name);
    return { name, version, dependencies: dependencies.map(node) };
  };
  return [...lock.roots.keys()].sort().map(node);
}

/** Every way from a root to `name` that passes no package twice, shortest first; `waysMax` of them. */
export function waysTo(lock: Lock, name: PackageName, waysMax = 20): PackageName[][] {
  const ways: PackageName[][] = [];
  let open: PackageName[][] = [...lock.roots.keys()].sort().map((root) => [root]);
  while (open.length > 0 && ways.length < waysMax) {
    ways.push(...open.filter((way) => way.at(-1) === name));
    open = open
      .filter((way) => way.at(-1) !== name)
      .flatMap((way) =>
        (lock.packages.get(way.at(-1) as PackageName)?.dependencies ?? [])
          .filter((next) => !way.includes(next))
          .map((next) => [...way, next]),
      )
      .slice(0, WAYS_OPEN_MAX);
  }
  return ways.slice(0, waysMax);
}

/** A lock may be anybody's: its ways are not followed without end. */
const WAYS_OPEN_MAX = 10_000;
