/**
 * Why a release is what it is said to be: every link from the root that the user trusts down to its files,
 * each proven on this machine, none taken from a record's word.
 *
 *     root → targets → ratified names ┐
 *     timestamp → snapshot → index → index root → record → claim → owner → key → signature → files
 */
import type { Digest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import type { Problem } from "../base/problem.ts";
import type { KeyId } from "../trust/public-key.ts";
import { keyIdOf } from "../trust/public-key.ts";
import { INDEX_ROLE } from "../trust/trust-paths.ts";
import { dateText } from "../trust/tuf/fields.ts";
import type { Metadata, Role, TufKey } from "../trust/tuf/metadata.ts";
import { ed25519Bytes, signersOf } from "../trust/tuf/threshold.ts";
import type { Registry } from "./registry.ts";
import { type TrustedView, trustOf } from "./trusted-view.ts";
import { foldAuthority, type ProvenRelease, unwrap, verifyArchive } from "./verify-archive.ts";

/** A role's file: which keys of it have signed, how many had to, until when it holds. */
export interface SignedRole {
  readonly role: string;
  readonly version: number;
  /** Fingerprints of the keys whose signatures verify. */
  readonly signedBy: readonly KeyId[];
  readonly threshold: number;
  /** Of how many keys. */
  readonly keys: number;
  readonly expires: string;
}

/** A statement, and the key that signed it. */
export interface SignedStatementOf {
  readonly digest: Digest;
  readonly by: string;
  readonly key: KeyId;
  /** Whether the maintainers, offline, have ratified it. */
  readonly ratified: boolean;
}

export interface WhyTrusted {
  readonly package: string;
  readonly version: string;
  readonly registry: string;
  /** Signed by a build on this machine, for this machine: nobody else vouches for any of it. */
  readonly development: boolean;
  readonly roles: readonly SignedRole[];
  readonly indexRoot: Digest;
  readonly claim: SignedStatementOf;
  readonly owner: { readonly name: string; readonly registration: Digest; readonly ratified: boolean };
  readonly key: { readonly id: KeyId; readonly state: string };
  /** sha256 of SHA256SUMS, which the key has signed. */
  readonly release: Digest;
  readonly standing: "good" | "fallen";
  /** Each has the sha256 that the release gives it. */
  readonly files: number;
  readonly notices: readonly Problem[];
}

/** Throws as `verifyArchive` does, and NOT_SIGNED for a registry that was opened without a signed view. */
export async function whyTrusted(registry: Registry, name: string, version: string): Promise<WhyTrusted> {
  const { view } = registry;
  if (view === undefined)
    throw new RegistryError(
      "NOT_SIGNED",
      "This view is not signed: there is no reason to trust it",
      "sign it: trust publish",
    );
  const proven = await verifyArchive(registry, name, version);
  return { ...chainAbove(view), ...(await chainBelow(registry, proven)) };
}

function chainAbove(view: TrustedView) {
  const { set } = trustOf(view);
  const root = set.root.signed;
  const { targets } = set;
  const index = targets?.signed.delegations.find(({ name }) => name === INDEX_ROLE);
  const of = (
    role: string,
    metadata: Metadata | undefined,
    by: Role | undefined,
    keys: ReadonlyMap<string, TufKey>,
  ) =>
    metadata === undefined || by === undefined
      ? []
      : [signedRole(role, metadata, by, keys, set.policy.verify)];
  return {
    registry: view.registry,
    development: view.development,
    roles: [
      ...of("root", set.root, root.roles.root, root.keys),
      ...of("targets", targets, root.roles.targets, root.keys),
      ...of("timestamp", set.timestamp, root.roles.timestamp, root.keys),
      ...of("snapshot", set.snapshot, root.roles.snapshot, root.keys),
      ...of(INDEX_ROLE, set.delegated(INDEX_ROLE), index, targets?.signed.keys ?? new Map()),
    ],
    indexRoot: view.indexRoot.sha256,
  };
}

function signedRole(
  role: string,
  metadata: Metadata,
  by: Role,
  keys: ReadonlyMap<string, TufKey>,
  verify: Parameters<typeof signersOf>[3],
): SignedRole {
  const signedBy = signersOf(metadata, by, keys, verify).flatMap((id) => {
    const key = keys.get(id);
    const bytes = key === undefined ? undefined : ed25519Bytes(key);
    return bytes === undefined ? [] : [keyIdOf(bytes)];
  });
  const { version, expires } = metadata.signed;
  return {
    role,
    version,
    signedBy,
    threshold: by.threshold,
    keys: by.keyids.size,
    expires: dateText(expires),
  };
}

async function chainBelow(registry: Registry, { release, notices }: ProvenRelease) {
  const { manifest, signature, digest, standing, entries } = release;
  const record = await registry.show(manifest.name);
  if (record === undefined) throw new Error("a release that was verified has a record");
  const where = `${manifest.name}@${manifest.version}`;
  const authority = unwrap(await foldAuthority(registry, record), where);
  const [claim] = authority.package.events;
  const owner = authority.publishers.get(signature.publisher);
  const [registration] = owner?.events ?? [];
  if (claim === undefined || owner === undefined || registration === undefined)
    throw new Error("a folded chain has a first statement");
  return {
    package: manifest.name,
    version: manifest.version,
    claim: {
      digest: claim.digest,
      by: claim.by.publisher ?? "a maintainer",
      key: claim.by.keyId,
      ratified: authority.package.ratified,
    },
    owner: { name: owner.name, registration: registration.digest, ratified: owner.ratified },
    key: { id: signature.keyId, state: signature.keyState },
    release: digest,
    standing,
    files: entries.length,
    notices,
  };
}
