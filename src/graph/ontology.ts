/**
 * The registry's own vocabulary, published with it as Turtle: what no published vocabulary says of
 * packages. A term once published keeps its meaning; terms are added, never changed.
 *
 * `schema:domainIncludes` where several classes share a property: an `rdfs:domain` with two values
 * would make every subject an instance of both.
 */
export const ONTOLOGY_TURTLE = `@prefix ours: <https://ggen.dev/marketplace#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix doap: <http://usefulinc.com/ns/doap#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix sec: <https://w3id.org/security#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<https://ggen.dev/marketplace> a owl:Ontology ;
  dcterms:title "ggen marketplace vocabulary" ;
  rdfs:comment "What a registry of RDF code-generation packages says beyond DOAP, DCAT, Dublin Core, SPDX and FOAF." ;
  owl:versionInfo "1" .

# Classes

ours:Package a owl:Class ; rdfs:subClassOf doap:Project, dcat:Dataset ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "package" ; rdfs:comment "A name in the registry, and all its releases." .
ours:Release a owl:Class ; rdfs:subClassOf doap:Version, dcat:Dataset ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "release" ; rdfs:comment "One version of a package: a fixed set of files, named by its release digest and signed by its publisher." .
ours:Dependency a owl:Class ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "dependency" ; rdfs:comment "That a release needs another package, in which versions and what for." .
ours:Signature a owl:Class ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "signature" ; rdfs:comment "Who signed a release, with which key, and how that key stands." .
ours:Advisory a owl:Class ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "advisory" ; rdfs:comment "A warning by the owners of a package about some of its versions." .
ours:TermDefinition a owl:Class ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "term definition" ; rdfs:comment "What a package says about a term. It is the package's word and no statement about the term itself." .

# Of packages

ours:owner a owl:ObjectProperty ; rdfs:domain ours:Package ; rdfs:range foaf:Agent ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "owner" ; rdfs:comment "A publisher that may release the package." .
ours:advisory a owl:ObjectProperty ; rdfs:domain ours:Package ; rdfs:range ours:Advisory ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "advisory" ; rdfs:comment "A warning about versions of the package." .
ours:defines a owl:ObjectProperty ; rdfs:domain ours:Package ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "defines" ; rdfs:comment "A term that the RDF of the latest release describes." .
ours:definition a owl:ObjectProperty ; rdfs:domain ours:Package ; rdfs:range ours:TermDefinition ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "definition" ; rdfs:comment "What the latest release says of a term that it defines." .
ours:uses a owl:ObjectProperty ; rdfs:domain ours:Package ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "uses" ; rdfs:comment "A term of another namespace that the RDF of the latest release uses." .
ours:deprecationReason a owl:DatatypeProperty ; rdfs:domain ours:Package ; rdfs:range xsd:string ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "deprecation reason" ; rdfs:comment "Why the package should no longer be used." .
ours:archiveReason a owl:DatatypeProperty ; rdfs:domain ours:Package ; rdfs:range xsd:string ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "archive reason" ; rdfs:comment "Why the package gets no more releases." .

# Of releases

ours:releaseDigest a owl:DatatypeProperty ; rdfs:domain ours:Release ; rdfs:range xsd:string ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "release digest" ; rdfs:comment "The identity of the release: the SHA-256 of its SHA256SUMS, in lower-case hex." .
ours:status a owl:DatatypeProperty ; rdfs:domain ours:Release ; rdfs:range xsd:string ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "status" ; rdfs:comment "published, yanked (withdrawn by its owners) or fallen (its key was revoked)." .
ours:dependency a owl:ObjectProperty ; rdfs:domain ours:Release ; rdfs:range ours:Dependency ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "dependency" ; rdfs:comment "What the release needs." .
ours:requiresGgen a owl:DatatypeProperty ; rdfs:domain ours:Release ; rdfs:range xsd:string ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "requires ggen" ; rdfs:comment "Versions of the ggen engine that the release works with, as a range in npm's notation." .
ours:loadable a owl:DatatypeProperty ; rdfs:domain ours:Release ; rdfs:range xsd:boolean ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "loadable" ; rdfs:comment "Whether the ggen engine loads the release's files as they are." .
ours:imports a owl:ObjectProperty ; rdfs:domain ours:Release ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "imports" ; rdfs:comment "An ontology that the release's RDF imports. It is named here and never fetched." .
ours:signature a owl:ObjectProperty ; rdfs:domain ours:Release ; rdfs:range ours:Signature ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "signature" ; rdfs:comment "The signature that the registry verified." .
ours:mayRunShell a owl:DatatypeProperty ; rdfs:domain ours:Release ; rdfs:range xsd:boolean ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "may run a shell" ; rdfs:comment "Whether its templates can run shell commands on the machine of whoever uses them. What cannot be known counts as yes." .
ours:mayOverwrite a owl:DatatypeProperty ; rdfs:domain ours:Release ; rdfs:range xsd:boolean ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "may overwrite" ; rdfs:comment "Whether its templates can replace files that are there. What cannot be known counts as yes." .
ours:mayInject a owl:DatatypeProperty ; rdfs:domain ours:Release ; rdfs:range xsd:boolean ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "may inject" ; rdfs:comment "Whether its templates can edit files that are there. What cannot be known counts as yes." .
ours:mayDoAnything a owl:DatatypeProperty ; rdfs:domain ours:Release ; rdfs:range xsd:boolean ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "may do anything" ; rdfs:comment "Whether some of what its templates do could not be known." .
ours:runsCommand a owl:DatatypeProperty ; rdfs:domain ours:Release ; rdfs:range xsd:string ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "runs command" ; rdfs:comment "A shell command of a template as written, or any where it is computed." .
ours:writesTo a owl:DatatypeProperty ; rdfs:domain ours:Release ; rdfs:range xsd:string ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "writes to" ; rdfs:comment "Where a template writes, as written, or any where all of it is computed." .

# Of files, dependencies, signatures, advisories and definitions

ours:path a owl:DatatypeProperty ; rdfs:domain dcat:Distribution ; rdfs:range xsd:string ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "path" ; rdfs:comment "Where a file stands in the release, relative to its content." .
ours:role a owl:DatatypeProperty ; rdfs:domain dcat:Distribution ; rdfs:range xsd:string ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "role" ; rdfs:comment "What a file is for: ontology, shapes, template, gate, query, hook, readme and others." .
ours:package a owl:ObjectProperty ; rdfs:domain ours:Dependency ; rdfs:range ours:Package ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "package" ; rdfs:comment "The package that is needed." .
ours:kind a owl:DatatypeProperty ; rdfs:domain ours:Dependency ; rdfs:range xsd:string ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "kind" ; rdfs:comment "What it is needed for: runtime, optional or dev." .
ours:signedBy a owl:ObjectProperty ; rdfs:domain ours:Signature ; rdfs:range foaf:Agent ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "signed by" ; rdfs:comment "The publisher whose key signed." .
ours:severity a owl:DatatypeProperty ; rdfs:domain ours:Advisory ; rdfs:range xsd:string ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "severity" ; rdfs:comment "low, moderate, high or critical." .
ours:term a owl:ObjectProperty ; rdfs:domain ours:TermDefinition ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "term" ; rdfs:comment "The term that is described." .
ours:termKind a owl:DatatypeProperty ; rdfs:domain ours:TermDefinition ; rdfs:range xsd:string ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "term kind" ; rdfs:comment "class, property, shape, concept, individual or ontology." .

# Shared

ours:dependsOn a owl:ObjectProperty ; schema:domainIncludes ours:Package, ours:Release ; rdfs:domain dcat:Dataset ; rdfs:range ours:Package ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "depends on" ; rdfs:comment "The shortcut for a runtime dependency: of a release, or of a package by its latest release." .
ours:packageKind a owl:DatatypeProperty ; schema:domainIncludes ours:Package, ours:Release ; rdfs:domain dcat:Dataset ; rdfs:range xsd:string ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "package kind" ; rdfs:comment "What kind of package it is, such as ontology, shapes, templates or project." .
ours:range a owl:DatatypeProperty ; schema:domainIncludes ours:Dependency, ours:Advisory ; rdfs:domain rdfs:Resource ; rdfs:range xsd:string ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "range" ; rdfs:comment "The versions that are meant, in npm's notation." .
ours:keyId a owl:DatatypeProperty ; schema:domainIncludes ours:Signature, sec:Multikey ; rdfs:domain rdfs:Resource ; rdfs:range xsd:string ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "key id" ; rdfs:comment "The fingerprint of a key as ssh-keygen -l shows it: SHA256: and base64." .
ours:keyState a owl:DatatypeProperty ; schema:domainIncludes ours:Signature, sec:Multikey ; rdfs:domain rdfs:Resource ; rdfs:range xsd:string ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "key state" ; rdfs:comment "active, retired (signs no new release) or revoked." .
ours:statusReason a owl:DatatypeProperty ; schema:domainIncludes ours:Release, sec:Multikey ; rdfs:domain rdfs:Resource ; rdfs:range xsd:string ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "status reason" ; rdfs:comment "Why a release is yanked or fallen, or a key is revoked." .
ours:statementsHead a owl:DatatypeProperty ; schema:domainIncludes ours:Package, foaf:Agent ; rdfs:domain rdfs:Resource ; rdfs:range xsd:string ; rdfs:isDefinedBy <https://ggen.dev/marketplace> ;
  rdfs:label "head of statements" ; rdfs:comment "The SHA-256 of the last signed statement about a package or a publisher." .
`;
