/**
 * Records: what a client knows of a package without its archive. Small ones to resolve with, larger
 * ones to show and to verify with, one for each publisher.
 *
 *   ResolveRecord    name, releases newest first: version, digest, edges, why withheld
 *   PackageRecord    the package and its releases as views (README text left to the archive),
 *                    and the statement chain, byte for byte, so that a client folds it itself
 *   PublisherRecord  keys and their states as the build saw them, packages, the statement chain
 *
 * A record decides nothing about bytes: on install, name, version, dependencies and permissions are
 * read again from the verified release.
 */
import { concat, decodeUtf8, utf8 } from "../base/bytes.ts";
import type { Digest } from "../base/digest.ts";
import { canonicalJson, type Json } from "../base/json.ts";
import type { PackageView, ReleaseView } from "../content/view.ts";
import type { PackageName, PublisherName } from "../manifest/name.ts";
import type { Range, Version } from "../manifest/version.ts";
import type { KeyId } from "../trust/public-key.ts";
import type { SignedStatement } from "../trust/statement.ts";

export type Edge = readonly [PackageName, Range];

export interface ResolveRelease {
  readonly version: Version;
  readonly digest: Digest;
  readonly dependencies: readonly Edge[];
  readonly optional?: readonly Edge[];
  readonly ggen?: Range;
  /** Why it is not chosen anew: `yanked: <reason>` or `fallen`. */
  readonly withheld?: string;
}

export interface ResolveRecord {
  readonly name: PackageName;
  readonly releases: readonly ResolveRelease[];
  readonly deprecated?: string;
}

/** A statement with its signature, as texts (both formats are ASCII or UTF-8 by definition). */
export interface StatementRecord {
  readonly file: string;
  readonly statement: string;
  readonly signature: string;
  readonly coSignature?: string;
}

export interface PackageRecord {
  readonly package: Omit<PackageView, "latest">;
  readonly latest: Version;
  /** Newest first. */
  readonly releases: readonly ReleaseView[];
  readonly statements: readonly StatementRecord[];
}

export interface PublisherKeyRecord {
  readonly id: KeyId;
  /** `ssh-ed25519 AAAA…` */
  readonly openssh: string;
  readonly state: "active" | "retired" | "revoked";
  readonly reason?: string;
}

export interface PublisherRecord {
  readonly name: PublisherName;
  readonly title?: string;
  readonly homepage?: string;
  readonly keys: readonly PublisherKeyRecord[];
  readonly packages: readonly PackageName[];
  readonly statements: readonly StatementRecord[];
}

export function resolveRecord(view: PackageView, releases: readonly ReleaseView[]): ResolveRecord {
  const states = new Map(view.versions.map((version) => [version.version, version]));
  return {
    name: view.name,
    releases: releases.map((release) => {
      const withheld = withheldReason(states.get(release.version));
      return {
        version: release.version,
        digest: release.digest,
        dependencies: release.dependencies,
        ...(release.optionalDependencies.length > 0 ? { optional: release.optionalDependencies } : {}),
        ...(release.requiresGgen === undefined ? {} : { ggen: release.requiresGgen }),
        ...(withheld === undefined ? {} : { withheld }),
      };
    }),
    ...(view.deprecated === undefined ? {} : { deprecated: view.deprecated.reason }),
  };
}

function withheldReason(state: { yanked?: string; fallen: boolean } | undefined): string | undefined {
  if (state?.fallen) return "fallen";
  return state?.yanked === undefined ? undefined : `yanked: ${state.yanked}`;
}

/**
 * A package's record in two pieces, canonical JSON when they are joined (`joinRecord`):
 *
 *     head   {"latest":…,"package":{…}}             changes when another package begins to depend on it
 *     body   {"releases":[…],"statements":[…]}      large, and decided by the package's own files
 */
export function packageRecordHead(record: Pick<PackageRecord, "package" | "latest">): Uint8Array {
  return canonicalJson({ latest: record.latest, package: record.package as unknown as Json });
}

export function packageRecordBody(
  releases: readonly ReleaseView[],
  chain: readonly SignedStatement[],
): Uint8Array {
  const shown = releases.map(withoutReadmeText) as unknown as Json;
  return canonicalJson({ releases: shown, statements: chain.map(statementRecord) as unknown as Json });
}

/** Two objects of canonical JSON as one; every key of `head` comes before every key of `body`. */
export function joinRecord(head: Uint8Array, body: Uint8Array): Uint8Array {
  return concat(head.subarray(0, -1), COMMA, body.subarray(1));
}

/** What a joined record has, without joining it. */
export function joinedLength(head: number, body: number): number {
  return head + body - 1;
}

const COMMA = utf8(",");

function withoutReadmeText(release: ReleaseView): ReleaseView {
  if (release.content.readme === undefined) return release;
  const { path } = release.content.readme;
  return { ...release, content: { ...release.content, readme: { path, text: "" } } };
}

export function statementRecord(signed: SignedStatement): StatementRecord {
  return {
    file: signed.file,
    statement: decodeUtf8(signed.bytes) ?? "",
    signature: decodeUtf8(signed.signature) ?? "",
    ...(signed.coSignature === undefined ? {} : { coSignature: decodeUtf8(signed.coSignature) ?? "" }),
  };
}
