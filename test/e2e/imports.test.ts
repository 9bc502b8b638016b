/** Ontologies of what is installed resolve without the network, for our tools and for others'. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { aRegistry } from "../support/a-registry.ts";
import { cli, tempFolder } from "../support/cli.ts";
import { alice } from "../support/fixture-keys.ts";
import { publishedTree } from "../support/published-tree.ts";
import { hasTool } from "../support/tools.ts";

const owl = "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n";
const ontology = (iri: string, ...more: readonly string[]) =>
  `${owl}<${iri}> a owl:Ontology${more.map((one) => ` ; ${one}`).join("")} .\n`;

let tree: string;
let project: string;

beforeAll(() => {
  const story = aRegistry();
  story.publisher(alice);
  story.package("core").release("1.0.0", {
    files: {
      "ontology.ttl": ontology("https://v.example/core", "owl:versionIRI <https://v.example/core/1.0.0>"),
      "more/units & things.ttl": ontology("https://v.example/units?a=1&b=2"),
      "data.ttl": "<a> <b> <c> .\n",
    },
  });
  story.package("app").release("1.0.0", {
    dependencies: { core: "*" },
    files: {
      "ontology.ttl": ontology(
        "https://v.example/app",
        "owl:imports <https://v.example/core/1.0.0>, <https://nowhere.example/x>",
      ),
    },
  });
  story.package("copy").release("1.0.0", {
    files: { "vendor/core.ttl": ontology("https://v.example/core") },
  });
  story.package("newer").release("1.0.0", {
    files: {
      "ontology/core.ttl": ontology(
        "https://v.example/core",
        "owl:versionIRI <https://v.example/core/2.0.0>",
      ),
    },
  });
  tree = publishedTree(story);
});

beforeEach(() => {
  project = tempFolder("project");
});

const run = (...words: readonly string[]) => cli([...words, "--project", project]);
const install = (...names: readonly string[]) => run("install", ...names, "--registry", tree);
const packs = (file: string) => join(project, "packs", file);

describe("an installation", () => {
  test("says where each ontology is, by its IRI and its version's, as a map and as an XML catalog", () => {
    const { code, stderr } = install("app");
    expect(code).toBe(0);
    expect(JSON.parse(readFileSync(packs("ontologies.json"), "utf8"))).toEqual({
      format: 1,
      ontologies: {
        "https://v.example/app": "app/ontology.ttl",
        "https://v.example/core": "core/ontology.ttl",
        "https://v.example/core/1.0.0": "core/ontology.ttl",
        "https://v.example/units?a=1&b=2": "core/more/units & things.ttl",
      },
      unresolved: ["https://nowhere.example/x"],
      double: {},
    });
    expect(readFileSync(packs("catalog-v001.xml"), "utf8")).toContain(
      '  <uri name="https://v.example/units?a=1&#38;b=2" uri="core/more/units%20&#38;%20things.ttl"/>\n',
    );
    expect(stderr).toContain("1 imported, and not installed (`imports` names them)");
  });

  test.skipIf(!hasTool("xmlcatalog"))(
    "the catalog resolves for a reader of catalogs that others wrote",
    () => {
      install("app");
      const found = spawnSync("xmlcatalog", [packs("catalog-v001.xml"), "https://v.example/core/1.0.0"], {
        encoding: "utf8",
      });
      expect(found.stdout.trim()).toMatch(/packs\/core\/ontology\.ttl$/);
    },
  );

  test("says which IRI two files have: the one at a root is meant", () => {
    install("app", "copy");
    const { ontologies, double } = run("imports", "--json").json<{
      ontologies: Record<string, string>;
      double: Record<string, string[]>;
    }>();
    expect(ontologies["https://v.example/core"]).toBe("core/ontology.ttl");
    expect(double).toEqual({ "https://v.example/core": ["core/ontology.ttl", "copy/vendor/core.ttl"] });
  });

  test("that has no ontology writes neither, and what is removed is named no more", () => {
    install("app", "copy");
    expect(run("remove", "app").code).toBe(0);
    const { ontologies } = JSON.parse(readFileSync(packs("ontologies.json"), "utf8"));
    expect(ontologies).toEqual({ "https://v.example/core": "copy/vendor/core.ttl" });
    expect(run("remove", "copy").code).toBe(0);
    expect([existsSync(packs("ontologies.json")), existsSync(packs("catalog-v001.xml"))]).toEqual([
      false,
      false,
    ]);
  });
});

test("two versions of one ontology are said, by install, verify and imports", () => {
  const said = "1 in two files; 1 in two versions";
  expect(install("core", "newer").stderr).toContain(said);
  expect(run("verify", "--registry", tree).stderr).toContain(said);
  expect(run("imports", "--json").json<{ versions: unknown }>().versions).toEqual({
    "https://v.example/core": {
      "https://v.example/core/1.0.0": ["core/ontology.ttl"],
      "https://v.example/core/2.0.0": ["newer/ontology/core.ttl"],
    },
  });
  expect(run("imports").stdout).toContain(
    "<https://v.example/core> is there as <https://v.example/core/1.0.0> in core/ontology.ttl and <https://v.example/core/2.0.0> in newer/ontology/core.ttl\n",
  );
});

test("imports tells a person what is where, and what is not", () => {
  install("app");
  const { stdout } = run("imports");
  expect(stdout).toContain("<https://v.example/core> → packs/core/ontology.ttl\n");
  expect(stdout).toContain("<https://nowhere.example/x> is not installed; imported by app/ontology.ttl\n");
  expect(stdout).toContain("4 ontologies, 1 import unresolved, 0 doubly resolved.\n");
});
