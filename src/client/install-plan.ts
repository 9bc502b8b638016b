/**
 * What an installation would bring: every package that is asked for and what they need, one version each.
 *
 * A project holds one version of a package, so what was asked for before is asked for again. What is
 * locked is taken first where it still fits, even if it was yanked since or is younger than is wanted; a
 * package that is asked for by name is taken at its newest.
 */
import { RegistryError } from "../base/error.ts";
import type { PackageName } from "../manifest/name.ts";
import type { Range, Version } from "../manifest/version.ts";
import { type Candidate, fits, resolve, type Unresolved } from "../resolve/resolve.ts";
import type { ResolveRelease } from "../snapshot/records.ts";
import { type AgeCheck, ageCheck, type LeftOut, type MinimumAge } from "./minimum-age.ts";
import type { Registry } from "./registry.ts";

export interface PlannedRelease {
  readonly name: PackageName;
  readonly version: Version;
}

export interface Wanted {
  readonly name: PackageName;
  readonly range: Range;
}

export interface InstallRequest {
  /** What is asked for now. */
  readonly wanted: readonly Wanted[];
  /** What was asked for before, and is still there. */
  readonly kept: readonly Wanted[];
  readonly locked: ReadonlyMap<string, string>;
  /** The version of the engine, where it is known: what requires another is left out. */
  readonly ggen?: Version | undefined;
  /** How long a release must be known; without it any will do. */
  readonly age?: MinimumAge | undefined;
}

export type InstallPlan =
  | {
      readonly ok: true;
      readonly releases: readonly PlannedRelease[];
      /** Newer ones that would have fitted, and are too young. */
      readonly leftOut: readonly LeftOut[];
    }
  | { readonly ok: false; readonly failure: Unresolved };

/** By name. */
export async function planInstall(
  registry: Registry,
  { wanted, kept, locked, ggen, age }: InstallRequest,
): Promise<InstallPlan> {
  const again = new Set<string>(wanted.map(({ name }) => name));
  const requirements = [...wanted, ...kept.filter(({ name }) => !again.has(name))];
  const candidates = await registry.candidates(requirements.map(({ name }) => name));
  const tooYoung = ageCheck(age, candidates);
  const solution = resolve(requirements, (name) => {
    const releases = candidates.get(name)?.map((release) => forEngine(release, ggen));
    // The age last: what is locked is known by its digest, and not by its version.
    return inOrder(releases, locked.get(name), again.has(name))?.map((release) => ofAge(release, tooYoung));
  });
  if (!solution.ok) return solution;
  const planned = [...solution.versions].map(([name, version]) => ({ name, version }));
  const isFree = (release: ResolveRelease) => forEngine(release, ggen).withheld === undefined;
  const chosen = planned.filter(({ name, version }) => again.has(name) || locked.get(name) !== version);
  const ranges = rangesOf(planned, requirements, candidates);
  const leftOut = chosen.flatMap(({ name, version }) => {
    const newer = newerThan(version, candidates.get(name) ?? []).filter(isFree);
    const fitting = newer.filter((one) =>
      (ranges.get(name) ?? []).every((range) => fits(one.version, range)),
    );
    return fitting.flatMap((one) => {
      const why = tooYoung(one);
      return why === undefined ? [] : [{ name, version: one.version, why }];
    });
  });
  return { ok: true, releases: planned, leftOut };
}

/** What each package of the plan must fit: what was asked for, and what the others of the plan need. */
function rangesOf(
  planned: readonly PlannedRelease[],
  requirements: readonly Wanted[],
  candidates: ReadonlyMap<PackageName, readonly ResolveRelease[]>,
): ReadonlyMap<PackageName, readonly Range[]> {
  const needs = planned.flatMap(
    ({ name, version }) => candidates.get(name)?.find((one) => one.version === version)?.dependencies ?? [],
  );
  const ranges = new Map<PackageName, Range[]>();
  for (const [name, range] of [...requirements.map(({ name, range }) => [name, range] as const), ...needs])
    ranges.set(name, [...(ranges.get(name) ?? []), range]);
  return ranges;
}

/** `releases` are newest first. */
function newerThan(version: Version, releases: readonly ResolveRelease[]): readonly ResolveRelease[] {
  return releases.slice(
    0,
    Math.max(
      0,
      releases.findIndex((one) => one.version === version),
    ),
  );
}

function forEngine(release: ResolveRelease, ggen: Version | undefined): ResolveRelease {
  if (ggen === undefined || release.ggen === undefined || fits(ggen, release.ggen)) return release;
  return { ...release, withheld: release.withheld ?? `needs ggen ${release.ggen}` };
}

function ofAge(release: ResolveRelease, tooYoung: AgeCheck): Candidate {
  const why = release.withheld === undefined ? tooYoung(release) : undefined;
  return why === undefined ? release : { ...release, withheld: why };
}

function inOrder(
  candidates: readonly ResolveRelease[] | undefined,
  locked: string | undefined,
  newestFirst: boolean,
): readonly ResolveRelease[] | undefined {
  const held = candidates?.find(({ version }) => version === locked);
  if (candidates === undefined || held === undefined || held.withheld === "fallen") return candidates;
  const { withheld: _, ...free } = held;
  if (newestFirst) return candidates.map((candidate) => (candidate === held ? free : candidate));
  return [free, ...candidates.filter((candidate) => candidate !== held)];
}

/** The error that no set of releases answers what was asked for; `consequence`: what was not done. */
export function unresolved(
  { code, message, lines, steps, remedy }: Unresolved,
  consequence = "nothing was written",
): RegistryError {
  return new RegistryError(code, `${message}; ${consequence}`, remedy, { reasons: { lines, steps } });
}
