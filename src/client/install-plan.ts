/** What an installation would bring: every package that is asked for and what they need, one version each. */
import { type Result, ok } from "../base/problem.ts";
import type { PackageName } from "../manifest/name.ts";
import type { Range, Version } from "../manifest/version.ts";
import { resolve } from "../resolve/resolve.ts";
import type { Registry } from "./registry.ts";

export interface PlannedRelease {
  readonly name: PackageName;
  readonly version: Version;
}

export interface Wanted {
  readonly name: PackageName;
  readonly range: Range;
}

export async function planInstall(registry: Registry, wanted: readonly Wanted[]): Promise<Result<PlannedRelease[]>> {
  const candidates = await registry.candidates(wanted.map((one) => one.name));
  const requirements = wanted.map((one) => ({ ...one, by: "you" }));
  const solution = resolve(requirements, (name) => candidates.get(name));
  if (!solution.ok) return solution;
  return ok([...solution.value].map(([name, version]) => ({ name, version })));
}
