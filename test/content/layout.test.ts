import { describe, expect, it } from "vitest";
import { README_BYTES_MAX } from "../../src/content/describe.ts";
import { PACK_TOML_BYTES_MAX } from "../../src/content/engine.ts";
import { mediaTypeOf, roleOf } from "../../src/content/inventory.ts";
import { contentOf, marks, type Texts } from "./files.ts";

const PACK = '[pack]\nname = "x"\nversion = "1.0.0"\ndescription = "d"\n';
const LOADABLE: Texts = { "pack.toml": PACK, "ontology.ttl": "", "templates/a.tmpl": "---\nto: a\n---\n" };
const engine = (texts: Texts) => contentOf(texts).engine;
const codes = (texts: Texts) => engine(texts).problems.map((problem) => problem.code);

describe("inventory", () => {
  it.each([
    ["ontology.ttl", "ontology"],
    ["hook.ttl", "hook"],
    ["pack.toml", "manifest"],
    ["ggen.toml", "manifest"],
    ["templates/a.tmpl", "template"],
    ["templates/x/y/a.rs.tmpl", "template"],
    ["other/a.tmpl", "other"],
    ["gates/a.rq", "gate"],
    ["gates/x/a.rq", "query"],
    ["queries/a.sparql", "query"],
    ["README.md", "readme"],
    ["readme", "readme"],
    ["docs/README.md", "other"],
    ["READMEandmore.md", "other"],
    ["LICENSE", "license"],
    ["LICENSE-MIT", "license"],
    ["LICENCE.txt", "license"],
    ["COPYING", "license"],
    ["shapes/a.ttl", "shapes"],
    ["x/profile.shacl.ttl", "shapes"],
    ["shapes.ttl", "shapes"],
    ["more.ttl", "ontology"],
    ["ontology/x.trig", "ontology"],
    ["reference/x.ttl", "other"],
    ["big.owl", "ontology"],
    ["tests/a.ttl", "test"],
    ["fixtures/hook.ttl", "test"],
    ["examples/a.rq", "example"],
    ["constructor", "other"],
  ])("%s is %s", (path, role) => expect(roleOf(path)).toBe(role));

  it("media types go by the extension", () => {
    expect(["a.ttl", "a.RQ", "a.nq", "a", ".ttl", "a.exe"].map(mediaTypeOf)).toEqual([
      "text/turtle",
      "application/sparql-query",
      "application/n-quads",
      "application/octet-stream",
      "application/octet-stream",
      "application/octet-stream",
    ]);
  });

  it("lists every file by code point order of its path", () => {
    const { files } = contentOf({ b: "1", a: "22", "\u{1f600}": "", "\uff5e": "" });
    expect(files.map((file) => [file.path, file.size])).toEqual([
      ["a", 2],
      ["b", 1],
      ["\uff5e", 0],
      ["\u{1f600}", 0],
    ]);
  });
});

describe("kind", () => {
  const TRIPLE = "<a> <http://p/> <b> .";
  it.each<[string, string, Texts]>([
    ["project", "a ggen.toml", { "ggen.toml": "", "ontology.ttl": TRIPLE }],
    ["ontology", "RDF alone", { "ontology.ttl": TRIPLE }],
    ["shapes", "shapes alone", { "shapes/a.ttl": TRIPLE }],
    ["gates", "queries alone", { "gates/a.rq": "ASK {}", "queries/b.rq": "ASK {}" }],
    [
      "templates",
      "templates and an empty ontology",
      { "ontology.ttl": "# none", "templates/a.tmpl": "---\nto: a\n---\n" },
    ],
    ["pack", "several families", { "ontology.ttl": TRIPLE, "templates/a.tmpl": "---\nto: a\n---\n" }],
    ["pack", "none of them", { "README.md": "" }],
  ])("%s by %s", (kind, _, texts) => expect(contentOf(texts).kind).toBe(kind));

  it("is the manifest's word where it has one", () => {
    expect(contentOf({ "ontology.ttl": "" }, { kind: "shapes" }).kind).toBe("shapes");
  });
});

describe("engine", () => {
  it("loads a pack with its three parts", () =>
    expect(engine(LOADABLE)).toEqual({ loadable: true, problems: [] }));

  it("names every missing part", () => {
    expect(codes({})).toEqual(["FM-PACK-001", "FM-PACK-002", "FM-PACK-004", "FM-PACK-005"]);
    expect(codes({ ...LOADABLE, "templates/a.tmpl": "", "ggen.toml": "" })).toEqual([]);
    expect(
      codes({ "pack.toml": PACK, "x/ontology.ttl": "", "x/templates/a.tmpl": "---\nto: a\n---\n" }),
    ).toEqual(["FM-PACK-004", "FM-PACK-005"]);
  });

  it.each([
    ["a key of the table", `${PACK}license = "MIT"\n`, /pack\.license/],
    ["another table", `${PACK}[extra]\n`, /extra/],
    ["no table", "", /no table/],
    ["a list of tables", "[[pack]]\n", /no table/],
    ["a missing key", '[pack]\nname = "x"\n', /version, description/],
    ["a value that is not text", `${PACK.replace('"1.0.0"', "1")}`, /version/],
    ["broken TOML", "[pack\n", /not TOML/],
    ["a key __proto__", `${PACK}\n[__proto__]\nx = 1\n`, /__proto__/],
    ["too much text", `${PACK}#${"x".repeat(PACK_TOML_BYTES_MAX)}`, /longer/],
    ["deep nesting", `x = ${"[".repeat(20_000)}`, /not TOML/],
  ])("refuses pack.toml with %s", (_, text, message) => {
    expect(engine({ ...LOADABLE, "pack.toml": text })).toMatchObject({
      loadable: false,
      problems: [{ code: "FM-PACK-003", message: expect.stringMatching(message) }],
    });
  });

  it("refuses a pack.toml that is not UTF-8", () => {
    expect(codes({ ...LOADABLE, "pack.toml": Uint8Array.of(0xff) })).toEqual(["FM-PACK-002"]);
  });
});

describe("readme", () => {
  it("is README.md before others", () => {
    expect(contentOf({ README: "a", "README.de.md": "b", "README.md": "c" }).readme).toEqual({
      path: "README.md",
      text: "c",
    });
    expect(contentOf({ README: "a", "readme.md": "b" }).readme?.path).toBe("readme.md");
    expect(contentOf({ "docs/README.md": "a" }).readme).toBeUndefined();
  });

  it("is cut between characters at the limit, and a warning says so", () => {
    const texts = { "README.md": `x${"é".repeat(README_BYTES_MAX / 2)}` };
    expect(contentOf(texts).readme?.text).toHaveLength(README_BYTES_MAX / 2);
    expect(marks(texts)).toEqual(["warning README_TOO_LONG README.md"]);
    expect(marks({ "README.md": "x".repeat(README_BYTES_MAX) })).toEqual([]);
  });

  it("is left out where it is not UTF-8", () => {
    const texts = { "README.md": Uint8Array.of(0xc3) };
    expect([contentOf(texts).readme, marks(texts)]).toEqual([undefined, ["warning NOT_UTF8 README.md"]]);
  });
});
