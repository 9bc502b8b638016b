import fc from "fast-check";
import { DataFactory, Parser, type Quad, Writer } from "n3";
import * as oxigraph from "oxigraph";
import { describe, expect, it } from "vitest";
import { compareText } from "../../src/base/order.ts";
import { writeNQuads } from "../../src/graph/nquads.ts";
import { TURTLE_PREFIXES, writeTurtle } from "../../src/graph/turtle.ts";
import { PREFIXES, XSD } from "../../src/graph/vocabulary.ts";

const { namedNode, literal, quad, blankNode } = DataFactory;

const NASTY = [
  "",
  '"',
  '"""',
  "\\",
  "\\u0041",
  'a" . <urn:evil> <urn:p> <urn:q> . <urn:x> <urn:y> "',
  "line\r\nline\n",
  "\t\b\f\v",
  "\u0000\u0001\u001f\u007f\u0080\u009f",
  "\u2028\u2029\u202e\u200b\ufeff",
  "\ufffe\uffff\ufffd",
  "😀\u{10ffff}",
  "true",
  "'''",
];

const text = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
);
const local = fc.constantFrom(
  "a",
  "A-b_c",
  "1a",
  "a.",
  "a.b",
  "-a",
  "",
  "a%20",
  "a:b",
  "é",
  "a~b",
  "_",
  "a/b",
  "type",
);
const node = fc
  .tuple(
    fc.constantFrom(
      "http://x/",
      "urn:x:",
      "https://registry.example/packages/a#",
      ...PREFIXES.map(([, iri]) => iri),
    ),
    local,
  )
  .map(([namespace, name]) => namedNode(namespace + name));
const value = fc.oneof(
  node,
  text.map((lexical) => literal(lexical.toWellFormed())),
  fc.tuple(text, node).map(([lexical, datatype]) => literal(lexical.toWellFormed(), datatype)),
  fc
    .tuple(text, fc.constantFrom("en", "de-ch-1996"))
    .map(([lexical, tag]) => literal(lexical.toWellFormed(), tag)),
  fc.constantFrom("true", "false", "1", "TRUE").map((lexical) => literal(lexical, XSD.boolean)),
);
const someQuads = fc.array(
  fc.tuple(node, node, value).map(([s, p, o]) => quad(s, p, o)),
  { maxLength: 12 },
);

/** In N-Quads by n3's own writer: what two sets of quads are compared by. */
function lines(quads: readonly Quad[]): string[] {
  const written = new Writer({ format: "application/n-quads" }).quadsToString([...quads]);
  return [...new Set(written.split("\n"))].filter((line) => line !== "").sort(compareText);
}

const parse = (turtle: string) => new Parser({ format: "text/turtle" }).parse(TURTLE_PREFIXES + turtle);

describe("writeTurtle", () => {
  it("is read again as exactly the same quads, whatever the terms are", () => {
    fc.assert(
      fc.property(someQuads, (quads) => {
        expect(lines(parse(writeTurtle(quads)))).toEqual(lines(quads));
      }),
      { numRuns: 600 },
    );
  });

  it.each(NASTY)("is read by an independent parser too: %j", (nasty) => {
    const written =
      TURTLE_PREFIXES + writeTurtle([quad(namedNode("urn:s"), namedNode("urn:p"), literal(nasty))]);
    const read = oxigraph.parse(written, { format: "text/turtle" });
    expect(read.map((each) => each.object.value)).toEqual([nasty]);
  });

  it("does not depend on the order or the repetition of quads", () => {
    const shuffled = someQuads.chain((quads) =>
      fc.tuple(
        fc.constant(quads),
        fc.shuffledSubarray([...quads, ...quads], { minLength: quads.length * 2 }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([quads, mixed]) => {
        expect(writeTurtle(mixed)).toBe(writeTurtle(quads));
        expect(writeNQuads(mixed)).toBe(writeNQuads(quads));
      }),
    );
  });

  it("makes bodies that can be put one after the other", () => {
    fc.assert(
      fc.property(someQuads, someQuads, (left, right) => {
        expect(lines(parse(writeTurtle(left) + writeTurtle(right)))).toEqual(lines([...left, ...right]));
      }),
    );
  });

  it("writes nothing for nothing", () => {
    expect(writeTurtle([])).toBe("");
    expect(writeNQuads([])).toBe("");
  });

  it("shows what hides or controls as an escape", () => {
    const body = writeTurtle([
      quad(namedNode("urn:s"), namedNode("urn:p"), literal("\u001b[31m\u202e\u200b\n")),
    ]);
    expect(body).toBe('<urn:s>\n    <urn:p> "\\u001B[31m\\u202E\\u200B\\n" .\n\n');
  });

  it("puts rdf:type first and shortens only names that every reader takes", () => {
    const quads = new Parser().parse(
      "@prefix d: <http://purl.org/dc/terms/> . <urn:s> d:a.b 1 ; a d:Thing-2 ; <http://purl.org/dc/elements/1.1/creator> true .",
    );
    expect(writeTurtle(quads)).toBe(
      '<urn:s>\n    a dcterms:Thing-2 ;\n    dc:creator true ;\n    <http://purl.org/dc/terms/a.b> "1"^^xsd:integer .\n\n',
    );
  });
});

describe("writeNQuads", () => {
  it("is canonical: n3 reads it and writes the same lines", () => {
    fc.assert(
      fc.property(someQuads, (quads) => {
        const written = writeNQuads(quads);
        const again = new Parser({ format: "application/n-quads" }).parse(written);
        expect(written.split("\n").filter((line) => line !== "")).toEqual(lines(again));
        expect(lines(again)).toEqual(lines(quads));
      }),
      { numRuns: 600 },
    );
  });

  it("sorts by code point, not by UTF-16 unit", () => {
    const quads = ["\u{1f600}", "\uff5e"].map((word) =>
      quad(namedNode("urn:s"), namedNode("urn:p"), literal(word)),
    );
    expect(writeNQuads(quads)).toBe('<urn:s> <urn:p> "\uff5e" .\n<urn:s> <urn:p> "\u{1f600}" .\n');
  });
});

describe.each([
  ["writeTurtle", writeTurtle],
  ["writeNQuads", writeNQuads],
])("%s refuses what only a bug can give it", (_, write) => {
  const s = namedNode("urn:s");
  it.each([
    ["an IRI that ends itself", quad(s, s, namedNode("http://x/a> . <urn:evil> <urn:p> <urn:q"))],
    ["a relative IRI", quad(s, s, namedNode("a"))],
    ["a datatype that ends itself", quad(s, s, literal("1", namedNode("urn:x>")))],
    ["a blank node", quad(blankNode("b"), s, s)],
    ["a named graph", quad(s, s, s, namedNode("urn:g"))],
    ["an unpaired surrogate", quad(s, s, literal("\ud800"))],
    ["a language tag that is none", quad(s, s, literal("a", "en . <urn:evil>"))],
  ])("%s", (_name, bad) => {
    expect(() => write([bad])).toThrow(TypeError);
  });
});
