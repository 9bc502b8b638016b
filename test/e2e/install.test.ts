/** Installing into a project, by the program as people run it. */

import { createHash } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { aRegistry } from "../support/a-registry.ts";
import { cli, codeOf, type Refusal, tempFolder } from "../support/cli.ts";
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
  test("verifies, unpacks what is needed too, and notes it in the lock and in ggen.toml", () => {
    const project = tempFolder("project");
    writeFileSync(
      join(project, "ggen.toml"),
      '# ours\n[project]\nname = "shop"\n\n[packs]\n# none yet\n\n[generation]\nrules = []\n',
    );
    const { stdout, stderr, code } = run("install", "tool@^1", "--allow", "all", "--project", project);
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
      "catalog-v001.xml",
      "ontologies.json",
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
    const project = tempFolder("project");
    expect(run("install", "tool", "--allow", "all", "--dry-run", "--project", project).stdout).toContain(
      "would install tool@1.0.0",
    );
    expect(readdirSync(project)).toEqual([]);
  });

  test("a project that is not there is refused, for its name may be misspelt", () => {
    const project = join(tempFolder("project"), "new");
    expect(codeOf(json("install", "tool", "--project", project))).toBe("PROJECT_MISSING");
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
    for (const project of [honest, forged]) run("install", "tool", "--allow", "all", "--project", project);
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
    const result = json("install", "tool", "--allow", "all", "--project", forged);
    expect(result.json()).toMatchObject({ installed: [{ package: "tool" }], kept: [{ name: "shared" }] });
    expect(filesBelow(forged)).toEqual(filesBelow(honest));
  });

  test("what is installed and unchanged is said to be so, and is not put there again", () => {
    const project = tempFolder("project");
    run("install", "tool", "--allow", "all", "--project", project);
    const file = join(project, "packs/tool/pack.toml");
    const before = statSync(file).mtimeMs;
    const again = run("install", "tool", "--allow", "all", "--project", project);
    expect(again.stdout).toBe("unchanged tool@1.0.0 → packs/tool\n2 packages unchanged.\n");
    expect(statSync(file).mtimeMs).toBe(before);
    expect(json("install", "tool", "--allow", "all", "--project", project).json()).toMatchObject({
      package: "tool",
      version: "1.0.0",
      installed: [],
    });
    expect(run("install", "tool", "--allow", "all", "--force", "--project", project).stdout).toContain(
      "installed tool@1.0.0",
    );
  });

  test("without a ggen.toml it says what is missing, and enters the packs once there is one", () => {
    const project = tempFolder("project");
    expect(run("install", "tool", "--allow", "all", "--project", project).stderr).toContain(
      "note: there is no ggen.toml here",
    );
    expect(run("install", "shared", "--project", tempFolder("project")).stderr).not.toContain(
      "there is no ggen.toml",
    );
    writeFileSync(join(project, "ggen.toml"), '[project]\nname = "shop"\n');
    const again = run("install", "tool", "--allow", "all", "--project", project);
    expect(again.stdout).toContain("; [packs] in ggen.toml updated.\n");
    expect(readFileSync(join(project, "ggen.toml"), "utf8")).toContain('tool = { path = "packs/tool" }');
    expect(run("install", "tool", "--allow", "all", "--project", project).stdout).toContain(
      "2 packages unchanged.\n",
    );
  });

  test("a package that is removed by hand, as docs/operating.md says, is gone for every command", () => {
    const project = tempFolder("project");
    const config = join(project, "ggen.toml");
    writeFileSync(config, "");
    run("install", "shared@1.0.0", "tool", "--allow", "all", "--project", project);
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
    expect(json("install", "tool", "--allow", "all", "--project", project).json()).toMatchObject({
      installed: [{ package: "tool" }],
      kept: [{ name: "left" }, { name: "shared", version: "1.0.0" }],
    });
    const before = filesBelow(project);
    const conflict = json("install", "right", "--project", project);
    expect(conflict.json<Refusal>().error).toMatchObject({
      code: "RESOLVE_CONFLICT",
      message: "No set of releases gives left and right; nothing was written",
      steps: expect.arrayContaining([
        { because: expect.anything(), so: "right 1.0.0 and left 1.0.0 do not go together" },
        { because: expect.anything(), so: "there is no such set" },
      ]),
    });
    expect(filesBelow(project)).toEqual(before);
  });

  test("two packages that want different versions of a third: who wants which, and nothing is written", () => {
    const project = tempFolder("project");
    const { code, stdout, stderr } = run("install", "left", "right", "--project", project);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr.slice(stderr.indexOf("error:"))).toBe(
      [
        "error: No set of releases gives left and right; nothing was written",
        "  Because left 1.0.0 needs shared ^1.0.0 and right 1.0.0 needs shared ^2.0.0, left 1.0.0 and right 1.0.0 do not go together.",
        "  And because you asked for left and right, there is no such set.",
        "hint: a project holds one version of a package: ask for other versions of what needs it",
        "",
      ].join("\n"),
    );
    expect(readdirSync(project)).toEqual([]);
  });
});

test("a release for another ggen is left out where ggen's version is said, and told of where it is not", () => {
  const files = { "ontology.ttl": "" };
  const story = aRegistry();
  story
    .publisher(alice)
    .package("engine-pack")
    .release("2.0.0", { requiresGgen: ">=26.0.0", optionalDependencies: { extra: "^1.0.0" } })
    .release("1.0.0", { files })
    .signedBy(alice)
    .package("extra")
    .release("2.0.0")
    .release("1.0.0")
    .signedBy(alice);
  const place = publishedTree(story);
  const install = (...args: string[]) =>
    cli(["install", ...args, "--registry", place, "--project", tempFolder("project")], { home });
  const open = install("engine-pack");
  expect(open.stdout).toContain("installed engine-pack@2.0.0");
  expect(open.stderr).toContain(
    "note: engine-pack@2.0.0 is made for ggen >=26.0.0; --ggen VERSION leaves out",
  );
  expect(open.stderr).toContain("note: engine-pack@2.0.0 can also use extra ^1.0.0, which you may install\n");
  expect(install("engine-pack", "--ggen", "26.7.3").stdout).toContain("installed engine-pack@2.0.0");
  expect(install("engine-pack", "--ggen", "6.0.1").stdout).toContain("installed engine-pack@1.0.0");
  expect(install("engine-pack@2.0.0", "--ggen", "6.0.1").stderr).toContain(
    "error: you asked for engine-pack 2.0.0 (what fits is withheld: 2.0.0, needs ggen >=26.0.0); nothing was written\n",
  );
  expect(install("engine-pack", "extra").stdout).toContain("installed extra@1.0.0");
  expect(install("engine-pack", "--ggen", "26").stderr).toContain("--ggen wants a whole version");
});

test("installed files are plain files that their owner may change", () => {
  const project = tempFolder("project");
  run("install", "tool", "--allow", "all", "--project", project);
  for (const path of installed(project).keys())
    expect(statSync(join(project, "packs", path)).mode & 0o777).toBe(
      process.platform === "win32" ? 0o666 : 0o644,
    );
});
