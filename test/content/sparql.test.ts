import fc from "fast-check";
import { Parser } from "sparqljs";
import { describe, expect, it } from "vitest";
import { checkQuery, QUERY_DEPTH_MAX, QUERY_LENGTH_MAX } from "../../src/content/sparql.ts";
import { sparqlParser } from "../../src/content/sparql-lexer.ts";
import { marks } from "./files.ts";

const BASE = "https://registry.example/f";
const check = (query: string) => checkQuery(query, BASE);

describe("queries", () => {
  it("invalid SPARQL in a gate is an error with its line", () => {
    expect(marks({ "gates/a.rq": "# comment\nASK {\n  ?s ?p\n}\n" })).toEqual([
      "error SPARQL_SYNTAX gates/a.rq:4",
    ]);
  });

  it("invalid SPARQL elsewhere is a warning", () => {
    expect(marks({ "queries/a.rq": "SELECT", "gates/old/a.rq": "SELECT", "x.sparql": "ASK" })).toEqual([
      "warning SPARQL_SYNTAX gates/old/a.rq:1",
      "warning SPARQL_SYNTAX queries/a.rq:1",
      "warning SPARQL_SYNTAX x.sparql:1",
    ]);
  });

  it("a prefix that is not declared is named with its line", () => {
    expect(check("ASK {\n ?s ?p xsd:string }")).toEqual({
      state: "fault",
      message: "Unknown prefix: xsd",
      line: 2,
    });
  });

  it.each(["constructor", "toString", "__proto__", "hasOwnProperty"])(
    "the undeclared prefix %s: is refused",
    (name) => {
      expect(check(`ASK { ?s ${name}:x 1 }`)).toMatchObject({ state: "fault" });
    },
  );

  it("a declared prefix may be called constructor", () => {
    expect(check("PREFIX constructor: <http://a/> ASK { ?s constructor:x 1 }")).toEqual({ state: "parsed" });
  });

  it.each([
    ["an update", "INSERT DATA { <http://a/> <http://b/> 1 }"],
    ["nothing", ""],
    ["a comment alone", "# ASK {}"],
    ["two queries", "ASK {} ASK {}"],
    ["a variable outside its group", "SELECT (COUNT(?x) AS ?n) ?y { ?x ?z ?y }"],
    ["VALUES of unequal length", "SELECT ?a { VALUES (?a ?b) { (1 2) (3) } }"],
    ["an unknown function", "ASK { FILTER(nope(?a)) }"],
    ["a space in an IRI", "ASK { ?s <http://a/ b> 1 }"],
  ])("%s is no query", (_, query) => {
    expect(check(query).state).toBe("fault");
  });

  it("what only SPARQL 1.2 has is not checked, and not refused", () => {
    for (const query of [
      "ASK { <<( ?a ?b ?c )>> ?d ?e }",
      "SELECT * { ?a a ?b LATERAL { ?b a ?c } }",
      "ASK { ?s ?p 'x'@en--ltr }",
    ])
      expect(check(query).state).toBe("not-checkable");
    expect(marks({ "gates/a.rq": "ASK { << ?a ?b ?c >> ?d ?e }" })).toEqual([
      "warning SPARQL_NOT_CHECKED gates/a.rq:1",
    ]);
  });

  it("words of SPARQL 1.2 in a string do not excuse a fault", () => {
    expect(check("ASK { ?s ?p 'LATERAL' ").state).toBe("fault");
  });

  it("groups that look like Tera are SPARQL", () => {
    expect(check("ASK {{ ?a ?b ?c } UNION {{ ?d ?e ?f }}}")).toEqual({ state: "parsed" });
  });

  it("a query longer than the limit is refused unread", () => {
    const query = (length: number) => `ASK {}${" ".repeat(length - 6)}`;
    expect(check(query(QUERY_LENGTH_MAX)).state).toBe("parsed");
    expect(check(query(QUERY_LENGTH_MAX + 1))).toMatchObject({
      state: "fault",
      message: expect.stringMatching(/longer/),
    });
  });

  it("brackets deeper than the limit are refused before the parser sees them", () => {
    const nested = (depth: number) => `ASK ${"{".repeat(depth)}${"}".repeat(depth)}`;
    expect(check(nested(QUERY_DEPTH_MAX)).state).toBe("parsed");
    expect(check(nested(QUERY_DEPTH_MAX + 1))).toMatchObject({
      state: "fault",
      message: expect.stringMatching(/deep/),
    });
    expect(check(nested(30_000)).state).toBe("fault");
  });

  it("brackets in strings, IRIs and comments are not depth", () => {
    expect(check(`ASK { ?s ?p "${"(".repeat(100)}" . # ${"{".repeat(100)}\n }`).state).toBe("parsed");
  });

  it("ten thousand lines of comment do not exhaust the stack", () => {
    expect(check(`${"# a\n".repeat(10_000)}ASK {\n ?s ?p`)).toMatchObject({ state: "fault", line: 10_002 });
  });

  it("property: never throws", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => void check(text)));
    const words = fc.constantFrom(
      "ASK",
      "SELECT",
      "{",
      "}",
      "(",
      ")",
      "?a",
      "a",
      "<b:c>",
      "p:q",
      "'x",
      '"y"',
      "#",
      "\n",
      "FILTER",
      ".",
      ";",
    );
    fc.assert(fc.property(fc.array(words, { maxLength: 30 }), (parts) => void check(parts.join(" "))));
  });

  it("property: the quicker lexer gives what the library's own gives", () => {
    const read = (parser: { parse(query: string): unknown; _resetBlanks(): void }, query: string): string => {
      parser._resetBlanks();
      try {
        return JSON.stringify(parser.parse(query)).replace(/\b([eg])_\d+/g, "$1");
      } catch (error) {
        return String(error);
      }
    };
    const options = { baseIRI: BASE };
    const words = fc.constantFrom(
      ..."ASK SELECT CONSTRUCT DESCRIBE WHERE { } ( ) [ ] . ; , ?a $b a <b:c> p:q :r _:s 'x' \"y\" '''z''' \"\"\"w\"\"\" 1 -1 +1.5 .5e3 1e3 true false @en ^^ ^ | || && ! != = < > <= >= + - * / in NOT exists EXISTS bound(?a) STR UUID() count GROUP BY group_concat SEPARATOR FILTER OPTIONAL UNION MINUS BIND AS VALUES UNDEF SERVICE SILENT GRAPH FROM NAMED ORDER ASC DESC LIMIT OFFSET HAVING DISTINCT REDUCED PREFIX BASE << >> {| |} () [] isIRI é:ü \u00b7 \\".split(
        " ",
      ),
    );
    fc.assert(
      fc.property(
        fc.array(words, { maxLength: 12 }),
        fc.constantFrom("", "PREFIX p: <b:c> ASK { ?s ?p "),
        (parts, head) => {
          const query = `${head}${parts.join(" ")}`;
          expect(read(sparqlParser(options), query)).toBe(read(new Parser(options), query));
        },
      ),
      { numRuns: 500 },
    );
  });
});
