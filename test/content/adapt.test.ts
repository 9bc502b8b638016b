import { Parser } from "n3";
import { describe, expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { type Adaptation, adaptFiles } from "../../src/content/adapt.ts";
import { engineVerdict } from "../../src/content/engine.ts";
import { FILES_IRI, filesOf, type Texts } from "./files.ts";

const TEMPLATE = '---\nto: "a.txt"\n---\nbody\n';
const PACK = '[pack]\nname = "x"\nversion = "1.0.0"\ndescription = "x"\n';
const GOOD = { "pack.toml": PACK, "ontology.ttl": "# x\n", "templates/a.tmpl": TEMPLATE };

const adapt = (texts: Texts): Adaptation =>
  adaptFiles({
    manifest: { name: "x" as never, version: "1.0.0" as never, summary: 'says "x"' },
    files: filesOf(texts),
    filesIri: FILES_IRI,
  });

/** Texts of the form by path. */
function formOf(texts: Texts): Record<string, string> {
  const form = adapt(texts);
  if (!form.ok) throw new Error(form.reasons.join("; "));
  expect(engineVerdict(form.files).loadable).toBe(true);
  for (const [path, bytes] of filesOf(texts))
    if (path !== "pack.toml") expect(form.files.get(path)).toEqual(bytes);
  return Object.fromEntries([...form.files].map(([path, bytes]) => [path, new TextDecoder().decode(bytes)]));
}

function reasonOf(texts: Texts): string {
  const form = adapt(texts);
  return form.ok ? "" : form.reasons.join("; ");
}

const without = (path: keyof typeof GOOD): Texts =>
  Object.fromEntries(Object.entries(GOOD).filter(([one]) => one !== path));

describe("pack.toml", () => {
  test.each([
    ["missing", without("pack.toml")],
    ["with keys that the engine does not know", { ...GOOD, "pack.toml": `${PACK}author = "me"\n` }],
    ["no TOML", { ...GOOD, "pack.toml": "- x" }],
  ])("that is %s is written from the manifest", (_, texts) => {
    expect(formOf(texts)["pack.toml"]).toBe(
      '[pack]\nname = "x"\nversion = "1.0.0"\ndescription = "says \\"x\\""\n',
    );
  });
});

describe("ontology.ttl", () => {
  const bare = without("ontology.ttl");

  test("is a copy of the only ontology, byte for byte, where it says the same anywhere", () => {
    const text =
      '# words\n@prefix a: <https://a.example/> .\na:x a:y "z"@en-gb, 1.50, true, [ a:p ( a:q ) ] .\n';
    expect(formOf({ ...bare, "ontology/core.ttl": text })["ontology.ttl"]).toBe(text);
  });

  test("has relative IRIs as they were meant at the file's own place", () => {
    expect(formOf({ ...bare, "ontology/core.ttl": "<> <#a> <b> ." })["ontology.ttl"]).toBe(
      `<${FILES_IRI}ontology/core.ttl> <${FILES_IRI}ontology/core.ttl#a> <${FILES_IRI}ontology/b> .\n`,
    );
  });

  test("has the triples of all ontology files, once, and keeps the blank nodes of each apart", () => {
    const text = formOf({
      ...bare,
      "ontology/a.ttl":
        '_:x <https://p.example/> "a\\n\\"\\\\\\u0007" . <https://s.example/> <https://p.example/> 1 .',
      "ontology/b.nt": '_:x <https://p.example/> "b"@en .\n',
      "c.ttl": "<https://s.example/> <https://p.example/> 1 .",
      "shapes/s.ttl": "<https://shape.example/> <https://p.example/> 1 .",
      "examples/bad.ttl": "<https://bad.example/> <https://p.example/> 1 .",
    })["ontology.ttl"] as string;
    const quads = new Parser({ format: "text/turtle" }).parse(text);
    expect(quads.map(({ object }) => object.value).sort()).toEqual(['a\n"\\\u0007', "1", "b"].sort());
    expect(new Set(quads.map(({ subject }) => subject.value)).size).toBe(3);
    expect(text).not.toMatch(/shape\.example|bad\.example/);
  });

  test("is the same text however often and in whatever order", () => {
    const files = {
      "ontology/a.ttl": "[] <https://p.example/> [] .",
      "ontology/b.ttl": "[] <https://p.example/> 2 .",
    };
    const reversed = Object.fromEntries(Object.entries(files).reverse());
    expect(formOf({ ...reversed, ...bare })).toEqual(formOf({ ...bare, ...files }));
  });

  test("is empty where the package has no ontology", () => {
    expect(formOf(bare)["ontology.ttl"]).toMatch(/^#[^\n]*\n$/);
  });

  test.each([
    ["does not parse", { "ontology/a.ttl": "<a> <b>" }, /ontology\/a\.ttl does not parse/],
    ["is RDF/XML", { "ontology/a.owl": "<rdf/>" }, /ontology\/a\.owl is in a syntax that is not read here/],
    ["is JSON-LD", { "ontology/a.jsonld": "{}" }, /ontology\/a\.jsonld is in a syntax/],
    [
      "has named graphs",
      { "ontology/a.trig": "<https://g.example/> { <https://a.example/> <https://b.example/> 1 }" },
      /named graphs/,
    ],
    ["is not UTF-8", { "ontology/a.ttl": new Uint8Array([0xff]) }, /not UTF-8/],
    [
      "would clash",
      { "Ontology.ttl": "<https://a.example/> <https://b.example/> 1 ." },
      /one file on some systems/,
    ],
  ])("cannot be made where it %s", (_, files, reason) => {
    expect(reasonOf({ ...bare, ...(files as Texts) })).toMatch(reason);
  });
});

describe("templates", () => {
  const bare = without("templates/a.tmpl");

  test.each([
    ["templates/a.tera", "templates/a.tmpl"],
    ["templates/sql/b.sql.tera", "templates/sql-b.sql.tmpl"],
    ["tmpl/deep/c.tmpl", "templates/tmpl-deep-c.tmpl"],
    ["templates/d.tmpl.tera", "templates/d.tmpl"],
  ])("%s is also %s", (from, to) => {
    expect(formOf({ ...bare, [from]: TEMPLATE })[to]).toBe(TEMPLATE);
  });

  test("what they may do is of the form, for their own ending said nothing", () => {
    const form = adapt({ ...bare, "templates/a.tera": '---\nto: "a.txt"\nsh_after: "make"\n---\n' });
    expect(form.ok && form.permissions.shell.map(({ command }) => command)).toEqual(["make"]);
  });

  test.each([
    ["are none", {}, /there is no template at all/],
    ["are examples", { "examples/templates/a.tera": TEMPLATE }, /there is no template at all/],
    ["have no frontmatter", { "templates/a.tera": "body" }, /none has frontmatter/],
    [
      "cannot be read",
      { "templates/a.tera": "---\nto: [\n---\n" },
      /frontmatter of templates\/a\.tera cannot be read/,
    ],
    ["do not say where", { "templates/a.tera": "---\nforce: true\n---\n" }, /does not say where to write/],
    ["name another", { "templates/a.tera": `${TEMPLATE}{% include "b" %}` }, /names another template/],
    [
      "would be one",
      { "templates/a.tera": TEMPLATE, "a.tmpl": TEMPLATE },
      /two templates would be templates\/a\.tmpl/,
    ],
    [
      "differ in capitals alone",
      { "templates/a.TMPL": TEMPLATE },
      /templates\/a\.tmpl and templates\/a\.TMPL are one file on some systems/,
    ],
    ["are no text", { "templates/a.tera": new Uint8Array([0xff]) }, /no UTF-8/],
  ])("cannot be brought where they %s", (_, files, reason) => {
    expect(reasonOf({ ...bare, ...(files as Texts) })).toMatch(reason);
  });

  test("of a project have no frontmatter, and no form is made", () => {
    const project = { "ggen.toml": "[project]\n", "templates/a.tmpl": "body", "ontology.ttl": "# x\n" };
    expect(reasonOf(project)).toMatch(/templates\/a\.tmpl: the template has no frontmatter/);
  });
});

test("every reason is said at once", () => {
  expect(adapt({ "ontology/a.owl": utf8("x") })).toMatchObject({
    ok: false,
    reasons: [/syntax/, /template/].map((one) => expect.stringMatching(one)),
  });
});
