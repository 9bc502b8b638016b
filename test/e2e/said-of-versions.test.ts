/** What statements say of some versions of a package, from the signed statement to what people read. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { aRegistry } from "../support/a-registry.ts";
import { cli, tempFolder } from "../support/cli.ts";
import { alice } from "../support/fixture-keys.ts";
import { publishedTree } from "../support/published-tree.ts";

const home = tempFolder("home");
let tree: string;

/** x 1.0.0, 1.1.0 and 2.0.0: before 2 deprecated for y. y 1.0.0: deprecated, the version that is newest. */
beforeAll(() => {
  const story = aRegistry();
  story.publisher(alice);
  story
    .package("x")
    .release("1.0.0")
    .release("1.1.0")
    .release("2.0.0")
    .deprecate("an old mistake", { versions: "<1.1.0" })
    .deprecate("the old way", { versions: "<2.0.0", replacement: "y" })
    .advise("EX-1", {
      severity: "critical",
      versions: "<1.1.0",
      summary: "leaks",
      url: "https://example.org/1",
    });
  story.package("y").release("1.0.0").deprecate("unfinished", { versions: "1.0.0" });
  story.package("z").release("1.0.0").deprecate("the first word").deprecate("the last word");
  story.package("done").release("1.0.0").archive("finished");
  tree = publishedTree(story);
});

const run = (...args: string[]) => cli([...args, "--registry", tree], { home });
interface Shown {
  readonly package: { readonly deprecated?: unknown; readonly versions: readonly Record<string, unknown>[] };
}

describe("a range that is deprecated, an advisory about a range", () => {
  test("show --json has them at the versions they are about", () => {
    const shown = run("show", "x", "--json").json<Shown>().package;
    expect(shown.deprecated).toBeUndefined();
    const said = { reason: "the old way", replacement: "y" };
    expect(
      shown.versions.map(({ version, deprecated, advisories }) => ({ version, deprecated, advisories })),
    ).toEqual([
      { version: "2.0.0", deprecated: undefined, advisories: undefined },
      { version: "1.1.0", deprecated: said, advisories: undefined },
      { version: "1.0.0", deprecated: said, advisories: ["EX-1"] },
    ]);
  });

  test("show says it of the version that is shown, and of no other", () => {
    const old = run("show", "x@1.0.0").stdout;
    expect(old).toContain("Version 1.0.0 is deprecated: the old way Use y.\n");
    expect(old).toContain("Advisory EX-1 (critical, <1.1.0): leaks https://example.org/1\n");
    expect(old).toContain("2.0.0, 1.1.0 (deprecated), 1.0.0 (deprecated)");
    const latest = run("show", "x").stdout;
    expect(latest).not.toContain("is deprecated");
    expect(latest).toContain("Advisory EX-1 (critical, <1.1.0), not about 2.0.0: leaks");
  });

  test("list and search mark a package whose version that they name is deprecated", () => {
    const { packages } = run("list", "--json").json<{ packages: { name: string; deprecated: boolean }[] }>();
    expect(packages.map(({ name, deprecated }) => [name, deprecated])).toEqual([
      ["done", true],
      ["x", false],
      ["y", true],
      ["z", true],
    ]);
    expect(run("list").stdout).toMatch(/y +1\.0\.0 .*\(deprecated\)/);
    expect(run("search", "y").stdout).toMatch(/y 1\.0\.0 deprecated/);
  });

  test("install warns, from the statements that this machine has folded", () => {
    const project = tempFolder("project");
    const told = run("install", "x@1.0.0", "--project", project).stderr;
    expect(told).toContain("warning x@1.0.0: Deprecated (<2.0.0): the old way");
    expect(told).toContain("warning x@1.0.0: Advisory EX-1 (critical, <1.1.0): leaks");
    expect(told).toContain("read https://example.org/1");
    const other = run("install", "x@2.0.0", "--project", tempFolder("project"), "--json");
    expect(other.json()).toMatchObject({ version: "2.0.0", warnings: [] });
    const old = run("install", "x@1.1.0", "--project", tempFolder("project"), "--json");
    expect(old.json()).toMatchObject({ warnings: [{ code: "RELEASE_DEPRECATED" }] });
  });
});

test("the last deprecation is the one that install and verify tell", () => {
  const project = tempFolder("project");
  const told = run("install", "z", "--project", project).stderr;
  expect(told).toContain("warning z@1.0.0: Deprecated: the last word");
  expect(told).not.toContain("the first word");
  expect(run("verify", "z", "--project", project).stderr).not.toContain("the first word");
});

test("an archived package is marked in list and search as one to think twice of", () => {
  expect(run("list").stdout).toMatch(/done +1\.0\.0 .*\(deprecated\)/);
  expect(run("search", "done").stdout).toMatch(/done 1\.0\.0 deprecated/);
  expect(run("show", "done").stdout).toContain("Archived: finished\n");
});

test("check warns of what points at nothing: ranges without a release, a replacement that is not there; not of what was corrected", () => {
  const codes = (change: (story: ReturnType<typeof aRegistry>) => void) => {
    const story = aRegistry();
    story.publisher(alice);
    change(story);
    const checked = cli(["check", "--registry", story.writeTo(tempFolder("source")), "--json"], { home });
    return checked.json<{ warnings: { code: string }[] }>().warnings.map(({ code }) => code);
  };
  expect(
    codes((story) => story.package("x").release("1.0.0").deprecate("old", { replacement: "nowhere" })),
  ).toEqual(["REPLACEMENT_UNKNOWN"]);
  expect(
    codes((story) => story.package("x").release("1.0.0").deprecate("old", { versions: ">=2.0.0" })),
  ).toEqual(["STATEMENT_RANGE_EMPTY"]);
  const about = { severity: "low", versions: "<1.0.0", summary: "s" } as const;
  expect(codes((story) => story.package("x").release("1.0.0").advise("EX-1", about))).toEqual([
    "STATEMENT_RANGE_EMPTY",
  ]);
  expect(
    codes((story) => {
      story.package("y").release("1.0.0");
      story
        .package("x")
        .release("1.0.0")
        .deprecate("old", { replacement: "nowhere", versions: ">=2.0.0" })
        .deprecate("old", { replacement: "y", versions: "1.0.0" });
    }),
  ).toEqual([]);
});

describe("state advise", () => {
  const room = tempFolder("room");
  const registry = join(room, "registry");
  const key = join(room, "key");
  const signed = ["--into", registry, "--publisher", "alice", "--key", key];
  const say = (...args: string[]) => cli(["state", "advise", ...args, ...signed, "--json"], { home });
  const advisory = ["--id", "EX-7", "--severity", "high", "--summary", "writes outside the project"];

  beforeAll(() => {
    expect(
      cli(["init", registry, "--name", "test", "--iri", "https://packages.example/"], { home }).code,
    ).toBe(0);
    expect(cli(["key", "generate", "--out", key], { home }).code).toBe(0);
    const folder = join(room, "x");
    mkdirSync(folder);
    writeFileSync(join(folder, "README.md"), "# X\n");
    writeFileSync(
      join(folder, "package.toml"),
      'format = 1\n\n[package]\nname = "x"\nversion = "1.0.0"\npublisher = "alice"\ndescription = "A package for tests"\nlicense = "MIT"\n',
    );
    expect(cli(["publish", folder, ...signed], { home }).code).toBe(0);
  });

  test("is signed, and shown of the versions that it is about; the same id again replaces it", () => {
    const out = join(room, "out");
    const shown = () => {
      expect(cli(["build", "--registry", registry, "--out", out], { home }).code).toBe(0);
      return cli(["show", "x", "--registry", out], { home }).stdout;
    };
    expect(say("x@<=1.0.0", ...advisory, "--url", "https://example.org/7").code).toBe(0);
    expect(shown()).toContain(
      "Advisory EX-7 (high, <=1.0.0): writes outside the project https://example.org/7\n",
    );
    expect(say("x@<1.0.0", ...advisory).code).toBe(0);
    expect(shown()).toContain("Advisory EX-7 (high, <1.0.0), not about 1.0.0: writes outside the project\n");
    expect(say("x", ...advisory).code).toBe(0);
    expect(shown()).toContain("Advisory EX-7 (high, *): writes outside the project\n");
  });

  test("a range that holds no release, and a replacement that is not there, are told before they are signed", () => {
    const told = (...args: string[]) => cli(["state", ...args, ...signed], { home }).stderr;
    expect(told("advise", "x@>=7.0.0", "--id", "EX-8", ...advisory.slice(2))).toContain(
      "No release of the package is in the range >=7.0.0",
    );
    const deprecated = told("deprecate", "x", "--reason", "r", "--replacement", "xx");
    expect(deprecated).toContain('The replacement "xx" is not in this registry');
    expect(told("deprecate", "x", "--reason", "r")).toBe("");
  });

  test.each([
    ["no id", ["--severity", "high", "--summary", "s"], 2],
    ["no severity", ["--id", "A", "--summary", "s"], 2],
    ["no summary", ["--id", "A", "--severity", "high"], 2],
    ["a severity of its own", ["--id", "A", "--severity", "terrible", "--summary", "s"], 2],
    ["an id that is none", ["--id", "a b", "--severity", "low", "--summary", "s"], 1],
    [
      "an address that is none",
      ["--id", "A", "--severity", "low", "--summary", "s", "--url", "javascript:x"],
      1,
    ],
  ])("%s is refused, and nothing is written", (_, options, code) => {
    expect(say("x", ...options).code).toBe(code);
    expect(cli(["check", "--registry", registry], { home }).code).toBe(0);
  });
});
