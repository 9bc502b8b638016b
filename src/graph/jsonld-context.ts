/**
 * The JSON-LD context of a package's document: which key stands for which term. It is written into
 * every document, so that nobody has to fetch it.
 *
 * Every term is defined by its whole IRI in an object, never by a string: in JSON-LD 1.1 such a term
 * is no prefix, so that an IRI like `release:x`, which a stranger may define, keeps its meaning.
 */
import type { NamedNode } from "n3";
import type { Json } from "../base/json.ts";
import {
  DC,
  DCAT,
  DCTERMS,
  DOAP,
  FOAF,
  OURS,
  OURS_NAMESPACE,
  OWL,
  PROV,
  RDFS,
  SCHEMA,
  SEC,
  SPDX,
  XSD,
} from "./vocabulary.ts";

export interface JsonLdTerm {
  readonly key: string;
  /** The values are IRIs, or literals of one datatype. */
  readonly coercion?: "@id" | NamedNode;
  /** What it points to is a part of the node, and is written inside it. */
  readonly part?: true;
}

const LINK = { coercion: "@id" } as const;
const PART = { coercion: "@id", part: true } as const;

const TERMS: readonly (readonly [NamedNode, string, Omit<JsonLdTerm, "key">?])[] = [
  [DC.creator, "author"],
  [DCAT.byteSize, "byteSize", { coercion: XSD.nonNegativeInteger }],
  [DCAT.distribution, "distribution", PART],
  [DCAT.downloadURL, "downloadURL", LINK],
  [DCAT.hasCurrentVersion, "currentVersion", LINK],
  [DCAT.mediaType, "mediaType", LINK],
  [DCAT.previousVersion, "previousVersion", LINK],
  [DCAT.theme, "category", LINK],
  [DCTERMS.abstract, "summary"],
  [DCTERMS.description, "description"],
  [DCTERMS.identifier, "identifier"],
  [DCTERMS.isReplacedBy, "isReplacedBy", LINK],
  [DCTERMS.issued, "issued"],
  [DCTERMS.license, "license"],
  [DCTERMS.publisher, "publisher", LINK],
  [DCTERMS.title, "title"],
  [DOAP.homepage, "homepage", LINK],
  [DOAP.location, "location", LINK],
  [DOAP.name, "name"],
  [DOAP.release, "release", PART],
  [DOAP.repository, "repository", PART],
  [DOAP.revision, "version"],
  [FOAF.page, "page", LINK],
  [OURS.advisory, "advisory", PART],
  [OURS.defines, "defines", LINK],
  [OURS.definition, "definition", PART],
  [OURS.dependency, "dependency", PART],
  [OURS.dependsOn, "dependsOn", LINK],
  [OURS.imports, "imports", LINK],
  [OURS.owner, "owner", LINK],
  [OURS.package, "package", LINK],
  [OURS.signature, "signature", PART],
  [OURS.signedBy, "signedBy", LINK],
  [OURS.term, "term", LINK],
  [OURS.uses, "uses", LINK],
  [OWL.deprecated, "deprecated"],
  [PROV.wasAttributedTo, "attributedTo", LINK],
  [RDFS.comment, "comment"],
  [RDFS.label, "label"],
  [SCHEMA.encodingFormat, "encodingFormat"],
  [SCHEMA.keywords, "keyword"],
  [SEC.verificationMethod, "verificationMethod", LINK],
  [SPDX.algorithm, "algorithm", LINK],
  [SPDX.checksum, "checksum", PART],
  [SPDX.checksumValue, "checksumValue", { coercion: XSD.hexBinary }],
  ...[
    OURS.archiveReason,
    OURS.deprecationReason,
    OURS.keyId,
    OURS.keyState,
    OURS.kind,
    OURS.loadable,
    OURS.mayDoAnything,
    OURS.mayInject,
    OURS.mayOverwrite,
    OURS.mayRunShell,
    OURS.packageKind,
    OURS.path,
    OURS.range,
    OURS.releaseDigest,
    OURS.requiresGgen,
    OURS.role,
    OURS.runsCommand,
    OURS.severity,
    OURS.statementsHead,
    OURS.status,
    OURS.statusReason,
    OURS.termKind,
    OURS.writesTo,
  ].map((term) => [term, term.value.slice(OURS_NAMESPACE.length)] as const),
];

/** By predicate. */
export const JSONLD_TERMS: ReadonlyMap<string, JsonLdTerm> = new Map(
  TERMS.map(([predicate, key, more]) => [predicate.value, { key, ...more }]),
);

/** The classes of a package's document, by their local names. */
export const JSONLD_CLASSES: ReadonlyMap<string, string> = new Map(
  [
    DCAT.Dataset,
    DCAT.Distribution,
    DOAP.Project,
    DOAP.Repository,
    DOAP.Version,
    OURS.Advisory,
    OURS.Dependency,
    OURS.Package,
    OURS.Release,
    OURS.Signature,
    OURS.TermDefinition,
    SCHEMA.SoftwareSourceCode,
    SPDX.Checksum,
  ].map((node) => [node.value, node.value.replace(/^.*[#/]/, "")]),
);

/** The key of `<catalogue> dcat:dataset <package>`, told from the package's side. */
export const JSONLD_CATALOG_KEY = "inCatalog";

/** The value of `@context`. */
export const JSONLD_CONTEXT: Json = Object.freeze({
  "@version": 1.1,
  id: "@id",
  type: "@type",
  [JSONLD_CATALOG_KEY]: { "@reverse": DCAT.dataset.value, "@type": "@id" },
  ...Object.fromEntries([...JSONLD_CLASSES].map(([iri, key]) => [key, { "@id": iri }])),
  ...Object.fromEntries([...JSONLD_TERMS].map(([iri, term]) => [term.key, definition(iri, term)])),
});

function definition(iri: string, { coercion }: JsonLdTerm): Json {
  if (coercion === undefined) return { "@id": iri };
  return { "@id": iri, "@type": typeof coercion === "string" ? coercion : coercion.value };
}
