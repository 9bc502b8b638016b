/**
 * What is known of a release when its quality is judged, and by whom it is known.
 *
 *     PackageRecord + what was ratified + counts of use ─► Evidence     of a registry, all from records
 *     manifest + described files                        ─► Evidence     of a folder that is not signed yet
 *
 * A part that is absent is unknown, and so is every measure that is made from it (measures.ts). Which parts there
 * are is decided by where one looks, never by the package: nobody makes anything unknown by leaving it out.
 */
import type { ContentFile, FileRole, ReleaseContent } from "../content/content.ts";
import type { PackageVersion, PackageView, ReleaseView } from "../content/view.ts";
import { PACKAGE_KINDS, type PackageKind } from "../manifest/package-kind.ts";
import type { PackageManifest } from "../manifest/package-toml.ts";
import type { Stats } from "../manifest/stats-json.ts";
import type { Range } from "../manifest/version.ts";

export interface Evidence {
  readonly name: string;
  readonly version: string;
  readonly kind: PackageKind;
  readonly said: Said;
  readonly content: ReleaseContent;
  /** By whom it is signed; absent of files that nobody has signed yet. */
  readonly signed?: Pick<ReleaseView, "keyState" | "standing" | "publisher">;
  /** What the registry says of the package; absent of a folder. */
  readonly registered?: Registered;
  /** Whether the holders of the registry's root ratified the name; absent where no signed view says so. */
  readonly ratified?: boolean;
  /** How much it is used: downloads, and ten for each star (manifest/stats-json.ts); absent where nobody counted. */
  readonly usage?: number;
}

/** What the manifest says. */
export type Said = Pick<
  ReleaseView,
  "description" | "license" | "category" | "keywords" | "authors" | "repository" | "homepage" | "requiresGgen"
> & { readonly needs: readonly (readonly [name: string, range: Range])[] };

export type Registered = Pick<
  PackageView,
  "owners" | "versions" | "deprecated" | "archived" | "advisories" | "dependents"
>;

/** A package as a client reads it: snapshot/records.ts has more. */
export interface RecordOfPackage {
  readonly package: Registered & { readonly name: string };
  readonly latest: string;
  readonly releases: readonly ReleaseView[];
}

export interface KnownBesides {
  readonly ratifiedNames?: { has(name: string): boolean } | undefined;
  readonly stats?: Stats | undefined;
}

/** Of the release `version`, else the latest; `undefined` where there is no such release. */
export function evidenceOfRecord(
  record: RecordOfPackage,
  { ratifiedNames, stats }: KnownBesides = {},
  version: string = record.latest,
): Evidence | undefined {
  const release = record.releases.find((candidate) => candidate.version === version);
  if (release === undefined) return undefined;
  const usage = stats?.get(release.name);
  return {
    name: release.name,
    version: release.version,
    // A registry built by a newer version may have kinds that this one does not know.
    kind: PACKAGE_KINDS.includes(release.kind) ? release.kind : "pack",
    said: { ...release, needs: [...release.dependencies, ...release.optionalDependencies] },
    content: release.content,
    signed: release,
    registered: record.package,
    ...(ratifiedNames === undefined ? {} : { ratified: ratifiedNames.has(release.name) }),
    ...(usage === undefined ? {} : { usage }),
  };
}

/** Of files that are not published. */
export function evidenceOfDraft(manifest: PackageManifest, content: ReleaseContent): Evidence {
  const { dependencies, optionalDependencies, requires } = manifest;
  return {
    name: manifest.name,
    version: manifest.version,
    kind: content.kind,
    said: {
      ...manifest,
      ...(requires.ggen === undefined ? {} : { requiresGgen: requires.ggen }),
      needs: [...dependencies, ...optionalDependencies],
    },
    content,
  };
}

export function ownVersion({ version }: Evidence, registered: Registered): PackageVersion | undefined {
  return registered.versions.find((candidate) => candidate.version === version);
}

export function filesOf({ content }: Evidence, ...roles: readonly FileRole[]): ContentFile[] {
  return content.files.filter(({ role }) => roles.includes(role));
}

/** What ggen reads, or a project can have it read, at each sync. */
const READ_ROLES = ["ontology", "shapes", "template", "gate", "query", "hook"] as const;

export function filesRead(evidence: Evidence): ContentFile[] {
  return filesOf(evidence, ...READ_ROLES);
}

const RDF_TYPES = new Set([
  "text/turtle",
  "application/n-triples",
  "application/n-quads",
  "application/trig",
  "application/rdf+xml",
  "application/ld+json",
]);

/** RDF to try the package on: what it ships as examples and as tests. */
export function trialData(evidence: Evidence): ContentFile[] {
  return filesOf(evidence, "example", "test").filter(({ mediaType }) => RDF_TYPES.has(mediaType));
}
