/**
 * What a registry says with TUF, and nothing besides: five files beside the index, the smallest that name one view.
 *
 *     trust/<n>.root.json        offline   keys and thresholds; "registry": the IRI, "development": true
 *     trust/<n>.targets.json     offline   the target trust/ratified.json; delegates index/* to "index"
 *     trust/<n>.index.json       online    the target index/root.json, "custom": { "commit" }
 *     trust/<n>.snapshot.json    online    the versions of targets and index
 *     trust/timestamp.json       online    the version of the snapshot; "issued": when it was signed
 *     trust/roots/<sha256>.json  a copy of each root, for who knows only its digest
 *     trust/<sha256>.ratified.json, index/<sha256>.root.json      the two targets
 *
 * "registry", "development" and "issued" are fields of our own, which the specification allows and signs.
 * The index root commits to everything else of the view by digest and length.
 */
import type { Digest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import type { PublicKey } from "./public-key.ts";
import { INDEX_ROLE, INDEX_TARGET, RATIFIED_TARGET } from "./trust-paths.ts";
import { type Root, sha256In, type Target } from "./tuf/metadata.ts";
import { findTarget, type Trust } from "./tuf/update.ts";
import { header, keyTable, roleOf, type ToSign } from "./tuf/write.ts";

/** A file by digest and length. */
export interface FileRef {
  readonly sha256: Digest;
  readonly length: number;
}

export interface KeysOfRole {
  readonly keys: readonly PublicKey[];
  readonly threshold: number;
}

export interface RootSaying {
  readonly version: number;
  readonly expires: number;
  /** The registry's IRI. */
  readonly registry: string;
  /** Made by a build on somebody's own machine: never to be taken from another one. */
  readonly development?: boolean;
  readonly roles: Readonly<Record<"root" | "targets" | "snapshot" | "timestamp", KeysOfRole>>;
}

export function rootSaying({ version, expires, registry, development, roles }: RootSaying): ToSign {
  return {
    ...header("root", version, expires),
    consistent_snapshot: true,
    registry,
    ...(development === true ? { development: true } : {}),
    keys: keyTable(Object.values(roles).flatMap(({ keys }) => keys)),
    roles: Object.fromEntries(
      Object.entries(roles).map(([role, { keys, threshold }]) => [role, roleOf(keys, threshold)]),
    ),
  };
}

export interface TargetsSaying {
  readonly version: number;
  readonly expires: number;
  readonly ratified: FileRef;
  /** Who may say which view is current. */
  readonly index: KeysOfRole;
}

export function targetsSaying({ version, expires, ratified, index }: TargetsSaying): ToSign {
  return {
    ...header("targets", version, expires),
    targets: { [RATIFIED_TARGET]: target(ratified) },
    delegations: {
      keys: keyTable(index.keys),
      roles: [
        { ...roleOf(index.keys, index.threshold), name: INDEX_ROLE, paths: ["index/*"], terminating: true },
      ],
    },
  };
}

/** `commit`: of the source that the view was built from, where it is known. */
export function indexSaying(version: number, expires: number, root: FileRef, commit?: string): ToSign {
  const custom = commit === undefined ? {} : { custom: { commit } };
  return {
    ...header("targets", version, expires),
    targets: { [INDEX_TARGET]: { ...target(root), ...custom } },
  };
}

/** By role: `targets`, `index`. */
export function snapshotSaying(
  version: number,
  expires: number,
  versions: Readonly<Record<string, number>>,
): ToSign {
  const meta = Object.entries(versions).map(([role, version]) => [`${role}.json`, { version }]);
  return { ...header("snapshot", version, expires), meta: Object.fromEntries(meta) };
}

export function timestampSaying(
  version: number,
  expires: number,
  snapshot: { readonly version: number; readonly sha256: Digest; readonly length: number },
  issued: string,
): ToSign {
  const { sha256, length } = snapshot;
  return {
    ...header("timestamp", version, expires),
    issued,
    meta: { "snapshot.json": { version: snapshot.version, length, hashes: { sha256 } } },
  };
}

function target({ sha256, length }: FileRef): ToSign {
  return { length, hashes: { sha256 } };
}

/** What a root says besides the specification's words. Throws BAD_ROOT for a root of something else. */
export function registryOf(root: Root): { readonly registry: string; readonly development: boolean } {
  const { registry, development } = root.all;
  if (typeof registry === "string")
    return { registry, development: development !== undefined && development !== false };
  throw new RegistryError(
    "BAD_ROOT",
    "This is a TUF root, but none of a registry: it names no registry",
    "give the root that the registry's operator publishes",
  );
}

/** The two files that the metadata lead to. */
export interface NamedView {
  readonly indexRoot: FileRef;
  readonly commit?: string;
  readonly ratified: FileRef;
}

/**
 * What the current metadata name. The index may come from the delegated role alone, and what is ratified
 * from targets alone: a stolen online key is then good for the one and not for the other.
 */
export async function namedView(trust: Trust): Promise<NamedView> {
  const [index, ratified] = [await findTarget(INDEX_TARGET, trust), await findTarget(RATIFIED_TARGET, trust)];
  if (index.role !== INDEX_ROLE || ratified.role !== "targets") throw misplaced(index.role, ratified.role);
  const commit = index.target.custom?.commit;
  return {
    indexRoot: refOf(index.target, INDEX_TARGET),
    ...(typeof commit === "string" && /^[0-9a-f]{40,64}$/.test(commit) ? { commit } : {}),
    ratified: refOf(ratified.target, RATIFIED_TARGET),
  };
}

function refOf(target: Target, path: string): FileRef {
  const sha256 = sha256In(target.hashes);
  if (sha256 !== undefined) return { sha256, length: target.length };
  throw new RegistryError(
    "METADATA_INVALID",
    `The trust metadata name "${path}" without its sha256`,
    "tell the registry's operator",
  );
}

function misplaced(index: string, ratified: string): RegistryError {
  return new RegistryError(
    "METADATA_INVALID",
    `The trust metadata name the index by "${index}" and what is ratified by "${ratified}"; it must be "${INDEX_ROLE}" and "targets"`,
    "nothing of it was used; tell the registry's operator",
  );
}
