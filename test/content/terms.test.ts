import { describe, expect, it } from "vitest";
import {
  COMMENT_LENGTH_MAX,
  DEFINED_MAX,
  IMPORTS_MAX,
  LABEL_LENGTH_MAX,
  USED_MAX,
} from "../../src/content/terms.ts";
import { contentOf } from "./files.ts";

const PREFIXES = `@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://example.org/v#> . @prefix o: <https://other.example/ns#> .
`;
const terms = (turtle: string) => contentOf({ "ontology.ttl": PREFIXES + turtle });
const label = (turtle: string) => terms(`ex:a a owl:Class ; ${turtle} .`).defined[0]?.label;

describe("terms", () => {
  it("classes, properties, shapes, concepts, individuals and ontologies are defined, sorted by IRI", () => {
    const { defined, ontologies } =
      terms(`ex:f a owl:NamedIndividual . ex:e a skos:Concept . ex:d a sh:NodeShape .
      ex:c a owl:ObjectProperty . ex:b a rdfs:Class . <https://example.org/v> a owl:Ontology . ex:data a ex:b .`);
    expect(defined.map((term) => term.kind)).toEqual([
      "ontology",
      "class",
      "property",
      "shape",
      "concept",
      "individual",
    ]);
    expect(ontologies).toEqual(["https://example.org/v"]);
  });

  it("of several kinds the first counts, whatever the order", () => {
    expect(terms("ex:a a sh:NodeShape, owl:Class .").defined[0]?.kind).toBe("class");
    expect(terms("ex:a a owl:Class . ex:a a sh:NodeShape .").defined[0]?.kind).toBe("class");
  });

  it("a label without language comes first, then English, then by code point", () => {
    expect(label('rdfs:label "de"@de, "en"@en, "none"')).toBe("none");
    expect(label('rdfs:label "de"@de, "en"@en')).toBe("en");
    expect(label('rdfs:label "fr"@fr, "british"@en-GB')).toBe("british");
    expect(label('rdfs:label "fr"@fr, "de"@de')).toBe("de");
    expect(label('rdfs:label "b", "a"')).toBe("a");
    expect(label('skos:prefLabel "pref" ; rdfs:label "label"')).toBe("label");
    expect(label('rdfs:label "  "')).toBeUndefined();
  });

  it("labels and comments are cut at their lengths in code points", () => {
    const { defined } = terms(
      `ex:a a owl:Class ; rdfs:label "${"😀".repeat(300)}" ; rdfs:comment "${"x".repeat(3000)}" .`,
    );
    expect([...(defined[0]?.label ?? "")]).toHaveLength(LABEL_LENGTH_MAX + 1);
    expect(defined[0]?.comment).toHaveLength(COMMENT_LENGTH_MAX + 1);
  });

  it("used are IRIs of other namespaces, without RDF's own languages", () => {
    const { used } = terms(
      'ex:a a owl:Class ; rdfs:subClassOf o:A ; o:p ex:b, o:x ; rdfs:seeAlso <#here> . <https://third.example/s> o:q "1" .',
    );
    expect(used).toEqual([
      "https://other.example/ns#A",
      "https://other.example/ns#p",
      "https://other.example/ns#q",
      "https://other.example/ns#x",
    ]);
  });

  it("imports are named and not fetched", () => {
    expect(
      terms("<https://example.org/v> a owl:Ontology ; owl:imports o:, <https://a.example/> .").imports,
    ).toEqual(["https://a.example/", "https://other.example/ns#"]);
  });

  it("terms of tests and examples are not the package's own, their triples count", () => {
    const content = contentOf({
      "fixtures/a.ttl": `${PREFIXES}ex:a a owl:Class .`,
      "examples/b.ttl": `${PREFIXES}ex:b a owl:Class .`,
    });
    expect([content.triples, content.defined, content.used]).toEqual([2, [], []]);
  });

  it("lists are bounded, and the root's own terms come first", () => {
    const many = (count: number, text: (at: number) => string) =>
      Array.from({ length: count }, (_, at) => text(at)).join("\n");
    const content = contentOf({
      "ontology.ttl": `${PREFIXES}ex:zzz a owl:Class . <https://example.org/v> a owl:Ontology .
        ${many(IMPORTS_MAX + 1, (at) => `<https://example.org/v> owl:imports <https://i.example/${at}> .`)}
        ${many(USED_MAX, (at) => `ex:zzz o:p${at} 1 .`)}`,
      "more.ttl": `${PREFIXES}${many(DEFINED_MAX, (at) => `ex:a${at} a owl:Class .`)}`,
    });
    expect([content.defined.length, content.used.length, content.imports.length]).toEqual([
      DEFINED_MAX,
      USED_MAX,
      IMPORTS_MAX,
    ]);
    expect(content.defined.map((term) => term.iri)).toContain("https://example.org/v#zzz");
  });

  it("the same type __proto__ or constructor is nothing special", () => {
    expect(terms("ex:constructor a owl:Class . ex:__proto__ a owl:Class .").defined).toHaveLength(2);
  });
});
