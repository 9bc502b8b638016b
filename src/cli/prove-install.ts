/** What an installation from one registry would bring: planned, fetched and verified; nothing is written. */
import { RegistryError } from "../base/error.ts";
import { type PlannedRelease, planInstall, unresolved, type Wanted } from "../client/install-plan.ts";
import type { Registry } from "../client/registry.ts";
import { howToFetch, type ProvenRelease, verifyArchive } from "../client/verify-archive.ts";
import type { Version } from "../manifest/version.ts";
import { lacksPackEntry } from "../node/ggen-files.ts";
import { isInstalled } from "../node/installed-pack.ts";
import type { Lock, LockedPackage } from "../node/lock.ts";
import { checkHeads } from "./locked-heads.ts";
import type { Terminal } from "./terminal.ts";
import { unknownPackage } from "./unknown-package.ts";

export interface Asked {
  readonly project: string;
  readonly wanted: readonly Wanted[];
  readonly lock: Lock;
  readonly force: boolean;
  /** Whose locked version counts no more: they are taken at the newest that fits. */
  readonly unlocked?: ReadonlySet<string> | undefined;
  /** The version of the engine, where it is known. */
  readonly ggen?: Version | undefined;
}

export interface Proven {
  /** The registry's IRI. */
  readonly iri: string;
  readonly hash: Registry["ports"]["hash"];
  readonly releases: readonly ProvenRelease[];
  /** Verified like the others, and there already, byte for byte. */
  readonly kept: readonly ProvenRelease[];
}

/** Plans and verifies; writes nothing. */
export async function proveInstall(
  registry: Registry,
  { project, wanted, lock, force, unlocked, ggen }: Asked,
  terminal: Terminal,
): Promise<Proven> {
  const { iri } = registry.root.registry;
  const { hash } = registry.ports;
  for (const { name } of wanted)
    if ((await registry.resolveRecord(name)) === undefined) throw await unknownPackage(name, registry);
  const ours = [...lock.packages].filter(([, locked]) => locked.registry === iri);
  const names = new Set<string>(ours.map(([name]) => name));
  const locked = new Map(
    ours
      .filter(([name]) => !unlocked?.has(name))
      .map(([name, { version }]) => [name as string, version as string]),
  );
  const kept = [...lock.roots]
    .filter(([name]) => names.has(name))
    .map(([name, range]): Wanted => ({ name, range }));
  const plan = await planInstall(registry, { wanted, kept, locked, ggen });
  if (!plan.ok) throw unresolved(plan.failure);
  const proven: ProvenRelease[] = [];
  for (const { name, version } of plan.releases) {
    terminal.progress(`verifying ${name}@${version} (${proven.length + 1} of ${plan.releases.length})`);
    try {
      const one = await verifyArchive(registry, name, version);
      const before = lock.packages.get(name);
      // Of another version the publisher may be another.
      if (before?.registry === iri)
        checkHeads(one, before.version === version ? before : withoutPublisher(before));
      proven.push(one);
    } catch (error) {
      throw withAllThatIsMissing(error, plan.releases.slice(proven.length));
    }
  }
  const stays = new Set(proven.filter((one) => !force && isUnchanged(one, iri, project, lock)));
  return { iri, hash, releases: proven.filter((one) => !stays.has(one)), kept: [...stays] };
}

function withoutPublisher({ "publisher-statements": _, ...rest }: LockedPackage): LockedPackage {
  return rest;
}

/**
 * Whether a release is installed with every signed byte and none besides, locked, and entered in ggen.toml where it
 * should be: then there is nothing to do about it. The lock alone says nothing: it may have come with the project.
 */
function isUnchanged({ release, content }: ProvenRelease, iri: string, project: string, lock: Lock): boolean {
  const { name, version } = release.manifest;
  const entry = lock.packages.get(name);
  if (entry?.registry !== iri || entry.version !== version || !isInstalled(project, release, lock))
    return false;
  return !content.engine.loadable || !lacksPackEntry(project, name);
}

/** Offline: what else is to be installed may be missing too, and one `sync` fetches all of it. */
function withAllThatIsMissing(error: unknown, open: readonly PlannedRelease[]): unknown {
  if (!(error instanceof RegistryError) || error.code !== "OFFLINE_MISSING") return error;
  const hint = howToFetch(open.map(({ name, version }) => `${name}@${version}`));
  return new RegistryError(error.code, error.message, hint, { cause: error });
}
