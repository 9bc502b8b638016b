import { DataFactory, Parser, type Quad } from "n3";
import { describe, expect, it } from "vitest";
import { catalogQuads } from "../../src/graph/catalog-quads.ts";
import { packageGraph, packageQuads } from "../../src/graph/package-quads.ts";
import { publisherQuads } from "../../src/graph/publisher-quads.ts";
import { ONTOLOGY_TURTLE, SHAPES_TURTLE } from "../../src/graph/shapes.ts";
import { TURTLE_PREFIXES } from "../../src/graph/turtle.ts";
import { validateGraph } from "../../src/graph/validate.ts";
import { OURS, OURS_NAMESPACE, PREFIXES } from "../../src/graph/vocabulary.ts";
import { aPackage, aPublisher, aRelease, aRichPackage, CONFIG } from "./views.ts";

const PACKAGE = "https://registry.example/packages/alpha";
const RELEASE = `${PACKAGE}/2.0.0`;
const rich = aRichPackage();
const GOOD: readonly Quad[] = [
  ...packageGraph(rich.view, rich.releases, CONFIG).quads,
  ...publisherQuads(aPublisher(), CONFIG).quads,
  ...catalogQuads(CONFIG, { categories: ["data & things"] }).quads,
];

/** `dcterms:license` as a node. */
function term(short: string): ReturnType<typeof DataFactory.namedNode> {
  const [prefix = "", local = ""] = short.split(":");
  const namespace = PREFIXES.find(([known]) => known === prefix)?.[1] ?? expect.fail(`no prefix ${prefix}`);
  return DataFactory.namedNode(namespace + local);
}

/** GOOD with the values of one property of one node replaced by those of a Turtle object list; none removes it. */
function changed(subject: string, property: string, objects: string): Quad[] {
  const predicate = term(property);
  const rest = GOOD.filter((quad) => quad.subject.value !== subject || !quad.predicate.equals(predicate));
  if (objects === "") return rest;
  return [...rest, ...new Parser().parse(`${TURTLE_PREFIXES}<${subject}> ${property} ${objects} .`)];
}

describe("validateGraph", () => {
  it("finds nothing wrong with what this registry writes", async () => {
    expect(await validateGraph(GOOD)).toEqual([]);
    const release = aRelease();
    expect(await validateGraph(packageGraph(aPackage(release), [release], CONFIG).quads)).toEqual([]);
  });

  it.each([
    ["a package with two names", PACKAGE, "doap:name", '"alpha", "beta"', "SHAPE_MAX_COUNT"],
    ["a package without a name", PACKAGE, "doap:name", "", "SHAPE_MIN_COUNT"],
    ["a bad name", PACKAGE, "doap:name", '"Alpha One"', "SHAPE_PATTERN"],
    ["a name that is too long", PACKAGE, "doap:name", `"${"a".repeat(65)}"`, "SHAPE_MAX_LENGTH"],
    ["a package without a licence", PACKAGE, "dcterms:license", "", "SHAPE_MIN_COUNT"],
    ["a package without a release", PACKAGE, "doap:release", "", "SHAPE_MIN_COUNT"],
    ["a release that nobody describes", PACKAGE, "dcat:hasCurrentVersion", "<urn:x:unknown>", "SHAPE_CLASS"],
    ["a description of the wrong kind", PACKAGE, "dcterms:description", "1234567890", "SHAPE_DATATYPE"],
    ["a homepage that is text", PACKAGE, "doap:homepage", '"https://a.example/"', "SHAPE_NODE_KIND"],
    ["a bad head of statements", PACKAGE, "ours:statementsHead", '"abc"', "SHAPE_PATTERN"],
    ["a release without a licence", RELEASE, "dcterms:license", "", "SHAPE_MIN_COUNT"],
    ["a bad version", RELEASE, "doap:revision", '"1.0"', "SHAPE_PATTERN"],
    ["a version with build metadata", RELEASE, "doap:revision", '"1.0.0+b"', "SHAPE_PATTERN"],
    ["two versions", RELEASE, "doap:revision", '"2.0.0", "2.0.1"', "SHAPE_MAX_COUNT"],
    ["a bad release digest", RELEASE, "ours:releaseDigest", `"${"A".repeat(64)}"`, "SHAPE_PATTERN"],
    ["a bad date", RELEASE, "dcterms:issued", '"yesterday"', "SHAPE_PATTERN"],
    ["a status that is none", RELEASE, "ours:status", '"lost"', "SHAPE_IN"],
    ["a release without a signature", RELEASE, "ours:signature", "", "SHAPE_MIN_COUNT"],
    ["permissions that are not said", RELEASE, "ours:mayRunShell", "", "SHAPE_MIN_COUNT"],
    ["permissions that are text", RELEASE, "ours:mayRunShell", '"false"', "SHAPE_DATATYPE"],
    ["a release without a file", RELEASE, "dcat:distribution", "", "SHAPE_MIN_COUNT"],
    [
      "a negative size",
      `${RELEASE}#archive`,
      "dcat:byteSize",
      '"-1"^^xsd:nonNegativeInteger',
      "SHAPE_DATATYPE",
    ],
    ["a file without a checksum", `${RELEASE}#archive`, "spdx:checksum", "", "SHAPE_MIN_COUNT"],
    [
      "a bad checksum",
      `${RELEASE}#sha256-archive`,
      "spdx:checksumValue",
      '"abcd"^^xsd:hexBinary',
      "SHAPE_PATTERN",
    ],
    [
      "another algorithm",
      `${RELEASE}#sha256-archive`,
      "spdx:algorithm",
      "spdx:checksumAlgorithm_md5",
      "SHAPE_IN",
    ],
    ["a bad kind of dependency", `${RELEASE}#dependency-dev-beta`, "ours:kind", '"peer"', "SHAPE_IN"],
    ["a dependency without a range", `${RELEASE}#dependency-dev-beta`, "ours:range", "", "SHAPE_MIN_COUNT"],
    ["a dependency on nothing", `${RELEASE}#dependency-dev-beta`, "ours:package", "", "SHAPE_MIN_COUNT"],
    ["a bad fingerprint", `${RELEASE}#signature`, "ours:keyId", '"MD5:aa"', "SHAPE_PATTERN"],
    ["a bad state of a key", `${RELEASE}#signature`, "ours:keyState", '"lost"', "SHAPE_IN"],
    ["a bad severity", `${PACKAGE}#advisory-GM-2026-0001`, "ours:severity", '"bad"', "SHAPE_IN"],
    [
      "a term of no kind",
      `${PACKAGE}#term-https%3A%2F%2Fvocab.example%2Fns%23Thing`,
      "ours:termKind",
      '"noun"',
      "SHAPE_IN",
    ],
    [
      "a publisher without a key",
      "https://registry.example/publishers/alice",
      "sec:verificationMethod",
      "",
      "SHAPE_MIN_COUNT",
    ],
    ["a registry without a title", "https://registry.example/", "dcterms:title", "", "SHAPE_MIN_COUNT"],
    [
      "a category without a label",
      "https://registry.example/categories/data%20%26%20things",
      "skos:prefLabel",
      "",
      "SHAPE_MIN_COUNT",
    ],
  ])("finds %s", async (_, subject, property, objects, code) => {
    const problems = await validateGraph(changed(subject, property, objects));
    expect(problems).toContainEqual(
      expect.objectContaining({ code, severity: "error", file: subject, place: property, rule: "G5" }),
    );
    expect(problems.every((problem) => problem.message.length > 0)).toBe(true);
  });

  it("finds a key that is none", async () => {
    const key =
      GOOD.find((quad) => quad.predicate.equals(term("sec:publicKeyMultibase")))?.subject.value ?? "";
    const problems = await validateGraph(changed(key, "sec:publicKeyMultibase", '"zABC"'));
    expect(problems.map((problem) => problem.code)).toContain("SHAPE_PATTERN");
  });

  it("finds a release that no package has", async () => {
    const problems = await validateGraph(
      changed(PACKAGE, "doap:release", `<${RELEASE}>, <${PACKAGE}/1.1.0>`),
    );
    expect(problems).toContainEqual(
      expect.objectContaining({ code: "SHAPE_MIN_COUNT", file: `${PACKAGE}/1.0.0` }),
    );
  });

  it("only warns of a description that says little", async () => {
    const problems = await validateGraph(changed(PACKAGE, "dcterms:description", '"Alpha"'));
    expect(problems.map((problem) => [problem.code, problem.severity])).toEqual([
      ["SHAPE_MIN_LENGTH", "warning"],
    ]);
  });

  it("counts a repeated quad once", async () => {
    expect(await validateGraph([...GOOD, ...GOOD])).toEqual([]);
  });

  it("keeps overlapping calls apart", async () => {
    const bad = changed(PACKAGE, "doap:name", "");
    const [first, second, third] = await Promise.all([
      validateGraph(bad),
      validateGraph(GOOD),
      validateGraph(bad),
    ]);
    expect([first?.length, second?.length, third?.length]).toEqual([1, 0, 1]);
  });

  it("judges a package without its releases incomplete", async () => {
    const problems = await validateGraph(packageQuads(rich.view, CONFIG).quads);
    expect(new Set(problems.map((problem) => problem.code))).toEqual(new Set(["SHAPE_CLASS"]));
  });
});

describe("the vocabulary and the shapes as they are published", () => {
  const ontology = new Parser().parse(ONTOLOGY_TURTLE);
  const has = (subject: string, property: string) =>
    ontology.some(
      (quad) => quad.subject.value === subject && quad.predicate.equals(DataFactory.namedNode(property)),
    );
  const RDFS = "http://www.w3.org/2000/01/rdf-schema#";

  it("describes every term of ours, with a label, a comment and, for properties, a domain", () => {
    for (const { value } of Object.values(OURS)) {
      expect(has(value, `${RDFS}label`), value).toBe(true);
      expect(has(value, `${RDFS}comment`), value).toBe(true);
      const isClass = /^[A-Z]/.test(value.slice(OURS_NAMESPACE.length));
      if (!isClass) expect(has(value, `${RDFS}domain`), value).toBe(true);
    }
  });

  it("describes no term that does not exist", () => {
    const described = ontology
      .map((quad) => quad.subject.value)
      .filter((iri) => iri.startsWith(OURS_NAMESPACE));
    const known = new Set(Object.values(OURS).map((node) => node.value));
    expect([...new Set(described)].filter((iri) => !known.has(iri))).toEqual([]);
  });

  it("defines every term of ours that a graph or a shape uses", () => {
    const shapes = new Parser().parse(SHAPES_TURTLE);
    const own = new Set([...shapes, ...ontology].map((quad) => quad.subject.value));
    for (const quad of [...GOOD, ...shapes]) {
      for (const { value } of [quad.predicate, quad.object]) {
        if (value.startsWith(OURS_NAMESPACE) && value !== OURS_NAMESPACE)
          expect(own.has(value), value).toBe(true);
      }
    }
  });
});
