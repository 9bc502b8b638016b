import { describe, expect, it, test } from "vitest";
import { FRONTMATTER_KEYS, readFrontmatter } from "../../src/content/frontmatter.ts";
import { parseYamlSubset, YAML_BYTES_MAX, YAML_DEPTH_MAX } from "../../src/content/yaml-subset.ts";
import { marks, problemsIn } from "./files.ts";

const template = (...lines: string[]) => ({
  "templates/a.tmpl": `---\n${lines.join("\n")}\n---\nbody {{ x }}\n`,
});
const AT = "templates/a.tmpl";

describe("YAML of frontmatter", () => {
  it.each([
    ["an anchor", "to: &a x"],
    ["an alias", "to: x\nfrom: *a"],
    ["a tag", "to: !!binary x"],
    ["a local tag", "to: !include x"],
    ["a complex key", "? to\n: x"],
    ["a directive", "%YAML 1.1"],
    ["several documents", "to: x\n--- y"],
    ["a merge key", "to: x\nsparql:\n  <<: ASK {}"],
    ["a key that is a list", "[a, b]: x"],
  ])("%s is refused", (_, yaml) => {
    expect(marks(template(yaml))).toEqual([
      expect.stringMatching(/^error FRONTMATTER_NOT_SUBSET templates\/a.tmpl:\d$/),
    ]);
  });

  it("& and * within text are text", () => {
    expect(marks(template("to: a&b*c", 'from: "&x"', "sh: |", "  a && b *.c !d"))).toEqual([]);
  });

  it("two equal keys are refused, at any depth", () => {
    expect(marks(template("to: x", "to: y"))).toEqual([`error FRONTMATTER_DUPLICATE_KEY ${AT}:3`]);
    expect(marks(template("to: x", "sparql:", "  a: ASK {}", '  "a": ASK {}'))).toEqual([
      `error FRONTMATTER_DUPLICATE_KEY ${AT}:5`,
    ]);
  });

  it("a million anchors are refused by their length, unread", () => {
    const anchors = (count: number) =>
      Array.from({ length: count }, (_, at) => `k${at}: &a${at} v`).join("\n");
    const million = anchors(1_000_000);
    expect(parseYamlSubset(million)).toMatchObject({ ok: false, faults: [{ code: "TOO_LONG" }] });
    expect(marks(template(million))).toEqual([`error TEMPLATE_TOO_LONG ${AT}`]);
    expect(marks(template(anchors(100_000)))).toEqual([`error FRONTMATTER_TOO_LONG ${AT}:2`]);
  });

  it("anchors that fit are refused at the first of them", () => {
    const yaml = Array.from({ length: 5_000 }, (_, at) => `&a${at} v`).join(", ");
    expect(marks(template(`to: [${yaml}]`))).toEqual([`error FRONTMATTER_NOT_SUBSET ${AT}:2`]);
  });

  it("the length limit is in bytes", () => {
    const long = (bytes: number) => parseYamlSubset(`to: ${"é".repeat((bytes - 4) / 2)}`).ok;
    expect([long(YAML_BYTES_MAX), long(YAML_BYTES_MAX + 2)]).toEqual([true, false]);
  });

  it.each([
    ["flow lists", (depth: number) => `to: ${"[".repeat(depth)}${"]".repeat(depth)}`],
    ["flow maps", (depth: number) => `to: ${"{a: ".repeat(depth)}${"}".repeat(depth)}`],
    ["compact lists", (depth: number) => `${"- ".repeat(depth)}x`],
    [
      "block maps",
      (depth: number) => Array.from({ length: depth }, (_, at) => `${" ".repeat(at)}a:`).join("\n"),
    ],
  ])("%s deeper than the limit are refused before a tree is built", (_, write) => {
    for (const depth of [YAML_DEPTH_MAX + 1, 300])
      expect(parseYamlSubset(write(depth))).toMatchObject({ ok: false, faults: [{ code: "TOO_DEEP" }] });
    const shallow = parseYamlSubset(write(YAML_DEPTH_MAX - 2));
    expect(shallow.ok || shallow.faults[0]?.code !== "TOO_DEEP").toBe(true);
  });

  it("a thousand equal keys, brackets that never close, odd indentation: told, not thrown", () => {
    for (const yaml of [
      "a: 1\n".repeat(1_000),
      "to: [",
      "to: 'x",
      "to: x\n y: z",
      "\tto: x",
      "- a\nb: c",
      "to: }",
    ])
      expect(parseYamlSubset(yaml).ok).toBe(false);
  });

  it("a YAML fault has the line of the file", () => {
    expect(marks(template("to: x", "from: [a"))[0]).toMatch(
      /^error FRONTMATTER_SYNTAX templates\/a.tmpl:[34]$/,
    );
  });
});

describe("frontmatter", () => {
  it("an unknown key is an error with the nearest known one", () => {
    const [problem, ...others] = problemsIn(template("to: x", "sh_aftr: make"));
    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      code: "FRONTMATTER_UNKNOWN_KEY",
      severity: "error",
      line: 3,
      expected: "sh_after",
      rule: "C12",
    });
  });

  it("__proto__ and constructor are unknown keys like others", () => {
    expect(marks(template("to: x", "__proto__: y", "constructor: z"))).toEqual([
      `error FRONTMATTER_UNKNOWN_KEY ${AT}:3`,
      `error FRONTMATTER_UNKNOWN_KEY ${AT}:4`,
    ]);
  });

  it("every fault of a template is told in one run", () => {
    expect(marks(template("force: 'yes'", "nope: 1", "at_line: 0"))).toEqual([
      `error FRONTMATTER_TYPE ${AT}:2`,
      `error FRONTMATTER_UNKNOWN_KEY ${AT}:3`,
      `error FRONTMATTER_TYPE ${AT}:4`,
      `error FRONTMATTER_TO_MISSING ${AT}:1`,
    ]);
  });

  it("a missing or empty to is an error", () => {
    for (const lines of [["force: true"], ["to:"], ["to: ~"], [""]])
      expect(marks(template(...lines))).toContain(`error FRONTMATTER_TO_MISSING ${AT}:1`);
  });

  it('force: "true" is refused: a string is not true', () => {
    expect(marks(template("to: x", 'force: "true"'))).toEqual([`error FRONTMATTER_TYPE ${AT}:3`]);
    expect(marks(template("to: x", "force: yes"))).toEqual([`error FRONTMATTER_TYPE ${AT}:3`]);
    expect(marks(template("to: x", "force: 1"))).toEqual([`error FRONTMATTER_TYPE ${AT}:3`]);
  });

  it("sh and sh_before are one key", () => {
    expect(marks(template("to: x", "sh: a", "sh_before: b"))).toEqual([
      `error FRONTMATTER_DUPLICATE_KEY ${AT}:3`,
    ]);
  });

  it("every key of the engine is taken", () => {
    const values: Record<string, string> = {
      sparql: "ASK {}",
      construct: "CONSTRUCT WHERE { ?s ?p ?o }",
      when: "ASK {}",
      at_line: "3",
      rdf_inline: "<a> <b> <c> .",
      freeze_policy: "checksum",
      prefixes: "{ a: 'http://a/' }",
      base: "http://a/",
    };
    const truths = [
      "inject",
      "unless_exists",
      "unattended_write_eligible",
      "force",
      "skip_empty",
      "backup",
      "determinism",
    ];
    const lines = FRONTMATTER_KEYS.filter((key) => key !== "sh").map(
      (key) => `${key}: ${values[key] ?? (truths.includes(key) ? "true" : "text")}`,
    );
    expect(marks(template(...lines))).toEqual([]);
  });

  it("invalid SPARQL in frontmatter is an error at its line of the file", () => {
    expect(
      marks(template("to: x", "sparql:", "  good: ASK {}", "  bad: |", "    ASK {", "      ?s ?p", "    }")),
    ).toEqual([`error SPARQL_SYNTAX ${AT}:8`]);
    expect(marks(template("to: x", "when: ASK", "construct: CONSTRUCT", "sparql: [ASK]"))).toEqual([
      `error SPARQL_SYNTAX ${AT}:5`,
      `error SPARQL_SYNTAX ${AT}:4`,
      `error SPARQL_SYNTAX ${AT}:3`,
    ]);
  });

  it("a computed query is not checkable: a warning", () => {
    expect(marks(template("to: x", 'sparql: "SELECT {{ columns }} { ?s ?p ?o }"'))).toEqual([
      `warning SPARQL_NOT_CHECKED ${AT}:3`,
    ]);
    expect(marks(template("to: x", 'sparql: "SELECT * { {% if a %} ?s ?p ?o {% endif %} }"'))).toEqual([
      `warning SPARQL_NOT_CHECKED ${AT}:3`,
    ]);
  });

  it("inline RDF is read with its prefixes and base, and a fault is an error at its line", () => {
    const head = ["to: x", "prefixes:", "  a: http://a/", "base: http://b/", "rdf_inline: |"];
    expect(marks(template(...head, "  <s> a:p a:o ."))).toEqual([]);
    expect(marks(template(...head, "  <s> a:p a:o .", "  <s> b:p 1 ."))).toEqual([
      `error RDF_SYNTAX ${AT}:8`,
    ]);
  });

  it("a template without frontmatter is an error, and a warning where ggen.toml says what to write", () => {
    const bare = { "templates/a.tmpl": "body" };
    expect(marks(bare)).toEqual([`error FRONTMATTER_MISSING ${AT}:1`]);
    expect(marks({ ...bare, "ggen.toml": "" })).toEqual([`warning FRONTMATTER_MISSING ${AT}:1`]);
    expect(marks({ "partials/a.tmpl": "body" })).toEqual(["warning FRONTMATTER_MISSING partials/a.tmpl:1"]);
  });

  it.each([
    ["a byte order mark", "\ufeff---\nto: x\n---\n"],
    ["a line feed before", "\n---\nto: x\n---\n"],
    ["carriage returns", "---\r\nto: x\r\n---\r\n"],
    ["text after ---", "--- # x\nto: x\n---\n"],
    ["no end", "---\nto: x\n"],
    ["an indented end", "---\nto: x\n ---\n"],
  ])("frontmatter with %s is refused, not taken for a template without", (_, text) => {
    expect(readFrontmatter(AT, text, { severity: "error", optional: false })).toMatchObject({
      state: "unreadable",
      problems: [{ code: "FRONTMATTER_DELIMITER" }],
    });
  });

  it("faults in a template outside templates/ are warnings", () => {
    expect(marks({ "fixtures/bad.tmpl": "---\nnope: 1\n---\n" })).toEqual([
      "warning FRONTMATTER_UNKNOWN_KEY fixtures/bad.tmpl:2",
      "warning FRONTMATTER_TO_MISSING fixtures/bad.tmpl:1",
    ]);
  });
});

describe("breaks that only some readers see", () => {
  test.each([
    ["a lone carriage return", "---\nto: x # c\rsh: evil\n---\nb"],
    ["a line separator", "---\nto: x # c\u2028sh: evil\n---\nb"],
    ["a next line", "---\nto: x # c\u0085sh: evil\n---\nb"],
    ["an early close", "---\nto: x\n# c\u2028---\u2028\nsh: evil\n---\nb"],
  ])("%s hides no key", (_, text) => {
    expect(readFrontmatter("templates/a.tmpl", text, { severity: "error", optional: false }).state).toBe(
      "unreadable",
    );
  });
});
