/** validate, maturity, dashboard: real scores of a registry that is known, by the program as people run it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type PackageManifest, writePackageToml } from "../../src/manifest/package-toml.ts";
import { aRegistry, writeFiles } from "../support/a-registry.ts";
import { signedRegistry } from "../support/a-signed-registry.ts";
import { cli, codeOf, DEVELOPMENT_NOTE, type Refusal, tempFolder } from "../support/cli.ts";
import { alice, bob } from "../support/fixture-keys.ts";
import { publishedTree } from "../support/published-tree.ts";

const ONTOLOGY = `@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix : <https://example.org/shop#> .
:Order a owl:Class ; rdfs:label "Order" ; rdfs:comment "What was asked for." ; skos:note "n" .
:Line a owl:Class ; rdfs:label "Line" .
`;
const TEMPLATE = '---\nto: "out.txt"\nsh_before: "true"\n---\nx\n';
/** 2026-01-01. */
const EPOCH = "1767225600";

/**
 * shop, an ontology in two releases that stand, of two owners, which `user` needs · bare, templates with nothing but
 * a README of 27 bytes and a shell command, about which there is an advisory · user, deprecated.
 */
function known() {
  const story = aRegistry();
  story.publisher(alice);
  story.publisher(bob);
  const files = {
    "README.md": `# Shop\n\n${"What it is for. ".repeat(40)}\n`,
    LICENSE: "MIT\n",
    "ontology.ttl": ONTOLOGY,
    "examples/good.ttl": ONTOLOGY,
    "tests/orders.ttl": ONTOLOGY,
    "tests/lines.ttl": ONTOLOGY,
  };
  story
    .package("shop")
    .release("1.0.0", { files })
    .release("1.1.0", {
      files,
      description: `Orders and lines\n\n${"All that a shop has to know. ".repeat(4)}`,
      keywords: ["shop", "order"],
      category: "commerce",
      repository: "https://git.example/shop",
    })
    .addOwner(bob);
  story
    .package("bare")
    .release("0.1.0", {
      description: "d",
      kind: "templates",
      license: "NOASSERTION",
      files: { "templates/a.tmpl": TEMPLATE },
    })
    .signedBy(bob)
    .advise("GM-1")
    .signedBy(bob);
  story
    .package("user")
    .release("1.0.0", { dependencies: { shop: ">=1.0.0" } })
    .deprecate();
  return story;
}

interface Criterion {
  readonly criterion: string;
  readonly points: number | null;
  readonly max: number;
  readonly evidence: string;
}

interface Maturity {
  readonly total_score: number;
  readonly maturity_level: string;
  readonly known_points: number;
  readonly points: number;
  readonly scores: Readonly<Record<string, number | null>>;
  readonly percentages: Readonly<Record<string, number | null>>;
  readonly criteria: readonly Criterion[];
  readonly next_steps: readonly { readonly criterion: string; readonly points: number }[];
  readonly unknown: readonly { readonly criterion: string; readonly why: string }[];
}

let tree: string;
const home = tempFolder("home");
const run = (...args: string[]) =>
  cli([...args, "--registry", tree], { home, env: { SOURCE_DATE_EPOCH: EPOCH } });
const json = <T = Record<string, unknown>>(...args: string[]) => run(...args, "--json").json<T>();
const points = ({ criteria }: Maturity) =>
  Object.fromEntries(criteria.map((one) => [one.criterion, `${one.points ?? "?"}/${one.max}`]));

beforeAll(() => {
  tree = publishedTree(known());
});

describe("maturity", () => {
  test("every criterion of a known ontology, and of a bare package of templates", () => {
    expect(points(json<Maturity>("maturity", "shop"))).toEqual({
      ...{ readme: "5/5", description: "2/2", keywords: "2/3", category: "1/1", links: "1/1" },
      ...{ authors: "0/1", examples: "1/2", terms: "3/5" },
      ...{ substance: "4/4", data: "4/4", outcomes: "6/6", constraints: "0/6" },
      ...{ signature: "6/6", ratified: "2/2", advisories: "4/4", "no-shell": "3/3", bounded: "3/3" },
      ...{ ranges: "2/2", "read-size": "6/6", "largest-file": "3/3", "files-read": "3/3", imports: "3/3" },
      ...{ dependents: "1/5", usage: "?/3", reuse: "1/3", stable: "2/2", "known-license": "2/2" },
      ...{ releases: "2/3", "in-service": "3/3", changelog: "0/2", owners: "2/2" },
    });
    expect(points(json<Maturity>("maturity", "bare"))).toEqual({
      ...{ readme: "0/7", description: "0/3", keywords: "0/3", category: "0/1", links: "0/1" },
      ...{ authors: "0/1", examples: "0/4" },
      ...{ substance: "4/4", data: "0/4", outcomes: "0/8", constraints: "0/4" },
      ...{ signature: "6/6", ratified: "2/2", advisories: "0/4", "no-shell": "0/3", bounded: "3/3" },
      ...{ ranges: "2/2", "read-size": "5/5", "largest-file": "3/3", "files-read": "3/3" },
      ...{ "piece-size": "4/4", dependents: "0/3", usage: "?/3", loadable: "0/3", stable: "0/2" },
      ...{ "known-license": "0/2", engine: "0/2" },
      ...{ releases: "1/3", "in-service": "3/3", changelog: "0/2", owners: "1/2" },
    });
    expect(points(json<Maturity>("maturity", "user"))).toMatchObject({ ranges: "0/2", "in-service": "0/3" });
    // Of a release that is named, not of the latest.
    expect(points(json<Maturity>("maturity", "shop@1.0.0"))).toMatchObject({
      ...{ keywords: "0/3", category: "0/1", releases: "2/3" },
    });
  });

  test("the fields that people know, and sums that are sums", () => {
    const found = json<Maturity>("maturity", "shop");
    const fields = [
      ...["package_id", "package_name", "total_score", "maturity_level", "description", "scores"],
      ...["percentages", "feedback", "next_steps"],
    ];
    expect(Object.keys(found)).toEqual(expect.arrayContaining(fields));
    expect(found).toMatchObject({ package_id: "shop", version: "1.1.0", kind: "ontology" });
    const sum = (numbers: readonly (number | null)[]) => numbers.reduce<number>((a, b) => a + (b ?? 0), 0);
    expect(sum(Object.values(found.scores))).toBe(found.points);
    expect(sum(found.criteria.map((one) => one.points))).toBe(found.points);
    expect(found).toMatchObject({
      points: 77,
      known_points: 97,
      total_score: 79,
      maturity_level: "production",
    });
    expect(found.scores).toEqual({
      ...{ documentation: 15, testing: 14, security: 20, performance: 15, adoption: 6, maintenance: 7 },
    });
    expect(found.percentages).toMatchObject({ documentation: 75, adoption: 50 });
    expect(found.next_steps[0]).toMatchObject({ criterion: "constraints", dimension: "testing", points: 6 });
    expect(found.unknown).toEqual([
      { criterion: "usage", dimension: "adoption", max: 3, why: "nobody has counted how much it is used" },
    ]);
  });

  test("use is known where somebody counted it", () => {
    const stats = join(tempFolder("stats"), "stats.json");
    writeFileSync(stats, JSON.stringify({ format: 1, packages: { shop: { downloads: 90, stars: 1 } } }));
    const found = json<Maturity>("maturity", "shop", "--stats", stats);
    expect(points(found).usage).toBe("2/3");
    expect([found.known_points, found.unknown]).toEqual([100, []]);
    expect(json<Maturity>("maturity", "bare", "--stats", stats).known_points).toBe(97);
    writeFileSync(stats, "{}");
    expect(codeOf(run("maturity", "shop", "--stats", stats, "--json"))).toBe("REFUSED");
  });

  test("text fits eighty columns, and its bars are those of the points", () => {
    const { stdout, stderr } = run("maturity", "shop");
    expect(stderr).toBe(DEVELOPMENT_NOTE);
    for (const line of stdout.split("\n")) expect([...line].length).toBeLessThanOrEqual(80);
    expect(stdout).toMatchInlineSnapshot(`
      "shop 1.1.0  ontology
      To rely on: documented, tried out, signed and kept up

      79 of 100: production, out of 97 points that are known
      documentation  ██████████████████████░░░░░░░░  15/20
      testing        █████████████████████░░░░░░░░░  14/20
      security       ██████████████████████████████  20/20
      performance    ██████████████████████████████  15/15
      adoption       ███████████████░░░░░░░░░░░░░░░  6/12, 3 unknown
      maintenance    █████████████████████░░░░░░░░░  7/10

      Next steps
        +6  testing        add SHACL shapes, or gates/*.rq, that stop data it cannot
                           work with
                           now: 0 shapes, 0 files of shapes and gates
        +4  adoption       it rises as other packages come to need it
                           now: 1 dependent: user
        +2  documentation  give each term a label and a comment (rdfs:, skos: or sh:)
                           now: of 2 terms 2 have a label and 1 a comment
        +2  adoption       use terms that others know, such as those of SKOS, DCTERMS
                           or schema.org
                           now: it uses 1 namespace of others
        +2  maintenance    say in CHANGELOG.md what changed
                           now: no changelog
        … and 4 more (--detailed has them all)

      Unknown, and not counted
        usage (3 points): nobody has counted how much it is used
      "
    `);
    expect(run("maturity", "bare", "--detailed").stdout).toMatchInlineSnapshot(`
      "bare 0.1.0  templates
      To try out: much of what others would rely on is missing

      38 of 100: experimental, out of 97 points that are known
      documentation  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  0/20
      testing        ██████░░░░░░░░░░░░░░░░░░░░░░░░  4/20
      security       ███████████████████░░░░░░░░░░░  13/20
      performance    ██████████████████████████████  15/15
      adoption       ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  0/12, 3 unknown
      maintenance    ███████████████░░░░░░░░░░░░░░░  5/10

      documentation
        0/7  readme         the README has 32 bytes
        0/3  description    the description has 1 character
        0/3  keywords       no keywords
        0/1  category       no category
        0/1  links          neither a repository nor a homepage
        0/1  authors        no authors
        0/4  examples       0 files of examples

      testing
        4/4  substance      it has a template
        0/4  data           0 RDF files to try it on
        0/8  outcomes       0 files of tests and expected results
        0/4  constraints    0 shapes, 0 files of shapes and gates

      security
        6/6  signature      signed by bob, whose key is active
        2/2  ratified       the name is ratified
        0/4  advisories     GM-1 (high)
        0/3  no-shell       1 shell command
        3/3  bounded        all that it may do is known
        2/2  ranges         it needs no package

      performance
        5/5  read-size      ggen reads 42 bytes
        3/3  largest-file   the largest file that ggen reads has 42 bytes
        3/3  files-read     ggen reads 1 file
        4/4  piece-size     the longest template or query has 42 bytes

      adoption
        0/3  dependents     no dependents
        ?/3  usage          nobody has counted how much it is used
        0/3  loadable       there is no pack.toml at the root; there is no
                            ontology.ttl at the root
        0/2  stable         version 0.1.0
        0/2  known-license  licence NOASSERTION
        0/2  engine         no ggen is named

      maintenance
        1/3  releases       1 of 1 release in good standing
        3/3  in-service     in service
        0/2  changelog      no changelog
        1/2  owners         1 owner: bob

      Next steps
        +8  testing        put what must come out below tests/ or examples/expected/
        +7  documentation  say in README.md what it is for, how it is used and what
                           comes out, in 500 bytes or more
        +4  documentation  show it at work below examples/
        +4  testing        add RDF to try it on, below examples/ or tests/
        +4  testing        add SHACL shapes, or gates/*.rq, that stop data it cannot
                           work with
        +4  security       release a version that no advisory is about
        +3  documentation  describe it in package.toml in 100 characters or more
        +3  documentation  name 3 keywords in package.toml that people search with
        +3  security       do without sh, sh_before and sh_after
        +3  adoption       it rises as other packages come to need it
        +3  adoption       add what ggen asks of a pack: pack.toml, ontology.ttl,
                           templates/
        +2  adoption       release 1.0.0, once its users can rely on what is there
        +2  adoption       choose a licence that SPDX lists:
                           https://spdx.org/licenses/
        +2  adoption       say under [requires] in package.toml which ggen it is made
                           for
        +2  maintenance    release again when there is something to release
        +2  maintenance    say in CHANGELOG.md what changed
        +1  documentation  name a category in package.toml
        +1  documentation  name repository or homepage in package.toml
        +1  documentation  name the authors in package.toml
        +1  maintenance    add a second owner, so that it does not hang on one: state
                           add-owner

      Unknown, and not counted
        usage (3 points): nobody has counted how much it is used
      "
    `);
  });

  test("--verify fails below the level, and prints the result all the same", () => {
    expect(run("maturity", "shop", "--verify", "production").code).toBe(0);
    const below = run("maturity", "shop", "--verify", "enterprise", "--json");
    expect(below.code).toBe(1);
    expect(below.json()).toMatchObject({ required_level: "enterprise", verified: false, total_score: 79 });
    expect(below.stderr).toContain("shop is production, which is below enterprise");
    const unknown = run("maturity", "shop", "--verify", "gold");
    expect([unknown.code, unknown.stdout]).toEqual([2, ""]);
    expect(unknown.stderr).toContain(
      '--verify takes one of experimental, beta, production, enterprise; got "gold"',
    );
  });

  test("what there is not is said", () => {
    expect(codeOf(run("maturity", "shopp", "--json"))).toBe("UNKNOWN_PACKAGE");
    expect(codeOf(run("maturity", "shop@9.0.0", "--json"))).toBe("UNKNOWN_VERSION");
  });
});

interface Validation {
  readonly package: string | null;
  readonly score: number | null;
  readonly production_ready: boolean | null;
  readonly details: { readonly guards: readonly { readonly guard: string; readonly outcome: string }[] };
  readonly all_results: readonly {
    readonly package: string;
    readonly score: number;
    readonly readiness: string;
    readonly improvement_plan?: readonly { readonly guard: string }[];
  }[];
}

describe("validate", () => {
  const FIELDS = [
    ...["package", "score", "production_ready", "total_packages", "ready_count", "needs_improvement_count"],
    ...["not_ready_count", "details", "all_results"],
  ];
  const failed = ({ details }: Validation) =>
    details.guards.filter(({ outcome }) => outcome === "failed").map(({ guard }) => guard);

  test("one package: its guards, by its kind", () => {
    const shop = json<Validation>("validate", "shop");
    expect(Object.keys(shop)).toEqual(expect.arrayContaining(FIELDS));
    expect(shop).toMatchObject({ package: "shop", score: 88, production_ready: false, total_packages: 1 });
    expect(failed(shop)).toEqual(["constraints", "keywords"]);
    expect(failed(json<Validation>("validate", "bare"))).toEqual([
      ...["description", "license", "readme", "advisories", "outcomes", "no-shell", "loadable", "keywords"],
      ...["examples", "license-file"],
    ]);
    expect(failed(json<Validation>("validate", "user"))).toContain("in-service");
  });

  test("every package, and no exit code of 1 without --require-level", () => {
    const result = run("validate", "--json");
    expect(result.code).toBe(0);
    const all = result.json<Validation>();
    expect(Object.keys(all)).toEqual(expect.arrayContaining(FIELDS));
    expect(all).toMatchObject({
      ...{ package: null, score: null, production_ready: null, details: null },
      ...{ total_packages: 3, ready_count: 0, needs_improvement_count: 1, not_ready_count: 2 },
    });
    expect(all.all_results.map((one) => [one.package, one.readiness])).toEqual([
      ["bare", "not ready"],
      ["shop", "needs improvement"],
      ["user", "not ready"],
    ]);
    expect(run("validate").stdout).toMatchInlineSnapshot(`
      "bare  0.1.0  templates   36  not ready          description, license, readme, advisories, outcomes, no-shell, loadable, keywords, examples, license-file
      shop  1.1.0  ontology    88  needs improvement  constraints, keywords
      user  1.0.0  ontology    59  not ready          readme, in-service, constraints, ranges, terms, keywords, examples, license-file

      3 packages: 0 ready, 1 in need of improvement, 2 not ready.
      "
    `);
  });

  test("--require-level fails for what is below it, critical guards included", () => {
    expect(run("validate", "shop", "--require-level", "production").code).toBe(0);
    expect(run("validate", "shop", "--require-level", "enterprise").code).toBe(1);
    expect(run("validate", "shop", "--require-level", "ready").code).toBe(1);
    // There is an advisory about it, and that guard is critical.
    expect(run("validate", "bare", "--require-level", "experimental").code).toBe(1);
    const all = run("validate", "--require_level=beta", "--json");
    expect(all.code).toBe(1);
    expect(all.json()).toMatchObject({ required_level: "beta", below_required_level: ["bare", "user"] });
    expect(all.stderr).toContain("2 packages below beta: bare, user");
    expect(run("validate", "--require-level", "best").code).toBe(2);
  });

  test("--improvement-plan: what is critical first", () => {
    const { all_results } = json<Validation>("validate", "bare", "--improvement-plan");
    expect(all_results[0]?.improvement_plan?.map(({ guard }) => guard).slice(0, 5)).toEqual([
      ...["description", "license", "advisories", "readme", "outcomes"],
    ]);
    expect(json<Validation>("validate", "bare").all_results[0]?.improvement_plan).toBeUndefined();
    expect(run("validate", "shop", "--improvement-plan").stdout).toMatchInlineSnapshot(`
      "shop 1.1.0  ontology
      88 of 100: needs improvement

      ok       10  description   the description has 133 characters
      ok        8  license       licence MIT
      ok        7  readme        the README has 649 bytes
      ok       10  substance     it has a term of its own
      ok        8  signature     signed by alice, whose key is active
      ok        8  advisories    no advisory is about it
      ok        6  in-service    in service
      FAILED    8  constraints   0 shapes, 0 files of shapes and gates
      ok        6  bounded       all that it may do is known
      ok        5  no-shell      0 shell commands
      ok        4  ranges        it needs no package
      ok        4  terms         of 2 terms 2 have a label and 1 a comment
      FAILED    3  keywords      2 keywords: shop, order
      ok        3  examples      1 file of examples
      ok        2  license-file  LICENSE

      To do, in this order
        +8   constraints   add SHACL shapes, or gates/*.rq, that stop data it cannot
                           work with
        +3   keywords      name 3 keywords in package.toml that people search with
      "
    `);
  });
});

describe("a folder that is not published yet", () => {
  const manifest = (name: string) =>
    writePackageToml({
      ...{ format: 1, name, version: "1.0.0", publisher: "alice", summary: "d", license: "MIT" },
      description: "A package of shapes that is not published yet",
      ...{ keywords: ["a", "b", "c"], authors: [], requires: {} },
      ...{ dependencies: new Map(), optionalDependencies: new Map(), devDependencies: new Map() },
    } as unknown as PackageManifest);
  const write = (folder: string, files: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return folder;
  };
  const shapes = {
    "package.toml": manifest("shop-shapes"),
    "content/README.md": "# Shapes\n",
    "content/shapes/shop.ttl":
      "@prefix sh: <http://www.w3.org/ns/shacl#> .\n<https://example.org/S> a sh:NodeShape .\n",
  };

  test("is validated by its files; what a registry would know is unknown", () => {
    const folder = write(tempFolder("draft"), shapes);
    const result = cli(["validate", "--dir", folder, "--json"], { home });
    expect(result.code).toBe(0);
    const [found] = result.json<Validation>().all_results;
    expect(found).toMatchObject({ package: "shop-shapes", kind: "shapes", readiness: "not ready" });
    const one = cli(["maturity", "shop-shapes", "--packages_dir", folder, "--json"], {
      home,
    }).json<Maturity>();
    expect(one.unknown.map(({ criterion }) => criterion)).toEqual([
      ...["signature", "ratified", "advisories", "dependents", "usage", "releases", "in-service", "owners"],
    ]);
    expect(one.known_points).toBe(72);
    expect(codeOf(cli(["maturity", "other", "--dir", folder, "--json"], { home }))).toBe("UNKNOWN_PACKAGE");
  });

  test("several in one folder; with a fault in one, all faults are told", () => {
    const folder = tempFolder("drafts");
    write(join(folder, "a"), { ...shapes, "package.toml": manifest("a") });
    write(join(folder, "b"), { ...shapes, "package.toml": manifest("b") });
    const dashboard = cli(["dashboard", "--dir", folder, "--json"], { home });
    expect(dashboard.json()).toMatchObject({ statistics: { total_packages: 2 } });
    write(join(folder, "b"), { "package.toml": "format = 2\n" });
    write(join(folder, "a"), { "content/gates/a.rq": "ASK {\n" });
    const refused = cli(["validate", "--dir", folder, "--json"], { home });
    expect(refused.code).toBe(1);
    const codes = refused.json<Refusal>().error.problems.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(["SPARQL_SYNTAX"]));
    expect(codes.length).toBeGreaterThan(1);
    expect(codeOf(cli(["validate", "--dir", tempFolder("empty"), "--json"], { home }))).toBe("NO_PACKAGES");
    expect(codeOf(cli(["validate", "--dir", join(folder, "none"), "--json"], { home }))).toBe("NOT_FOUND");
  });
});

describe("dashboard", () => {
  test("the fields that people know; averages are those of the assessments", () => {
    const found = json<{ statistics: Record<string, unknown>; assessments: readonly Maturity[] }>(
      "dashboard",
    );
    expect(Object.keys(found)).toEqual(["generated_at", "statistics", "assessments"]);
    const scores = found.assessments.map(({ total_score }) => total_score);
    expect(found).toMatchObject({
      generated_at: "2026-01-01T00:00:00.000Z",
      statistics: {
        total_packages: 3,
        average_score: Math.round((scores.reduce((a, b) => a + b) / 3) * 10) / 10,
        level_distribution: { experimental: 1, beta: 1, production: 1, enterprise: 0 },
      },
    });
    const by = found.statistics.average_scores_by_dimension as Record<string, number>;
    const security = found.assessments.map(({ scores }) => scores.security ?? 0);
    expect(by.security).toBe(Math.round((security.reduce((a, b) => a + b) / 3) * 10) / 10);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });

  test("text, by levels and dimensions", () => {
    expect(run("dashboard").stdout).toMatchInlineSnapshot(`
      "3 packages, 54.3 of 100 on average
      2026-01-01T00:00:00.000Z

      enterprise     ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  0
      production     ██████████░░░░░░░░░░░░░░░░░░░░  1
      beta           ██████████░░░░░░░░░░░░░░░░░░░░  1
      experimental   ██████████░░░░░░░░░░░░░░░░░░░░  1

      documentation  ████████░░░░░░░░░░░░░░░░░░░░░░  28.3 %
      testing        ███████████░░░░░░░░░░░░░░░░░░░  36.7 %
      security       █████████████████████████░░░░░  85 %
      performance    ██████████████████████████████  100 %
      adoption       ████████░░░░░░░░░░░░░░░░░░░░░░  27.8 %
      maintenance    ██████████████░░░░░░░░░░░░░░░░  46.7 %

      shop 1.1.0  ███████████████████████░░░░░░░   79  production
      user 1.0.0  █████████████░░░░░░░░░░░░░░░░░   46  beta
      bare 0.1.0  ███████████░░░░░░░░░░░░░░░░░░░   38  experimental
      "
    `);
  });

  test("colour only where it is wanted", () => {
    const env = { TERM: "xterm", FORCE_COLOR: "1" };
    const call = ["dashboard", "--registry", tree];
    expect(cli(call, { home, env }).stdout).toContain("\u001b[");
    expect(cli(call, { home, env: { ...env, NO_COLOR: "1" } }).stdout).not.toContain("\u001b");
  });

  test("csv, html and a file", () => {
    const [head, first, ...rest] = run("dashboard", "--format", "csv").stdout.trimEnd().split("\n");
    expect(head).toBe(
      "registry,package,version,kind,total_score,maturity_level,known_points,documentation,testing,security,performance,adoption,maintenance",
    );
    expect(first).toBe(",shop,1.1.0,ontology,79,production,97,15,14,20,15,6,7");
    expect(rest.length).toBe(2);
    const html = run("dashboard", "--format=html").stdout;
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).toContain('<th scope="row">shop</th><td>1.1.0</td><td>ontology</td>');
    expect(html).not.toMatch(/<script|src=|href=/);

    const output = join(tempFolder("out"), "new/dashboard.json");
    const written = run("dashboard", "--format", "json", "--output", output).json();
    expect(written).toEqual({ status: "written", format: "json", output_path: output, total_packages: 3 });
    expect(JSON.parse(readFileSync(output, "utf8"))).toEqual(json("dashboard"));
    expect(run("dashboard", "--output", output).stdout).toBe(`Wrote 3 packages to ${output} (text).\n`);
    expect(readFileSync(output, "utf8")).toBe(run("dashboard").stdout);
    expect(run("dashboard", "--format", "yaml").code).toBe(2);
    expect(run("dashboard", "--format", "csv", "--json").code).toBe(2);
  });

  test("--min-maturity leaves out what is below, also of the statistics", () => {
    expect(json("dashboard", "--min-maturity", "production")).toMatchObject({
      statistics: { total_packages: 1, level_distribution: { production: 1, beta: 0, experimental: 0 } },
    });
    expect(json("dashboard", "--min_maturity", "enterprise")).toMatchObject({
      statistics: { total_packages: 0, average_score: null },
      assessments: [],
    });
    expect(run("dashboard", "--min-maturity", "enterprise").stdout).toBe("There is no package to show.\n");
  });
});

test("list by maturity, where that is asked for", () => {
  const names = (...args: string[]) =>
    json<{ packages: readonly { name: string; maturity_level?: string }[] }>("list", ...args).packages.map(
      ({ name, maturity_level }) => [name, maturity_level],
    );
  expect(names()).toEqual([
    ["bare", undefined],
    ["shop", undefined],
    ["user", undefined],
  ]);
  expect(names("--min-maturity", "beta", "--sort", "maturity").map(([name]) => name)).toEqual([
    "shop",
    "user",
  ]);
  expect(names("--maturity_level", "production")).toEqual([["shop", "production"]]);
  expect(run("list", "--sort", "stars").code).toBe(2);
});

describe("the spellings that people know", () => {
  test.each([
    [["marketplace", "maturity", "shop", "--json"]],
    [["maturity", "shop", "--format", "json"]],
    [["maturity", "shop", "--format=json"]],
    [["maturity", "--package_id", "shop", "--json"]],
    [["maturity", "--package-id=shop", "--json"]],
  ])("%j", (words) => {
    expect(run(...words).stdout).toBe(run("maturity", "shop", "--json").stdout);
  });

  test("maturity_batch is dashboard; an error comes as JSON where JSON was asked for", () => {
    expect(run("maturity_batch", "--format", "json").stdout).toBe(run("dashboard", "--json").stdout);
    expect(codeOf(run("maturity", "nobody", "--format", "json"))).toBe("UNKNOWN_PACKAGE");
    expect(run("list", "--format", "text").stdout).toBe(run("list").stdout);
    expect(run("list", "--format", "yaml").stderr).toContain('--format takes json or text, got "yaml"');
  });
});

describe("several registries", () => {
  test("each result says of which it is; a name that two have is nobody's", () => {
    const here = tempFolder("home");
    for (const [name, publisher] of [
      ["acme", alice],
      ["open", bob],
    ] as const) {
      const story = aRegistry({ iri: `https://${name}.example/`, name });
      story.publisher(publisher);
      story.package("shared", { claimedBy: publisher }).release("1.0.0").signedBy(publisher);
      story.package(`${name}-own`, { claimedBy: publisher }).release("1.0.0").signedBy(publisher);
      const signed = signedRegistry(story);
      const place = tempFolder(name);
      writeFiles(signed.files, place);
      const root = join(tempFolder("root"), "root.json");
      writeFileSync(root, signed.root);
      expect(cli(["registry", "add", place, "--root", root, "--name", name], { home: here }).code).toBe(0);
    }
    const all = cli(["validate", "--json"], { home: here }).json<{
      all_results: readonly { package: string; registry: string }[];
    }>();
    expect(all.all_results.map((one) => `${one.registry}/${one.package}`)).toEqual([
      ...["acme/acme-own", "open/open-own", "acme/shared", "open/shared"],
    ]);
    expect(cli(["dashboard", "--json"], { home: here }).json()).toMatchObject({
      statistics: { total_packages: 4 },
    });
    expect(cli(["dashboard"], { home: here }).stdout).toContain("acme/shared 1.0.0");
    expect(cli(["maturity", "acme-own", "--json"], { home: here }).code).toBe(0);
    expect(codeOf(cli(["maturity", "shared", "--json"], { home: here }))).toBe("NAME_OF_TWO_REGISTRIES");
  });
});

describe("real packages", () => {
  test("this project's own registry: scores differ, and every kind in it has one that is ready or near", () => {
    const out = join(tempFolder("own"), "site");
    expect(cli(["build", "--registry", "registry", "--out", out], { home }).code).toBe(0);
    const { assessments } = cli(["dashboard", "--registry", out, "--json"], { home }).json<{
      assessments: readonly (Maturity & { kind: string })[];
    }>();
    expect(assessments.length).toBeGreaterThan(20);
    expect(new Set(assessments.map(({ total_score }) => total_score)).size).toBeGreaterThan(5);
    const { all_results } = cli(["validate", "--registry", out, "--json"], { home }).json<Validation>();
    expect(all_results.filter(({ score }) => score >= 95).length).toBeGreaterThan(0);
  });

  const DATA = resolve("../shared/data/ggen-packs");
  const hasData = existsSync(DATA);
  if (!hasData) console.warn("SKIPPED: ../shared/data is not there, so no real packs are judged");

  test.skipIf(!hasData)("packs from the field: all are judged, no two things of them alike", () => {
    const room = tempFolder("real");
    const [key, source, out] = [join(room, "key"), join(room, "source"), join(room, "site")];
    const ok = (...args: string[]) => expect(cli(args, { home }).code).toBe(0);
    ok("key", "generate", "--out", key);
    ok("init", source, "--name", "real", "--iri", "https://real.example/");
    ok("import", DATA, "--into", source, "--publisher", "alice", "--key", key);
    ok("build", "--registry", source, "--out", out);
    const { statistics, assessments } = cli(["dashboard", "--registry", out, "--json"], { home }).json<{
      statistics: { total_packages: number };
      assessments: readonly Maturity[];
    }>();
    expect(statistics.total_packages).toBeGreaterThan(90);
    expect(new Set(assessments.map(({ total_score }) => total_score)).size).toBeGreaterThan(10);
    const { all_results } = cli(["validate", "--registry", out, "--json"], { home }).json<Validation>();
    // They were taken without README and licence, and none passes for ready.
    expect(all_results.filter(({ readiness }) => readiness === "ready")).toEqual([]);
  });
});
