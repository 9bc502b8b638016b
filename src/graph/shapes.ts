/**
 * SHACL shapes for the registry's own data, published with it: what every package, release,
 * publisher and file in the graph has, whoever wrote the graph. Core only, and nothing that needs
 * another package's part (`sh:class` of a dependency): each package is judged alone.
 *
 * Each constraint's `sh:message` is a whole sentence for a person; validate.ts shows it as it is.
 */
export { ONTOLOGY_TURTLE } from "./ontology.ts";

const NAME = "^[a-z0-9]+(-[a-z0-9]+)*$";
const SEMVER =
  "^(0|[1-9][0-9]*)\\\\.(0|[1-9][0-9]*)\\\\.(0|[1-9][0-9]*)" +
  "(-(0|[1-9][0-9]*|[0-9]*[a-z-][0-9a-z-]*)(\\\\.(0|[1-9][0-9]*|[0-9]*[a-z-][0-9a-z-]*))*)?$";
const DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9:]+))?$";
const DIGEST = "^[0-9a-f]{64}$";
const FINGERPRINT = "^SHA256:[A-Za-z0-9+/]{43}$";

export const SHAPES_TURTLE = `@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix doap: <http://usefulinc.com/ns/doap#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix ours: <https://ggen.dev/marketplace#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix sec: <https://w3id.org/security#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix spdx: <http://spdx.org/rdf/terms#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

ours:PackageShape a sh:NodeShape ; sh:targetClass ours:Package ; sh:nodeKind sh:IRI ;
  sh:property [ sh:path doap:name ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:string ; sh:maxLength 64 ; sh:pattern "${NAME}" ;
    sh:message "A package has exactly one name: lower-case letters and digits in words joined by single hyphens, at most 64 characters" ] ;
  sh:property [ sh:path dcterms:title ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:string ;
    sh:message "A package has exactly one title" ] ;
  sh:property [ sh:path dcterms:abstract ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:string ; sh:minLength 1 ;
    sh:message "A package has exactly one summary" ] ;
  sh:property [ sh:path dcterms:description ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:string ; sh:minLength 1 ; sh:maxLength 16384 ;
    sh:message "A package has exactly one description of 1 to 16384 characters" ] ;
  sh:property [ sh:path dcterms:description ; sh:minLength 10 ; sh:severity sh:Warning ;
    sh:message "A description under 10 characters helps nobody to choose the package" ] ;
  sh:property [ sh:path dcterms:license ; sh:minCount 1 ; sh:maxCount 1 ;
    sh:message "A package has exactly one licence: an SPDX identifier, or an expression" ] ;
  sh:property [ sh:path dcterms:publisher ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ;
    sh:message "A package has exactly one publisher: that of its latest release" ] ;
  sh:property [ sh:path ours:owner ; sh:nodeKind sh:IRI ;
    sh:message "Owners are named by IRI; a package whose claim has fallen has none" ] ;
  sh:property [ sh:path doap:release ; sh:minCount 1 ; sh:class ours:Release ;
    sh:message "A package has at least one release, and each is described" ] ;
  sh:property [ sh:path dcat:hasCurrentVersion ; sh:minCount 1 ; sh:maxCount 1 ; sh:class ours:Release ;
    sh:message "A package has exactly one latest release" ] ;
  sh:property [ sh:path ours:packageKind ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:string ;
    sh:message "A package is of exactly one kind" ] ;
  sh:property [ sh:path schema:keywords ; sh:datatype xsd:string ; sh:minLength 1 ;
    sh:message "A keyword is a string that is not empty" ] ;
  sh:property [ sh:path dcat:theme ; sh:maxCount 1 ; sh:nodeKind sh:IRI ;
    sh:message "A package is in at most one category" ] ;
  sh:property [ sh:path doap:homepage ; sh:maxCount 1 ; sh:nodeKind sh:IRI ;
    sh:message "A package has at most one homepage" ] ;
  sh:property [ sh:path ours:dependsOn ; sh:nodeKind sh:IRI ;
    sh:message "A package depends on packages" ] ;
  sh:property [ sh:path dcterms:isReplacedBy ; sh:maxCount 1 ; sh:nodeKind sh:IRI ;
    sh:message "A package is replaced by at most one other package" ] ;
  sh:property [ sh:path ours:statementsHead ; sh:minCount 1 ; sh:maxCount 1 ; sh:pattern "${DIGEST}" ;
    sh:message "A package names its last statement by 64 lower-case hex digits" ] .

ours:ReleaseShape a sh:NodeShape ; sh:targetClass ours:Release ; sh:nodeKind sh:IRI ;
  sh:property [ sh:path doap:revision ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:string ; sh:maxLength 64 ; sh:pattern "${SEMVER}" ;
    sh:message "A release has exactly one version: SemVer 2.0 without build metadata, in lower case" ] ;
  sh:property [ sh:path ours:releaseDigest ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:string ; sh:pattern "${DIGEST}" ;
    sh:message "A release has exactly one release digest of 64 lower-case hex digits" ] ;
  sh:property [ sh:path [ sh:inversePath doap:release ] ; sh:minCount 1 ; sh:maxCount 1 ; sh:class ours:Package ;
    sh:message "A release belongs to exactly one package" ] ;
  sh:property [ sh:path dcterms:license ; sh:minCount 1 ; sh:maxCount 1 ;
    sh:message "A release has exactly one licence: an SPDX identifier, or an expression" ] ;
  sh:property [ sh:path dcterms:publisher ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ;
    sh:message "A release has exactly one publisher" ] ;
  sh:property [ sh:path dcterms:issued ; sh:maxCount 1 ; sh:pattern "${DATE}" ;
    sh:message "A release was issued on at most one date, such as 2026-01-31 or 2026-01-31T12:00:00Z" ] ;
  sh:property [ sh:path ours:packageKind ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:string ;
    sh:message "A release is of exactly one kind" ] ;
  sh:property [ sh:path ours:status ; sh:minCount 1 ; sh:maxCount 1 ; sh:in ( "published" "yanked" "fallen" ) ;
    sh:message "A release is published, yanked or fallen" ] ;
  sh:property [ sh:path dcat:previousVersion ; sh:maxCount 1 ; sh:nodeKind sh:IRI ;
    sh:message "At most one release comes before a release" ] ;
  sh:property [ sh:path ours:signature ; sh:minCount 1 ; sh:maxCount 1 ; sh:class ours:Signature ;
    sh:message "A release has exactly one signature" ] ;
  sh:property [ sh:path ours:dependency ; sh:class ours:Dependency ;
    sh:message "A dependency of a release is described" ] ;
  sh:property [ sh:path dcat:distribution ; sh:minCount 1 ; sh:class dcat:Distribution ;
    sh:message "A release has at least one file, and each is described" ] ;
  sh:property [ sh:path ours:imports ; sh:nodeKind sh:IRI ;
    sh:message "What a release imports is an IRI" ] ;
  sh:property [ sh:path ours:mayRunShell ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:boolean ;
    sh:message "A release says whether it may run a shell" ] ;
  sh:property [ sh:path ours:mayOverwrite ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:boolean ;
    sh:message "A release says whether it may overwrite files" ] ;
  sh:property [ sh:path ours:mayInject ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:boolean ;
    sh:message "A release says whether it may edit files" ] ;
  sh:property [ sh:path ours:mayDoAnything ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:boolean ;
    sh:message "A release says whether all it may do is known" ] ;
  sh:property [ sh:path ours:loadable ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:boolean ;
    sh:message "A release says whether the engine loads it" ] .

ours:DistributionShape a sh:NodeShape ; sh:targetClass dcat:Distribution ; sh:nodeKind sh:IRI ;
  sh:property [ sh:path dcat:byteSize ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:nonNegativeInteger ;
    sh:message "A file has exactly one size in bytes" ] ;
  sh:property [ sh:path dcat:mediaType ; sh:maxCount 1 ; sh:nodeKind sh:IRI ;
    sh:message "A file has at most one media type, an IRI" ] ;
  sh:property [ sh:path ours:path ; sh:maxCount 1 ; sh:datatype xsd:string ; sh:minLength 1 ;
    sh:message "A file has at most one path" ] ;
  sh:property [ sh:path dcat:downloadURL ; sh:maxCount 1 ; sh:nodeKind sh:IRI ;
    sh:message "A file is downloaded from at most one address" ] ;
  sh:property [ sh:path spdx:checksum ; sh:minCount 1 ; sh:maxCount 1 ; sh:class spdx:Checksum ;
    sh:message "A file has exactly one checksum" ] .

ours:ChecksumShape a sh:NodeShape ; sh:targetClass spdx:Checksum ; sh:nodeKind sh:IRI ;
  sh:property [ sh:path spdx:algorithm ; sh:minCount 1 ; sh:maxCount 1 ; sh:in ( spdx:checksumAlgorithm_sha256 ) ;
    sh:message "A checksum is a SHA-256" ] ;
  sh:property [ sh:path spdx:checksumValue ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:hexBinary ; sh:pattern "${DIGEST}" ;
    sh:message "A checksum has exactly one value of 64 lower-case hex digits" ] .

ours:DependencyShape a sh:NodeShape ; sh:targetClass ours:Dependency ; sh:nodeKind sh:IRI ;
  sh:property [ sh:path ours:package ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ;
    sh:message "A dependency is on exactly one package" ] ;
  sh:property [ sh:path ours:range ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:string ; sh:maxLength 256 ;
    sh:message "A dependency has exactly one range of versions" ] ;
  sh:property [ sh:path ours:kind ; sh:minCount 1 ; sh:maxCount 1 ; sh:in ( "runtime" "optional" "dev" ) ;
    sh:message "A dependency is of the kind runtime, optional or dev" ] .

ours:SignatureShape a sh:NodeShape ; sh:targetClass ours:Signature ; sh:nodeKind sh:IRI ;
  sh:property [ sh:path ours:signedBy ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ;
    sh:message "A signature is by exactly one publisher" ] ;
  sh:property [ sh:path ours:keyId ; sh:minCount 1 ; sh:maxCount 1 ; sh:pattern "${FINGERPRINT}" ;
    sh:message "A signature names its key by exactly one fingerprint, SHA256: and 43 characters" ] ;
  sh:property [ sh:path ours:keyState ; sh:minCount 1 ; sh:maxCount 1 ; sh:in ( "active" "retired" "revoked" ) ;
    sh:message "The key of a signature is active, retired or revoked" ] .

ours:AdvisoryShape a sh:NodeShape ; sh:targetClass ours:Advisory ; sh:nodeKind sh:IRI ;
  sh:property [ sh:path dcterms:identifier ; sh:minCount 1 ; sh:maxCount 1 ; sh:minLength 1 ;
    sh:message "An advisory has exactly one identifier" ] ;
  sh:property [ sh:path dcterms:abstract ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:string ;
    sh:message "An advisory has exactly one summary" ] ;
  sh:property [ sh:path ours:severity ; sh:minCount 1 ; sh:maxCount 1 ; sh:in ( "low" "moderate" "high" "critical" ) ;
    sh:message "An advisory is of low, moderate, high or critical severity" ] ;
  sh:property [ sh:path ours:range ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:string ;
    sh:message "An advisory is about exactly one range of versions" ] .

ours:TermDefinitionShape a sh:NodeShape ; sh:targetClass ours:TermDefinition ; sh:nodeKind sh:IRI ;
  sh:property [ sh:path ours:term ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ;
    sh:message "A definition is of exactly one term" ] ;
  sh:property [ sh:path ours:termKind ; sh:minCount 1 ; sh:maxCount 1 ; sh:in ( "class" "property" "shape" "concept" "individual" "ontology" ) ;
    sh:message "A term is a class, a property, a shape, a concept, an individual or an ontology" ] .

ours:PublisherShape a sh:NodeShape ; sh:targetClass foaf:Agent ; sh:nodeKind sh:IRI ;
  sh:property [ sh:path dcterms:identifier ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:string ; sh:maxLength 64 ; sh:pattern "${NAME}" ;
    sh:message "A publisher has exactly one name: lower-case letters and digits in words joined by single hyphens, at most 64 characters" ] ;
  sh:property [ sh:path foaf:name ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:string ;
    sh:message "A publisher has exactly one display name" ] ;
  sh:property [ sh:path foaf:homepage ; sh:maxCount 1 ; sh:nodeKind sh:IRI ;
    sh:message "A publisher has at most one homepage" ] ;
  sh:property [ sh:path sec:verificationMethod ; sh:minCount 1 ; sh:class sec:Multikey ;
    sh:message "A publisher has at least one key, and each is described" ] .

ours:KeyShape a sh:NodeShape ; sh:targetClass sec:Multikey ; sh:nodeKind sh:IRI ;
  sh:property [ sh:path sec:controller ; sh:minCount 1 ; sh:maxCount 1 ; sh:class foaf:Agent ;
    sh:message "A key has exactly one publisher" ] ;
  sh:property [ sh:path sec:publicKeyMultibase ; sh:minCount 1 ; sh:maxCount 1 ; sh:pattern "^z6Mk[1-9A-HJ-NP-Za-km-z]{44}$" ;
    sh:message "A key is written once, as an Ed25519 Multikey" ] ;
  sh:property [ sh:path ours:keyId ; sh:minCount 1 ; sh:maxCount 1 ; sh:pattern "${FINGERPRINT}" ;
    sh:message "A key has exactly one fingerprint, SHA256: and 43 characters" ] ;
  sh:property [ sh:path ours:keyState ; sh:minCount 1 ; sh:maxCount 1 ; sh:in ( "active" "retired" "revoked" ) ;
    sh:message "A key is active, retired or revoked" ] .

ours:CatalogShape a sh:NodeShape ; sh:targetClass dcat:Catalog ; sh:nodeKind sh:IRI ;
  sh:property [ sh:path dcterms:title ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:string ;
    sh:message "A registry has exactly one title" ] .

ours:CategoryShape a sh:NodeShape ; sh:targetClass skos:Concept ; sh:nodeKind sh:IRI ;
  sh:property [ sh:path skos:prefLabel ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:string ; sh:minLength 1 ;
    sh:message "A category has exactly one label" ] ;
  sh:property [ sh:path skos:inScheme ; sh:minCount 1 ; sh:nodeKind sh:IRI ;
    sh:message "A category is of the registry's scheme" ] .
`;
