/** `query`: SPARQL over a registry's graph and over what is installed, as a person and as a program ask. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { aRegistry } from "../support/a-registry.ts";
import { type CliResult, cli, codeOf, DEVELOPMENT_NOTE, tempFolder } from "../support/cli.ts";
import { alice, bob } from "../support/fixture-keys.ts";
import { publishedTree } from "../support/published-tree.ts";

const ONTOLOGY = `@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix ex: <https://vocab.example/core#> .
<https://vocab.example/core> a owl:Ontology .
ex:Thing a owl:Class . <#here> a owl:Class .
`;

let tree: string;
beforeAll(() => {
  const story = aRegistry({ iri: "https://query.example/" });
  story.publisher(alice);
  story.publisher(bob);
  story
    .package("core")
    .release("1.0.0", { files: { "ontology.ttl": ONTOLOGY } })
    .signedBy(alice);
  story
    .package("middle")
    .release("1.0.0", { dependencies: { core: "^1.0.0" } })
    .signedBy(alice);
  story
    .package("top", { claimedBy: bob })
    .release("1.0.0", { dependencies: { middle: "^1.0.0" } })
    .release("1.1.0", { dependencies: { middle: "^1.0.0" } })
    .signedBy(bob)
    .yank("1.0.0", "a wrong term");
  tree = publishedTree(story);
});

const query = (...words: readonly string[]): CliResult => cli(["query", ...words, "--registry", tree]);

interface Results {
  readonly results: { readonly bindings: readonly Record<string, { readonly value: string }>[] };
}
const values = (result: CliResult, name: string) =>
  result.json<Results>().results.bindings.map((row) => row[name]?.value);

describe("query of the registry's graph", () => {
  test("rows are a table for people", () => {
    const { stdout, stderr, code } = query(
      "SELECT ?name ?p { ?p a ours:Package ; doap:name ?name } ORDER BY ?name",
    );
    expect([code, stderr]).toEqual([0, DEVELOPMENT_NOTE]);
    expect(stdout).toBe(
      [
        "?name   ?p",
        "core    <https://query.example/packages/core>",
        "middle  <https://query.example/packages/middle>",
        "top     <https://query.example/packages/top>",
        "",
      ].join("\n"),
    );
  });

  test("JSON is that of the W3C, CSV is CSV, a graph is Turtle or JSON-LD, yes is yes", () => {
    const names = "SELECT ?name { ?p a ours:Package ; doap:name ?name } ORDER BY ?name";
    expect(values(query(names, "--json"), "name")).toEqual(["core", "middle", "top"]);
    expect(query(names, "--format", "csv").stdout).toBe("name\r\ncore\r\nmiddle\r\ntop\r\n");
    const graph =
      "CONSTRUCT { ?p doap:name ?n } WHERE { ?p a ours:Package ; doap:name ?n FILTER(?n = 'core') }";
    expect(query(graph).stdout).toContain("<https://query.example/packages/core>");
    expect(query(graph, "--json").json<unknown[]>()).toMatchObject([
      { "@id": "https://query.example/packages/core" },
    ]);
    expect(query("ASK { ?p doap:name 'core' }").stdout).toBe("yes\n");
    expect(query("ASK { ?p doap:name 'nothing' }", "--json").json()).toMatchObject({ boolean: false });
    expect(query(names, "--format", "turtle").stderr).toContain("use table or json or csv");
  });

  test("named queries answer with the parameters that they are given", () => {
    expect(values(query("--named", "dependents-of", "package=core", "--json"), "name")).toEqual([
      "middle",
      "top",
    ]);
    expect(values(query("--named", "packages-of", "publisher=bob", "--json"), "name")).toEqual(["top"]);
    expect(values(query("--named", "withdrawn", "--json"), "reason")).toEqual(["a wrong term"]);
    expect(
      values(query("--named", "who-defines", "term=https://vocab.example/core#Thing", "--json"), "name"),
    ).toEqual(["core"]);
    expect(values(query("--named", "terms-of", "package=core", "--json"), "term")).toContain(
      "https://vocab.example/core#Thing",
    );
  });

  test("each named query is listed, and runs", () => {
    const { queries } = cli(["query", "--list", "--json"]).json<{
      queries: { name: string; parameters: Record<string, string> }[];
    }>();
    const example: Record<string, string> = {
      package: "core",
      publisher: "bob",
      iri: "https://a.example/",
      text: "x",
    };
    for (const { name, parameters } of queries) {
      const words = Object.entries(parameters).map(([parameter, kind]) => `${parameter}=${example[kind]}`);
      expect([name, query("--named", name, ...words).code]).toEqual([name, 0]);
    }
    expect(queries.length).toBeGreaterThan(5);
  });

  test("a query from a file, with a term for a variable", () => {
    const file = join(tempFolder("query"), "q.rq");
    writeFileSync(file, "SELECT ?name {\n  ?p ours:dependsOn ?what ; a ours:Package ; doap:name ?name\n}");
    const found = query("--file", file, "what=<https://query.example/packages/core>", "--json");
    expect(values(found, "name")).toEqual(["middle"]);
  });
});

describe("query of what is installed", () => {
  test("asks the files that stand there, and none from elsewhere", () => {
    const project = tempFolder("project");
    expect(cli(["install", "core", "--registry", tree, "--project", project]).code).toBe(0);
    const here = (...words: readonly string[]) =>
      cli(["query", ...words, "--installed", "--project", project]);
    const classes = "SELECT ?class { ?class a owl:Class } ORDER BY ?class";
    const found = values(here(classes, "--json"), "class");
    expect(found).toHaveLength(2);
    expect(found).toContain("https://vocab.example/core#Thing");
    expect(found.find((iri) => iri?.endsWith("#here"))).toMatch(/^https:\/\/query\.example\/.*core/);
    writeFileSync(join(project, "packs/core/ontology.ttl"), "this is no Turtle");
    const broken = here(classes);
    expect([broken.code, broken.stdout]).toEqual([0, "No rows.\n"]);
    expect(broken.stderr).toContain("packs/core/ontology.ttl is left out: it cannot be read as RDF");
  });

  test("where nothing is, says so", () => {
    const project = tempFolder("project");
    expect(codeOf(cli(["query", "ASK {}", "--installed", "--project", project, "--json"]))).toBe(
      "NOTHING_INSTALLED",
    );
  });
});

describe("query refuses", () => {
  test.each([
    [["SELECT * {"], 1, "QUERY_INVALID"],
    [["DELETE WHERE { ?s ?p ?o }"], 1, "QUERY_INVALID"],
    [["SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"], 1, "QUERY_FAILED"],
    [["SELECT ?s { ?s ?p ?o }", "what=x"], 1, "QUERY_INVALID"],
    [["SELECT ?s { ?s ?p ?o }", "what"], 2, "USAGE"],
    [["--named", "dependent-of", "package=core"], 2, "USAGE"],
    [["--named", "dependents-of"], 2, "USAGE"],
    [["--named", "who-defines", "term=no iri"], 2, "USAGE"],
    [[], 2, "USAGE"],
  ])("%j", (words, code, expected) => {
    const result = query(...words, "--json");
    expect([result.code, codeOf(result)]).toEqual([code, expected]);
  });

  test("to go on for ever", () => {
    const endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }";
    const result = query(endless, "--timeout", "1", "--json");
    expect([result.code, codeOf(result)]).toEqual([1, "QUERY_TIMEOUT"]);
  });
});
