/**
 * What an installation would bring: every package that is asked for and what they need, one version each.
 *
 * A project holds one version of a package, so what was asked for before is asked for again. What is
 * locked is taken first where it still fits, even if it was yanked since; a package that is asked for by
 * name is taken at its newest.
 */
import { RegistryError } from "../base/error.ts";
import type { PackageName } from "../manifest/name.ts";
import type { Range, Version } from "../manifest/version.ts";
import { type Candidate, fits, resolve, type Unresolved } from "../resolve/resolve.ts";
import type { ResolveRelease } from "../snapshot/records.ts";
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
}

export type InstallPlan =
  | { readonly ok: true; readonly releases: readonly PlannedRelease[] }
  | { readonly ok: false; readonly failure: Unresolved };

/** By name. */
export async function planInstall(
  registry: Registry,
  { wanted, kept, locked, ggen }: InstallRequest,
): Promise<InstallPlan> {
  const again = new Set<string>(wanted.map(({ name }) => name));
  const requirements = [...wanted, ...kept.filter(({ name }) => !again.has(name))];
  const candidates = await registry.candidates(requirements.map(({ name }) => name));
  const solution = resolve(requirements, (name) => {
    const releases = candidates.get(name)?.map((release) => forEngine(release, ggen));
    return inOrder(releases, locked.get(name), again.has(name));
  });
  if (!solution.ok) return solution;
  return { ok: true, releases: [...solution.versions].map(([name, version]) => ({ name, version })) };
}

function forEngine(release: ResolveRelease, ggen: Version | undefined): Candidate {
  if (ggen === undefined || release.ggen === undefined || fits(ggen, release.ggen)) return release;
  return { ...release, withheld: release.withheld ?? `needs ggen ${release.ggen}` };
}

function inOrder(
  candidates: readonly Candidate[] | undefined,
  locked: string | undefined,
  newestFirst: boolean,
): readonly Candidate[] | undefined {
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
