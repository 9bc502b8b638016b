import { describe, expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { type PackageInSet, runGates } from "../../src/node/gates.ts";

const pack = (name: string, texts: Readonly<Record<string, string>>): PackageInSet => ({
  ...{ name, version: "1.0.0", registry: "https://registry.example/" },
  files: new Map(Object.entries(texts).map(([path, text]) => [path, utf8(text)])),
});
const THING = "<https://v.example/a> a <https://v.example/Thing> .\n";
/** A product of everything with itself, eight times: no machine comes to its end. */
const ENDLESS = `SELECT (COUNT(*) AS ?n) { ${[..."abcdefgh"].map((x) => `?${x}1 ?${x}2 ?${x}3 .`).join(" ")} }`;
const MANY = Array.from(
  { length: 500 },
  (_, i) => `<https://v.example/${i}> <https://v.example/p> ${i} .\n`,
).join("");

describe("gates of packages that stand together", () => {
  test("are asked of what all of them hold, examples and tests left out", async () => {
    const report = await runGates([
      pack("gates", {
        "gates/1.rq": "SELECT ?s { ?s a <https://v.example/Thing> }",
        "gates/2.rq": "ASK { <https://v.example/bad> ?p ?o }",
        "other/3.rq": "ASK { }",
      }),
      pack("a", {
        "ontology.ttl": THING,
        "more.ttl": "<https://v.example/bad> a 1 .",
        "examples/b.ttl": "<https://v.example/bad> a 1 .",
      }),
      pack("b", {
        "ontology/b.ttl": "<> a <https://v.example/Thing> .",
        "shapes/s.ttl": "<https://v.example/bad> a 1 .",
      }),
      pack("c", { "README.md": "x" }),
    ]);
    expect(report.over).toEqual(["a", "b"]);
    expect(report.gates.map(({ file, state }) => [file, state])).toEqual([
      ["gates/1.rq", "fails"],
      ["gates/2.rq", "passes"],
    ]);
    expect(report.gates[0]?.rows).toEqual(
      expect.arrayContaining([
        { s: "<https://v.example/a>" },
        { s: "<https://registry.example/packages/b/1.0.0/content/ontology/b.ttl>" },
      ]),
    );
  });

  test("an ASK that says yes fails; of many rows the first are told, in Turtle's words", async () => {
    const { gates } = await runGates([
      pack("g", {
        "ontology.ttl": '<a:1> <a:p> "x\\n", 2, [] . <a:2> <a:p> "y" .',
        "gates/1.rq": "ASK { ?s ?p ?o }",
        "gates/2.rq": 'SELECT ?o { ?s <a:p> ?o FILTER(?o = "x\\n") }',
        "gates/3.rq": "SELECT ?s ?o { ?s ?p ?o }",
      }),
    ]);
    expect(gates.map(({ state, hasMore }) => [state, hasMore])).toEqual([
      ["fails", false],
      ["fails", false],
      ["fails", true],
    ]);
    expect(gates[1]?.rows).toEqual([{ o: '"x\\n"' }]);
    expect(gates[2]?.rows.length).toBe(3);
  });

  test("one that comes to no end is stopped, and takes nothing from the others", async () => {
    const { gates } = await runGates(
      [
        pack("g", {
          "ontology.ttl": MANY,
          "gates/1.rq": ENDLESS,
          "gates/2.rq": "ASK { }",
          "gates/3.rq": "ASK { <a:x> ?p ?o }",
        }),
      ],
      { eachMsMax: 3_000, allMsMax: 60_000 },
    );
    expect(gates.map(({ state }) => state)).toEqual(["not run", "fails", "passes"]);
    expect(gates[0]?.why).toMatch(/no answer after 3 s/);
  });

  test("all of them together have so long", async () => {
    const { gates } = await runGates(
      [pack("g", { "ontology.ttl": MANY, "gates/1.rq": ENDLESS, "gates/2.rq": "ASK { }" })],
      { eachMsMax: 60_000, allMsMax: 500 },
    );
    expect(gates.map(({ state }) => state)).toEqual(["not run", "not run"]);
    expect(gates[1]?.why).toMatch(/together had 0\.5 s/);
  });

  test("a file that is no RDF is left out, and named", async () => {
    const { unreadable, gates } = await runGates([
      pack("g", { "ontology/a.ttl": "<a> <b>", "gates/1.rq": "ASK { ?s ?p ?o }" }),
    ]);
    expect(unreadable).toEqual(["packs/g/ontology/a.ttl"]);
    expect(gates[0]?.state).toBe("passes");
  });

  test("blank nodes of two packages are two", async () => {
    const gate = { "gates/1.rq": "SELECT ?s { ?s <a:p> 1 , 2 }" };
    const { gates } = await runGates([
      pack("a", { ...gate, "ontology.ttl": "_:x <a:p> 1 ." }),
      pack("b", { "ontology.ttl": "_:x <a:p> 2 ." }),
    ]);
    expect(gates[0]?.state).toBe("passes");
  });
});
