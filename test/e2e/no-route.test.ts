/** The whole of what a consumer does, after `sync`, on a machine without a network: no --offline is said. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serveFolder } from "../../src/node/static-server.ts";
import { canUnplug, cli, cliServed, codeOf, type Refusal, tempFolder } from "../support/cli.ts";
import { aSmallRegistry, publishedTree } from "../support/published-tree.ts";

describe.skipIf(!canUnplug())("without a route", () => {
  const home = tempFolder("home");
  const project = tempFolder("project");
  let stop: () => Promise<unknown>;
  beforeAll(async () => {
    const tree = publishedTree(aSmallRegistry());
    const server = await serveFolder(tree, 0, { host: "127.0.0.1" });
    stop = () => server.stop();
    writeFileSync(join(project, "ggen.toml"), "[packs]\n");
    const online = (...words: readonly string[]) => cliServed(words, { home });
    const root = join(tree, "trust/1.root.json");
    expect((await online("registry", "add", server.url, "--root", root, "--name", "train")).code).toBe(0);
    expect((await online("sync", "--archives", "--graph")).code).toBe(0);
  });
  afterAll(() => stop());

  const here = ["--project", project];
  const unplugged = (...words: readonly string[]) => cli(words, { home, unplugged: true });

  test.each([
    ["search text", ["search", "text"], "tool"],
    ["show", ["show", "tool"], "tool 1.0.0"],
    ["list", ["list"], "shared"],
    ["install by name", ["install", "tool", "left", "--allow", "all", ...here], "installed tool@1.0.0"],
    ["install from the lock", ["install", ...here], "unchanged"],
    ["install --frozen", ["install", "--frozen", ...here], "unchanged"],
    ["tree", ["tree", ...here], "shared 1.0.0"],
    ["why", ["why", "shared", ...here], "tool"],
    ["imports", ["imports", ...here], "ontolog"],
    ["outdated", ["outdated", ...here], "2.0.0"],
    ["update", ["update", ...here], "unchanged"],
    ["verify", ["verify", ...here], "verified tool@1.0.0"],
    [
      "verify --all",
      ["verify", "--all", "--offline", "--project", tempFolder("empty")],
      "verified tool@1.0.0",
    ],
    ["why-trusted", ["why-trusted", "tool"], "bob"],
    ["query", ["query", "SELECT ?name { ?p a ours:Package ; doap:name ?name }"], "tool"],
    ["query of what is installed", ["query", "ASK { ?s ?p ?o }", "--installed", ...here], "yes"],
    ["validate", ["validate", "tool"], "tool"],
    ["maturity", ["maturity", "tool"], "tool"],
    ["dashboard", ["dashboard"], "tool"],
    ["registry list", ["registry", "list"], "train"],
    ["cache stats", ["cache", "stats"], "registries"],
    ["cache verify", ["cache", "verify"], "0 damaged"],
    ["completions", ["completions", "bash"], "complete"],
    ["prune", ["prune", ...here], "0 folders removed"],
    ["remove", ["remove", "left", ...here], "removed left"],
    ["help", ["help", "install"], "--frozen"],
  ])("%s works", (_, words, says) => {
    const result = unplugged(...words);
    expect([result.code, result.stdout]).toEqual([0, expect.stringContaining(says)]);
    expect(result.stderr).not.toContain("error");
  });

  test("a graph that was not fetched is called so, with what fetches it", async () => {
    const other = tempFolder("home");
    const online = (...words: readonly string[]) => cliServed(words, { home: other });
    const { registries } = unplugged("registry", "list", "--json").json<{
      registries: { location: string; root: string }[];
    }>();
    const [{ location, root } = { location: "", root: "" }] = registries;
    expect((await online("registry", "add", location, "--root", root)).code).toBe(0);
    expect((await online("sync")).code).toBe(0);
    const refused = cli(["query", "ASK {}", "--offline", "--json"], { home: other, unplugged: true });
    expect(refused.json<Refusal>().error).toMatchObject({
      code: "OFFLINE_MISSING",
      hint: "while the network is there: ggen-marketplace sync --graph",
    });
  });

  test("what needs the network says so, and what to do", () => {
    for (const words of [["sync"], ["mirror", join(tempFolder("mirror"), "m")]]) {
      const refused = unplugged(...words, "--json");
      expect([refused.code, codeOf(refused)]).toEqual([1, "UNREACHABLE"]);
    }
  });
});
