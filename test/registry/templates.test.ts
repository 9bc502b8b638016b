import { describe, expect, test } from "vitest";
import { readFrontmatter } from "../../src/content/frontmatter.ts";
import { readTemplate, unboundIn } from "./template-variables.ts";
import { filesIn, graphOf, RELEASES, rowsOf } from "./the-registry.ts";

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

  test("and one that is bound is not", () => {
    expect(
      check(
        "{% if t is defined %}{% set x = value ~ 'a' %}{{ x | default(value=name) }}{% endif %}",
        "\nfor_each: terms",
      ),
    ).toEqual(["t", "a"]);
    expect(check("{% for t in terms %}{{ t.value }}{% if not loop.last %}, {% endif %}{% endfor %}")).toEqual(
      [],
    );
  });
});
