import { describe, expect, it } from "vitest";
import { IRI_LENGTH_MAX, iriFault, parseRdf, rdfFormatOf } from "../../src/content/rdf.ts";
import { contentOf, FILES_IRI, marks, problemsIn } from "./files.ts";

const CLASS = "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n";

describe("RDF of a release", () => {
  it("invalid Turtle in ontology.ttl is an error with its line", () => {
    expect(marks({ "ontology.ttl": "@prefix a: <http://a/> .\na:b a:c a:d .\na:b a:c .\n" })).toEqual([
      "error RDF_SYNTAX ontology.ttl:3",
    ]);
  });

  it("invalid Turtle in hook.ttl is an error", () => {
    expect(marks({ "hook.ttl": "<a> <b> ." })).toEqual(["error RDF_SYNTAX hook.ttl:1"]);
  });

  it("invalid Turtle elsewhere is a warning, and the other files are still read", () => {
    const texts = { "fixtures/bad.ttl": "nonsense", "ontology.ttl": "<a> <b> <c> ." };
    expect(marks(texts)).toEqual(["warning RDF_SYNTAX fixtures/bad.ttl:1"]);
    expect(contentOf(texts).triples).toBe(1);
  });

  it("every broken file is told, not only the first", () => {
    expect(marks({ "a.ttl": "x", "b.nt": "<r> <p> <o> .", "ontology.ttl": "x" })).toEqual([
      "warning RDF_SYNTAX a.ttl:1",
      "warning RDF_SYNTAX b.nt:1",
      "error RDF_SYNTAX ontology.ttl:1",
    ]);
  });

  it.each([
    ["a greater-than sign by escape", "<http://a/\\u003Ex>"],
    ["a space", "<http://a b>"],
    ["a space by escape", "<http://a/\\u0020b>"],
    ["a percent sign without two digits", "<http://a/%zz>"],
    ["a bracket in the path", "<http://a/[b]>"],
    ["a port that is not a number", "<http://a:port/>"],
    ["a private character", "<http://a/\ue000>"],
  ])("an IRI with %s is refused", (_, iri) => {
    expect(marks({ "ontology.ttl": `# line 1\n<http://s/> <http://p/> ${iri} .` })).toEqual([
      "error RDF_SYNTAX ontology.ttl:2",
    ]);
  });

  it("an IRI may have an IP address, a port, escapes and letters of any script", () => {
    for (const iri of [
      "http://[::1]:80/",
      "http://a:80/%C3%A9?q=[x]".replace("[x]", "x"),
      "https://é.example/ü#ß",
      "urn:a:b",
    ])
      expect(iriFault(iri)).toBeUndefined();
  });

  it("an IRI of more than the longest length is refused", () => {
    expect(iriFault(`http://a/${"x".repeat(IRI_LENGTH_MAX - 9)}`)).toBeUndefined();
    expect(iriFault(`http://a/${"x".repeat(IRI_LENGTH_MAX - 8)}`)).toMatch(/2048/);
  });

  it("a file that is not UTF-8 but .ttl is told so", () => {
    expect(marks({ "ontology.ttl": Uint8Array.of(0x3c, 0xff, 0xfe) })).toEqual([
      "error NOT_UTF8 ontology.ttl",
    ]);
    expect(marks({ "x.ttl": Uint8Array.of(0x3c, 0xff, 0xfe) })).toEqual(["warning NOT_UTF8 x.ttl"]);
  });

  it("a byte order mark is refused, as the engine refuses it", () => {
    expect(marks({ "ontology.ttl": "\ufeff<a> <b> <c> ." })).toEqual(["error RDF_SYNTAX ontology.ttl:1"]);
  });

  it("relative IRIs resolve against the file's own IRI, percent-encoded", () => {
    const { defined } = contentOf({
      "vocab/é x.ttl": `${CLASS}<> a owl:Ontology . <#a> a owl:Class . <b> a owl:Class .`,
    });
    expect(defined.map((term) => term.iri)).toEqual([
      `${FILES_IRI}vocab/%C3%A9%20x.ttl`,
      `${FILES_IRI}vocab/%C3%A9%20x.ttl#a`,
      `${FILES_IRI}vocab/b`,
    ]);
  });

  it("blank nodes are counted and never listed", () => {
    const content = contentOf({
      "ontology.ttl": `${CLASS}[] a owl:Class . _:x a owl:Class ; <http://p/> _:y .`,
    });
    expect([content.triples, content.defined]).toEqual([3, []]);
  });

  it("a huge literal is read", () => {
    const texts = { "ontology.ttl": `<a> <http://p/> """${"x\n".repeat(1_000_000)}""" .` };
    expect(contentOf(texts).triples).toBe(1);
  });

  it("N-Triples, N-Quads and TriG are read by their extensions", () => {
    const content = contentOf({
      "a.nt": "<http://a/> <http://p/> <http://b/> .",
      "a.nq": "<http://a/> <http://p/> <http://b/> <http://g/> .",
      "a.trig": "<http://g/> { <http://a/> <http://p/> <http://b/> . }",
    });
    expect(content.triples).toBe(3);
    expect(rdfFormatOf("a.TTL")).toBe("text/turtle");
    expect(rdfFormatOf("a.owl")).toBeUndefined();
  });

  it("more triples than the limit stop the reading and refuse the release", () => {
    const many = Array.from({ length: 11 }, (_, at) => `<a${at}> <http://p/> 1 .`).join("\n");
    expect(marks({ "a.ttl": many, "b.ttl": many }, { triplesMax: 21 })).toEqual([
      "error RDF_TOO_MANY_TRIPLES b.ttl",
    ]);
    expect(marks({ "a.ttl": many, "b.ttl": many }, { triplesMax: 22 })).toEqual([]);
  });

  it("the limit stops a flood early", () => {
    const flood = `<a> <http://p/> 1${",1".repeat(1_000_000)} .`;
    const source = { text: flood, format: "text/turtle", base: FILES_IRI, triplesMax: 10 } as const;
    expect(parseRdf(source).state).toBe("too-many");
  });

  it("what is quoted of a file has no control characters", () => {
    const [problem] = problemsIn({ "ontology.ttl": "<a> <b> \u001b[31mred ." });
    expect(problem?.message).not.toMatch(/\u001b/);
  });
});
