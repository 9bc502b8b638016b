/**
 * The signing step: a view that was built becomes one that clients accept.
 *
 *     index root ─┐
 *     what was published before ─┼─► signView ─► trust/ of the published tree
 *     ceremony (root, targets) ──┘               index, snapshot, timestamp signed online
 *
 * Serial: each signature follows the one before it, with higher versions. What has not changed and holds
 * for long enough keeps its version, so that a client fetches only what is new. Pure: clock and keys are given.
 */

import { equalBytes } from "../base/bytes.ts";
import type { Hash } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { canonicalJson, type Json } from "../base/json.ts";
import type { TrustLifetimes } from "../manifest/registry-toml.ts";
import { type FileRef, indexSaying, snapshotSaying, timestampSaying } from "../trust/registry-trust.ts";
import type { Signer } from "../trust/sshsig.ts";
import { INDEX_ROLE, ratifiedPath, rootByDigestPath, TRUST_FOLDER } from "../trust/trust-paths.ts";
import { dateText } from "../trust/tuf/fields.ts";
import { type Metadata, parseMetadata, type Signed } from "../trust/tuf/metadata.ts";
import { signMetadata, type ToSign } from "../trust/tuf/write.ts";

/** What to do where a thief of the online key has published. */
export const AFTER_THEFT =
  "where the online key was stolen: let the holders rotate to another (trust rotate --online-key, trust sign), then `trust publish` with --previous COPY, one from before the theft, or --first where there is none; clients forget what the stolen key signed";

export const DAY_MS = 24 * 60 * 60 * 1000;

/** What the holders of the offline keys have signed. */
export interface Ceremony {
  /** Every root from version 1 on. */
  readonly roots: readonly Uint8Array[];
  readonly targets: Uint8Array;
  /** trust/ratified.json, as targets names it. */
  readonly ratified: Uint8Array;
}

/** Who signs which of the online roles; they may be one. */
export interface OnlineSigners {
  readonly index: readonly Signer[];
  readonly snapshot: readonly Signer[];
  readonly timestamp: readonly Signer[];
}

/** The online metadata of what is published now. */
export interface PublishedTrust {
  readonly index: Uint8Array;
  readonly snapshot: Uint8Array;
  readonly timestamp: Uint8Array;
}

export interface ViewToSign {
  readonly ceremony: Ceremony;
  readonly indexRoot: FileRef;
  /** Of the source. */
  readonly commit?: string;
  /** Absent for the first view ever. */
  readonly previous?: PublishedTrust;
  readonly signers: OnlineSigners;
  readonly lifetimes: TrustLifetimes;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface SignedView {
  /** By path in the published tree; timestamp.json, which makes the others current, is last. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly versions: Readonly<Record<"root" | "targets" | "index" | "snapshot" | "timestamp", number>>;
}

/** Signs what `view` says. `view.previous`, and `view.ceremony`, were verified by whoever gives them. */
export function signView(view: ViewToSign, hash: Hash): SignedView {
  const { ceremony, previous, signers, lifetimes, now } = view;
  const targets = parseMetadata(ceremony.targets, "targets", "targets.json");
  const rootVersion = ceremony.roots.length;
  const index = signedRole({
    before: previous && parseMetadata(previous.index, "targets", "index.json"),
    say: (version, expires) => indexSaying(version, expires, view.indexRoot, view.commit),
    days: lifetimes.snapshot,
    signers: signers.index,
    now,
  });
  const versions = { targets: targets.signed.version, [INDEX_ROLE]: index.version };
  const snapshot = signedRole({
    before: previous && parseMetadata(previous.snapshot, "snapshot", "snapshot.json"),
    say: (version, expires) => snapshotSaying(version, expires, versions),
    days: lifetimes.snapshot,
    signers: signers.snapshot,
    now,
  });
  const before = previous && parseMetadata(previous.timestamp, "timestamp", "timestamp.json");
  // Always anew: that it is young is what it is for.
  const timestampVersion = next(before);
  const named = { version: snapshot.version, sha256: hash(snapshot.bytes), length: snapshot.bytes.length };
  const timestamp = signMetadata(
    timestampSaying(timestampVersion, now + lifetimes.timestamp * DAY_MS, named, dateText(now)),
    signers.timestamp,
  );
  const files = new Map<string, Uint8Array>([
    ...ceremonyFiles(ceremony, targets.signed.version, hash),
    [`${TRUST_FOLDER}/${index.version}.${INDEX_ROLE}.json`, index.bytes],
    [`${TRUST_FOLDER}/${snapshot.version}.snapshot.json`, snapshot.bytes],
    [`${TRUST_FOLDER}/timestamp.json`, timestamp],
  ]);
  return {
    files,
    versions: {
      ...{ root: rootVersion, targets: targets.signed.version, index: index.version },
      ...{ snapshot: snapshot.version, timestamp: timestampVersion },
    },
  };
}

function ceremonyFiles({ roots, targets, ratified }: Ceremony, version: number, hash: Hash) {
  const chain = roots.flatMap((bytes, at): [string, Uint8Array][] => [
    [rootByDigestPath(hash(bytes)), bytes],
    [`${TRUST_FOLDER}/${at + 1}.root.json`, bytes],
  ]);
  return [
    ...chain,
    [ratifiedPath(hash(ratified)), ratified],
    [`${TRUST_FOLDER}/${version}.targets.json`, targets],
  ] as const;
}

interface RoleToSign {
  readonly before: Metadata | undefined;
  readonly say: (version: number, expires: number) => ToSign;
  readonly days: number;
  readonly signers: readonly Signer[];
  readonly now: number;
}

/** The role as it was signed before where it says the same and holds for more than half of its days, else anew. */
function signedRole({ before, say, days, signers, now }: RoleToSign): {
  readonly version: number;
  readonly bytes: Uint8Array;
} {
  const lifetime = days * DAY_MS;
  if (before !== undefined && before.signed.expires - now > lifetime / 2) {
    const { version, expires } = before.signed;
    const isSame = equalBytes(
      canonicalJson(say(version, expires) as Json),
      canonicalJson(before.signed.all as Json),
    );
    const isOurs = signMetadata(before.signed.all, signers);
    if (isSame && equalBytes(isOurs, before.bytes)) return { version, bytes: before.bytes };
  }
  const version = next(before);
  return { version, bytes: signMetadata(say(version, now + lifetime), signers) };
}

function next(before: Metadata<Signed> | undefined): number {
  const version = (before?.signed.version ?? 0) + 1;
  if (Number.isSafeInteger(version)) return version;
  throw new RegistryError(
    "VERSION_EXHAUSTED",
    "What is published has the highest version that there is: nothing can follow it, and nobody honest signed it",
    AFTER_THEFT,
  );
}
