/**
 * What later stages know of a release and of a package. Graph, search, snapshot and records are
 * made from these views and from nothing else.
 *
 *     VerifiedRelease + ReleaseContent + archive ─► ReleaseView ─┐
 *     PackageState + the views of its releases ──────────────────┴─► PackageView
 *
 * Plain JSON-able values, so that the view of an unchanged release can come from a build's cache.
 */
import type { Digest } from "../base/digest.ts";
import { compareText } from "../base/order.ts";
import type { PackageName, PublisherName } from "../manifest/name.ts";
import type { PackageKind } from "../manifest/package-toml.ts";
import type { Range, Version } from "../manifest/version.ts";
import type { KeyId } from "../trust/public-key.ts";
import type { VerifiedRelease } from "../trust/release.ts";
import type { ReleaseContent } from "./content.ts";

/** The archive that carries a release: its sha256 and its size in bytes. */
export interface ArchiveRef {
  readonly sha256: Digest;
  readonly size: number;
}

export interface ReleaseView {
  readonly name: PackageName;
  readonly version: Version;
  /** The release digest: sha256 of SHA256SUMS. */
  readonly digest: Digest;
  readonly publisher: PublisherName;
  readonly keyId: KeyId;
  readonly keyState: "active" | "retired" | "revoked";
  readonly standing: "good" | "fallen";
  readonly summary: string;
  readonly description: string;
  readonly license: string;
  readonly kind: PackageKind;
  readonly category?: string;
  readonly keywords: readonly string[];
  readonly authors: readonly string[];
  readonly repository?: string;
  readonly homepage?: string;
  /** The author's word, as text; it decides nothing. */
  readonly published?: string;
  readonly dependencies: readonly (readonly [PackageName, Range])[];
  readonly optionalDependencies: readonly (readonly [PackageName, Range])[];
  readonly devDependencies: readonly (readonly [PackageName, Range])[];
  readonly requiresGgen?: Range;
  readonly content: ReleaseContent;
  /** Absent where the release has fallen: it is a record without an archive. */
  readonly archive: ArchiveRef | undefined;
}

export interface PackageVersion {
  readonly version: Version;
  readonly digest: Digest;
  /** The reason of the yank. */
  readonly yanked?: string;
  readonly fallen: boolean;
  readonly published?: string;
  /** Said of a range that this version is in; what is said of the whole package stands there. */
  readonly deprecated?: PackageDeprecation;
  /** Ids of the advisories that are about this version. */
  readonly advisories?: readonly string[];
}

export interface PackageDeprecation {
  readonly reason: string;
  readonly replacement?: PackageName;
}

export interface PackageAdvisory {
  readonly id: string;
  readonly severity: "low" | "moderate" | "high" | "critical";
  readonly versions: Range;
  readonly summary: string;
  readonly url?: string;
}

export interface PackageView {
  readonly name: PackageName;
  readonly owners: readonly PublisherName[];
  /** The highest version that is neither yanked, fallen nor a pre-release; where there is none, the highest. */
  readonly latest: ReleaseView;
  /** Newest first. */
  readonly versions: readonly PackageVersion[];
  /** Of the whole package. */
  readonly deprecated?: PackageDeprecation;
  readonly archived?: string;
  readonly advisories: readonly PackageAdvisory[];
  readonly dependents: readonly PackageName[];
  /** Digest of the last statement about the package. */
  readonly statementsHead: Digest;
}

/** The only maker of a ReleaseView: it accepts nothing but a release that was verified. */
export function releaseView(
  release: VerifiedRelease,
  content: ReleaseContent,
  archive: ArchiveRef | undefined,
): ReleaseView {
  const { manifest, signature } = release;
  return {
    name: manifest.name,
    version: manifest.version,
    digest: release.digest,
    publisher: signature.publisher,
    keyId: signature.keyId,
    keyState: signature.keyState,
    standing: release.standing,
    summary: manifest.summary,
    description: manifest.description,
    license: manifest.license,
    kind: content.kind,
    ...(manifest.category === undefined ? {} : { category: manifest.category }),
    keywords: [...manifest.keywords],
    authors: [...manifest.authors],
    ...(manifest.repository === undefined ? {} : { repository: manifest.repository }),
    ...(manifest.homepage === undefined ? {} : { homepage: manifest.homepage }),
    ...(manifest.published === undefined ? {} : { published: manifest.published }),
    dependencies: edges(manifest.dependencies),
    optionalDependencies: edges(manifest.optionalDependencies),
    devDependencies: edges(manifest.devDependencies),
    ...(manifest.requires.ggen === undefined ? {} : { requiresGgen: manifest.requires.ggen }),
    content,
    archive: release.standing === "fallen" ? undefined : archive,
  };
}

function edges(dependencies: ReadonlyMap<PackageName, Range>): (readonly [PackageName, Range])[] {
  return [...dependencies].sort(([a], [b]) => compareText(a, b));
}
