/** Installing into a project, by the program as people run it. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { aRegistry } from "../support/a-registry.ts";
import { CLI, type CliResult, cli, tempFolder } from "../support/cli.ts";
import { alice } from "../support/fixture-keys.ts";
import { aSmallRegistry, filesBelow, publishedTree } from "../support/published-tree.ts";

interface Refusal {
  readonly error: { readonly code: string; readonly message: string; readonly hint: string };
}

let tree: string;
const home = tempFolder("home");

beforeAll(() => {
  tree = publishedTree(aSmallRegistry());
});

const run = (...args: string[]) => cli([...args, "--registry", tree], { home });
const json = (...args: string[]) => run(...args, "--json");
const codeOf = (result: CliResult) => result.json<Refusal>().error.code;
const installed = (project: string) => filesBelow(join(project, "packs"));

describe("install", () => {
  test("verifies, unpacks what is needed too, and notes it in the lock and in ggen.toml", () => {
    const project = tempFolder("project");
    writeFileSync(
      join(project, "ggen.toml"),
      '# ours\n[project]\nname = "shop"\n\n[packs]\n# none yet\n\n[generation]\nrules = []\n',
    );
    const { stdout, stderr, code } = run("install", "tool@^1", "--project", project);
    expect(code).toBe(0);
    expect(stdout).toBe(
      "installed shared@2.0.0 → packs/shared\ninstalled tool@1.0.0 → packs/tool\n2 packages verified; [packs] in ggen.toml updated.\n",
    );
    expect(stderr).toContain(
      "note: ggen does not load shared@2.0.0 as a pack, so that it is not entered in ggen.toml: FM-PACK-002",
    );
    expect(stderr).toContain(
      "tool@1.0.0 may do this on your machine when ggen runs it:\n  runs a shell command after writing (templates/a.tmpl:4): echo done",
    );
    expect(readFileSync(join(project, "ggen.toml"), "utf8")).toBe(
      '# ours\n[project]\nname = "shop"\n\n[packs]\ntool = { path = "packs/tool" }\n# none yet\n\n[generation]\nrules = []\n',
    );
    expect([...installed(project).keys()]).toEqual([
      "shared/README.md",
      "shared/ontology.ttl",
      "tool/README.md",
      "tool/ontology.ttl",
      "tool/pack.toml",
      "tool/templates/a.tmpl",
    ]);
    expect(readdirSync(project).sort()).toEqual(["ggen-marketplace.lock", "ggen.toml", "packs"]);
  });

  test("a package whose template writes where CI runs it is told of, though it runs nothing itself", () => {
    const story = aRegistry();
    story.publisher(alice);
    const template = (to: string) => `---\nto: "${to}"\n---\nbody\n`;
    story.package("x").release("1.0.0", {
      files: {
        "README.md": "x\n",
        "templates/a.tmpl": template(".github/workflows/ci.yml"),
        "templates/b.tmpl": template("src/b.ts"),
      },
    });
    const quiet = publishedTree(story);
    const told = cli(["install", "x", "--registry", quiet, "--project", tempFolder("project")], {
      home,
    }).stderr;
    expect(told).toContain(
      "x@1.0.0 may do this on your machine when ggen runs it:\n  writes into .github/workflows: runs in CI\n",
    );
    expect(cli(["show", "x", "--registry", quiet], { home }).stdout).toContain(
      "may do       writes into .github/workflows: runs in CI\n",
    );
  });

  test("--json says what was installed, in the fields that people know", () => {
    const project = tempFolder("project");
    const result = json("install", "left", "--project", project).json();
    expect(result).toMatchObject({
      package: "left",
      version: "1.0.0",
      path: "packs/left",
      dependencies: ["shared"],
      dryRun: false,
      ggenToml: "absent",
    });
    expect(result.installed).toHaveLength(2);
  });

  test("--dry-run verifies and writes nothing", () => {
    const project = join(tempFolder("project"), "new");
    expect(run("install", "tool", "--dry-run", "--project", project).stdout).toContain(
      "would install tool@1.0.0",
    );
    expect(existsSync(project)).toBe(false);
  });

  test("installing again changes nothing, and without a name installs what the lock holds", () => {
    const project = tempFolder("project");
    run("install", "left", "--project", project);
    const before = filesBelow(project);
    expect(run("install", "left", "--project", project).code).toBe(0);
    expect(filesBelow(project)).toEqual(before);
    rmSync(join(project, "packs"), { recursive: true });
    expect(run("install", "--project", project).stdout).toContain("2 packages verified.");
    expect(filesBelow(project)).toEqual(before);
    expect(json("install", "--project", project).json()).toMatchObject({
      installed: [],
      kept: [{ name: "left" }, { name: "shared" }],
    });
    expect(json("install", "--project", tempFolder("project")).code).toBe(2);
  });

  test("a lock that vouches for files nobody signed is not believed: the signed ones are put there", () => {
    const [honest, forged] = [tempFolder("project"), tempFolder("project")];
    for (const project of [honest, forged]) run("install", "tool", "--project", project);
    writeFileSync(join(forged, "packs/tool/evil.tmpl"), "evil");
    appendFileSync(join(forged, "packs/tool/pack.toml"), "# evil\n");
    const files = [...filesBelow(join(forged, "packs/tool"))].map(
      ([path, bytes]) => [`content/${path}`, bytes] as const,
    );
    const lines = files
      .map(([path, bytes]) => [path, createHash("sha256").update(bytes).digest("hex")] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, sha256]) => `${sha256}  ${path}\n`);
    const content = createHash("sha256").update(lines.join("")).digest("hex");
    const lock = join(forged, "ggen-marketplace.lock");
    const [before, tool = ""] = readFileSync(lock, "utf8").split("[packages.tool]");
    writeFileSync(
      lock,
      `${before}[packages.tool]${tool.replace(/^content = ".*"$/m, `content = "${content}"`)}`,
    );
    const result = json("install", "tool", "--project", forged);
    expect(result.json()).toMatchObject({ installed: [{ package: "tool" }], kept: [{ name: "shared" }] });
    expect(filesBelow(forged)).toEqual(filesBelow(honest));
  });

  test("what is installed and unchanged is said to be so, and is not put there again", () => {
    const project = tempFolder("project");
    run("install", "tool", "--project", project);
    const file = join(project, "packs/tool/pack.toml");
    const before = statSync(file).mtimeMs;
    const again = run("install", "tool", "--project", project);
    expect(again.stdout).toBe("unchanged tool@1.0.0 → packs/tool\n2 packages unchanged.\n");
    expect(statSync(file).mtimeMs).toBe(before);
    expect(json("install", "tool", "--project", project).json()).toMatchObject({
      package: "tool",
      version: "1.0.0",
      installed: [],
    });
    expect(run("install", "tool", "--force", "--project", project).stdout).toContain("installed tool@1.0.0");
  });

  test("without a ggen.toml it says what is missing, and enters the packs once there is one", () => {
    const project = tempFolder("project");
    expect(run("install", "tool", "--project", project).stderr).toContain("note: there is no ggen.toml here");
    expect(run("install", "shared", "--project", tempFolder("project")).stderr).not.toContain(
      "there is no ggen.toml",
    );
    writeFileSync(join(project, "ggen.toml"), '[project]\nname = "shop"\n');
    const again = run("install", "tool", "--project", project);
    expect(again.stdout).toContain("; [packs] in ggen.toml updated.\n");
    expect(readFileSync(join(project, "ggen.toml"), "utf8")).toContain('tool = { path = "packs/tool" }');
    expect(run("install", "tool", "--project", project).stdout).toContain("2 packages unchanged.\n");
  });

  test("a package that is removed by hand, as docs/operating.md says, is gone for every command", () => {
    const project = tempFolder("project");
    const config = join(project, "ggen.toml");
    writeFileSync(config, "");
    run("install", "shared@1.0.0", "tool", "--project", project);
    rmSync(join(project, "packs/tool"), { recursive: true });
    writeFileSync(config, readFileSync(config, "utf8").replace(/^tool = .*\n/m, ""));
    const lock = join(project, "ggen-marketplace.lock");
    const text = readFileSync(lock, "utf8");
    const without = text.replace(/^tool = .*\n/m, "").replace(/^\[packages\.tool\]\n(?:\w.*\n)*/m, "");
    expect(without).not.toContain("tool");
    writeFileSync(lock, without);
    expect(run("verify", "--project", project).stdout).toMatch(/^verified shared@1\.0\.0: .*\n$/);
    expect(run("install", "--project", project).stdout).toBe("1 package unchanged.\n");
  });

  test("what was installed before keeps its version where that fits, and its word where it does not", () => {
    const project = tempFolder("project");
    run("install", "left", "--project", project);
    expect(json("install", "tool", "--project", project).json()).toMatchObject({
      installed: [{ package: "tool" }],
      kept: [{ name: "left" }, { name: "shared", version: "1.0.0" }],
    });
    const before = filesBelow(project);
    const conflict = json("install", "right", "--project", project);
    expect(conflict.json<Refusal>().error).toMatchObject({
      code: "RESOLVE_CONFLICT",
      message: expect.stringContaining("left@1.0.0 needs shared ^1.0.0"),
    });
    expect(filesBelow(project)).toEqual(before);
  });

  test("two packages that want different versions of a third: who wants which, and nothing is written", () => {
    const project = tempFolder("project");
    const { code, stdout, stderr } = run("install", "left", "right", "--project", project);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(
      "error: No release of shared is right for all that need it: left@1.0.0 needs shared ^1.0.0; right@1.0.0 needs shared ^2.0.0; nothing was written\n",
    );
    expect(readdirSync(project)).toEqual([]);
  });

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
    expect(codeOf(json("install", "tool", "--project", project))).toBe("PACK_IN_THE_WAY");
    expect([...installed(project).keys()]).toEqual(["tool/mine.txt"]);
    expect(run("install", "tool", "--force", "--project", project).code).toBe(0);
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
    const { code, stderr } = run("install", "tool", "--project", project);
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
    expect(run("install", "tool", "--project", project).stderr).toContain(
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
      run("install", "left", "--project", project);
      const before = filesBelow(project);
      writeFileSync(join(disk, "filler"), Buffer.alloc(32 * 1024 - 8 * 4096));
      const result = json("install", "tool", "--project", project);
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
    again.publisher(alice);
    again.package("shared").release("1.0.0").release("2.0.0");
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
    run("install", "tool", "--project", fresh);
    const after = filesBelow(fresh);
    for (const delay of [20, 60, 90, 120, 150, 180, 220]) {
      const child = spawn(
        process.execPath,
        [CLI, "install", "tool", "--registry", tree, "--project", project, "--quiet"],
        { env: { ...process.env, GGEN_MARKETPLACE_HOME: home }, stdio: "ignore" },
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

test("installed files are plain files that their owner may change", () => {
  const project = tempFolder("project");
  run("install", "tool", "--project", project);
  for (const path of installed(project).keys())
    expect(statSync(join(project, "packs", path)).mode & 0o777).toBe(
      process.platform === "win32" ? 0o666 : 0o644,
    );
});
