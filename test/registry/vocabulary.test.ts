import { type Quad, Store } from "n3";
import Validator from "rdf-validate-shacl";
import { describe, expect, test } from "vitest";
import {
  badExamplesOf,
  closureOf,
  filesIn,
  goodExamplesOf,
  graphOf,
  ontologiesOf,
  quadsOf,
  RELEASES,
  releaseOf,
  rowsOf,
  type ShippedRelease,
  saidIn,
} from "./the-registry.ts";

const OWL = "http://www.w3.org/2002/07/owl#";
const RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const RDFS = "http://www.w3.org/2000/01/rdf-schema#";
const DCTERMS = "http://purl.org/dc/terms/";
const OURS = "https://ggen.dev/ns/";

const LICENCES = new Map([
  ["MIT", { text: "MIT License", iri: "https://spdx.org/licenses/MIT" }],
  ["CC0-1.0", { text: "CC0 1.0 Universal", iri: "https://creativecommons.org/publicdomain/zero/1.0/" }],
]);

/** How many rows each gate returns over the bad example, in order, where it is not one each. */
const ROWS_REFUSED = new Map([
  ["owl-quality-gates@1.0.0", [1, 1, 1, 3, 1, 2, 1, 1, 1]],
  ["skos-quality-gates@1.0.0", [1, 2, 1, 2, 1]],
]);

const each = (releases: readonly ShippedRelease[]) =>
  releases.map((release) => [release.id, release] as const);
const namespaceOf = (release: ShippedRelease) => `${OURS}${release.manifest.name}`;

function values(quads: readonly Quad[], subject: string, predicate: string): string[] {
  return quads.flatMap((quad) =>
    quad.subject.value === subject && quad.predicate.value === predicate ? [quad.object.value] : [],
  );
}

function instances(quads: readonly Quad[], kinds: readonly string[]): string[] {
  const typed = quads.filter(
    (quad) => quad.predicate.value === `${RDF}type` && kinds.includes(quad.object.value),
  );
  return [
    ...new Set(typed.flatMap(({ subject }) => (subject.termType === "NamedNode" ? [subject.value] : []))),
  ];
}

describe.each(each(RELEASES))("%s", (_, release) => {
  const ontology = ontologiesOf(release).flatMap((path) => quadsOf(release.text(path)));
  const closure = closureOf(release);

  test("every Turtle file parses", () => {
    const turtle = release.paths.filter((path) => path.endsWith(".ttl"));
    expect(turtle.filter((path) => quadsOf(release.text(path)).length === 0)).toEqual([]);
  });

  test("the ontology's header says what package.toml says", () => {
    const [iri = "", ...others] = instances(ontology, [`${OWL}Ontology`]);
    expect([iri, others]).toEqual([namespaceOf(release), []]);
    const { version, license } = release.manifest;
    expect(values(ontology, iri, `${OWL}versionIRI`)).toEqual([`${iri}/${version}`]);
    expect(values(ontology, iri, `${OWL}versionInfo`)).toEqual([version]);
    expect(values(ontology, iri, `${DCTERMS}license`)).toEqual([LICENCES.get(license)?.iri]);
    expect(values(ontology, iri, `${DCTERMS}title`)).toHaveLength(1);
    expect(release.text("LICENSE")).toContain(LICENCES.get(license)?.text);
  });

  test("every class and property has one English label and comment, and belongs to the ontology", () => {
    const properties = [`${OWL}ObjectProperty`, `${OWL}DatatypeProperty`];
    const english = (term: string, predicate: string) =>
      ontology.filter(({ subject, predicate: p, object }) => {
        return (
          subject.value === term && p.value === predicate && "language" in object && object.language === "en"
        );
      }).length;
    for (const term of instances(ontology, [`${OWL}Class`, `${OWL}AnnotationProperty`, ...properties])) {
      expect([term, english(term, `${RDFS}label`), english(term, `${RDFS}comment`)]).toEqual([term, 1, 1]);
      expect(values(ontology, term, `${RDFS}isDefinedBy`)).toEqual([namespaceOf(release)]);
    }
    for (const term of instances(ontology, properties)) {
      expect([term, values(ontology, term, `${RDFS}domain`).length]).toEqual([term, 1]);
      expect([term, values(ontology, term, `${RDFS}range`).length]).toEqual([term, 1]);
    }
  });

  test("every term of ours that it uses is its own or comes with a dependency, and exists", () => {
    const known = new Set([release, ...closure].map(namespaceOf));
    const files = release.paths.filter(
      (path) => /\.(?:ttl|rq|tmpl)$/.test(path) && !path.startsWith("examples/"),
    );
    const named = files.flatMap(
      (path) => release.text(path).match(/https:\/\/ggen\.dev\/ns\/[a-z-]+/g) ?? [],
    );
    expect(named.filter((iri) => !known.has(iri))).toEqual([]);
    const all = [release, ...closure].flatMap((from) =>
      ontologiesOf(from).flatMap((path) => quadsOf(from.text(path))),
    );
    const declared = new Set(all.map((quad) => quad.subject.value));
    const shapes = filesIn(release, "shapes", ".ttl").flatMap((path) => quadsOf(release.text(path)));
    for (const quad of shapes) declared.add(quad.subject.value);
    const used = [...ontology, ...shapes].flatMap(({ predicate, object }) => [predicate, object]);
    const unknown = used.filter(({ termType, value }) => {
      return (
        termType === "NamedNode" && value.startsWith(OURS) && value.includes("#") && !declared.has(value)
      );
    });
    expect(unknown.map(({ value }) => value)).toEqual([]);
  });
});

describe("gates", () => {
  describe.each(each(RELEASES.filter((release) => filesIn(release, "gates", ".rq").length > 0)))(
    "%s",
    (id, release) => {
      const gates = filesIn(release, "gates", ".rq");
      const rows = (examples: readonly string[]) =>
        gates.map((gate) => rowsOf(graphOf(release, examples), release.text(gate)).length);

      test("begin with the message that people will see", () => {
        expect(gates.filter((gate) => !/^# MESSAGE: \S.*\.\n/.test(release.text(gate)))).toEqual([]);
      });

      test("let the good example pass, and the vocabularies alone", () => {
        expect([rows(goodExamplesOf(release)), rows([])]).toEqual([gates.map(() => 0), gates.map(() => 0)]);
      });

      test("refuse the bad example, each with the rows that the README says", () => {
        expect(rows(badExamplesOf(release))).toEqual(ROWS_REFUSED.get(id) ?? gates.map(() => 1));
      });
    },
  );

  test.each([
    [
      "a class that is disjoint with its own superclass",
      "ex:A rdfs:subClassOf ex:B ; owl:disjointWith ex:B .",
    ],
    [
      "a thing of two of many",
      "[] a owl:AllDisjointClasses ; owl:members (ex:A ex:B ex:C) . ex:x a ex:A , ex:C .",
    ],
    [
      "a class below two",
      "ex:A owl:disjointWith ex:B . ex:C rdfs:subClassOf ex:D , ex:B . ex:D rdfs:subClassOf ex:A .",
    ],
  ])("on disjoint classes refuse %s", (_, turtle) => {
    const gates = releaseOf("owl-quality-gates@1.0.0");
    const graph = graphOf(gates, []);
    const prefixes = `@prefix ex: <https://example.com/x#> . @prefix owl: <${OWL}> . @prefix rdfs: <${RDFS}> .`;
    graph.load(`${prefixes} ${turtle}`, { format: "text/turtle" });
    expect(rowsOf(graph, gates.text("gates/080-disjoint-classes-share-nothing.rq"))).toHaveLength(1);
  });

  test("of every package let every other package's vocabulary and good example pass", () => {
    for (const release of RELEASES) {
      const graph = graphOf(release);
      for (const from of closureOf(release))
        for (const gate of filesIn(from, "gates", ".rq"))
          expect([release.id, gate, rowsOf(graph, from.text(gate)).length]).toEqual([release.id, gate, 0]);
    }
  });
});

describe("shapes", () => {
  const shapesOf = (release: ShippedRelease) =>
    release.paths.filter((path) => /^(?:shapes|ontology)\/.*shapes\.ttl$/.test(path));
  const validate = (release: ShippedRelease, data: readonly Quad[]) => {
    const shapes = shapesOf(release).flatMap((path) => quadsOf(release.text(path)));
    const validator = new Validator(new Store(shapes) as never);
    return validator.validate(new Store([...data]) as never);
  };

  test.each(each(RELEASES.filter((release) => shapesOf(release).length > 0)))(
    "%s: the good example conforms, with the vocabularies beside it",
    async (_, release) => {
      const graph = [release, ...closureOf(release)].flatMap((from) =>
        ontologiesOf(from).flatMap((path) => quadsOf(from.text(path))),
      );
      const good = goodExamplesOf(release).flatMap((path) => quadsOf(release.text(path)));
      const report = await validate(release, [...graph, ...good]);
      expect(report.results.map(({ focusNode, message }) => [focusNode?.value, message[0]?.value])).toEqual(
        [],
      );
    },
  );

  test.each(each(RELEASES.filter((release) => filesIn(release, "shapes", ".ttl").length > 0)))(
    "%s: the bad example has the results that the README says",
    async (_, release) => {
      const said = saidIn(release.text("README.md"), /\b(\w+) results\b/);
      const bad = badExamplesOf(release).flatMap((path) => quadsOf(release.text(path)));
      const report = await validate(release, bad);
      expect([report.conforms, report.results.length]).toEqual([false, said]);
    },
  );
});

const queries = RELEASES.flatMap((release) =>
  filesIn(release, "queries", ".rq").map((path) => [release.id, path, release] as const),
);

test.each(queries)("%s: %s returns the rows that the README says", (_, path, release) => {
  const file = path.replace("queries/", "");
  const said = saidIn(release.text("README.md"), new RegExp(`${file}\` returns (\\w+) rows?\\b`));
  expect(rowsOf(graphOf(release), release.text(path))).toHaveLength(said ?? -1);
});
