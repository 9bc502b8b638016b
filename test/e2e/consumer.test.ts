/** What a consumer asks of a registry in a folder, by the program as people run it. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { aRegistry } from "../support/a-registry.ts";
import { CLI, cli, codeOf, DEVELOPMENT_NOTE, programHome, type Refusal, tempFolder } from "../support/cli.ts";
import { alice } from "../support/fixture-keys.ts";
import { aSmallRegistry, publishedTree } from "../support/published-tree.ts";

let tree: string;
let source: string;
const home = tempFolder("home");

beforeAll(() => {
  source = aSmallRegistry().writeTo(tempFolder("source"));
  tree = join(tempFolder("tree"), "tree");
  expect(cli(["build", "--registry", source, "--out", tree]).code).toBe(0);
});

const run = (...args: string[]) => cli([...args, "--registry", tree], { home });
const json = (...args: string[]) => run(...args, "--json");

describe("search, show, list", () => {
  test("search prints names and summaries; --json has the fields that people know", () => {
    const { stdout, stderr, code } = run("search", "text", "files");
    expect(code).toBe(0);
    expect(stdout).toBe("tool 1.0.0  templates by bob\n    Writes text files\n");
    expect(stderr).toBe(DEVELOPMENT_NOTE);
    expect(json("search", "text", "files").json()).toMatchObject({
      query: "text files",
      total: 1,
      packages: [{ name: "tool", version: "1.0.0", description: "Writes text files", author: "bob" }],
    });
  });

  test("search underlines what answered, on a terminal with styles", () => {
    const search = (env: Record<string, string>) =>
      cli(["search", "text", "tool", "--registry", tree], { home, env }).stdout;
    expect(search({ TERM: "xterm", FORCE_COLOR: "1" })).toContain("Writes \u001b[4mtext\u001b[24m files");
    expect(search({ TERM: "xterm", FORCE_COLOR: "1", NO_COLOR: "1" })).not.toContain("\u001b");
  });

  test("nothing found is an answer: exit code 0, and no hint of a package", () => {
    const { stdout, code } = run("search", "nothing-like-it");
    expect([code, stdout]).toEqual([0, 'No package matches "nothing-like-it".\n']);
    expect(json("search", "nothing-like-it").json()).toMatchObject({ total: 0, packages: [] });
    expect(json("search", "xyzzyq", "the").json()).toMatchObject({
      ...{ total: 0, unread: 0, corrections: [], missing: ["xyzzyq"], cut: false },
    });
  });

  test("a misspelt word is answered by the one that was meant, and that is said", () => {
    const { stdout, stderr } = run("search", "wrtier");
    expect(stdout).toContain("tool 1.0.0");
    expect(stderr).toContain('note: nothing has "wrtier"; "writer" was looked for');
  });

  test("a kind that there is not is said to be none, with those that there are", () => {
    expect(run("search", "kind:template").stderr).toContain(
      'note: "template" is no kind of package; there are ontology, shapes, gates, templates, pack, project\n',
    );
    expect(run("search", "kind:Templates").stderr).toBe(DEVELOPMENT_NOTE);
    expect(cli(["search", "--help"]).stdout).toMatch(
      /"word word".*kind: .*category: .*publisher: .*license: .*depends: /s,
    );
  });

  test("show has what the package may do, who signed it, and what is withheld", () => {
    const { stdout } = run("show", "tool");
    expect(stdout).toMatch(/^tool 1\.0\.0\nWrites text files\n\nAnd says when it is done\.\n/);
    expect(stdout).toContain(
      "may do       runs a shell command after writing (templates/a.tmpl:4): echo done\n",
    );
    expect(stdout).toMatch(/signed by {4}SHA256:\S+\n {13}active key of bob\n/);
    expect(run("show", "shared").stdout).toContain("versions     2.0.0, 1.1.0 (yanked), 1.0.0");
    expect(run("show", "shared@1.1.0").stdout).toContain("Yanked: a wrong term");
    expect(run("show", "old").stdout).toContain("Deprecated: it was renamed Use tool.");
    expect(json("show", "shared@1.0.0").json()).toMatchObject({
      latest: "2.0.0",
      release: { version: "1.0.0" },
    });
  });

  test("show ends with the command that installs it from the same registry", () => {
    const { stdout } = run("show", "tool");
    const command = stdout.trimEnd().split("\n").at(-1) ?? "";
    expect(command).toBe(`Install: ggen-marketplace install tool@1.0.0 --registry ${tree}`);
    const words = command.replace("Install: ggen-marketplace ", "").split(" ");
    expect(cli([...words, "--allow", "shell", "--project", tempFolder("project")], { home }).code).toBe(1);
    expect(cli([...words, "--allow", "all", "--project", tempFolder("project")], { home }).code).toBe(0);
    const byVariable = cli(["show", "tool"], { home, env: { GGEN_MARKETPLACE_REGISTRY: tree } });
    expect(byVariable.stdout).toMatch(/Install: ggen-marketplace install tool@1\.0\.0\n$/);
  });

  test("show says what ggen does with a package, in words", () => {
    expect(run("show", "tool").stdout).toContain("engine       loads as a pack\n");
    expect(run("show", "shared").stdout).toMatch(/engine {7}ggen does not load it as a pack: (?!FM-)/);
  });

  test("a package or version that is not there names the nearest", () => {
    expect(json("show", "toool").json<Refusal>().error).toMatchObject({
      code: "UNKNOWN_PACKAGE",
      hint: "did you mean tool?",
    });
    expect(json("show", "shared@3.0.0").json<Refusal>().error).toMatchObject({
      code: "UNKNOWN_VERSION",
      hint: "it has 2.0.0, 1.1.0, 1.0.0",
    });
    expect(json("install", "toool").json<Refusal>().error).toMatchObject({
      code: "UNKNOWN_PACKAGE",
      hint: "did you mean tool?",
    });
    expect(run("show", "constructor").code).toBe(1);
  });

  test("list has every package, by name", () => {
    expect(
      run("list")
        .stdout.split("\n")
        .map((line) => line.split(" ")[0]),
    ).toEqual(["left", "old", "right", "shared", "tool", ""]);
    expect(json("list").json()).toMatchObject({
      total: 5,
      packages: [{ name: "left", title: "left" }, {}, {}, {}, {}],
    });
  });

  test("a reader who leaves early is no error", () => {
    const { stderr, status } = spawnSync(
      "sh",
      ["-c", `"${process.execPath}" "${CLI}" list --json --registry "${tree}" --quiet | head -c 1`],
      { encoding: "utf8", env: { ...process.env, GGEN_MARKETPLACE_HOME: programHome(home) } },
    );
    expect([status, stderr]).toEqual([0, ""]);
  });

  test.skipIf(!existsSync("/dev/full"))("a full disk under stdout is an error, in plain words", () => {
    const { stderr, status } = spawnSync(
      "sh",
      ["-c", `"${process.execPath}" "${CLI}" list --registry "${tree}" --quiet > /dev/full`],
      { encoding: "utf8", env: { ...process.env, GGEN_MARKETPLACE_HOME: programHome(home) } },
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error: The disk is full/);
  });
});

describe("the call itself", () => {
  test("help with --json is one value: of a command, or of all", () => {
    const help = cli(["check", "--help", "--json"]);
    expect([help.code, help.stderr]).toEqual([0, ""]);
    expect(help.json()).toMatchObject({
      command: "check",
      usage: "ggen-marketplace check [options]",
      summary: expect.stringContaining("Judge a registry source"),
      options: expect.arrayContaining([
        { option: "--base", value: "<commit>", what: expect.any(String) },
        { option: "--json", what: "Print the result as one JSON value" },
      ]),
      examples: expect.arrayContaining(["ggen-marketplace check --registry registry"]),
    });
    const all = cli(["--json", "--help"]).json<{ commands: { command: string }[] }>();
    expect(all.commands.map(({ command }) => command)).toEqual(expect.arrayContaining(["search", "check"]));
  });

  test("help on stdout, with examples of each command; the version", () => {
    const help = cli(["--help"]);
    expect([help.code, help.stderr]).toEqual([0, ""]);
    expect(help.stdout).toContain("Find packages, and judge them\n  search");
    for (const command of ["search", "show", "list", "install", "verify", "sync", "serve", "key"])
      expect(cli([command, "--help"]).stdout).toContain(`Examples\n  ggen-marketplace ${command}`);
    expect(cli(["--version"]).stdout).toMatch(/^ggen-marketplace \d+\.\d+\.\d+ \(Node\.js v\d+/);
    for (const line of help.stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("words that are off give exit code 2 and what was meant, as text and as JSON", () => {
    const text = cli(["instal", "x"]);
    expect([text.code, text.stdout, text.stderr]).toEqual([
      2,
      "",
      'error: Unknown command "instal"; did you mean "install"?\nhint: ggen-marketplace --help says what there is\n',
    ]);
    const result = cli(["show", "--json"]);
    expect(result.code).toBe(2);
    expect(result.json<Refusal>().error).toEqual({
      code: "USAGE",
      message: "Missing <package>: show <package>",
      hint: "ggen-marketplace show --help says what there is",
      problems: [],
    });
    expect(cli(["list"]).stderr).toBe(
      "error: Which registry? None is named, and none was added\nhint: give --registry NAME|PATH|URL, or set GGEN_MARKETPLACE_REGISTRY to it; `registry add` adds one for good\n",
    );
    expect(cli(["--help"]).stdout.replaceAll("\n", " ")).toContain(
      "--registry <name|path|url>, or the variable GGEN_MARKETPLACE_REGISTRY",
    );
    // What is wrong with an option of a command is explained by the help of that command.
    expect(cli(["search", "x", "--limit", "0", "--registry", tree]).stderr).toContain(
      "hint: ggen-marketplace search --help says what there is\n",
    );
    expect(cli(["list", "--quiet"], { env: { GGEN_MARKETPLACE_REGISTRY: tree } }).code).toBe(0);
  });

  test("a source is not a published tree, and nothing is no registry", () => {
    expect(cli(["list", "--registry", source, "--json"]).json<Refusal>().error).toMatchObject({
      code: "SOURCE_NOT_PUBLISHED",
      hint: expect.stringContaining("build --registry"),
    });
    expect(codeOf(cli(["list", "--registry", tempFolder("empty"), "--json"]))).toBe("NOT_A_REGISTRY");
    expect(cli(["list", "--registry", "1.10", "--json"]).json<Refusal>().error).toMatchObject({
      code: "NOT_A_REGISTRY",
      message: 'There is no folder "1.10"',
    });
    expect(codeOf(cli(["list", "--registry", "ftp://x.example/", "--json"]))).toBe("BAD_LOCATION");
    expect(
      cli(["list", "--registry", "http://packages.example/", "--json"]).json<Refusal>().error,
    ).toMatchObject({ code: "BAD_LOCATION", hint: expect.stringContaining("--allow-http") });
  });
});

const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e]/;

describe("what strangers wrote is shown with its control characters visible", () => {
  test("in the commands of a template: on the way to a terminal, and as JSON", () => {
    const story = aRegistry();
    story.publisher(alice);
    const template = '---\nto: "out.txt"\nsh_before: "echo \\u001b[2J \\u202e \\u009b31m"\n---\nx\n';
    story.package("constructor").release("1.0.0", {
      description: "nice words",
      files: {
        "pack.toml": '[pack]\nname = "constructor"\nversion = "1.0.0"\ndescription = "d"\n',
        "ontology.ttl": "# x\n",
        "templates/a.tmpl": template,
      },
    });
    const out = publishedTree(story);
    const calls = [
      ["search", "nice"],
      ["show", "constructor"],
      ["list"],
      ["install", "constructor", "--allow", "all", "--project", tempFolder("project")],
    ];
    for (const args of calls) {
      for (const more of [[], ["--json"]]) {
        const { stdout, stderr, code } = cli([...args, ...more, "--registry", out], { home });
        expect(code).toBe(0);
        expect(stdout + stderr).not.toMatch(UNSEEN);
      }
    }
    expect(cli(["show", "constructor", "--registry", out], { home }).stdout).toContain(
      "echo \\x1b[2J \\u{202e} \\x9b31m",
    );
  });

  test("in a manifest that a build refuses", () => {
    const story = aRegistry();
    story.publisher(alice);
    story
      .package("evil")
      .release("1.0.0", { description: "nice\u001b[2J\u009b31m\u202e\u200b words", license: "MIT\u0007" });
    const { code, stdout, stderr } = cli(["check", "--registry", story.writeTo(tempFolder("source"))], {
      home,
    });
    expect(code).toBe(1);
    expect(stdout + stderr).not.toMatch(UNSEEN);
  });

  test("in the words of a call", () => {
    for (const args of [
      ["sh\u001b[2Jow"],
      ["list", "--x\u202e"],
      ["show", "a\u0007b"],
      ["list", "--registry", "no\u009bwhere"],
      ["verify", "x\u001b"],
    ]) {
      const { stdout, stderr } = cli(args, { home });
      expect(stdout + stderr).not.toMatch(UNSEEN);
    }
  });
});
