/** What is installed and has a newer release: within what was asked for, and at all. */
import { resolve } from "node:path";
import { type AgeCheck, ageCheck } from "../client/minimum-age.ts";
import type { PackageName } from "../manifest/name.ts";
import type { Range, Version } from "../manifest/version.ts";
import type { Lock } from "../node/lock.ts";
import { readProject } from "../node/project.ts";
import { fits } from "../resolve/resolve.ts";
import type { ResolveRelease } from "../snapshot/records.ts";
import type { Run } from "./command.ts";
import { minimumAge } from "./minimum-age.ts";
import { onRegistry } from "./open-registry.ts";
import { callsFor } from "./several-registries.ts";
import { table } from "./terminal.ts";

interface Outdated {
  readonly package: PackageName;
  readonly current: Version;
  /** The newest that `update` takes within what was asked for; as it is where others need it. */
  readonly wanted: Version;
  /** `null` where the registry has it no more. */
  readonly latest: Version | null;
  readonly asked: Range | null;
}

export const run: Run = async (_args, options, context) => {
  const lock = readProject(resolve(options.text("project") ?? "."));
  const found: Outdated[] = [];
  if (lock.packages.size > 0)
    for (const { call } of await callsFor([], lock, options, context))
      found.push(
        ...(await onRegistry(call, context, async (registry, kept) => {
          const { iri } = registry.root.registry;
          const ours = [...lock.packages].filter(([, { registry: from }]) => from === iri);
          const records = await Promise.all(ours.map(([name]) => registry.resolveRecord(name)));
          const known = new Map(
            records.flatMap((record) => (record === undefined ? [] : [[record.name, record.releases]])),
          );
          const tooYoung = ageCheck(minimumAge(call, context, kept, lock), known);
          const rows = ours.map(([name, { version }]) =>
            outdated(name, version, lock, known.get(name), tooYoung),
          );
          return rows.filter((row) => row !== undefined);
        })),
      );
  const { terminal } = context;
  terminal.result({ outdated: found }, () => {
    if (found.length === 0)
      return lock.packages.size === 0 ? "Nothing is installed here." : "Everything is up to date.";
    const rows = found.map((row) => [
      row.package,
      row.current,
      row.wanted,
      row.latest ?? "gone from the registry",
      row.asked ?? "(needed)",
    ]);
    return table([["package", "current", "wanted", "latest", "asked for"], ...rows], terminal.width);
  });
  return undefined;
};

/** `releases` are newest first. */
function outdated(
  name: PackageName,
  current: Version,
  lock: Lock,
  releases: readonly ResolveRelease[] | undefined,
  tooYoung: AgeCheck,
): Outdated | undefined {
  const asked = lock.roots.get(name) ?? null;
  if (releases === undefined) return { package: name, current, wanted: current, latest: null, asked };
  const free = releases.filter(({ withheld }) => withheld === undefined);
  const versions = free.map(({ version }) => version);
  const latest = versions.find((version) => !version.includes("-")) ?? versions[0];
  if (latest === undefined) return undefined;
  const taken = free.filter((release) => tooYoung(release) === undefined).map(({ version }) => version);
  const wanted = asked === null ? current : (taken.find((version) => fits(version, asked)) ?? current);
  if (latest === current && wanted === current) return undefined;
  return { package: name, current, wanted, latest, asked };
}
