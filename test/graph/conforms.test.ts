import fc from "fast-check";
import { DataFactory, Parser, type Quad } from "n3";
import { describe, expect, it } from "vitest";
import { catalogQuads } from "../../src/graph/catalog-quads.ts";
import { conformsTo } from "../../src/graph/conforms.ts";
import { packageGraph } from "../../src/graph/package-quads.ts";
import { publisherQuads } from "../../src/graph/publisher-quads.ts";
import { SHAPES_TURTLE } from "../../src/graph/shapes.ts";
import { engineReport } from "../../src/graph/validate.ts";
import { aPublisher, aRichPackage, CONFIG } from "./views.ts";

const rich = aRichPackage();
const GOOD: readonly Quad[] = [
  ...packageGraph(rich.view, rich.releases, CONFIG).quads,
  ...publisherQuads(aPublisher(), CONFIG).quads,
  ...catalogQuads(CONFIG, { categories: ["data & things"] }).quads,
];
const conforms = conformsTo(new Parser().parse(SHAPES_TURTLE));
const shapes = (text: string) =>
  conformsTo(
    new Parser().parse(
      `@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:x:s> sh:targetClass <urn:x:C> ; ${text} .`,
    ),
  );

/** A graph as it is made, with some of its quads gone, moved or said of something else. */
const broken = fc
  .array(
    fc.record({
      at: fc.nat(GOOD.length - 1),
      from: fc.nat(GOOD.length - 1),
      how: fc.constantFrom("remove", "object", "copy", "subject", "text", "empty"),
    }),
    { minLength: 0, maxLength: 3 },
  )
  .map((changes) => {
    const quads: (Quad | undefined)[] = [...GOOD];
    for (const { at, from, how } of changes) {
      const [quad, other] = [GOOD[at] as Quad, GOOD[from] as Quad];
      const { subject, predicate, object } = quad;
      if (how === "remove") quads[at] = undefined;
      else if (how === "object") quads[at] = DataFactory.quad(subject, predicate, other.object);
      else if (how === "copy") quads.push(DataFactory.quad(subject, predicate, other.object));
      else if (how === "subject") quads[at] = DataFactory.quad(other.subject, predicate, object);
      else
        quads[at] = DataFactory.quad(
          subject,
          predicate,
          DataFactory.literal(how === "text" ? object.value : ""),
        );
    }
    return quads.filter((quad) => quad !== undefined);
  });

describe("conformsTo", () => {
  it("says yes to what the registry writes", () => {
    expect(conforms(GOOD)).toBe(true);
    expect(conforms([...GOOD, ...GOOD])).toBe(true);
    expect(conforms([])).toBe(true);
  });

  it("says yes exactly where the SHACL engine finds nothing", async () => {
    await fc.assert(
      fc.asyncProperty(broken, async (quads) => {
        expect(conforms(quads)).toBe((await engineReport(quads)).length === 0);
      }),
      { numRuns: 150 },
    );
  });

  it("leaves graphs with subclasses to the engine", () => {
    const subclass = DataFactory.namedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf");
    const [a, b] = [DataFactory.namedNode("urn:x:a"), DataFactory.namedNode("urn:x:b")];
    expect(conforms([...GOOD, DataFactory.quad(a, subclass, b)])).toBe(false);
  });

  it.each([
    "sh:property [ sh:path <urn:x:p> ; sh:uniqueLang true ]",
    "sh:property [ sh:path ( <urn:x:p> <urn:x:q> ) ]",
    "sh:property [ sh:path <urn:x:p> ; sh:datatype <urn:x:type> ]",
    "sh:nodeKind sh:BlankNode",
    "sh:property [ sh:path <urn:x:p> ; sh:in ( 1 2 ) ; sh:flags 'i' ]",
  ])("refuses shapes that say what it does not know: %s", (text) => {
    expect(() => shapes(text)).toThrow(TypeError);
  });
});
