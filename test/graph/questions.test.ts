/** Questions that people ask of the published graph, asked of the published bytes. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as oxigraph from "oxigraph";
import { describe, expect, it } from "vitest";
import { catalogQuads } from "../../src/graph/catalog-quads.ts";
import { writeNQuads } from "../../src/graph/nquads.ts";
import { packageGraph } from "../../src/graph/package-quads.ts";
import { publisherQuads } from "../../src/graph/publisher-quads.ts";
import { TURTLE_PREFIXES, writeTurtle } from "../../src/graph/turtle.ts";
import { hasTool } from "../support/tools.ts";
import {
  aContent,
  aPackage,
  aPublisher,
  aRelease,
  aRichPackage,
  CONFIG,
  NO_PERMISSIONS,
  name,
  range,
} from "./views.ts";

function simple(text: string, dependencies: string[], more: Parameters<typeof aContent>[0] = {}) {
  const release = aRelease({
    name: name(text),
    description: `A package named "${text}" with\nlines, \u0001 and 😀`,
    dependencies: dependencies.map((dependency) => [name(dependency), range("^1.0.0")]),
    content: aContent({ defined: [{ iri: `https://vocab.example/${text}#Thing`, kind: "class" }], ...more }),
  });
  return packageGraph(aPackage(release), [release], CONFIG).quads;
}

const rich = aRichPackage();
const parts = [
  catalogQuads(CONFIG, { categories: ["data & things"] }).quads,
  publisherQuads(aPublisher(), CONFIG).quads,
  packageGraph(rich.view, rich.releases, CONFIG).quads,
  simple("beta", ["delta"]),
  simple("gamma", [], {
    permissions: { ...NO_PERMISSIONS, anything: [{ file: "hook.ttl", why: "computed" }] },
  }),
  simple("delta", []),
];
const whole = TURTLE_PREFIXES + parts.map((quads) => writeTurtle(quads)).join("");
const nquads = parts.map((quads) => writeNQuads(quads)).join("");

const store = new oxigraph.Store();
store.load(whole, { format: "text/turtle" });

const PREFIXES = `PREFIX ours: <https://ggen.dev/marketplace#> PREFIX doap: <http://usefulinc.com/ns/doap#>
  PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX dcterms: <http://purl.org/dc/terms/> `;

/** The values of `?answer`, sorted. */
function ask(query: string): string[] {
  const rows = store.query(PREFIXES + query) as Map<string, oxigraph.Term>[];
  return rows.map((row) => row.get("answer")?.value ?? "").sort();
}

describe("the whole graph, put together from its parts", () => {
  it("answers who depends on a package", () => {
    expect(
      ask(
        `SELECT ?answer { ?p ours:dependsOn <${CONFIG.iri}packages/beta> ; a ours:Package ; doap:name ?answer }`,
      ),
    ).toEqual(["alpha"]);
  });

  it("answers who depends on a package through others", () => {
    expect(
      ask(
        `SELECT ?answer { ?p ours:dependsOn+ <${CONFIG.iri}packages/delta> ; a ours:Package ; doap:name ?answer }`,
      ),
    ).toEqual(["alpha", "beta"]);
  });

  it("answers which packages may run a shell, those that could not be known among them", () => {
    expect(
      ask("SELECT ?answer { ?p dcat:hasCurrentVersion/ours:mayRunShell true ; doap:name ?answer }"),
    ).toEqual(["alpha", "gamma"]);
  });

  it("answers which package defines a term", () => {
    const term = oxigraph.namedNode("https://vocab.example/gamma#Thing").toString();
    expect(ask(`SELECT ?answer { ?p ours:defines ${term} ; doap:name ?answer }`)).toEqual(["gamma"]);
  });

  it("answers which releases are withdrawn, and why", () => {
    expect(ask('SELECT ?answer { ?r ours:status "yanked" ; ours:statusReason ?answer }')).toEqual([
      "It lost data",
    ]);
  });

  it("answers what a category has", () => {
    const category = '?c <http://www.w3.org/2004/02/skos/core#prefLabel> "data & things" .';
    expect(ask(`SELECT ?answer { ${category} ?p dcat:theme ?c ; doap:name ?answer }`)).toHaveLength(4);
  });

  it("is the same in Turtle and in N-Quads", () => {
    const other = new oxigraph.Store();
    other.load(nquads, { format: "application/n-quads" });
    const sorted = (from: oxigraph.Store) => from.dump({ format: "application/n-quads" }).split("\n").sort();
    expect(sorted(other)).toEqual(sorted(store));
    expect(store.size).toBe(nquads.trimEnd().split("\n").length);
  });

  it.skipIf(!hasTool("rapper"))("has as many triples as rapper counts", () => {
    const folder = mkdtempSync(join(tmpdir(), "graph-"));
    try {
      writeFileSync(join(folder, "whole.ttl"), whole);
      const read = execFileSync("rapper", [
        "-q",
        "-i",
        "turtle",
        "-o",
        "ntriples",
        join(folder, "whole.ttl"),
      ]);
      expect(new Set(read.toString().trimEnd().split("\n")).size).toBe(store.size);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
