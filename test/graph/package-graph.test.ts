import fc from "fast-check";
import { type Quad, Writer } from "n3";
import * as oxigraph from "oxigraph";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../src/base/bytes.ts";
import type { ReleaseContent } from "../../src/content/content.ts";
import { catalogQuads } from "../../src/graph/catalog-quads.ts";
import { packageJsonLd, quadsToJsonLd } from "../../src/graph/jsonld.ts";
import { JSONLD_CLASSES, JSONLD_TERMS } from "../../src/graph/jsonld-context.ts";
import { writeNQuads } from "../../src/graph/nquads.ts";
import { packageGraph, packageQuads } from "../../src/graph/package-quads.ts";
import { ed25519Multibase, publisherQuads } from "../../src/graph/publisher-quads.ts";
import { WARNINGS_MAX } from "../../src/graph/quad-list.ts";
import { releaseQuads } from "../../src/graph/release-quads.ts";
import { writeTurtle } from "../../src/graph/turtle.ts";
import { DCAT, RDF } from "../../src/graph/vocabulary.ts";
import { aContent, aPackage, aPublisher, aRelease, aRichPackage, CONFIG, NO_PERMISSIONS } from "./views.ts";

const EVIL = "http://x/a> . <urn:evil> <urn:p> <urn:q";
const PACKAGE = "https://registry.example/packages/alpha";

function said(quads: readonly Quad[], subject: string, predicate: string): string[] {
  return quads
    .filter((quad) => quad.subject.value === subject && quad.predicate.value.endsWith(predicate))
    .map((quad) => quad.object.value);
}

/** The graph of a package whose one release has this content. */
function withContent(content: Partial<ReleaseContent>) {
  const release = aRelease({ content: aContent(content) });
  return packageGraph(aPackage(release), [release], CONFIG);
}

describe("releaseQuads", () => {
  it("says the facts of a release", () => {
    const { quads, warnings } = releaseQuads(aRelease(), CONFIG);
    const release = `${PACKAGE}/1.0.0`;
    expect(warnings).toEqual([]);
    expect(said(quads, release, "license")).toEqual(["http://spdx.org/licenses/MIT"]);
    expect(said(quads, release, "#dependsOn")).toEqual(["https://registry.example/packages/beta"]);
    expect(said(quads, `${release}#dependency-dev-beta`, "#range")).toEqual([">=0.1.0 <2"]);
    expect(said(quads, `${release}#archive`, "downloadURL")).toEqual([
      `https://mirror.example/registry/archives/${"c0".repeat(32)}.tgz`,
    ]);
    expect(said(quads, `${release}#file-ontology.ttl`, "mediaType")).toEqual([
      "https://www.iana.org/assignments/media-types/text/turtle",
    ]);
    expect(said(quads, `${release}#signature`, "keyState")).toEqual(["active"]);
  });

  it.each([
    ["MIT", "NamedNode", "http://spdx.org/licenses/MIT"],
    ["MIT OR Apache-2.0", "Literal", "MIT OR Apache-2.0"],
    ["GPL-2.0+", "Literal", "GPL-2.0+"],
    ["LicenseRef-own", "Literal", "LicenseRef-own"],
    ["NOASSERTION", "NamedNode", "http://spdx.org/rdf/terms#noassertion"],
  ])("says the licence %s as a %s", (license, termType, value) => {
    const { quads } = releaseQuads(aRelease({ license }), CONFIG);
    const found = quads.find((quad) => quad.predicate.value === "http://purl.org/dc/terms/license");
    expect([found?.object.termType, found?.object.value]).toEqual([termType, value]);
  });

  it("counts what cannot be known as allowed", () => {
    const anything = [{ file: "templates/a.tmpl", why: "its frontmatter is computed" }];
    const { quads } = withContent({ permissions: { ...NO_PERMISSIONS, anything } });
    for (const may of ["#mayRunShell", "#mayOverwrite", "#mayInject", "#mayDoAnything"]) {
      expect(said(quads, `${PACKAGE}/1.0.0`, may)).toEqual(["true"]);
    }
  });

  it.each([["2026-01-31T23:59:60Z"], ["yesterday"]])(
    "leaves out the date %s, which XML Schema does not know",
    (published) => {
      const { quads, warnings } = releaseQuads(aRelease({ published }), CONFIG);
      expect(said(quads, `${PACKAGE}/1.0.0`, "issued")).toEqual([]);
      expect(warnings.map((problem) => problem.code)).toEqual(["GRAPH_DATE_REFUSED"]);
    },
  );

  it("writes a date in small letters as XML Schema has it", () => {
    const { quads } = releaseQuads(aRelease({ published: "2026-01-31t12:00:00z" }), CONFIG);
    expect(said(quads, `${PACKAGE}/1.0.0`, "issued")).toEqual(["2026-01-31T12:00:00Z"]);
  });
});

describe("packageQuads", () => {
  it("says how each release stands and which came before", () => {
    const { view } = aRichPackage();
    const { quads } = packageQuads(view, CONFIG);
    expect(said(quads, PACKAGE, "hasCurrentVersion")).toEqual([`${PACKAGE}/2.0.0`]);
    expect(said(quads, `${PACKAGE}/2.0.0`, "previousVersion")).toEqual([`${PACKAGE}/1.1.0`]);
    expect(said(quads, `${PACKAGE}/1.1.0`, "#status")).toEqual(["yanked"]);
    expect(said(quads, `${PACKAGE}/1.1.0`, "#statusReason")).toEqual(["It lost data"]);
    expect(said(quads, `${PACKAGE}/1.0.0`, "#status")).toEqual(["fallen"]);
    expect(said(quads, PACKAGE, "#deprecationReason")).toEqual(["Use beta"]);
    expect(said(quads, PACKAGE, "isReplacedBy")).toEqual(["https://registry.example/packages/beta"]);
    expect(said(quads, `${PACKAGE}#advisory-GM-2026-0001`, "#severity")).toEqual(["high"]);
  });

  it("says nothing about anybody but the package, whatever the package defines", () => {
    const release = aRelease({
      content: aContent({
        defined: [
          { iri: "https://registry.example/packages/beta", kind: "class", label: "Abandoned, use alpha" },
          { iri: RDF.type.value, kind: "property", label: "not a type" },
          { iri: CONFIG.iri, kind: "ontology" },
        ],
        used: ["https://registry.example/packages/beta"],
        imports: ["https://registry.example/packages/beta"],
      }),
    });
    const { quads } = packageGraph(aPackage(release), [release], CONFIG);
    const others = quads.filter(
      ({ subject }) => subject.value !== PACKAGE && !/alpha[/#]/.test(subject.value),
    );
    expect(others.map((quad) => [quad.subject.value, quad.predicate.value, quad.object.value])).toEqual([
      [CONFIG.iri, DCAT.dataset.value, PACKAGE],
    ]);
    expect(quads.every((quad) => !/BlankNode/.test(quad.subject.termType + quad.object.termType))).toBe(true);
  });

  it("says the same however its lists are ordered", () => {
    const { view, releases } = aRichPackage();
    const content = { ...view.latest.content, files: view.latest.content.files.toReversed() };
    const latest = { ...view.latest, content, keywords: view.latest.keywords.toReversed() };
    const mixed = packageGraph(
      { ...view, latest, owners: view.owners.toReversed() },
      releases.toReversed(),
      CONFIG,
    );
    expect(writeTurtle(mixed.quads)).toBe(writeTurtle(packageGraph(view, releases, CONFIG).quads));
  });
});

describe("an IRI with `>` from a stranger is dropped with a warning and leaks nothing", () => {
  const withEvil = { iri: EVIL, kind: "class", label: "evil" } as const;
  it.each([
    ["homepage", () => packageGraphOf({ homepage: EVIL }), "package.homepage"],
    ["repository", () => packageGraphOf({ repository: EVIL }), "package.repository"],
    ["a defined term", () => withContent({ defined: [withEvil] }), "content: terms defined"],
    ["a used term", () => withContent({ used: [EVIL] }), "content: terms used"],
    ["an import", () => withContent({ imports: [EVIL] }), "content: owl:imports"],
    ["an advisory", () => advisoryWith(EVIL), "advisory A: url"],
    ["a publisher's homepage", () => publisherQuads(aPublisher({ homepage: EVIL }), CONFIG), "homepage"],
  ])("%s", (_, graph, place) => {
    const { quads, warnings } = graph();
    expect(warnings.map((problem) => [problem.code, problem.severity, problem.place])).toEqual([
      ["GRAPH_IRI_REFUSED", "warning", place],
    ]);
    expect(writeTurtle(quads) + writeNQuads(quads)).not.toContain("evil");
  });

  function packageGraphOf(more: Parameters<typeof aRelease>[0]) {
    const release = aRelease(more);
    return packageGraph(aPackage(release), [release], CONFIG);
  }

  function advisoryWith(url: string) {
    const range = aRelease().dependencies[0]?.[1] ?? expect.fail("no range");
    return packageQuads(
      aPackage(aRelease(), {
        advisories: [{ id: "A", severity: "low", versions: range, summary: "s", url }],
      }),
      CONFIG,
    );
  }

  it("and so is a homepage that would run a script", () => {
    const { quads, warnings } = packageGraphOf({ homepage: "javascript:alert(1)" });
    expect(warnings.map((problem) => problem.code)).toEqual(["GRAPH_IRI_NOT_WEB"]);
    expect(writeTurtle(quads)).not.toContain("javascript");
  });

  it("with a bounded number of warnings", () => {
    const { warnings } = withContent({
      used: Array.from({ length: WARNINGS_MAX + 7 }, (_, at) => `http://x/${at}>`),
    });
    expect(warnings).toHaveLength(WARNINGS_MAX + 1);
    expect(warnings.at(-1)).toMatchObject({
      code: "GRAPH_MORE_WARNINGS",
      message: expect.stringContaining("7 more"),
    });
  });

  it("and never throws for a term whose IRI is as long as one can be", () => {
    const iri = `http://x/${"é".repeat(2000)}`;
    expect(withContent({ defined: [{ iri, kind: "class" }] }).warnings).toEqual([]);
  });
});

describe("packageJsonLd", () => {
  /** Oxigraph's JSON-LD processor, which shares nothing with ours. */
  const expand = (document: unknown) =>
    oxigraph
      .parse(JSON.stringify(document), { format: "application/ld+json" })
      .map((quad) => `${quad.toString()} .`)
      .sort();
  /** In the same way of writing N-Quads. */
  const listed = (quads: readonly Quad[]) =>
    oxigraph
      .parse(writeNQuads(quads), { format: "application/n-quads" })
      .map((quad) => `${quad.toString()} .`)
      .sort();

  it("expands to the same triples as the package's Turtle", () => {
    const { view, releases } = aRichPackage();
    const { quads } = packageGraph(view, releases, CONFIG);
    expect(expand(packageJsonLd(view, releases, CONFIG))).toEqual(listed(quads));
  });

  it("does so whatever strangers wrote", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("@id", "@type", "release:x", "", "\u0000", EVIL),
    );
    const iri = fc.oneof(text, fc.constantFrom("name:x", "type:x", "_:b0", "urn:x:y", "https://x/é?q#f"));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), fc.array(iri, { maxLength: 4 }), (texts, iris) => {
        const content = aContent({
          defined: iris.map((term) => ({
            iri: term,
            kind: "class",
            ...(texts[0] === undefined ? {} : { label: texts[0] }),
          })),
          used: iris,
          imports: iris,
          permissions: { ...NO_PERMISSIONS, outputs: texts },
        });
        const release = aRelease({
          summary: texts[0] ?? "",
          license: texts[1] ?? "MIT",
          keywords: texts,
          authors: texts,
          content,
        });
        const view = aPackage(release, { archived: texts[2] ?? "" });
        const { quads } = packageGraph(view, [release], CONFIG);
        expect(expand(packageJsonLd(view, [release], CONFIG))).toEqual(listed(quads));
      }),
      { numRuns: 150 },
    );
  });

  it("keeps the meaning of IRIs that begin like one of its keys", () => {
    const release = aRelease({
      content: aContent({
        defined: ["release:x", "Package:x", "id:x", "type:x", "name:x"].map((iri) => ({
          iri,
          kind: "class",
        })),
        used: ["license:x", "inCatalog:x"],
      }),
    });
    const { quads } = packageGraph(aPackage(release), [release], CONFIG);
    expect(expand(packageJsonLd(aPackage(release), [release], CONFIG))).toEqual(listed(quads));
  });

  it("has a key for every predicate and class, and no key twice", () => {
    const { view, releases } = aRichPackage();
    const keys = [...JSONLD_TERMS.values()].map((term) => term.key);
    expect(new Set([...keys, ...JSONLD_CLASSES.values()]).size).toBe(keys.length + JSONLD_CLASSES.size);
    for (const { predicate, object } of packageGraph(view, releases, CONFIG).quads) {
      if (predicate.value === RDF.type.value)
        expect(JSONLD_CLASSES.has(object.value), object.value).toBe(true);
      else if (predicate.value !== DCAT.dataset.value) {
        expect(JSONLD_TERMS.has(predicate.value), predicate.value).toBe(true);
      }
    }
  });

  it("leaves nothing out unseen", () => {
    const { quads } = packageGraph(aPackage(), [aRelease()], CONFIG);
    const root = quads.find((quad) => quad.subject.value === `${PACKAGE}#repository`)?.subject;
    if (root?.termType !== "NamedNode") expect.fail("no repository");
    else expect(() => quadsToJsonLd(quads, root)).toThrow(TypeError);
  });
});

describe("publisherQuads and catalogQuads", () => {
  it("writes a key as a Multikey", () => {
    // The example of the Ed25519 did:key specification's test vectors.
    const key =
      fromHex("3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29") ?? expect.fail("not hex");
    expect(ed25519Multibase(key)).toBe("z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp");
  });

  it("says what a publisher and the registry are", () => {
    const publisher = publisherQuads(aPublisher(), CONFIG).quads;
    expect(said(publisher, "https://registry.example/publishers/alice", "homepage")).toEqual([
      "https://alice.example/",
    ]);
    const catalog = catalogQuads(CONFIG, { categories: ["b & b", "a", "a"], triples: 7 }).quads;
    expect(said(catalog, "https://registry.example/categories/b%20%26%20b", "prefLabel")).toEqual(["b & b"]);
    expect(said(catalog, CONFIG.iri, "triples")).toEqual(["7"]);
    expect(new Writer({ format: "N-Quads" }).quadsToString([...catalog])).not.toContain("_:");
  });
});
