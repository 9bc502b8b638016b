/** What packages may do is agreed to before they are installed, by a person, and by no project. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { aRegistry } from "../support/a-registry.ts";
import { CLI, cli, codeOf, programHome, type Refusal, tempFolder } from "../support/cli.ts";
import { alice } from "../support/fixture-keys.ts";
import { filesBelow, publishedTree } from "../support/published-tree.ts";
import { hasTool } from "../support/tools.ts";

const template = (...lines: readonly string[]) => `---\n${lines.join("\n")}\n---\nbody\n`;
const PACK = {
  "pack.toml": '[pack]\nname = "x"\nversion = "1.0.0"\ndescription = "x"\n',
  "ontology.ttl": "# x\n",
};
const withTemplate = (...lines: readonly string[]) => ({
  files: { ...PACK, "templates/a.tmpl": template(...lines) },
});

let tree: string;
let home: string;
let project: string;

beforeAll(() => {
  const story = aRegistry();
  story.publisher(alice);
  const one = ['to: "a.txt"', 'sh_after: "make \u001b[31m"'];
  story
    .package("runs")
    .release("1.0.0", withTemplate(...one))
    // The same line, further down.
    .release("1.1.0", withTemplate("# words", ...one))
    .release("2.0.0", withTemplate(...one, 'sh_before: "curl evil"'));
  story.package("overwrites").release("1.0.0", withTemplate('to: "a.txt"', "force: true"));
  story.package("harmless").release("1.0.0", withTemplate('to: "new.txt"'));
  story.package("computed").release("1.0.0", withTemplate('to: "{{ x }}"'));
  story.package("hooks").release("1.0.0", withTemplate('to: ".github/workflows/a.yml"'));
  story.package("needs").release("1.0.0", { dependencies: { runs: "^1.0.0", overwrites: "*" }, files: PACK });
  tree = publishedTree(story);
});

beforeEach(() => {
  home = tempFolder("home");
  project = tempFolder("project");
});

const install = (words: readonly string[], env: Record<string, string> = {}, at = home) =>
  cli(["install", ...words, "--registry", tree, "--project", project], { home: at, env: { CI: "", ...env } });

describe("a package that may do more than write new files", () => {
  test.each([
    ["runs@1.0.0", "shell"],
    ["overwrites", "overwrite"],
    ["computed", "anything"],
    ["hooks", "sensitive"],
  ])("%s is not installed without --allow %s", (name, kind) => {
    const refused = install([name, "--json"]);
    expect(codeOf(refused)).toBe("CONSENT_NEEDED");
    expect(refused.json<Refusal>().error.hint).toContain(`--allow ${kind}`);
    expect(filesBelow(project)).toEqual(new Map());
    expect(codeOf(install([name, "--allow", kind === "shell" ? "overwrite" : "shell", "--json"]))).toBe(
      "CONSENT_NEEDED",
    );
    expect(install([name, "--allow", kind]).code).toBe(0);
    expect(readFileSync(join(project, "ggen-marketplace.lock"), "utf8")).toContain(`consent = ["${kind}"]`);
  });

  test("one that writes new files of known names is installed, and nothing is asked", () => {
    expect(install(["harmless"]).code).toBe(0);
    expect(readFileSync(join(project, "ggen-marketplace.lock"), "utf8")).not.toContain("consent");
  });

  test("each line is shown, whole, with control characters visible, also of what comes with it", () => {
    const { code, stderr } = install(["needs"]);
    expect(code).toBe(1);
    expect(stderr).toContain("overwrites@1.0.0 may do this on your machine");
    expect(stderr).toMatch(/runs@1\.1\.0 may do this[\s\S]*make \\x1b\[31m/);
    expect(stderr).toContain("--allow shell,overwrite");
  });

  test("--dry-run shows it and asks nothing; --allow of something else is refused", () => {
    const dry = install(["runs", "--dry-run"]);
    expect([dry.code, dry.stderr]).toEqual([0, expect.stringContaining("curl evil")]);
    expect(install(["runs", "--allow", "everything"]).code).toBe(2);
    expect(codeOf(install(["runs", "--json"]))).toBe("CONSENT_NEEDED");
  });
});

describe("an answer", () => {
  test("is kept, and asked again where a release may do something else besides", () => {
    expect(install(["runs@1.0.0", "--allow", "shell"]).code).toBe(0);
    project = tempFolder("project");
    expect(install(["runs@1.0.0"]).code).toBe(0);
    expect(install(["runs@1.1.0"]).code).toBe(0);
    expect(codeOf(install(["runs@2.0.0", "--json"]))).toBe("CONSENT_NEEDED");
  });

  test("is this person's: another one is asked, whatever the project's lock says", () => {
    expect(install(["runs@1.0.0", "--allow", "shell"]).code).toBe(0);
    const cloned = project;
    const lock = readFileSync(join(cloned, "ggen-marketplace.lock"), "utf8");
    const other = tempFolder("home");
    expect(codeOf(install(["--json"], {}, other))).toBe("CONSENT_NEEDED");
    expect(install(["--allow", "shell"], {}, other).code).toBe(0);
    expect(install([], {}, other).code).toBe(0);
    expect(readFileSync(join(cloned, "ggen-marketplace.lock"), "utf8")).toBe(lock);
  });

  test("in CI the lock's counts, for the very release, and for what it names", () => {
    expect(install(["runs@1.0.0", "--allow", "shell"]).code).toBe(0);
    const file = join(project, "ggen-marketplace.lock");
    const lock = readFileSync(file, "utf8");
    expect(install(["--frozen"], { CI: "true" }, tempFolder("home")).code).toBe(0);
    writeFileSync(file, lock.replace('consent = ["shell"]\n', ""));
    expect(codeOf(install(["--frozen", "--json"], { CI: "true" }, tempFolder("home")))).toBe(
      "CONSENT_NEEDED",
    );
    writeFileSync(file, lock.replace('["shell"]', '["overwrite"]'));
    expect(codeOf(install(["--frozen", "--json"], { CI: "true" }, tempFolder("home")))).toBe(
      "CONSENT_NEEDED",
    );
  });

  test("that was damaged counts as not given", () => {
    expect(install(["runs@1.0.0", "--allow", "shell"]).code).toBe(0);
    const folder = join(home, "ggen-marketplace/consent");
    for (const file of filesBelow(folder).keys()) writeFileSync(join(folder, file), "{");
    expect(codeOf(install(["--json"]))).toBe("CONSENT_NEEDED");
  });

  test.skipIf(!hasTool("script"))("is given at a terminal with yes, and with nothing else", () => {
    const ask = (answer: string, at: string) =>
      spawnSync(
        "script",
        [
          "-qefc",
          `${process.execPath} ${CLI} install runs@1.0.0 --registry ${tree} --project ${at}`,
          "/dev/null",
        ],
        {
          input: `${answer}\n`,
          encoding: "utf8",
          env: {
            ...process.env,
            CI: "",
            TERM: "xterm",
            GGEN_MARKETPLACE_HOME: programHome(home),
          },
        },
      );
    const no = ask("maybe", project);
    expect(no.stdout).toContain("Install it? [y/N]");
    expect(existsSync(join(project, "packs"))).toBe(false);
    expect(no.status).toBe(1);
    const yes = ask("y", project);
    expect([yes.status, existsSync(join(project, "packs/runs"))]).toEqual([0, true]);
  });
});

describe("--frozen", () => {
  test("installs what the lock holds, and refuses what would change it", () => {
    expect(install(["harmless"]).code).toBe(0);
    const clone = tempFolder("project");
    cpSync(join(project, "ggen-marketplace.lock"), join(clone, "ggen-marketplace.lock"));
    project = clone;
    expect(install(["--frozen"]).code).toBe(0);
    expect(existsSync(join(clone, "packs/harmless"))).toBe(true);
    const file = join(clone, "ggen-marketplace.lock");
    writeFileSync(
      file,
      readFileSync(file, "utf8").replace('harmless = "*"', 'harmless = "*"\noverwrites = "*"'),
    );
    expect(codeOf(install(["--frozen", "--json"]))).toBe("FROZEN");
    expect(existsSync(join(clone, "packs/overwrites"))).toBe(false);
    expect(install(["harmless", "--frozen"]).code).toBe(2);
  });
});
