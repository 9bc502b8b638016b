/** Installing where something is in the way, does not fit, or goes wrong in the middle. */
import { spawnSync } from "node:child_process";

import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { aRegistry } from "../support/a-registry.ts";
import { CLI, cli, codeOf, programHome, tempFolder } from "../support/cli.ts";
import { alice } from "../support/fixture-keys.ts";
import { aSmallRegistry, filesBelow, publishedTree } from "../support/published-tree.ts";

let tree: string;
const home = tempFolder("home");

beforeAll(() => {
  tree = publishedTree(aSmallRegistry());
});

const run = (...args: string[]) => cli([...args, "--registry", tree], { home });
const json = (...args: string[]) => run(...args, "--json");
const installed = (project: string) => filesBelow(join(project, "packs"));

describe("install", () => {
  test.each([
    ["a range that is none", ["tool@what?"], 2, "USAGE"],
    ["a range that nothing satisfies", ["tool@^9"], 1, "RESOLVE_NOTHING_FITS"],
    ["a version that was yanked", ["shared@1.1.0"], 1, "RESOLVE_NOTHING_FITS"],
    ["a name that is none", ["Tool!"], 2, "USAGE"],
    ["1.10 is a version and no number", ["tool@1.10"], 1, "RESOLVE_NOTHING_FITS"],
  ])("%s is refused", (_, args, code, error) => {
    const result = json("install", ...args, "--project", tempFolder("project"));
    expect([result.code, codeOf(result)]).toEqual([code, error]);
  });

  test("a folder that somebody else put there stays, unless --force", () => {
    const project = tempFolder("project");
    mkdirSync(join(project, "packs/tool"), { recursive: true });
    writeFileSync(join(project, "packs/tool/mine.txt"), "mine");
    expect(codeOf(json("install", "tool", "--allow", "all", "--project", project))).toBe("PACK_IN_THE_WAY");
    expect([...installed(project).keys()]).toEqual(["tool/mine.txt"]);
    expect(run("install", "tool", "--allow", "all", "--force", "--project", project).code).toBe(0);
    expect([...installed(project).keys()]).not.toContain("tool/mine.txt");
  });

  test("files that were changed by hand stay and are named by verify, unless --force", () => {
    const project = tempFolder("project");
    run("install", "left", "--project", project);
    writeFileSync(join(project, "packs/shared/ontology.ttl"), "# mine\n");
    writeFileSync(join(project, "packs/shared/extra.txt"), "mine");
    rmSync(join(project, "packs/shared/README.md"));
    const asked = json("install", "left", "--project", project);
    expect(codeOf(asked)).toBe("CHANGED_BY_HAND");
    const verified = json("verify", "--project", project);
    expect(verified.code).toBe(1);
    const verdicts = verified.json<{
      verified: { what: string; ok: boolean; problems: { code: string; file: string }[] }[];
    }>().verified;
    expect(verdicts.map(({ what, ok }) => [what, ok])).toEqual([
      ["left@1.0.0", true],
      ["shared@1.0.0", false],
    ]);
    expect(verdicts[1]?.problems.map(({ code, file }) => [code, file]).sort()).toEqual([
      ["INSTALLED_CHANGED", "packs/shared/ontology.ttl"],
      ["INSTALLED_EXTRA", "packs/shared/extra.txt"],
      ["INSTALLED_MISSING", "packs/shared/README.md"],
    ]);
    expect(run("install", "left", "--force", "--project", project).code).toBe(0);
    expect(run("verify", "--project", project).code).toBe(0);
  });

  test("a ggen.toml that does not parse is left as it is, and that is said", () => {
    const project = tempFolder("project");
    writeFileSync(join(project, "ggen.toml"), "[packs\n");
    const { code, stderr } = run("install", "tool", "--allow", "all", "--project", project);
    expect(code).toBe(0);
    expect(stderr).toContain(
      "note: ggen.toml was left as it is: it is not valid TOML; add the packs to its [packs] table by hand",
    );
    expect(readFileSync(join(project, "ggen.toml"), "utf8")).toBe("[packs\n");
  });

  test("an entry in ggen.toml that leads elsewhere is left, and that is said", () => {
    const project = tempFolder("project");
    const text = '[packs]\ntool = { path = "vendor/tool" }\n';
    writeFileSync(join(project, "ggen.toml"), text);
    expect(run("install", "tool", "--allow", "all", "--project", project).stderr).toContain(
      'ggen.toml has "tool" at another place',
    );
    expect(readFileSync(join(project, "ggen.toml"), "utf8")).toBe(text);
  });

  test.each([
    ["does not parse", "format = \n", "LOCK_UNREADABLE"],
    ["is of a later program", "format = 9\n", "LOCK_NEWER"],
  ])("a lock that %s stops the command, and stays", (_, text, code) => {
    const project = tempFolder("project");
    writeFileSync(join(project, "ggen-marketplace.lock"), text);
    for (const command of [["install", "left"], ["verify"]])
      expect(codeOf(json(...command, "--project", project))).toBe(code);
    expect(readFileSync(join(project, "ggen-marketplace.lock"), "utf8")).toBe(text);
    expect(existsSync(join(project, "packs"))).toBe(false);
  });

  test("a packs folder that is a link leads nowhere", () => {
    const project = tempFolder("project");
    const outside = tempFolder("outside");
    symlinkSync(outside, join(project, "packs"));
    expect(codeOf(json("install", "left", "--project", project))).toBe("UNSAFE_PATH");
    expect(readdirSync(outside)).toEqual([]);
  });

  test.skipIf(process.getuid?.() === 0 || process.platform === "win32")(
    "a project that cannot be written: the reason, and nothing changed",
    () => {
      const project = tempFolder("project");
      chmodSync(project, 0o555);
      const result = json("install", "left", "--project", project);
      chmodSync(project, 0o755);
      expect([result.code, codeOf(result)]).toEqual([1, "EACCES"]);
      expect(readdirSync(project)).toEqual([]);
    },
  );

  test("a full disk: the reason, and nothing changed (skipped where none can be mounted)", ({ skip }) => {
    const disk = tempFolder("disk");
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=32k", "tmpfs", disk]).status !== 0)
      return skip("mount does not work here");
    try {
      const project = join(disk, "project");
      mkdirSync(project);
      run("install", "left", "--project", project);
      const before = filesBelow(project);
      writeFileSync(join(disk, "filler"), Buffer.alloc(32 * 1024 - 8 * 4096));
      const result = json("install", "tool", "--allow", "all", "--project", project);
      expect([result.code, codeOf(result)]).toEqual([1, "ENOSPC"]);
      expect(filesBelow(project)).toEqual(before);
    } finally {
      spawnSync("umount", [disk]);
    }
  });

  test("a package of another registry is not replaced by its namesake", () => {
    const project = tempFolder("project");
    run("install", "left", "--project", project);
    const other = aRegistry({ iri: "https://other.example/" });
    other.publisher(alice);
    other.package("left").release("9.0.0");
    const elsewhere = publishedTree(other);
    const result = cli(["install", "left", "--registry", elsewhere, "--project", project, "--json"], {
      home,
    });
    expect(codeOf(result)).toBe("OTHER_REGISTRY");
    expect(
      cli(["install", "left", "--registry", elsewhere, "--project", project, "--force"], { home }).code,
    ).toBe(0);
  });

  test("a release that changed since it was locked is refused", () => {
    const project = tempFolder("project");
    run("install", "left", "--project", project);
    const again = aRegistry();
    again.publisher(alice, { title: "Alice" });
    // With every statement that was seen: one that is missing is refused for that.
    again.package("shared").release("1.0.0").release("1.1.0").release("2.0.0").yank("1.1.0", "a wrong term");
    again
      .package("left")
      .release("1.0.0", { dependencies: { shared: "^1.0.0" }, files: { "other.txt": "other bytes" } });
    const result = cli(
      ["install", "left", "--registry", publishedTree(again), "--project", project, "--json"],
      { home },
    );
    expect(codeOf(result)).toBe("LOCK_DIFFERS");
  });

  test("Ctrl-C at any moment leaves the old state or the new one", async () => {
    const { spawn } = await import("node:child_process");
    const project = tempFolder("project");
    run("install", "left", "--project", project);
    const before = filesBelow(project);
    const fresh = tempFolder("project");
    cpSync(project, fresh, { recursive: true });
    run("install", "tool", "--allow", "all", "--project", fresh);
    const after = filesBelow(fresh);
    for (const delay of [20, 60, 90, 120, 150, 180, 220]) {
      const child = spawn(
        process.execPath,
        [CLI, "install", "tool", "--allow", "all", "--registry", tree, "--project", project, "--quiet"],
        { env: { ...process.env, GGEN_MARKETPLACE_HOME: programHome(home) }, stdio: "ignore" },
      );
      const ended = new Promise((resolve) => child.once("exit", resolve));
      await new Promise((resolve) => setTimeout(resolve, delay));
      child.kill("SIGINT");
      await ended;
      const now = [...filesBelow(project)].filter(([path]) => !path.startsWith(".ggen-marketplace"));
      expect([before, after]).toContainEqual(new Map(now));
    }
  });
});
