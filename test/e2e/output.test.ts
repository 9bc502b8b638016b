/**
 * What each command prints, as text and as JSON, of one known registry: test/e2e/output/<command>.txt, to be read by
 * people when it changes. And the names that older programs had for the fields.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { writeFiles } from "../support/a-registry.ts";
import { signedRegistry } from "../support/a-signed-registry.ts";
import { type CliResult, cli, tempFolder } from "../support/cli.ts";
import { aSmallRegistry } from "../support/published-tree.ts";

const home = tempFolder("home");
const tree = tempFolder("tree");
const project = tempFolder("project");
const root = join(tempFolder("root"), "root.json");
let rootDigest = "";

const run = (...words: readonly string[]) => cli(words, { home });
const here = ["--project", project];

beforeAll(() => {
  const signed = signedRegistry(aSmallRegistry());
  writeFiles(signed.files, tree);
  writeFileSync(root, signed.root);
  writeFileSync(join(project, "ggen.toml"), "[packs]\n");
  const added = run("registry", "add", tree, "--root", root, "--name", "small", "--json");
  rootDigest = added.json<{ root: string }>().root;
  expect(run("install", "left", "tool", "--allow", "all", ...here).code).toBe(0);
});

/** What differs from run to run, by what it is. */
function steady(text: string): string {
  return text
    .replaceAll(tree, "TREE")
    .replaceAll(project, "PROJECT")
    .replaceAll(rootDigest, "ROOT-SHA256")
    .replaceAll(rootDigest.slice(0, 16), "ROOT-SHA256")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replace(/\d{4}-\d\d-\d\d/g, "DAY");
}

function shown(words: readonly string[], text: CliResult, json: CliResult): string {
  const parts = [`$ ggen-marketplace ${words.join(" ")}`, text.stdout];
  if (text.stderr !== "") parts.push("--- stderr", text.stderr);
  parts.push(`--- exit ${text.code}, as JSON`, JSON.stringify(json.json(), null, 2), "");
  return steady(parts.join("\n"));
}

describe("what is printed", () => {
  test.each([
    ["search", ["search", "text"]],
    ["search-nothing", ["search", "nothing-like-this"]],
    ["show", ["show", "tool"]],
    ["show-unknown", ["show", "toool"]],
    ["list", ["list"]],
    ["install", ["install", "left", ...here]],
    ["install-dry-run", ["install", "old", "--dry-run", ...here]],
    ["install-conflict", ["install", "right", ...here]],
    ["tree", ["tree", ...here]],
    ["why", ["why", "shared", ...here]],
    ["imports", ["imports", ...here]],
    ["outdated", ["outdated", ...here]],
    ["update", ["update", "--dry-run", ...here]],
    ["prune", ["prune", ...here]],
    ["verify", ["verify", ...here]],
    ["why-trusted", ["why-trusted", "tool"]],
    ["query", ["query", "SELECT ?name { ?p a ours:Package ; doap:name ?name } ORDER BY ?name"]],
    ["query-list", ["query", "--list"]],
    ["validate", ["validate", "tool"]],
    ["maturity", ["maturity", "tool"]],
    ["dashboard", ["dashboard"]],
    ["registry-list", ["registry", "list"]],
    ["usage", ["show"]],
    ["unknown-command", ["serach", "x"]],
  ])("by %s", async (name, words) => {
    const said = shown(words, run(...words), run(...words, "--json"));
    await expect(said).toMatchFileSnapshot(`./output/${name}.txt`);
  });
});

/** The fields that programs written for the older commands read. */
const OLD_NAMES: readonly (readonly [words: readonly string[], fields: readonly string[]])[] = [
  [
    ["search", "text"],
    ["packages", "total", "packages.0.name", "packages.0.version", "packages.0.description"],
  ],
  [
    ["search", "text"],
    ["packages.0.author", "packages.0.downloads", "packages.0.stars"],
  ],
  [
    ["install", "tool", ...here],
    ["package", "version", "path"],
  ],
  [["list"], ["packages", "total", "packages.0.name", "packages.0.version", "packages.0.title"]],
  [["list"], ["packages.0.description"]],
  [
    ["validate", "tool"],
    ["package", "score", "production_ready", "details"],
  ],
  [
    ["validate"],
    ["total_packages", "ready_count", "needs_improvement_count", "not_ready_count", "all_results"],
  ],
  [
    ["maturity", "tool"],
    ["package_id", "package_name", "total_score", "maturity_level", "description"],
  ],
  [
    ["maturity", "tool"],
    ["scores", "percentages", "feedback", "next_steps"],
  ],
  [["dashboard"], ["generated_at", "statistics", "assessments", "statistics.total_packages"]],
  [["dashboard"], ["statistics.average_score", "statistics.level_distribution"]],
  [["dashboard"], ["statistics.average_scores_by_dimension"]],
];

describe("names of fields that people know", () => {
  test.each(OLD_NAMES)("%j has %j, called either way", (words, fields) => {
    for (const spelt of [
      [...words, "--json"],
      ["marketplace", ...words, "--format", "json"],
    ]) {
      const value = run(...spelt).json();
      for (const field of fields) expect(value).toHaveProperty(field);
    }
  });
});
