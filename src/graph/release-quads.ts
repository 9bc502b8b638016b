/**
 * What the graph says of one release, and what no later event changes but the standing of the key
 * that signed it. Whether it is yanked, and which release came before, is said by its package.
 *
 *     <release> a ours:Release, doap:Version, dcat:Dataset ;
 *       doap:revision, ours:releaseDigest, dcterms:license, ours:mayRunShell, …
 *       ours:dependency ─► { package, range, kind }      ours:dependsOn ─► package
 *       dcat:distribution ─► file or archive { byteSize, mediaType, checksum }
 *       ours:signature ─► { signedBy, keyId, keyState }
 */
import type { NamedNode } from "n3";
import { visible } from "../base/visible.ts";
import type { ContentFile } from "../content/content.ts";
import type { ReleaseView } from "../content/view.ts";
import type { PackageName } from "../manifest/name.ts";
import type { RegistryConfig } from "../manifest/registry-toml.ts";
import type { Range } from "../manifest/version.ts";
import { checksumIri, fileIri, keyIri, mint, packageIri, partIri, publisherIri, releaseIri } from "./iri.ts";
import { type GraphPart, QuadList } from "./quad-list.ts";
import { DC, DCAT, DCTERMS, DOAP, OURS, PROV, SCHEMA, SEC, SPDX, XSD } from "./vocabulary.ts";

/** What the graph needs to know of the registry. */
export type GraphConfig = Pick<RegistryConfig, "iri" | "baseUrl" | "name" | "title" | "description">;

export const DEPENDENCY_KINDS = ["runtime", "optional", "dev"] as const;
export type DependencyKind = (typeof DEPENDENCY_KINDS)[number];

/** The part of the graph whose subjects are the release and its hash IRIs. Pure; never throws for what a stranger wrote. */
export function releaseQuads(release: ReleaseView, config: GraphConfig): GraphPart {
  const subject = releaseIri(config.iri, release.name, release.version);
  const list = new QuadList({ file: `packages/${release.name}/${release.version}/package.toml` });
  identity(list, subject, release, config);
  signature(list, subject, release, config);
  dependencies(list, subject, release, config);
  permissions(list, subject, release);
  for (const file of release.content.files) distribution(list, subject, file);
  archive(list, subject, release, config);
  for (const iri of release.content.imports) list.foreign(subject, OURS.imports, iri, "content: owl:imports");
  return list.part();
}

function identity(list: QuadList, subject: NamedNode, release: ReleaseView, config: GraphConfig): void {
  const publisher = publisherIri(config.iri, release.publisher);
  list.type(subject, OURS.Release, DOAP.Version, DCAT.Dataset);
  list.text(subject, DCTERMS.title, `${release.name} ${release.version}`);
  // The `generic` type of package URLs: the specification reserves the others for those it lists.
  list.text(subject, DCTERMS.identifier, `pkg:generic/${release.name}@${release.version}`);
  list.text(subject, DCTERMS.abstract, release.summary);
  list.text(subject, DOAP.revision, release.version);
  list.text(subject, OURS.releaseDigest, release.digest);
  list.text(subject, OURS.packageKind, release.kind);
  list.flag(subject, OURS.loadable, release.content.engine.loadable);
  license(list, subject, release.license);
  list.link(subject, DCTERMS.publisher, publisher);
  list.link(subject, PROV.wasAttributedTo, publisher);
  for (const author of release.authors) list.text(subject, DC.creator, author);
  list.text(subject, OURS.requiresGgen, release.requiresGgen);
  issued(list, subject, release.published);
}

/**
 * The licence as SPDX's own IRI where it is a single identifier; an expression, or a reference
 * that SPDX does not list, as text.
 */
export function license(list: QuadList, subject: NamedNode, expression: string): void {
  if (expression === "NOASSERTION") list.link(subject, DCTERMS.license, SPDX.noassertion);
  else if (/^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(expression) && !/^(LicenseRef|DocumentRef)-/.test(expression)) {
    list.link(subject, DCTERMS.license, mint(`http://spdx.org/licenses/${expression}`));
  } else list.text(subject, DCTERMS.license, expression);
}

const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-](0\d|1[0-3]):[0-5]\d)$/;

/** G3: the author's date, which decides nothing. RFC 3339 allows what XML Schema does not: a leap second, a small `t`. */
function issued(list: QuadList, subject: NamedNode, published: string | undefined): void {
  if (published === undefined) return;
  const [date = "", time] = published.toUpperCase().split(/[T ]/, 2);
  if (DATE.test(date) && time === undefined) list.typed(subject, DCTERMS.issued, date, XSD.date);
  else if (DATE.test(date) && time !== undefined && TIME.test(time)) {
    list.typed(subject, DCTERMS.issued, `${date}T${time}`, XSD.dateTime);
  } else {
    list.warn({
      code: "GRAPH_DATE_REFUSED",
      place: "package.published",
      message: "the date was left out of the registry's graph: XML Schema cannot express it",
      expected: "a date such as 2026-01-31, or a date and time such as 2026-01-31T12:00:00Z",
      found: visible(published),
      remedy: "write the date in that form, or leave it out",
      rule: "G3",
    });
  }
}

function signature(list: QuadList, subject: NamedNode, release: ReleaseView, config: GraphConfig): void {
  const node = partIri(subject, "signature");
  list.link(subject, OURS.signature, node);
  list.type(node, OURS.Signature);
  list.text(node, OURS.keyId, release.keyId);
  list.text(node, OURS.keyState, release.keyState);
  list.link(node, OURS.signedBy, publisherIri(config.iri, release.publisher));
  list.link(node, SEC.verificationMethod, keyIri(config.iri, release.publisher, release.keyId));
}

function dependencies(list: QuadList, subject: NamedNode, release: ReleaseView, config: GraphConfig): void {
  const edges: Record<DependencyKind, readonly (readonly [PackageName, Range])[]> = {
    runtime: release.dependencies,
    optional: release.optionalDependencies,
    dev: release.devDependencies,
  };
  for (const kind of DEPENDENCY_KINDS) {
    for (const [name, range] of edges[kind]) {
      const node = partIri(subject, "dependency", `${kind}-${name}`);
      const target = packageIri(config.iri, name);
      list.link(subject, OURS.dependency, node);
      list.type(node, OURS.Dependency);
      list.link(node, OURS.package, target);
      list.text(node, OURS.range, range);
      list.text(node, OURS.kind, kind);
      if (kind === "runtime") list.link(subject, OURS.dependsOn, target);
    }
  }
}

/** What cannot be known counts as allowed: a question for the packages that may run a shell must not miss one. */
function permissions(list: QuadList, subject: NamedNode, release: ReleaseView): void {
  const { shell, overwrite, inject, outputs, anything } = release.content.permissions;
  const unknown = anything.length > 0;
  list.flag(subject, OURS.mayRunShell, unknown || shell.length > 0);
  list.flag(subject, OURS.mayOverwrite, unknown || overwrite.length > 0);
  list.flag(subject, OURS.mayInject, unknown || inject.length > 0);
  list.flag(subject, OURS.mayDoAnything, unknown);
  for (const command of new Set(shell.map((entry) => entry.command))) {
    list.text(subject, OURS.runsCommand, command);
  }
  for (const output of new Set(outputs)) list.text(subject, OURS.writesTo, output);
}

function distribution(list: QuadList, release: NamedNode, file: ContentFile): void {
  const node = fileIri(release, file.path);
  list.link(release, DCAT.distribution, node);
  list.type(node, DCAT.Distribution);
  list.text(node, OURS.path, file.path);
  list.text(node, OURS.role, file.role);
  bytes(list, node, file.size, file.mediaType, file.sha256);
}

function archive(list: QuadList, release: NamedNode, view: ReleaseView, config: GraphConfig): void {
  if (view.archive === undefined) return;
  const node = partIri(release, "archive");
  list.link(release, DCAT.distribution, node);
  list.type(node, DCAT.Distribution);
  list.link(node, DCAT.downloadURL, mint(`${servedFrom(config)}archives/${view.archive.sha256}.tgz`));
  bytes(list, node, view.archive.size, "application/gzip", view.archive.sha256);
}

/** Where the published tree is served; ends in `/`. */
export function servedFrom(config: GraphConfig): string {
  const base = config.baseUrl ?? config.iri;
  return base.endsWith("/") ? base : `${base}/`;
}

/** DCAT wants IANA's own IRI of a media type; one that IANA does not list (`x-…`) stays text. */
function bytes(list: QuadList, node: NamedNode, size: number, mediaType: string, sha256: string): void {
  const essence = mediaType.replace(/;.*$/, "");
  list.count(node, DCAT.byteSize, size);
  if (/^[a-z]+\/(?!x-)[a-z0-9][a-z0-9.+-]*$/.test(essence)) {
    list.link(node, DCAT.mediaType, mint(`https://www.iana.org/assignments/media-types/${essence}`));
  } else list.text(node, SCHEMA.encodingFormat, mediaType);
  const checksum = checksumIri(node);
  list.link(node, SPDX.checksum, checksum);
  list.type(checksum, SPDX.Checksum);
  list.link(checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256);
  list.typed(checksum, SPDX.checksumValue, sha256, XSD.hexBinary);
}
