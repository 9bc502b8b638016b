import { describe, expect, test } from "vitest";
import { readFrontmatter } from "../../src/content/frontmatter.ts";
import { readTemplate, unboundIn } from "./template-variables.ts";
import { filesIn, graphOf, RELEASES, releaseOf, rowsOf } from "./the-registry.ts";

const TEMPLATES = RELEASES.flatMap((release) =>
  filesIn(release, "templates", ".tmpl").map((path) => [release.id, path, release] as const),
);

describe.each(TEMPLATES)("%s %s", (_, path, release) => {
  const text = release.text(path);
  const template = readTemplate(text);

  test("the frontmatter is what the engine reads", () => {
    const outcome = readFrontmatter(path, text, { severity: "error", optional: false });
    expect(outcome.problems).toEqual([]);
  });

  test("its queries run over the ontology and the example, and return rows in a stated order", () => {
    const graph = graphOf(release);
    if (template.when !== undefined) expect(graph.query(template.when)).toBe(true);
    for (const [name, query] of template.queries) {
      expect([name, rowsOf(graph, query).length > 0]).toEqual([name, true]);
      expect(query).toMatch(/^ORDER BY /m);
    }
  });

  test("every variable is bound by its queries", () => {
    expect(unboundIn(template)).toEqual([]);
  });
});

describe("what several property shapes say of one path becomes one property", () => {
  const shapes = RELEASES.filter(({ manifest }) => manifest.kind === "shapes").flatMap((release) =>
    filesIn(release, "shapes", ".ttl").map((path) => release.text(path)),
  );
  const awkward = `
    @prefix ex: <https://example.com/x#> . @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
    ex:Shape a sh:NodeShape ; sh:property
      [ sh:path ex:day ; sh:datatype xsd:date ; sh:minInclusive "2026-01-01"^^xsd:date ] ,
      [ sh:path ex:ratio ; sh:datatype xsd:decimal ; sh:minInclusive .5 ] ,
      [ sh:path ex:ratio ; sh:minCount 1 ] , [ sh:path ex:ratio ; sh:maxCount 1 ; sh:minInclusive -2 ] .`;

  test.each(["shacl-to-json-schema@1.0.0 schema.json", "shacl-to-typescript-guards@1.0.0 guards.ts"])(
    "%s",
    (name) => {
      const [id = "", file] = name.split(" ");
      const graph = graphOf(releaseOf(id));
      for (const text of [...shapes, awkward]) graph.load(text, { format: "text/turtle" });
      const { queries } = readTemplate(releaseOf(id).text(`templates/${file}.tmpl`));
      const rows = rowsOf(graph, queries.get("properties") ?? "");
      const keys = rows.map((row) => `${row.get("shape")?.value} ${row.get("path")?.value}`);
      expect(keys.length).toBeGreaterThan(30);
      expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
      const [day, ratio] = rows.filter((row) => row.get("shape")?.value === "https://example.com/x#Shape");
      expect(day?.has("minimum")).toBe(false);
      const said = ["list", "required", "minimum", "least", "most"].map(
        (column) => ratio?.get(column)?.value,
      );
      expect(said).toEqual(["false", "true", "0.5", "1", "1"]);
    },
  );
});

describe("a variable that nothing binds is found", () => {
  const head = "to: a.md\nsparql:\n  terms: SELECT ?name (STR(?given) AS ?value) WHERE { ?name a ?given }";
  const check = (body: string, more = "") => unboundIn(readTemplate(`---\n${head}${more}\n---\n${body}`));

  test.each([
    ["a column", "{% for t in terms %}{{ t.nmae | upper }}{% endfor %}", ["terms.nmae"]],
    ["a query", "{% for t in trems %}{% endfor %}", ["trems"]],
    ["after its loop", "{% for t in terms %}{% endfor %}{{ t.name }}", ["t.name"]],
    ["a column of the first row", "{% set s = terms | first %}{{ s.title }}", ["terms.title"]],
    ["without for_each", "{{ name }}", ["name"]],
  ])("%s", (_, body, unbound) => {
    expect(check(body)).toEqual(unbound);
  });

  test.each([
    ["a column of for_each", "{% set x = value ~ 'a' %}{{ x | default(value=name) }}", "\nfor_each: terms"],
    [
      "a column in its loop",
      "{% for t in terms %}{{ t.value }}{% if not loop.last %}, {% endif %}{% endfor %}",
      "",
    ],
    [
      "a test",
      '{% for t in terms %}{% if t.name is defined or t.value == "x" %}.{% endif %}{% endfor %}',
      "",
    ],
  ])("but not %s", (_, body, more) => {
    expect(check(body, more)).toEqual([]);
  });
});
