import type { PackageName } from "../manifest/name.ts";

/** A cycle among packages, as the names on it, first name repeated last; `undefined` where there is none. */
export function findCycle(
  edges: ReadonlyMap<PackageName, readonly PackageName[]>,
): PackageName[] | undefined {
  const done = new Set<PackageName>();
  for (const start of edges.keys()) {
    const path: { readonly name: PackageName; next: number }[] = [];
    const onPath = new Set<PackageName>();
    const enter = (name: PackageName) => {
      path.push({ name, next: 0 });
      onPath.add(name);
    };
    if (!done.has(start)) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const target = edges.get(top.name)?.[top.next++];
      if (target === undefined) {
        path.pop();
        onPath.delete(top.name);
        done.add(top.name);
      } else if (onPath.has(target)) {
        const names = path.map((step) => step.name);
        return [...names.slice(names.indexOf(target)), target];
      } else if (!done.has(target)) enter(target);
    }
  }
  return undefined;
}
