/** What is installed is checked together: gates of one package over all of them, terms that two define. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { aRegistry } from "../support/a-registry.ts";
import { cli, codeOf, type Refusal, tempFolder } from "../support/cli.ts";
import { alice } from "../support/fixture-keys.ts";
import { filesBelow, publishedTree } from "../support/published-tree.ts";

const GATE =
  "# MESSAGE: Every thing has a name.\nSELECT ?thing { ?thing a <https://v.example/Thing> FILTER NOT EXISTS { ?thing <https://v.example/name> ?n } } ORDER BY ?thing\n";
const things = (...names: readonly string[]) =>
  names.map((name) => `<https://v.example/${name}> a <https://v.example/Thing> .\n`).join("");
const CLASS =
  "<https://v.example/C> a <http://www.w3.org/2002/07/owl#Class> ; <http://www.w3.org/2000/01/rdf-schema#label> ";

let tree: string;
let project: string;

beforeAll(() => {
  const story = aRegistry();
  story.publisher(alice);
  story.package("gates").release("1.0.0", { files: { "gates/010.rq": GATE, "ontology.ttl": "# x\n" } });
  story.package("unnamed").release("1.0.0", { files: { "ontology.ttl": things("a", "b\u00e9", "c", "d") } });
  story.package("named").release("1.0.0", {
    files: { "ontology.ttl": `${things("x")}<https://v.example/x> <https://v.example/name> "x" .\n` },
  });
  story.package("asks").release("1.0.0", {
    files: {
      "gates/1.rq": "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }",
      "gates/2.rq": "ASK { SERVICE SILENT <https://a.example/> { ?s ?p ?o } }",
    },
  });
  story.package("one").release("1.0.0", { files: { "ontology.ttl": `${CLASS}"one" .\n` } });
  story.package("two").release("1.0.0", { files: { "ontology.ttl": `${CLASS}"two" .\n` } });
  tree = publishedTree(story);
});

beforeEach(() => {
  project = tempFolder("project");
});

const run = (...words: readonly string[]) => cli([...words, "--registry", tree, "--project", project]);
const install = (...words: readonly string[]) => run("install", ...words);

describe("a gate over all that is installed", () => {
  test("that fails is a warning: whose, over which packages, with its first rows", () => {
    const { code, stderr } = install("gates", "unnamed");
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /warning packs\/gates\/gates\/010\.rq: The gate fails over gates, unnamed: Every thing has a name\.\n {6}found {5}\?thing = <https:\/\/v\.example\/a> \| .*\| …\n/,
    );
    expect(existsSync(join(project, "packs/unnamed"))).toBe(true);
  });

  test("also where only one of them is new, and it is the other's", () => {
    expect(install("gates", "--strict-gates").code).toBe(0);
    expect(install("unnamed").stderr).toContain("packs/gates/gates/010.rq: The gate fails");
  });

  test("with --strict-gates is an error that writes nothing", () => {
    install("gates");
    const before = filesBelow(project);
    const refused = install("unnamed", "--strict-gates", "--json");
    expect(codeOf(refused)).toBe("GATES_FAIL");
    expect(refused.json<Refusal>().error.problems[0]).toMatchObject({
      code: "GATE_FAILS",
      file: "packs/gates/gates/010.rq",
    });
    expect(filesBelow(project)).toEqual(before);
  });

  test("that passes is not spoken of, and --json has it", () => {
    const { code, stderr } = install("gates", "named");
    expect([code, stderr.includes("The gate")]).toEqual([0, false]);
    const { gates } = install("--json").json<{ gates: unknown[] }>();
    expect(gates).toMatchObject([{ package: "gates", file: "gates/010.rq", state: "passes" }]);
  });

  test("is said by verify as it was by install; --strict-gates makes it fail", () => {
    install("gates", "unnamed");
    const { code, stdout, stderr } = run("verify");
    expect(code).toBe(0);
    expect(stdout).toContain("verified gates: 0 of 1 gate pass over gates, unnamed\n");
    expect(stderr).toContain("The gate fails over gates, unnamed: Every thing has a name.");
    const strict = run("verify", "--strict-gates");
    expect(strict.code).toBe(1);
    expect(strict.stderr).toMatch(/error: gates: not verified\n.*error packs\/gates\/gates\/010\.rq/);
    expect(run("verify", "gates", "--strict-gates").code).toBe(0);
  });

  test("that is no gate, or asks another place, is not run, and that is said", () => {
    const { stderr } = install("asks", "named");
    expect(stderr).toMatch(/packs\/asks\/gates\/1\.rq: The gate was not run: it is a CONSTRUCT/);
    expect(stderr).toMatch(/packs\/asks\/gates\/2\.rq: The gate was not run: .*SERVICE/);
    expect(codeOf(install("asks", "--strict-gates", "--json"))).toBe("GATES_FAIL");
  });
});

test("without a gate nothing is asked, and verify speaks of none", () => {
  expect(install("unnamed", "--json").json<{ gates: unknown[] }>().gates).toEqual([]);
  expect(run("verify").stdout).not.toContain("gates");
});

test("a term that two packages define is said by install and verify", () => {
  const said = /warning packs\/two: It defines 1 term that one defines too: <https:\/\/v\.example\/C>\n/;
  expect(install("one").stderr).not.toMatch(said);
  expect(install("two").stderr).toMatch(said);
  expect(run("verify").stderr).toMatch(said);
});
