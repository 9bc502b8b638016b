import { describe, expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { readGate } from "../../src/content/gate.ts";

const read = (text: string) => readGate(utf8(text), 4);

describe("a gate", () => {
  test("says of what it is by the lines at its head", () => {
    const gate = read("# MESSAGE: Every greeting\n# has a text.\nASK { ?s ?p ?o } # MESSAGE: no");
    expect(gate).toMatchObject({ ok: true, message: "Every greeting has a text." });
    expect(read("# words\nASK { }").message).toBe("");
    expect(read(`# MESSAGE: ${"x".repeat(1000)}\nASK { }`).message.length).toBe(301);
  });

  test.each([
    ["without a limit", "SELECT ?s { ?s ?p ?o } ORDER BY ?s # end", /ORDER BY \?s # end\nLIMIT 4$/],
    ["with an offset", "SELECT ?s { ?s ?p ?o } OFFSET 2", /OFFSET 2\nLIMIT 4$/],
    ["with a smaller limit", "SELECT ?s { ?s ?p ?o } LIMIT 2", /LIMIT 2$/],
    ["with a larger limit", "SELECT ?s { ?s ?p ?o } LIMIT 2000", /LIMIT 4$/],
    ["with values at its end", "SELECT ?s { ?s ?p ?o } VALUES ?s { <a:b> }", /LIMIT 4\s+VALUES/],
    ["that asks", "ASK { ?s ?p ?o }", /^ASK \{ \?s \?p \?o \}$/],
  ])("%s is asked for few rows", (_, text, sparql) => {
    const gate = read(text);
    expect(gate.ok && gate.sparql).toMatch(sparql);
    // What is asked is a query still.
    expect(gate.ok && read(gate.sparql).ok).toBe(true);
  });

  test.each([
    ["no query", "SELECT ?s {", /cannot be read/],
    ["an update", "DELETE WHERE { ?s ?p ?o }", /update/],
    ["a CONSTRUCT", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", /a gate is an ASK or a SELECT/],
    ["a DESCRIBE", "DESCRIBE <a:b>", /a gate is an ASK or a SELECT/],
    [
      "one that asks another place",
      "SELECT ?s { SERVICE SILENT <https://a.example/> { ?s ?p ?o } }",
      /SERVICE/,
    ],
    [
      "one that does so inside",
      "ASK { FILTER EXISTS { { SELECT * { SERVICE ?x { ?s ?p ?o } } } } }",
      /SERVICE/,
    ],
    ["one of other graphs", "ASK FROM <a:b> { ?s ?p ?o }", /names the graphs/],
    ["one of SPARQL 1.2", "ASK { <<?s ?p ?o>> ?q ?r }", /run by ggen alone/],
  ])("that is %s is not run", (_, text, why) => {
    const gate = read(text);
    expect(gate.ok ? "" : gate.why).toMatch(why);
  });

  test("that is no UTF-8 is not run", () => {
    expect(readGate(new Uint8Array([0xff]), 4)).toMatchObject({ ok: false, why: "it is not UTF-8" });
  });
});
