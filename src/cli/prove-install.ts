/** What an installation from one registry would bring: planned, fetched and verified; nothing is written. */
import type { Digest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { mapInOrder } from "../base/in-order.ts";
import { type PlannedRelease, planInstall, unresolved, type Wanted } from "../client/install-plan.ts";
import type { LeftOut, MinimumAge } from "../client/minimum-age.ts";
import type { Registry } from "../client/registry.ts";
import { howToFetch, type ProvenRelease, verifyArchive } from "../client/verify-archive.ts";
import type { Version } from "../manifest/version.ts";
import { lacksPackEntry } from "../node/ggen-files.ts";
import { isAdaptedAsLocked, isInstalled } from "../node/installed-pack.ts";
import type { Lock, LockedPackage } from "../node/lock.ts";
import type { LockedOrigin } from "../node/project.ts";
import { checkHeads } from "./locked-heads.ts";
import { loadedFrom, type PreparedRelease, prepare } from "./prepared.ts";
import type { Terminal } from "./terminal.ts";
import { unknownPackage } from "./unknown-package.ts";

const RELEASES_AT_ONCE_MAX = 6;

export interface Asked {
  readonly project: string;
  readonly wanted: readonly Wanted[];
  readonly lock: Lock;
  readonly force: boolean;
  /** Give what ggen does not load a form that it loads; what has one in the lock gets it anyway. */
  readonly adapt: boolean;
  /** Whose locked version counts no more: they are taken at the newest that fits. */
  readonly unlocked?: ReadonlySet<string> | undefined;
  /** The version of the engine, where it is known. */
  readonly ggen?: Version | undefined;
  /** sha256 of the root that the registry is trusted by. */
  readonly root: Digest;
  /** Take from a view that is older than the lock's. */
  readonly allowStale: boolean;
  /** How long a release must be known. */
  readonly age?: MinimumAge | undefined;
}

export interface Proven {
  readonly origin: LockedOrigin;
  readonly hash: Registry["ports"]["hash"];
  readonly releases: readonly PreparedRelease[];
  /** Verified like the others, and there already, byte for byte. */
  readonly kept: readonly PreparedRelease[];
  readonly leftOut: readonly LeftOut[];
}

/** Plans and verifies; writes nothing. */
export async function proveInstall(
  registry: Registry,
  { project, wanted, lock, force, adapt, unlocked, ggen, age, root, allowStale }: Asked,
  terminal: Terminal,
): Promise<Proven> {
  const { iri } = registry.root.registry;
  const { hash } = registry.ports;
  for (const { name } of wanted)
    if ((await registry.resolveRecord(name)) === undefined) throw await unknownPackage(name, registry);
  const ours = [...lock.packages].filter(([, locked]) => locked.registry === iri);
  const view = registry.view?.version ?? 0;
  if (registry.view?.development !== true && !allowStale) refuseOlderView(view, root, ours);
  const names = new Set<string>(ours.map(([name]) => name));
  const locked = new Map(
    ours
      .filter(([name]) => !unlocked?.has(name))
      .map(([name, { version }]) => [name as string, version as string]),
  );
  const kept = [...lock.roots]
    .filter(([name]) => names.has(name))
    .map(([name, range]): Wanted => ({ name, range }));
  const plan = await planInstall(registry, { wanted, kept, locked, ggen, age });
  if (!plan.ok) throw unresolved(plan.failure);
  const proven = (await proveReleases(registry, plan.releases, terminal)).map((one) => {
    const before = lock.packages.get(one.release.manifest.name);
    if (before?.registry === iri) checkHeads(one, before);
    return prepare(one, iri, adapt || before?.adapted !== undefined, hash);
  });
  const stays = new Set(proven.filter((one) => !force && isUnchanged(one, project, lock, hash)));
  return {
    origin: { registry: iri, root, view },
    hash,
    releases: proven.filter((one) => !stays.has(one)),
    kept: [...stays],
    leftOut: plan.leftOut,
  };
}

/**
 * A lock remembers which view its packages came from: who has seen nothing yet, as CI, is not shown an older one.
 * Throws VIEW_OLDER.
 */
function refuseOlderView(
  view: number,
  root: Digest,
  ours: readonly (readonly [string, LockedPackage])[],
): void {
  const later = ours.find(([, locked]) => locked.root === root && (locked.view ?? 0) > view);
  if (later === undefined) return;
  const [name, locked] = later;
  throw new RegistryError(
    "VIEW_OLDER",
    `The lock has ${name} from version ${locked.view} of the registry's view, and this is version ${view}: what was said since may be held back; nothing was changed`,
    "run `sync`, or ask another mirror; --allow-stale takes it as it is",
  );
}

/**
 * Whether a release is installed with every signed byte and none besides, and so its adapted form, both locked, and
 * entered in ggen.toml where it should be: then there is nothing to do about it. The lock alone says nothing: it may have come with the project.
 */
function isUnchanged(prepared: PreparedRelease, project: string, lock: Lock, hash: Proven["hash"]): boolean {
  const { release, iri, form } = prepared;
  const { name, version } = release.manifest;
  const entry = lock.packages.get(name);
  if (entry?.registry !== iri || entry.version !== version || !isInstalled(project, release, lock))
    return false;
  if (entry.adapted !== form?.digest || !isAdaptedAsLocked(project, name, entry, hash)) return false;
  const folder = loadedFrom(prepared);
  return folder === undefined || !lacksPackEntry(project, name, folder);
}

/** Several at once, for most of it is waiting for files. Offline, all that is missing is named: one `sync` fetches it. */
async function proveReleases(
  registry: Registry,
  releases: readonly PlannedRelease[],
  terminal: Terminal,
): Promise<readonly ProvenRelease[]> {
  const missing = new Map<PlannedRelease, RegistryError>();
  let done = 0;
  const proven = await mapInOrder(releases, RELEASES_AT_ONCE_MAX, async (planned) => {
    try {
      const one = await verifyArchive(registry, planned.name, planned.version);
      terminal.progress(`verified ${planned.name}@${planned.version} (${++done} of ${releases.length})`);
      return one;
    } catch (error) {
      if (!(error instanceof RegistryError) || error.code !== "OFFLINE_MISSING") throw error;
      missing.set(planned, error);
      return undefined;
    }
  });
  const open = releases.filter((planned) => missing.has(planned));
  const [first] = open;
  const error = first === undefined ? undefined : missing.get(first);
  if (error === undefined) return proven.filter((one) => one !== undefined);
  const hint = howToFetch(open.map(({ name, version }) => `${name}@${version}`));
  throw new RegistryError(error.code, error.message, hint, { cause: error });
}
