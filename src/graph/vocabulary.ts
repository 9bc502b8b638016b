/**
 * The words the registry's graph is written in: published vocabularies first, and ours
 * (`https://ggen.dev/marketplace#`, described in ontology.ts) for what none of them says.
 *
 *     package    ours:Package, doap:Project, schema:SoftwareSourceCode, dcat:Dataset
 *     release    ours:Release, doap:Version, dcat:Dataset
 *     file       dcat:Distribution ─► spdx:Checksum
 *     publisher  foaf:Agent ─► sec:Multikey
 *     catalogue  dcat:Catalog, void:Dataset
 *
 * Only names listed here can be used: another one does not compile.
 */
import { DataFactory, type NamedNode } from "n3";

type Terms<Local extends string> = { readonly [name in Local]: NamedNode };

function terms<const Local extends string>(namespace: string, locals: readonly Local[]): Terms<Local> {
  const entries = locals.map((local) => [local, DataFactory.namedNode(namespace + local)]);
  return Object.freeze(Object.fromEntries(entries)) as Terms<Local>;
}

const NAMESPACES = {
  dc: "http://purl.org/dc/elements/1.1/",
  dcat: "http://www.w3.org/ns/dcat#",
  dcterms: "http://purl.org/dc/terms/",
  doap: "http://usefulinc.com/ns/doap#",
  foaf: "http://xmlns.com/foaf/0.1/",
  ours: "https://ggen.dev/marketplace#",
  owl: "http://www.w3.org/2002/07/owl#",
  prov: "http://www.w3.org/ns/prov#",
  rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
  rdfs: "http://www.w3.org/2000/01/rdf-schema#",
  schema: "https://schema.org/",
  sec: "https://w3id.org/security#",
  skos: "http://www.w3.org/2004/02/skos/core#",
  spdx: "http://spdx.org/rdf/terms#",
  void: "http://rdfs.org/ns/void#",
  xsd: "http://www.w3.org/2001/XMLSchema#",
} as const;

/** The prefixes of everything the registry writes in Turtle, in the order of the prefix block. */
export const PREFIXES: readonly (readonly [prefix: string, namespace: string])[] = Object.entries(NAMESPACES);

export const OURS_NAMESPACE = NAMESPACES.ours;

export const OURS = terms(NAMESPACES.ours, [
  "Advisory",
  "Dependency",
  "Package",
  "Release",
  "Signature",
  "TermDefinition",
  "advisory",
  "archiveReason",
  "defines",
  "definition",
  "dependency",
  "dependsOn",
  "deprecationReason",
  "imports",
  "keyId",
  "keyState",
  "kind",
  "loadable",
  "mayDoAnything",
  "mayInject",
  "mayOverwrite",
  "mayRunShell",
  "owner",
  "package",
  "packageKind",
  "path",
  "range",
  "releaseDigest",
  "requiresGgen",
  "role",
  "runsCommand",
  "severity",
  "signature",
  "signedBy",
  "statementsHead",
  "status",
  "statusReason",
  "term",
  "termKind",
  "uses",
  "writesTo",
]);

export const DC = terms(NAMESPACES.dc, ["creator"]);
export const DCAT = terms(NAMESPACES.dcat, [
  "Catalog",
  "Dataset",
  "Distribution",
  "byteSize",
  "dataset",
  "distribution",
  "downloadURL",
  "hasCurrentVersion",
  "mediaType",
  "previousVersion",
  "theme",
  "themeTaxonomy",
]);
export const DCTERMS = terms(NAMESPACES.dcterms, [
  "abstract",
  "description",
  "identifier",
  "isReplacedBy",
  "issued",
  "license",
  "publisher",
  "title",
]);
export const DOAP = terms(NAMESPACES.doap, [
  "GitRepository",
  "Project",
  "Repository",
  "Version",
  "homepage",
  "location",
  "name",
  "release",
  "repository",
  "revision",
]);
export const FOAF = terms(NAMESPACES.foaf, ["Agent", "homepage", "name", "page"]);
export const OWL = terms(NAMESPACES.owl, ["deprecated"]);
export const PROV = terms(NAMESPACES.prov, ["wasAttributedTo"]);
export const RDF = terms(NAMESPACES.rdf, ["langString", "type"]);
export const RDFS = terms(NAMESPACES.rdfs, ["comment", "label"]);
export const SCHEMA = terms(NAMESPACES.schema, ["SoftwareSourceCode", "encodingFormat", "keywords"]);
export const SEC = terms(NAMESPACES.sec, [
  "Multikey",
  "controller",
  "publicKeyMultibase",
  "verificationMethod",
]);
export const SKOS = terms(NAMESPACES.skos, ["Concept", "ConceptScheme", "inScheme", "prefLabel"]);
export const SPDX = terms(NAMESPACES.spdx, [
  "Checksum",
  "algorithm",
  "checksum",
  "checksumAlgorithm_sha256",
  "checksumValue",
  "noassertion",
]);
export const VOID = terms(NAMESPACES.void, ["Dataset", "dataDump", "triples", "vocabulary"]);
export const XSD = terms(NAMESPACES.xsd, [
  "boolean",
  "date",
  "dateTime",
  "hexBinary",
  "nonNegativeInteger",
  "string",
]);
