/**
 * `npm run bench:resolve`: how long the resolver takes on made-up registries, easy and hostile.
 *
 * Times are medians in one process, with the ratio to the least that any resolver does: to read the version of every
 * release once, and to ask of every need which releases answer it.
 */
import SemverRange from "semver/classes/range.js";
import Semver from "semver/classes/semver.js";
import type { PackageName } from "../src/manifest/name.ts";
import { resolve } from "../src/resolve/resolve.ts";
import { chain, type Graph, lateConflict, layered, pigeons } from "./resolve-graphs.ts";

const RUNS = 21;
const GRAPHS: readonly Graph[] = [
  layered(1000, 1, 20),
  layered(5000, 1, 1000),
  layered(5000, 1, 100),
  layered(5000, 1, 20),
  chain(10_000),
  lateConflict(200, 20),
  lateConflict(1000, 50),
  pigeons(7),
  pigeons(9),
  pigeons(12),
];

console.log(`${"".padEnd(52)}outcome                 ms   looking`);
for (const graph of GRAPHS) {
  const solution = resolve(graph.wanted, graph.catalogue);
  const outcome = solution.ok ? `${solution.versions.size} packages` : solution.failure.code;
  const ms = median(() => resolve(graph.wanted, graph.catalogue));
  const ratio = ms / median(() => look(graph));
  console.log(
    `${graph.name.padEnd(52)}${outcome.padEnd(18)}${ms.toFixed(0).padStart(8)}${ratio.toFixed(1).padStart(9)}x`,
  );
}

/** Every release that can be reached is read once, and every need of theirs tested against its package's releases. */
function look({ wanted, catalogue }: Graph): number {
  const versions = new Map<PackageName, Semver[]>();
  const versionsOf = (name: PackageName) => {
    const known = versions.get(name);
    if (known !== undefined) return known;
    const read = (catalogue(name) ?? []).map(({ version }) => new Semver(version));
    versions.set(name, read);
    return read;
  };
  const open = wanted.map(({ name }) => name);
  const seen = new Set(open);
  let answers = 0;
  for (let name = open.pop(); name !== undefined; name = open.pop())
    for (const { dependencies } of catalogue(name) ?? [])
      for (const [on, range] of dependencies) {
        const parsed = new SemverRange(range);
        for (const version of versionsOf(on)) if (parsed.test(version)) answers++;
        if (!seen.has(on)) open.push(on);
        seen.add(on);
      }
  return answers;
}

function median(work: () => unknown): number {
  const times = Array.from({ length: RUNS }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[RUNS >> 1] ?? 0;
}
