/**
 * One page about one release of a package: the record rearranged in the order a reader asks.
 *
 *     PackageRecord + version ─► PackagePage     (pure; what it holds has passed `shown`)
 */
import type { ReleaseContent, Term, TermKind } from "../../../src/content/content.ts";
import { type PermissionFact, permissionFacts } from "../../../src/content/permission-words.ts";
import { sensitivePlaces } from "../../../src/content/sensitive-places.ts";
import type { PackageAdvisory, PackageVersion, ReleaseView } from "../../../src/content/view.ts";
import type { PackageRecord } from "../../../src/snapshot/records.ts";
import { oneLine, webAddress } from "./shown.ts";

/** What a version is, in the one word that matters most. */
export type VersionState = "latest" | "older" | "pre-release" | "yanked" | "fallen";

export interface VersionRow {
  readonly version: string;
  readonly state: VersionState;
  readonly reason?: string;
  readonly published?: string;
  readonly digest: string;
}

export interface DependencyRow {
  readonly name: string;
  readonly range: string;
  readonly use: "required" | "optional" | "development";
}

export interface TermGroup {
  readonly title: string;
  readonly terms: readonly (Term & { readonly local: string; readonly namespace: string })[];
}

export interface Deeds {
  /** Runs nothing, replaces nothing, edits nothing that stands, and all of it is known. */
  readonly harmless: boolean;
  /** Has no template and no hook: it writes nothing at all. */
  readonly idle: boolean;
  /** All of it in words, what weighs most first. */
  readonly facts: readonly PermissionFact[];
}

export interface PackagePage {
  readonly name: string;
  readonly release: ReleaseView;
  readonly row: VersionRow;
  readonly latest: string;
  readonly isLatest: boolean;
  readonly versions: readonly VersionRow[];
  readonly owners: readonly string[];
  readonly deprecated?: { readonly reason: string; readonly replacement?: string };
  readonly archived?: string;
  readonly advisories: readonly PackageAdvisory[];
  readonly dependencies: readonly DependencyRow[];
  readonly dependents: readonly string[];
  readonly deeds: Deeds;
  readonly terms: readonly TermGroup[];
  /** The description without its first line, where there is more. */
  readonly more?: string;
  readonly repository?: string;
  readonly homepage?: string;
}

/** `undefined` where the record has no such version. */
export function packagePage(record: PackageRecord, version: string): PackagePage | undefined {
  const release = record.releases.find((candidate) => candidate.version === version);
  const rows = record.package.versions.map((row) => versionRow(row, record.latest));
  const row = rows.find((candidate) => candidate.version === version);
  if (release === undefined || row === undefined) return undefined;
  const { owners, archived, advisories, dependents } = record.package;
  const own = record.package.versions.find((candidate) => candidate.version === version);
  const deprecated = record.package.deprecated ?? own?.deprecated;
  const more = release.description.split("\n").slice(1).join("\n").trim();
  const repository = webAddress(release.repository);
  const homepage = webAddress(release.homepage);
  return {
    name: release.name,
    release,
    row,
    latest: record.latest,
    isLatest: version === record.latest,
    versions: rows,
    owners,
    ...(deprecated === undefined ? {} : { deprecated }),
    ...(archived === undefined ? {} : { archived }),
    advisories,
    dependencies: dependencyRows(release),
    dependents,
    deeds: deeds(release.content),
    terms: termGroups(release.content.defined),
    ...(more === "" ? {} : { more }),
    ...(repository === undefined ? {} : { repository }),
    ...(homepage === undefined ? {} : { homepage }),
  };
}

function versionRow(row: PackageVersion, latest: string): VersionRow {
  return {
    version: row.version,
    state: versionState(row, latest),
    ...(row.yanked === undefined ? {} : { reason: oneLine(row.yanked) }),
    ...(row.published === undefined ? {} : { published: publishedDay(row.published) }),
    digest: row.digest,
  };
}

function versionState(row: PackageVersion, latest: string): VersionState {
  if (row.fallen) return "fallen";
  if (row.yanked !== undefined) return "yanked";
  if (row.version === latest) return "latest";
  return row.version.includes("-") ? "pre-release" : "older";
}

/** The day of an RFC 3339 date or date-time, as its author wrote it. */
export function publishedDay(published: string): string {
  return published.split(/[T ]/)[0] ?? published;
}

function dependencyRows(release: ReleaseView): DependencyRow[] {
  const rows = (edges: ReleaseView["dependencies"], use: DependencyRow["use"]): DependencyRow[] =>
    edges.map(([name, range]) => ({ name, range, use }));
  return [
    ...rows(release.dependencies, "required"),
    ...rows(release.optionalDependencies, "optional"),
    ...rows(release.devDependencies, "development"),
  ];
}

export function deeds({ permissions, files }: Pick<ReleaseContent, "permissions" | "files">): Deeds {
  const { shell, overwrite, inject, outputs, anything } = permissions;
  const sensitive = sensitivePlaces(outputs);
  const harmless =
    shell.length + overwrite.length + inject.length + anything.length + sensitive.length === 0 &&
    !outputs.includes("any");
  const idle =
    harmless &&
    outputs.length === 0 &&
    !files.some((file) => file.role === "template" || file.role === "hook");
  return { harmless, idle, facts: permissionFacts(permissions) };
}

const TERM_TITLES: readonly (readonly [TermKind, string])[] = [
  ["ontology", "Ontologies"],
  ["class", "Classes"],
  ["property", "Properties"],
  ["shape", "Shapes"],
  ["concept", "Concepts"],
  ["individual", "Individuals"],
];

function termGroups(terms: readonly Term[]): TermGroup[] {
  return TERM_TITLES.map(([kind, title]) => ({
    title,
    terms: terms.filter((term) => term.kind === kind).map((term) => ({ ...term, ...splitIri(term.iri) })),
  })).filter((group) => group.terms.length > 0);
}

/** The last part of an IRI, and what stands before it. */
export function splitIri(iri: string): { namespace: string; local: string } {
  const cut = Math.max(
    iri.lastIndexOf("#"),
    iri.slice(0, -1).lastIndexOf("/"),
    iri.slice(0, -1).lastIndexOf(":"),
  );
  return cut < 0
    ? { namespace: "", local: iri }
    : { namespace: iri.slice(0, cut + 1), local: iri.slice(cut + 1) };
}
