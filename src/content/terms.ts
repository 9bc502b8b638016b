/**
 * The terms of a release: what its RDF defines, what it uses of others, what it imports.
 *
 * A term is a subject with an IRI whose type is a class, a property, a shape, a concept, an
 * ontology or a named individual. Used are IRIs of other namespaces as predicate, type or object,
 * without the languages that all RDF is written in (RDF, RDFS, OWL, XSD).
 */
import type { Literal, Quad } from "n3";
import { compareText, sortedBy } from "../base/order.ts";
import type { Term, TermKind } from "./content.ts";

/** Terms listed of one release; `ontology.ttl`'s own come first where there are more. */
export const DEFINED_MAX = 2_000;
export const USED_MAX = 2_000;
export const IMPORTS_MAX = 500;
/** In code points. */
export const LABEL_LENGTH_MAX = 200;
export const COMMENT_LENGTH_MAX = 1_000;

const RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const RDFS = "http://www.w3.org/2000/01/rdf-schema#";
const OWL = "http://www.w3.org/2002/07/owl#";
const XSD = "http://www.w3.org/2001/XMLSchema#";
const SKOS = "http://www.w3.org/2004/02/skos/core#";
const SH = "http://www.w3.org/ns/shacl#";
const DCTERMS = "http://purl.org/dc/terms/";
const RDF_TYPE = `${RDF}type`;
const OWL_IMPORTS = `${OWL}imports`;
const LANGUAGES = [RDF, RDFS, OWL, XSD];

/** Where a subject has several of these types, the first in this order is its kind. */
const KIND_ORDER: readonly TermKind[] = ["ontology", "class", "property", "shape", "concept", "individual"];

const KINDS: ReadonlyMap<string, TermKind> = new Map<string, TermKind>([
  [`${OWL}Ontology`, "ontology"],
  [`${OWL}Class`, "class"],
  [`${RDFS}Class`, "class"],
  [`${RDFS}Datatype`, "class"],
  [`${RDF}Property`, "property"],
  [`${OWL}ObjectProperty`, "property"],
  [`${OWL}DatatypeProperty`, "property"],
  [`${OWL}AnnotationProperty`, "property"],
  [`${OWL}FunctionalProperty`, "property"],
  [`${OWL}InverseFunctionalProperty`, "property"],
  [`${OWL}TransitiveProperty`, "property"],
  [`${OWL}SymmetricProperty`, "property"],
  [`${SH}NodeShape`, "shape"],
  [`${SH}PropertyShape`, "shape"],
  [`${SKOS}Concept`, "concept"],
  [`${SKOS}ConceptScheme`, "concept"],
  [`${OWL}NamedIndividual`, "individual"],
]);

const LABELS = [`${RDFS}label`, `${SKOS}prefLabel`, `${DCTERMS}title`, `${SH}name`];
const COMMENTS = [`${RDFS}comment`, `${SKOS}definition`, `${DCTERMS}description`, `${SH}description`];

interface Candidate {
  readonly rank: number;
  readonly language: string;
  readonly text: string;
}

export interface Terms {
  readonly defined: readonly Term[];
  readonly used: readonly string[];
  readonly imports: readonly string[];
  readonly ontologies: readonly string[];
}

/** Reads the triples of any number of files; the order in which they come does not matter. */
export class TermCollector {
  readonly #ownFiles: string;
  readonly #kinds = new Map<string, TermKind>();
  readonly #main = new Set<string>();
  readonly #labels = new Map<string, Candidate>();
  readonly #comments = new Map<string, Candidate>();
  readonly #subjects = new Set<string>();
  readonly #mentioned = new Set<string>();
  readonly #imports = new Set<string>();

  /** `ownFiles` is what the IRIs of the release's own files begin with. */
  constructor(ownFiles: string) {
    this.#ownFiles = ownFiles;
  }

  /** `main` says that the triples are those of the root's `ontology.ttl`. */
  add(quads: readonly Quad[], main: boolean): void {
    for (const { subject, predicate, object } of quads) {
      const iri = predicate.value;
      if (predicate.termType === "NamedNode") this.#mentioned.add(iri);
      if (object.termType === "NamedNode") {
        this.#mentioned.add(object.value);
        if (iri === OWL_IMPORTS) this.#imports.add(object.value);
      }
      if (subject.termType !== "NamedNode") continue;
      this.#subjects.add(subject.value);
      if (iri === RDF_TYPE && object.termType === "NamedNode") this.#type(subject.value, object.value, main);
      else if (object.termType === "Literal") this.#text(subject.value, iri, object);
    }
  }

  #type(subject: string, type: string, main: boolean): void {
    const kind = KINDS.get(type);
    if (kind === undefined) return;
    if (main) this.#main.add(subject);
    const known = this.#kinds.get(subject);
    if (known === undefined || KIND_ORDER.indexOf(kind) < KIND_ORDER.indexOf(known))
      this.#kinds.set(subject, kind);
  }

  #text(subject: string, predicate: string, object: Literal): void {
    const label = LABELS.indexOf(predicate);
    const comment = label < 0 ? COMMENTS.indexOf(predicate) : -1;
    if (label < 0 && comment < 0) return;
    const known = label >= 0 ? this.#labels : this.#comments;
    const language = object.language.toLowerCase();
    const candidate = {
      rank: languageRank(language) * LABELS.length + Math.max(label, comment),
      language,
      text: object.value,
    };
    const best = known.get(subject);
    if (best === undefined || isBetter(candidate, best)) known.set(subject, candidate);
  }

  finish(): Terms {
    const all = sortedBy(this.#kinds.keys(), (iri) => iri);
    // The sort is stable: the root's own first, each part by IRI.
    const ranked = [...all].sort((a, b) => Number(this.#main.has(b)) - Number(this.#main.has(a)));
    const listed = new Set(ranked.slice(0, DEFINED_MAX));
    const defined = all.filter((iri) => listed.has(iri)).map((iri) => this.#term(iri));
    const own = new Set([...this.#kinds.keys()].map(namespaceOf));
    const used = [...this.#mentioned].filter(
      (iri) =>
        !this.#subjects.has(iri) &&
        !own.has(namespaceOf(iri)) &&
        !iri.startsWith(this.#ownFiles) &&
        !LANGUAGES.some((language) => iri.startsWith(language)),
    );
    const ontologies = ranked.filter((iri) => this.#kinds.get(iri) === "ontology");
    return {
      defined,
      used: sortedBy(used, (iri) => iri).slice(0, USED_MAX),
      imports: sortedBy(this.#imports, (iri) => iri).slice(0, IMPORTS_MAX),
      ontologies: sortedBy(ontologies.slice(0, IMPORTS_MAX), (iri) => iri),
    };
  }

  #term(iri: string): Term {
    const label = shorten(this.#labels.get(iri)?.text, LABEL_LENGTH_MAX);
    const comment = shorten(this.#comments.get(iri)?.text, COMMENT_LENGTH_MAX);
    return {
      iri,
      kind: this.#kinds.get(iri) ?? "individual",
      ...(label === undefined ? {} : { label }),
      ...(comment === undefined ? {} : { comment }),
    };
  }
}

/** No language first, English next, then the others by their tags. */
function languageRank(language: string): number {
  if (language === "") return 0;
  if (language === "en") return 1;
  return language.startsWith("en-") ? 2 : 3;
}

function isBetter(a: Candidate, b: Candidate): boolean {
  if (languageRank(a.language) !== languageRank(b.language)) return a.rank < b.rank;
  return (compareText(a.language, b.language) || a.rank - b.rank || compareText(a.text, b.text)) < 0;
}

/** Up to and with the last `#`, else the last `/`, else the last `:`. */
function namespaceOf(iri: string): string {
  const hash = iri.lastIndexOf("#");
  const end =
    hash >= 0 ? hash : Math.max(iri.lastIndexOf("/"), iri.startsWith("urn:") ? iri.lastIndexOf(":") : -1);
  return end < 0 ? iri : iri.slice(0, end + 1);
}

function shorten(text: string | undefined, max: number): string | undefined {
  const trimmed = text?.trim().toWellFormed();
  if (trimmed === undefined || trimmed === "") return undefined;
  if (trimmed.length <= max) return trimmed;
  const points = [...trimmed.slice(0, 2 * max + 2)];
  return points.length <= max ? trimmed : `${points.slice(0, max).join("")}…`;
}
