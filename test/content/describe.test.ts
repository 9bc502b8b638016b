import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import oxigraph from "oxigraph";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../src/base/digest.ts";
import { canonicalJson, type Json } from "../../src/base/json.ts";
import { problemsOf } from "../../src/base/problem.ts";
import { describeContent, describeFiles } from "../../src/content/describe.ts";
import { checkQuery } from "../../src/content/sparql.ts";
import { releaseView } from "../../src/content/view.ts";
import { aRegistry, TEST_IRI } from "../support/a-registry.ts";
import { alice } from "../support/fixture-keys.ts";
import { judgeRelease, take } from "../support/judge.ts";
import { describeTexts, FILES_IRI, type Texts } from "./files.ts";

const PACKS = join(import.meta.dirname, "../../../shared/data/ggen-packs");
const PACKS_MISSING = !existsSync(PACKS);
if (PACKS_MISSING) console.warn("skipped: the manifests and ontologies of real packs are not there");

const ONE_OF_ALL: Texts = {
  "README.md": "# x",
  LICENSE: "MIT",
  "pack.toml": '[pack]\nname = "x"\nversion = "1.0.0"\ndescription = "d"\n',
  "ontology.ttl": "@prefix owl: <http://www.w3.org/2002/07/owl#> . <#a> a owl:Class . _:b <http://p/> _:c .",
  "more.ttl":
    "@prefix owl: <http://www.w3.org/2002/07/owl#> . <ontology.ttl#a> a owl:Class ; <http://www.w3.org/2000/01/rdf-schema#label> 'b', 'a' .",
  "fixtures/bad.ttl": "nonsense",
  "hook.ttl": "<#h> <http://k/handler> <http://k/run> .",
  "gates/a.rq": "ASK {}",
  "queries/a.rq": "nonsense",
  "templates/a.tmpl": "---\nto: src/{{ a }}\nsh: make\nsparql: ASK {}\n---\n",
  "templates/b.tmpl": "---\nto: b\nforce: true\ninject: true\n---\n",
};

describe("describeContent", () => {
  const release = () =>
    take(
      judgeRelease(
        aRegistry()
          .publisher(alice)
          .package("x")
          .release("1.0.0", { files: ONE_OF_ALL })
          .signedBy(alice)
          .build(),
        "x",
        "1.0.0",
      ),
    );

  it("describes a verified release, with the digests it lists", () => {
    const verified = release();
    const result = describeContent(verified, TEST_IRI);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    expect(result.value.files.map((file) => [file.path, file.sha256])).toEqual(
      [...verified.content]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([path, bytes]) => [path, sha256(bytes)]),
    );
    expect(result.value.defined[0]?.iri).toBe(`${TEST_IRI}packages/x/1.0.0/content/ontology.ttl#a`);
    expect(result.warnings.map((problem) => problem.file)).toEqual([
      "packages/x/1.0.0/content/fixtures/bad.ttl",
      "packages/x/1.0.0/content/queries/a.rq",
    ]);
  });

  it("a release with an error has no content, and every problem names its file from the registry's root", () => {
    const files = { "ontology.ttl": "x", "gates/a.rq": "x", "templates/a.tmpl": "x" };
    const built = aRegistry()
      .publisher(alice)
      .package("x")
      .release("1.0.0", { files })
      .signedBy(alice)
      .build();
    const result = describeContent(take(judgeRelease(built, "x", "1.0.0")), TEST_IRI);
    expect(result.ok).toBe(false);
    expect(problemsOf(result).map((problem) => `${problem.code} ${problem.file}`)).toEqual([
      "RDF_SYNTAX packages/x/1.0.0/content/ontology.ttl",
      "SPARQL_SYNTAX packages/x/1.0.0/content/gates/a.rq",
      "FRONTMATTER_MISSING packages/x/1.0.0/content/templates/a.tmpl",
    ]);
  });

  it("the view of a release is plain JSON and comes back as it went", () => {
    const verified = release();
    const result = describeContent(verified, TEST_IRI);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    const view = releaseView(verified, result.value, { sha256: sha256(new Uint8Array()), size: 1 });
    expect(view).toMatchObject({
      name: "x",
      version: "1.0.0",
      publisher: "alice",
      standing: "good",
      keyState: "active",
    });
    expect(JSON.parse(new TextDecoder().decode(canonicalJson(view as unknown as Json)))).toEqual(view);
  });
});

describe("describeFiles", () => {
  it("property: the order of the files never changes the result", () => {
    const expected = describeTexts(ONE_OF_ALL);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(Object.entries(ONE_OF_ALL), { minLength: Object.keys(ONE_OF_ALL).length }),
        (shuffled) => {
          expect(describeTexts(Object.fromEntries(shuffled))).toEqual(expected);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("property: never throws, whatever the bytes of any file", () => {
    const paths = Object.keys(ONE_OF_ALL).concat(
      "a.nt",
      "a.nq",
      "a.trig",
      "x/a.sparql",
      "A.TMPL",
      "ggen.toml",
    );
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ unit: "binary", maxLength: 200 }).map((text) => new TextEncoder().encode(text)),
      fc.string({ maxLength: 100 }).map((text) => new TextEncoder().encode(`---\n${text}\n---\n`)),
      fc
        .array(
          fc.constantFrom(
            "to",
            "sh",
            ":",
            " ",
            "\n",
            "-",
            "[",
            "]",
            "{",
            "}",
            "'",
            '"',
            "|",
            ">",
            "#",
            "&a",
            "*a",
            "!t",
            "?",
            "<<",
            "x",
            ",",
          ),
          { maxLength: 30 },
        )
        .map((parts) => new TextEncoder().encode(`---\n${parts.join("")}\n---\n`)),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...paths), bytes), { maxLength: 5 }), (files) => {
        const result = describeTexts(Object.fromEntries(files));
        for (const problem of problemsOf(result)) expect(problem.remedy).not.toBe("");
      }),
      { numRuns: 400 },
    );
  });

  it("property: a changed byte of a good release never makes it throw", () => {
    const good = Object.entries(ONE_OF_ALL).map(
      ([path, text]) => [path, new TextEncoder().encode(text as string)] as const,
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...good),
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        ([path, bytes], at, byte) => {
          const changed = bytes.slice();
          changed[at % changed.length] = byte;
          describeTexts({ ...ONE_OF_ALL, [path]: changed });
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe.skipIf(PACKS_MISSING)("real packs", () => {
  const names = PACKS_MISSING ? [] : readdirSync(PACKS).sort();
  const filesBelow = (name: string) => {
    const entries = readdirSync(join(PACKS, name), { recursive: true, withFileTypes: true });
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    return new Map(
      paths.map((path) => [path.slice(join(PACKS, name).length + 1), new Uint8Array(readFileSync(path))]),
    );
  };

  it("each is described without an error in what the engine loads", () => {
    const refused = names.flatMap((name) => {
      const files = filesBelow(name);
      const digestOf = (path: string) => sha256(files.get(path) ?? new Uint8Array());
      const result = describeFiles({ files, digestOf, filesIri: FILES_IRI });
      return result.ok ? [] : result.problems.map((problem) => `${name}/${problem.file}: ${problem.message}`);
    });
    expect(refused).toEqual([]);
  });

  it("as many triples are counted as the engine's own parser finds", () => {
    for (const name of names.slice(0, 40)) {
      const ontology = filesBelow(name).get("ontology.ttl");
      if (ontology === undefined) continue;
      const store = new oxigraph.Store();
      store.load(new TextDecoder().decode(ontology), {
        format: "text/turtle",
        base_iri: `${FILES_IRI}ontology.ttl`,
      });
      const result = describeTexts({ "ontology.ttl": ontology });
      // The store keeps each triple once; a file may say it twice.
      expect(result.ok && result.value.triples, name).toBeGreaterThanOrEqual(store.size);
    }
  });
});

describe("strictness", () => {
  it("agrees with the engine's own SPARQL parser on what both know", () => {
    const queries = [
      "ASK {}",
      "SELECT ?a { ?a a ?b",
      "SELECT * { ?a a/(<a:p>*) ?b }",
      "SELECT ?a { ?a a xsd:string }",
      "SELECT (COUNT(?x) AS ?n) ?y { ?x ?z ?y }",
      "DESCRIBE <a:b>",
      "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(?o) > 1)",
      "INSERT DATA { <a:b> <a:c> 1 }",
      "",
    ];
    for (const query of queries) {
      let accepted = true;
      try {
        new oxigraph.Store().query(query);
      } catch {
        accepted = false;
      }
      expect(checkQuery(query, FILES_IRI).state === "parsed", query).toBe(accepted);
    }
  });
});
