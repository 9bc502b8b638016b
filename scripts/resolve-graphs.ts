/** Made-up registries to resolve in: as real ones are, and as an enemy would make them. The same for a seed. */
import type { PackageName } from "../src/manifest/name.ts";
import type { Range, Version } from "../src/manifest/version.ts";
import type { Candidate, Catalogue, Requirement } from "../src/resolve/resolve.ts";
import { below, randomStream } from "./bench-search/random.ts";

export interface Graph {
  readonly name: string;
  readonly packages: number;
  readonly catalogue: Catalogue;
  readonly wanted: readonly Requirement[];
}

type Needs = Readonly<Record<string, string>>;

function graph(
  name: string,
  releases: ReadonlyMap<string, readonly (readonly [string, Needs])[]>,
  wanted: Needs,
): Graph {
  const candidates = new Map(
    [...releases].map(([of, list]) => [
      of,
      list.map(
        ([version, needs]): Candidate => ({
          version: version as Version,
          dependencies: Object.entries(needs) as [PackageName, Range][],
        }),
      ),
    ]),
  );
  return {
    name,
    packages: candidates.size,
    catalogue: (of) => candidates.get(of),
    wanted: Object.entries(wanted).map(([of, range]) => ({ name: of as PackageName, range: range as Range })),
  };
}

const VERSIONS = ["3.0.0", "2.1.0", "2.0.0", "1.2.0", "1.1.0", "1.0.1", "1.0.0"] as const;
const NEEDS_MAX = 8;

/**
 * Packages of seven releases, each release with up to eight needs among the packages before it; one need in
 * `narrowOf` names an older major version, so that the newest releases do not always go together. All are asked for.
 */
export function layered(packages: number, seed: number, narrowOf: number): Graph {
  const random = randomStream(seed, "layered");
  const releases = new Map<string, [string, Needs][]>();
  for (let at = 0; at < packages; at++) {
    const targets = Array.from({ length: Math.min(at, below(random, NEEDS_MAX + 1)) }, () =>
      below(random, at),
    );
    releases.set(
      `p-${at}`,
      VERSIONS.map((version) => [
        version,
        Object.fromEntries(
          targets.map((target) => [
            `p-${target}`,
            below(random, narrowOf) === 0 ? `^${1 + below(random, 3)}.0.0` : ">=1.0.0",
          ]),
        ),
      ]),
    );
  }
  const wanted = Object.fromEntries([...releases.keys()].reverse().map((name) => [name, "*"]));
  return graph(`${packages} packages, one need in ${narrowOf} narrow`, releases, wanted);
}

/** `n` packages that each need a place of their own, and a place too few: no answer, and no short proof of that. */
export function pigeons(n: number): Graph {
  const releases = new Map<string, [string, Needs][]>();
  const places = Array.from({ length: n - 1 }, (_, hole) => hole);
  for (let pigeon = 0; pigeon < n; pigeon++)
    releases.set(
      `pigeon-${pigeon}`,
      places.map((hole) => [`1.${hole}.0`, { [`hole-${hole}`]: `1.${pigeon}.0` }]),
    );
  for (const hole of places)
    releases.set(
      `hole-${hole}`,
      Array.from({ length: n }, (_, pigeon) => [`1.${pigeon}.0`, {}]),
    );
  const wanted = Object.fromEntries(Array.from({ length: n }, (_, pigeon) => [`pigeon-${pigeon}`, "*"]));
  return graph(`${n} pigeons in ${n - 1} holes`, releases, wanted);
}

/** Pairs that each choose among `width` releases, and a last package that excludes all but the oldest of each. */
export function lateConflict(pairs: number, width: number): Graph {
  const releases = new Map<string, [string, Needs][]>();
  const wanted: Record<string, string> = {};
  for (let at = 0; at < pairs; at++) {
    releases.set(
      `free-${at}`,
      Array.from({ length: width }, (_, minor) => [
        `1.${width - minor}.0`,
        { [`bound-${at}`]: `1.${width - minor}.0` },
      ]),
    );
    releases.set(
      `bound-${at}`,
      Array.from({ length: width }, (_, minor) => [`1.${width - minor}.0`, {}]),
    );
    wanted[`free-${at}`] = "*";
  }
  const last = Object.fromEntries(Array.from({ length: pairs }, (_, at) => [`bound-${at}`, "1.1.0"]));
  releases.set("last", [["1.0.0", last]]);
  return graph(`${pairs} pairs of ${width} releases, excluded last`, releases, { ...wanted, last: "*" });
}

/** A chain: each package needs the next. */
export function chain(length: number): Graph {
  const releases = new Map<string, [string, Needs][]>();
  for (let at = 0; at < length; at++)
    releases.set(`p-${at}`, [["1.0.0", at + 1 < length ? { [`p-${at + 1}`]: "*" } : {}]]);
  return graph(`a chain of ${length}`, releases, { "p-0": "*" });
}
