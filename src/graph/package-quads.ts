/**
 * What the graph says of a package: what its latest release says of itself, who owns it, which
 * releases there are and how they stand.
 *
 *     <package> a ours:Package, doap:Project, schema:SoftwareSourceCode, dcat:Dataset ;
 *       doap:release ─► release { status, statusReason, previousVersion }   dcat:hasCurrentVersion ─► the latest
 *       ours:owner ─► publisher      ours:dependsOn ─► package      ours:advisory ─► { … }
 *       ours:defines ─► term         ours:definition ─► { term, termKind, label, comment }
 *
 * G4: the subject of every statement is the package, one of its releases, or a hash IRI of either;
 * the one exception is `<catalogue> dcat:dataset <package>`. A package that "describes" a term, or
 * another package's IRI, therefore never becomes a statement about it: what it says is kept as its
 * own definition. Its triples and blank nodes never come in at all.
 */
import type { NamedNode } from "n3";
import type { Term } from "../content/content.ts";
import type { PackageVersion, PackageView, ReleaseView } from "../content/view.ts";
import { catalogIri, categoryIri, packageIri, partIri, publisherIri, releaseIri } from "./iri.ts";
import { type GraphPart, QuadList } from "./quad-list.ts";
import { type GraphConfig, license, releaseQuads } from "./release-quads.ts";
import { DC, DCAT, DCTERMS, DOAP, FOAF, OURS, OWL, RDFS, SCHEMA } from "./vocabulary.ts";

export const RELEASE_STATUSES = ["published", "yanked", "fallen"] as const;
export type ReleaseStatus = (typeof RELEASE_STATUSES)[number];

const FALLEN_REASON =
  "the key that signed it was revoked, and the revocation does not list it as still valid";

/** The package's own part of the graph, without the releases' parts. Pure; never throws for what a stranger wrote. */
export function packageQuads(view: PackageView, config: GraphConfig): GraphPart {
  const subject = packageIri(config.iri, view.name);
  const list = new QuadList({ file: `packages/${view.name}/${view.latest.version}/package.toml` });
  list.link(catalogIri(config.iri), DCAT.dataset, subject);
  identity(list, subject, view);
  description(list, subject, view.latest, config);
  standing(list, subject, view, config);
  releases(list, subject, view, config);
  advisories(list, subject, view);
  terms(list, subject, view.latest);
  return list.part();
}

/** The whole of a package: its own part and the part of each of its releases. */
export function packageGraph(
  view: PackageView,
  releaseViews: readonly ReleaseView[],
  config: GraphConfig,
): GraphPart {
  const parts = [packageQuads(view, config), ...releaseViews.map((release) => releaseQuads(release, config))];
  return {
    quads: parts.flatMap((part) => part.quads),
    warnings: parts.flatMap((part) => part.warnings),
  };
}

function identity(list: QuadList, subject: NamedNode, view: PackageView): void {
  list.type(subject, OURS.Package, DOAP.Project, SCHEMA.SoftwareSourceCode, DCAT.Dataset);
  list.text(subject, DOAP.name, view.name);
  list.text(subject, DCTERMS.title, view.name);
  list.text(subject, DCTERMS.identifier, `pkg:generic/${view.name}`);
  list.text(subject, OURS.statementsHead, view.statementsHead);
}

/** What the latest release says of the package. */
function description(list: QuadList, subject: NamedNode, latest: ReleaseView, config: GraphConfig): void {
  list.text(subject, DCTERMS.abstract, latest.summary);
  list.text(subject, DCTERMS.description, latest.description);
  list.text(subject, OURS.packageKind, latest.kind);
  license(list, subject, latest.license);
  for (const author of latest.authors) list.text(subject, DC.creator, author);
  for (const keyword of latest.keywords) list.text(subject, SCHEMA.keywords, keyword);
  if (latest.category !== undefined) list.link(subject, DCAT.theme, categoryIri(config.iri, latest.category));
  list.address(subject, DOAP.homepage, latest.homepage, "package.homepage");
  for (const [name] of latest.dependencies) list.link(subject, OURS.dependsOn, packageIri(config.iri, name));
  repository(list, subject, latest.repository);
}

function repository(list: QuadList, subject: NamedNode, address: string | undefined): void {
  const node = partIri(subject, "repository");
  if (list.address(node, DOAP.location, address, "package.repository") === undefined) return;
  list.link(subject, DOAP.repository, node);
  list.type(node, DOAP.Repository);
}

function standing(list: QuadList, subject: NamedNode, view: PackageView, config: GraphConfig): void {
  for (const owner of view.owners) list.link(subject, OURS.owner, publisherIri(config.iri, owner));
  list.link(subject, DCTERMS.publisher, publisherIri(config.iri, view.latest.publisher));
  list.text(subject, OURS.archiveReason, view.archived);
  if (view.deprecated === undefined) return;
  list.flag(subject, OWL.deprecated, true);
  list.text(subject, OURS.deprecationReason, view.deprecated.reason);
  const { replacement } = view.deprecated;
  if (replacement !== undefined)
    list.link(subject, DCTERMS.isReplacedBy, packageIri(config.iri, replacement));
}

function statusOf(version: PackageVersion): ReleaseStatus {
  if (version.fallen) return "fallen";
  return version.yanked === undefined ? "published" : "yanked";
}

/** `view.versions` is newest first: the one before each is the next of the list. */
function releases(list: QuadList, subject: NamedNode, view: PackageView, config: GraphConfig): void {
  const iriOf = (version: PackageVersion | ReleaseView) => releaseIri(config.iri, view.name, version.version);
  list.link(subject, DCAT.hasCurrentVersion, iriOf(view.latest));
  for (const [at, version] of view.versions.entries()) {
    const release = iriOf(version);
    const status = statusOf(version);
    list.link(subject, DOAP.release, release);
    list.text(release, OURS.status, status);
    if (status === "fallen") list.text(release, OURS.statusReason, FALLEN_REASON);
    if (status === "yanked") list.text(release, OURS.statusReason, version.yanked);
    if (status !== "published") list.flag(release, OWL.deprecated, true);
    const previous = view.versions[at + 1];
    if (previous !== undefined) list.link(release, DCAT.previousVersion, iriOf(previous));
  }
}

function advisories(list: QuadList, subject: NamedNode, view: PackageView): void {
  for (const advisory of view.advisories) {
    const node = partIri(subject, "advisory", advisory.id);
    list.link(subject, OURS.advisory, node);
    list.type(node, OURS.Advisory);
    list.text(node, DCTERMS.identifier, advisory.id);
    list.text(node, DCTERMS.abstract, advisory.summary);
    list.text(node, OURS.severity, advisory.severity);
    list.text(node, OURS.range, advisory.versions);
    list.address(node, FOAF.page, advisory.url, `advisory ${advisory.id}: url`);
  }
}

function terms(list: QuadList, subject: NamedNode, latest: ReleaseView): void {
  for (const term of latest.content.defined) definition(list, subject, term);
  for (const iri of latest.content.used) list.foreign(subject, OURS.uses, iri, "content: terms used");
}

function definition(list: QuadList, subject: NamedNode, term: Term): void {
  const defined = list.foreign(subject, OURS.defines, term.iri, "content: terms defined");
  if (defined === undefined) return;
  const node = partIri(subject, "term", term.iri);
  list.link(subject, OURS.definition, node);
  list.type(node, OURS.TermDefinition);
  list.link(node, OURS.term, defined);
  list.text(node, OURS.termKind, term.kind);
  list.text(node, RDFS.label, term.label);
  list.text(node, RDFS.comment, term.comment);
}
