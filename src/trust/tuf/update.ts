/**
 * The client workflow of TUF (specification 1.0, section 5): from a trusted root to the files of the current view.
 *
 *     const trusted = await updateTrust(store, policy, repository);      // 5.1 to 5.6.6
 *     const target = await findTarget("index/root.json", trusted, …);    // 5.6.7, one level of delegation
 *
 * Moves bytes between the repository, which nobody trusts, the `TrustedSet`, which judges them, and the
 * store, which keeps what was found good. Every step keeps what it has proven, so that nothing has to be
 * undone where a later one fails, and the next update goes on from there (5, first note). Without a
 * repository the stored metadata are judged again by the same rules; where an update stopped half way, they
 * are no whole view until the next one.
 *
 *     the repository's files   <n>.root.json  timestamp.json  <n>.snapshot.json  <n>.targets.json  <n>.<role>.json
 *     requests                 unchanged: root n + 1 (not there), timestamp
 */
import { RegistryError } from "../../base/error.ts";
import { visible } from "../../base/visible.ts";
import type { DelegatedRole, Root, Target, TufKey } from "./metadata.ts";
import { matchesPath } from "./path-pattern.ts";
import { METADATA_BYTES_MAX } from "./roles.ts";
import { ed25519Bytes } from "./threshold.ts";
import { type Policy, TrustedSet } from "./trusted-set.ts";

/** Gives a metadata file, `undefined` where there is none; fails where nobody answers or there are more bytes. */
export interface MetadataSource {
  read(file: string, bytesMax: number): Promise<Uint8Array | undefined>;
}

/** Keeps trusted metadata by role, apart from any cache: the versions in it are what a rollback is seen by. */
export interface MetadataStore {
  recall(role: string): Promise<Uint8Array | undefined>;
  keep(role: string, bytes: Uint8Array): Promise<void>;
  forget(role: string): Promise<void>;
}

/** 5.3.3: roots that one update may pass through. */
export const ROOTS_MAX = 1024;

export interface Trust {
  readonly set: TrustedSet;
  readonly store: MetadataStore;
  /** Absent: only what was kept. */
  readonly source: MetadataSource | undefined;
}

/**
 * Brings what is in `store` up to date, or only judges it again where there is no `source`. Throws what
 * `TrustedSet` throws, what the source throws, METADATA_MISSING for a file that must be there and is not.
 */
export async function updateTrust(
  store: MetadataStore,
  policy: Policy,
  source?: MetadataSource,
): Promise<Trust> {
  const root = await store.recall("root");
  // 5.2: load the trusted root.
  if (root === undefined) throw missing("root.json", source);
  const trust: Trust = { set: new TrustedSet(root, policy), store, source };
  if (source !== undefined) {
    // Of the pinned root too, before it first speaks for anything.
    if ((await store.recall("timestamp")) === undefined)
      await judgeKeys(trust.set.root.signed.keys, "root.json");
    await updateRoot(trust, source);
  }
  // 5.3.10: check for a freeze attack.
  trust.set.checkRoot();
  await updateTimestamp(trust);
  // 5.3.10 again: the timestamp may know a later time than this machine's clock.
  trust.set.checkRoot();
  await updateSnapshot(trust);
  await updateTargets(trust);
  return trust;
}

/** 5.3: the chain of roots, each signed by the one before it. */
async function updateRoot({ set, store }: Trust, source: MetadataSource): Promise<void> {
  for (let passed = 0; passed < ROOTS_MAX; passed++) {
    const next = await source.read(`${set.root.signed.version + 1}.root.json`, METADATA_BYTES_MAX);
    if (next === undefined) return;
    const before = set.updateRoot(next);
    await judgeKeys(set.root.signed.keys, "root.json");
    // 5.3.11, before the root is kept: a stop in between would lose it for good.
    if (onlineKeysDiffer(before.signed, set.root.signed)) {
      await store.forget("timestamp");
      await store.forget("snapshot");
    }
    // 5.3.8: persist the root.
    await store.keep("root", next);
  }
}

/**
 * 5.3.11: whoever had the keys before may have signed versions so high that no honest one comes after
 * them. New keys begin anew.
 */
export function onlineKeysDiffer(before: Root, after: Root): boolean {
  return (["timestamp", "snapshot"] as const).some((role) => {
    const [then, now] = [before.roles[role].keyids, after.roles[role].keyids];
    return then.size !== now.size || [...then].some((id) => !now.has(id));
  });
}

/** 5.4 */
async function updateTimestamp({ set, store, source }: Trust): Promise<void> {
  const kept = await store.recall("timestamp");
  if (kept !== undefined) whereItHolds(() => set.recallTimestamp(kept));
  if (source === undefined) {
    if (set.timestamp === undefined) throw missing("timestamp.json", source);
  } else {
    const bytes = await source.read("timestamp.json", METADATA_BYTES_MAX);
    if (bytes === undefined) throw missing("timestamp.json", source);
    // 5.4.5: persist the timestamp.
    if (set.updateTimestamp(bytes)) await store.keep("timestamp", bytes);
  }
  set.checkTimestamp();
}

/** 5.5 */
async function updateSnapshot({ set, store, source }: Trust): Promise<void> {
  const kept = await store.recall("snapshot");
  if (kept !== undefined) whereItHolds(() => set.recallSnapshot(kept));
  if (set.hasCurrentSnapshot()) return;
  const named = set.timestamp?.signed.snapshot;
  const bytes =
    source === undefined ? kept : await read(set, source, "snapshot", named?.version, named?.length);
  if (bytes === undefined) throw missing("snapshot.json", source);
  set.updateSnapshot(bytes);
  // 5.5.7: persist the snapshot.
  await store.keep("snapshot", bytes);
}

/** 5.6.1 to 5.6.6 */
async function updateTargets(trust: Trust): Promise<void> {
  await updateRole(trust, "targets", (bytes) => trust.set.updateTargets(bytes));
}

/**
 * Public keys are judged when they come, once: about some points verifiers disagree, and for others anybody can sign
 * (ed25519.ts). That module is loaded here alone, for it takes longer than everything else of a command.
 */
async function judgeKeys(keys: ReadonlyMap<string, TufKey>, file: string): Promise<void> {
  const { pointFault } = await import("../ed25519.ts");
  for (const [id, key] of keys) {
    const bytes = ed25519Bytes(key);
    const fault = bytes === undefined ? undefined : pointFault(bytes);
    if (fault === undefined) continue;
    throw new RegistryError(
      "METADATA_INVALID",
      `The trust metadata "${file}" lists a key, ${id.slice(0, 16)}…, that ${fault}`,
      "nothing of it was used; tell the registry's operator",
    );
  }
}

/** What was kept of a targets role where it still is what the snapshot names, else the source's. */
async function updateRole(
  { set, store, source }: Trust,
  role: string,
  accept: (bytes: Uint8Array) => void,
): Promise<void> {
  const kept = await store.recall(role);
  if (kept !== undefined && (source === undefined || whereItHolds(() => accept(kept)))) {
    if (source === undefined) accept(kept);
    return;
  }
  const named = set.metaOf(role);
  const bytes =
    source === undefined || named === undefined
      ? undefined
      : await read(set, source, role, named.version, named.length);
  if (bytes === undefined) throw missing(`${role}.json`, source);
  accept(bytes);
  if (role === "targets") await judgeKeys(set.targets?.signed.keys ?? new Map(), "targets.json");
  await store.keep(role, bytes);
}

function read(
  set: TrustedSet,
  source: MetadataSource,
  role: string,
  version = 0,
  length = METADATA_BYTES_MAX,
): Promise<Uint8Array | undefined> {
  const prefix = set.root.signed.consistentSnapshot ? `${version}.` : "";
  // A role may be called anything; a path of it is one component.
  return source.read(`${prefix}${encodeURIComponent(role)}.json`, Math.min(length, METADATA_BYTES_MAX));
}

/** Whether kept metadata still holds: by a new root, or in another time, it may not, and then it is fetched anew. */
function whereItHolds(use: () => void): boolean {
  try {
    use();
    return true;
  } catch (error) {
    if (error instanceof RegistryError) return false;
    throw error;
  }
}

export interface FoundTarget {
  readonly target: Target;
  /** Where it was found: `targets`, or a role that it delegates to. */
  readonly role: string;
}

/**
 * 5.6.7: what the targets role, or a role that it delegates `path` to, says of the file at `path`. One level:
 * the delegations of a delegated role are not followed. Throws as `updateTrust` does where a role that is
 * asked cannot be had, and TARGET_UNKNOWN.
 */
export async function findTarget(path: string, trust: Trust): Promise<FoundTarget> {
  const top = trust.set.targets?.signed;
  const own = top?.targets.get(path);
  if (own !== undefined) return { target: own, role: "targets" };
  for (const role of top?.delegations ?? []) {
    if (!role.paths.some((pattern) => matchesPath(path, pattern))) continue;
    const target = await targetIn(role, path, trust);
    if (target !== undefined) return { target, role: role.name };
    // 5.6.7.2.1: a terminating delegation ends the search.
    if (role.terminating) break;
  }
  throw new RegistryError(
    "TARGET_UNKNOWN",
    `The trust metadata does not name "${visible(path)}"`,
    "tell the registry's operator",
  );
}

async function targetIn(role: DelegatedRole, path: string, trust: Trust): Promise<Target | undefined> {
  if (trust.set.delegated(role.name) === undefined)
    await updateRole(trust, role.name, (bytes) => void trust.set.updateDelegated(bytes, role));
  return trust.set.delegated(role.name)?.signed.targets.get(path);
}

function missing(file: string, source: MetadataSource | undefined): RegistryError {
  return source === undefined
    ? new RegistryError(
        "OFFLINE_MISSING",
        `The trust metadata "${visible(file)}" is not on this machine`,
        "run `sync` while the network is there, or leave out --offline",
      )
    : new RegistryError(
        "METADATA_MISSING",
        `The registry has no "${visible(file)}" in its trust metadata`,
        "it is being replaced, or not signed: try again, ask another mirror, or tell its operator",
      );
}
