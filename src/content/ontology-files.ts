/** Which ontologies a file of RDF is, by their IRIs and version IRIs, and what it imports. Nothing is fetched. */
import { decodeUtf8 } from "../base/bytes.ts";
import { sortedBy } from "../base/order.ts";
import { parseRdf, rdfFormatOf, TRIPLES_MAX } from "./rdf.ts";

const RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const OWL = "http://www.w3.org/2002/07/owl#";

export interface OntologyFile {
  /** Ontology IRIs and version IRIs: an `owl:imports` may name either. */
  readonly iris: readonly string[];
  readonly imports: readonly string[];
  /** Ontology IRI and version IRI, where it says its version. */
  readonly versions: readonly (readonly [iri: string, versionIri: string])[];
}

/** `undefined` for what is no RDF, cannot be read as such, or has neither. `base` is the file's own IRI. */
export function ontologyFile(path: string, bytes: Uint8Array, base: string): OntologyFile | undefined {
  const format = rdfFormatOf(path);
  const text = format === undefined ? undefined : decodeUtf8(bytes);
  // Most files say nothing of ontologies, and need not be parsed to know it; an escape could hide the word.
  if (format === undefined || text === undefined || !/Ontology|imports|versionIRI|\\[uU]/.test(text))
    return undefined;
  const parsed = parseRdf({ text, format, base, triplesMax: TRIPLES_MAX });
  if (parsed.state !== "parsed") return undefined;
  const iris = new Set<string>();
  const imports = new Set<string>();
  const versions = new Map<string, readonly [string, string]>();
  for (const { subject, predicate, object } of parsed.quads) {
    if (object.termType !== "NamedNode") continue;
    if (predicate.value === `${OWL}imports`) imports.add(object.value);
    if (predicate.value === `${OWL}versionIRI`) iris.add(object.value);
    if (predicate.value === `${OWL}versionIRI` && subject.termType === "NamedNode")
      versions.set(`${subject.value}\n${object.value}`, [subject.value, object.value]);
    if (predicate.value === RDF_TYPE && object.value === `${OWL}Ontology` && subject.termType === "NamedNode")
      iris.add(subject.value);
  }
  if (iris.size + imports.size === 0) return undefined;
  const sorted = (set: ReadonlySet<string>) => sortedBy(set, (iri) => iri);
  return {
    iris: sorted(iris),
    imports: sorted(imports),
    versions: sortedBy(versions, ([key]) => key).map(([, pair]) => pair),
  };
}
