/** `config`: what is set for good, which of several places counts, and files that are no settings. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { aRegistry, writeFiles } from "../support/a-registry.ts";
import { signedRegistry } from "../support/a-signed-registry.ts";
import { cli, codeOf, programHome, type Refusal, tempFolder } from "../support/cli.ts";
import { alice } from "../support/fixture-keys.ts";

const places: { name: string; tree: string; root: string }[] = [];
let home: string;

beforeAll(() => {
  for (const name of ["acme", "open"]) {
    const story = aRegistry({ iri: `https://${name}.example/`, name });
    story.publisher(alice);
    for (const word of ["one", "two", "three"])
      story.package(`${name}-${word}`).release("1.0.0", { description: "A thing" }).signedBy(alice);
    story.package("shared").release("1.0.0", { description: "A thing" }).signedBy(alice);
    const signed = signedRegistry(story);
    const tree = tempFolder("tree");
    writeFiles(signed.files, tree);
    const root = join(tempFolder("root"), "root.json");
    writeFileSync(root, signed.root);
    places.push({ name, tree, root });
  }
});
beforeEach(() => {
  home = tempFolder("home");
});

const file = () => join(programHome(home), "config.toml");
const config = (...words: readonly string[]) => cli(["config", ...words], { home });
const addBoth = () => {
  for (const { name, tree, root } of places)
    expect(cli(["registry", "add", tree, "--root", root, "--name", name], { home }).code).toBe(0);
};

describe("config", () => {
  test("sets, gets, lists and unsets; what a person wrote beside it stays", () => {
    writeFileSync(file(), "# mine\nsearch-limit = 3   # few\n\n\"ggen\" = '26.7.3'");
    expect(config("set", "search-limit", "5")).toMatchObject({ code: 0, stdout: "search-limit = 5\n" });
    expect(config("set", "query_seconds", "60").code).toBe(0);
    expect(readFileSync(file(), "utf8")).toBe(
      "# mine\nsearch-limit = 5   # few\n\n\"ggen\" = '26.7.3'\nquery-seconds = 60\n",
    );
    expect(config("get", "search-limit").stdout).toBe("5\n");
    expect(config("get", "ggen", "--show-origin").stdout).toBe(`26.7.3  (user: ${file()})\n`);
    expect(config("unset", "ggen").stdout).toBe("ggen is not set any more.\n");
    expect(config("unset", "ggen").stdout).toBe("ggen was not set.\n");
    expect(config("get", "ggen")).toMatchObject({ code: 1, stdout: "" });
    expect(readFileSync(file(), "utf8")).not.toContain("ggen");
    expect(config("list").stdout).toMatch(/^registry +\(not set\)\nggen +\(not set\)\ngrace-days +30\n/);
  });

  test("says where each value comes from: flag, then environment, then this, then the default", () => {
    config("set", "search-limit", "2");
    const list = (env: Record<string, string>) =>
      cli(["config", "list", "--json"], { home, env }).json<{
        settings: readonly { key: string; value: unknown; origin: object }[];
      }>().settings;
    const variable = "GGEN_MARKETPLACE_SEARCH_LIMIT";
    expect(list({}).find(({ key }) => key === "search-limit")).toEqual({
      ...{ key: "search-limit", value: 2, origin: { level: "user", from: file() } },
    });
    expect(list({ [variable]: "3" }).find(({ key }) => key === "search-limit")).toEqual({
      ...{ key: "search-limit", value: 3, origin: { level: "environment", from: variable } },
    });
    expect(list({}).find(({ key }) => key === "grace-days")).toEqual({
      ...{ key: "grace-days", value: 30, origin: { level: "default", from: null } },
    });
    const { tree, root } = places[0] as (typeof places)[0];
    const shown = (words: readonly string[], env: Record<string, string> = {}) =>
      cli(["search", "thing", "--registry", tree, "--root", root, "--json", ...words], { home, env }).json<{
        packages: unknown[];
      }>().packages.length;
    expect(shown([])).toBe(2);
    expect(shown([], { [variable]: "3" })).toBe(3);
    expect(shown(["--limit", "1"], { [variable]: "3" })).toBe(1);
    config("unset", "search-limit");
    expect(shown([])).toBe(4);
  });

  test.each([
    [["set", "serch-limit", "3"], 'Unknown key "serch-limit"; did you mean "search-limit"?'],
    [["get", "token"], 'Unknown key "token"'],
    [["set", "search-limit", "many"], "search-limit takes a whole number from 1 to 1000"],
    [["set", "search-limit", "0"], "search-limit takes a whole number from 1 to 1000"],
    [["set", "grace-days", "9999"], "grace-days takes a whole number from 0 to 365"],
    [["set", "ggen", "26"], "ggen wants a whole version"],
    [["set", "search-limit"], "config set needs a value"],
    [["get"], "config get takes one key"],
    [["lst"], 'Unknown action "lst"; did you mean "list"?'],
  ])("refuses %j, and writes nothing", (words, message) => {
    const { code, stderr } = config(...words);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(() => readFileSync(file())).toThrow("ENOENT");
  });

  test("a variable with a bad value is refused by its name", () => {
    const { tree, root } = places[0] as (typeof places)[0];
    const env = { GGEN_MARKETPLACE_SEARCH_LIMIT: "1.5" };
    expect(cli(["search", "x", "--registry", tree, "--root", root], { home, env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("GGEN_MARKETPLACE_SEARCH_LIMIT takes a whole number"),
    });
  });

  test.each([
    ["serch-limit = 3\n", "CONFIG_UNKNOWN_KEY", 1],
    ['\nquery-seconds = "60"\n', "CONFIG_WRONG_TYPE", 2],
    ["search-limit = 1.5\n", "CONFIG_VALUE", 1],
    ['registry = "../here"\n', "CONFIG_VALUE", 1],
    ["[registry]\n", "CONFIG_WRONG_TYPE", 1],
    ["search-limit = 1\nsearch-limit = 2\n", "CONFIG_SYNTAX", 2],
    ["\u0000", "CONFIG_SYNTAX", 1],
  ])("a damaged file is an error with its place, for whoever needs a setting: %j", (text, code, line) => {
    writeFileSync(file(), text);
    for (const words of [
      ["config", "list"],
      ["config", "set", "ggen", "1.2.3"],
      ["search", "x"],
    ]) {
      const refused = cli([...words, "--json"], { home });
      expect(refused.code).toBe(1);
      expect(refused.json<Refusal>().error).toMatchObject({
        code: "CONFIG_UNREADABLE",
        hint: expect.stringContaining("mend the file"),
        problems: [expect.objectContaining({ code, line, file: file() })],
      });
    }
    expect(readFileSync(file(), "utf8")).toBe(text);
    // What needs none goes on.
    expect(cli(["registry", "list"], { home }).code).toBe(0);
  });

  test("a folder in its place, and a file that is too large, are said", () => {
    writeFileSync(file(), `#${"x".repeat(70_000)}`);
    expect(codeOf(config("list", "--json"))).toBe("CONFIG_UNREADABLE");
    home = tempFolder("home");
    mkdirSync(file());
    expect(codeOf(config("list", "--json"))).toBe("CONFIG_UNREADABLE");
  });

  test("a link stays a link: settings may stand in a folder of one's own", () => {
    const real = join(tempFolder("dotfiles"), "ours.toml");
    writeFileSync(real, "");
    symlinkSync(real, file());
    expect(config("set", "search-limit", "7").code).toBe(0);
    expect(readFileSync(real, "utf8")).toBe("search-limit = 7\n");
  });

  test("nothing is read from a project", () => {
    const project = tempFolder("project");
    for (const name of ["config.toml", ".ggen-marketplace.toml", "ggen-marketplace.toml"])
      writeFileSync(join(project, name), "search-limit = 1\n");
    const { stdout } = cli(["config", "get", "search-limit"], { home, cwd: project });
    expect(stdout).toBe("20\n");
  });

  test("ggen is taken from there by install", () => {
    config("set", "ggen", "6.0.1");
    expect(cli(["install", "x", "--ggen", "nonsense"], { home }).stderr).toContain(
      "--ggen wants a whole version",
    );
    const env = { GGEN_MARKETPLACE_GGEN: "six" };
    expect(cli(["install", "x"], { home, env }).stderr).toContain(
      "GGEN_MARKETPLACE_GGEN wants a whole version",
    );
  });
});

describe("the default registry", () => {
  test("is one of those that were added", () => {
    expect(config("set", "registry", "acme").stderr).toContain('You have no registry "acme"');
    addBoth();
    expect(config("set", "registry", "acm").stderr).toContain('did you mean "acme"?');
    expect(config("set", "registry", "https://elsewhere.example/").code).toBe(1);
    expect(config("set", "registry", "acme").code).toBe(0);
    const names = cli(["list", "--json"], { home }).json<{ packages: { name: string }[] }>();
    expect(names.packages.map(({ name }) => name)).toEqual(["acme-one", "acme-three", "acme-two", "shared"]);
    const other = cli(["list", "--registry", "open", "--json"], { home });
    expect(other.stdout).toContain("open-one");
  });

  test("answers for something new, and what the lock has stays with its own registry", () => {
    addBoth();
    const project = tempFolder("project");
    const run = (...words: string[]) => cli([...words, "--project", project, "--json"], { home });
    expect(run("install", "open-one").code).toBe(0);
    config("set", "registry", "acme");
    expect(run("install", "shared").code).toBe(0);
    const lock = readFileSync(join(project, "ggen-marketplace.lock"), "utf8");
    expect(lock).toMatch(/\[packages\.shared\][^[]*registry = "https:\/\/acme\.example\/"/);
    expect(run("install").code).toBe(0);
    expect(run("verify").json<{ ok: boolean }>().ok).toBe(true);
    expect(run("outdated").json()).toEqual({ outdated: [] });
  });

  test("that was removed is an error, and no folder of that name is taken for it", () => {
    addBoth();
    config("set", "registry", "acme");
    cli(["registry", "remove", "acme"], { home });
    const cwd = tempFolder("cwd");
    symlinkSync((places[0] as (typeof places)[0]).tree, join(cwd, "acme"));
    const refused = cli(["list", "--json"], { home, cwd });
    expect(refused.json<Refusal>().error).toMatchObject({
      code: "UNKNOWN_REGISTRY",
      hint: expect.stringContaining("config unset registry"),
    });
  });
});
