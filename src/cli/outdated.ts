/** What is installed and has a newer release: within what was asked for, and at all. */
import { resolve } from "node:path";
import type { PackageName } from "../manifest/name.ts";
import type { Range, Version } from "../manifest/version.ts";
import type { Lock } from "../node/lock.ts";
import { readProject } from "../node/project.ts";
import { fits } from "../resolve/resolve.ts";
import type { Run } from "./command.ts";
import { onRegistry } from "./open-registry.ts";
import { callsFor } from "./several-registries.ts";
import { table } from "./terminal.ts";

interface Outdated {
  readonly package: PackageName;
  readonly current: Version;
  /** The newest within what was asked for; as it is where others need it. */
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
        ...(await onRegistry(call, context, async (registry) => {
          const { iri } = registry.root.registry;
          const ours = [...lock.packages].filter(([, { registry: from }]) => from === iri);
          const rows = await Promise.all(
            ours.map(async ([name, { version }]) => {
              const record = await registry.resolveRecord(name);
              return outdated(name, version, lock, record?.releases);
            }),
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

interface Release {
  readonly version: Version;
  readonly withheld?: string;
}

/** `releases` are newest first. */
function outdated(
  name: PackageName,
  current: Version,
  lock: Lock,
  releases: readonly Release[] | undefined,
): Outdated | undefined {
  const asked = lock.roots.get(name) ?? null;
  if (releases === undefined) return { package: name, current, wanted: current, latest: null, asked };
  const free = releases.filter(({ withheld }) => withheld === undefined).map(({ version }) => version);
  const latest = free.find((version) => !version.includes("-")) ?? free[0];
  if (latest === undefined) return undefined;
  const wanted = asked === null ? current : (free.find((version) => fits(version, asked)) ?? current);
  if (latest === current && wanted === current) return undefined;
  return { package: name, current, wanted, latest, asked };
}
