/** Values come into a query as terms: none of them changes what it asks. */
import fc from "fast-check";
import { DataFactory } from "n3";
import { beforeAll, describe, expect, test } from "vitest";
import { bindQuery, type ParameterTerm } from "../../src/content/bound-query.ts";
import { Store, startOxigraph } from "../../src/node/oxigraph.ts";

const PREFIXES = [["ex", "https://example.org/"]] as const;
const bind = (text: string, parameters: Record<string, ParameterTerm> = {}) =>
  bindQuery(text, { parameters: new Map(Object.entries(parameters)), prefixes: PREFIXES });
const { literal, namedNode } = DataFactory;

beforeAll(() => startOxigraph());

/** The values of ?found, over three things with names. */
function asked(text: string, parameters: Record<string, ParameterTerm>): string[] {
  const bound = bind(text, parameters);
  if (!bound.ok) throw new Error(bound.message);
  const store = new Store();
  store.load(
    `PREFIX ex: <https://example.org/> ex:a ex:name "Ann" ; ex:knows ex:b . ex:b ex:name "Ben" ; ex:knows ex:c . ex:c ex:name "x\\"} y" .`,
    { format: "text/turtle" },
  );
  const rows = store.query(bound.sparql) as Map<string, { value: string }>[];
  return rows.map((row) => row.get("found")?.value ?? "").sort();
}

describe("a bound query", () => {
  test("asks with the value in the place of the variable", () => {
    const who = "SELECT ?found { ?found ex:name ?name }";
    expect(asked(who, { name: literal("Ann") })).toEqual(["https://example.org/a"]);
    expect(asked(who, { name: literal('x"} y') })).toEqual(["https://example.org/c"]);
    expect(asked(who, {})).toHaveLength(3);
    expect(
      asked("SELECT ?found { ?one ex:knows+ ?found }", { one: namedNode("https://example.org/a") }),
    ).toEqual(["https://example.org/b", "https://example.org/c"]);
  });

  test("binds in queries within it, in aggregates, in filters", () => {
    const ann = { name: literal("Ann") };
    expect(asked("SELECT ?found { { SELECT ?found { ?found ex:name ?name } } }", ann)).toEqual([
      "https://example.org/a",
    ]);
    expect(asked("SELECT (COUNT(?s) AS ?found) { ?s ex:name ?name }", ann)).toEqual(["1"]);
    expect(asked("SELECT ?found { ?found ex:name ?n FILTER(?n != ?name) }", ann)).toHaveLength(2);
    expect(
      asked("SELECT ?found { ?found ex:name ?n FILTER NOT EXISTS { ?found ex:name ?name } }", ann),
    ).toHaveLength(2);
  });

  test("whatever the value, it is that value and nothing else", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }).filter((text) => text.isWellFormed()),
          fc.constantFrom(
            '" } UNION { ?found ?p ?o',
            "'; DROP ALL #",
            "\\",
            '"@en',
            "\n\r\t",
            "?found",
            "}".repeat(9),
          ),
        ),
        (text) => {
          expect(asked("SELECT ?found { BIND(STRLEN(?value) AS ?found) }", { value: literal(text) })).toEqual(
            [String([...text].length)],
          );
          expect(asked("SELECT ?found { ?found ex:name ?value }", { value: literal(text) })).toHaveLength(
            ["Ann", "Ben", 'x"} y'].includes(text) ? 1 : 0,
          );
        },
      ),
    );
  });

  test("knows what it gives", () => {
    const form = (text: string) => {
      const bound = bind(text);
      return bound.ok ? bound.form : bound.message;
    };
    expect(form("SELECT * { ?s ?p ?o }")).toBe("rows");
    expect(form("# SELECT\nASK { ?s ?p ?o }")).toBe("boolean");
    expect(form("CONSTRUCT WHERE { ?s ?p ?o }")).toBe("graph");
    expect(form("DESCRIBE ex:a")).toBe("graph");
  });
});

describe("is refused:", () => {
  test.each([
    ["an update", "DELETE WHERE { ?s ?p ?o }", "an update"],
    ["nothing", "", "empty"],
    ["half a query", "SELECT * {", "end of the query"],
    ["an unknown prefix", "SELECT * { ?s nix:p ?o }", "nix"],
  ])("%s", (_, text, why) => {
    expect(bind(text)).toMatchObject({ ok: false, message: expect.stringContaining(why) });
  });

  test("a parameter that the query does not have, naming those it has", () => {
    expect(bind("SELECT ?s { ?s ?p ?o }", { nam: literal("x") })).toMatchObject({
      ok: false,
      message: "the query has no variable ?nam; it has ?s, ?p, ?o",
    });
  });

  test("the line is that of the query as it was written", () => {
    expect(bind("SELECT ?s {\n  ?s ?p ?o .\n  ?s ] }")).toMatchObject({ ok: false, line: 3 });
  });
});
