/** What is installed: shown as a tree, explained, removed with what only it needed, and compared with what there is. */
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { packContentHash } from "../../src/node/ggen-lock.ts";
import { aRegistry } from "../support/a-registry.ts";
import { cli, codeOf, tempFolder } from "../support/cli.ts";
import { alice } from "../support/fixture-keys.ts";
import { filesBelow, publishedTree } from "../support/published-tree.ts";

const PACK = (name: string, version: string) => ({
  "pack.toml": `[pack]\nname = "${name}"\nversion = "${version}"\ndescription = "x"\n`,
  "ontology.ttl": `# ${version}\n`,
  "templates/a.tmpl": '---\nto: "a.txt"\n---\nbody\n',
});

let tree: string;
let project: string;

/** app needs left and right, both need base; alone needs nothing. */
beforeAll(() => {
  const story = aRegistry();
  story.publisher(alice);
  story
    .package("base")
    .release("1.0.0", { files: PACK("base", "1.0.0") })
    .release("1.1.0", { files: PACK("base", "1.1.0") })
    .release("2.0.0", { files: PACK("base", "2.0.0") })
    .release("2.1.0-beta.1", { files: PACK("base", "2.1.0-beta.1") });
  story.package("left").release("1.0.0", { dependencies: { base: "^1.0.0" }, files: PACK("left", "1.0.0") });
  story
    .package("right")
    .release("1.0.0", { dependencies: { base: ">=1.0.0" }, files: PACK("right", "1.0.0") });
  story
    .package("app")
    .release("1.0.0", { dependencies: { left: "^1.0.0", right: "^1.0.0" }, files: PACK("app", "1.0.0") });
  story.package("alone").release("1.0.0", { files: PACK("alone", "1.0.0") });
  tree = publishedTree(story);
});

beforeEach(() => {
  project = tempFolder("project");
  writeFileSync(join(project, "ggen.toml"), '# mine\n[packs]\nown = { path = "../own" }\n');
  expect(run("install", "app", "alone", "--registry", tree).code).toBe(0);
});

const run = (...words: readonly string[]) => cli([...words, "--project", project]);
const pack = (name: string) => join(project, "packs", name);
const read = (file: string) => readFileSync(join(project, file), "utf8");

describe("tree and why", () => {
  test("show what needs what", () => {
    expect(run("tree").stdout).toBe(
      [
        "alone 1.0.0",
        "app 1.0.0",
        "├ left 1.0.0",
        "│ └ base 1.1.0",
        "└ right 1.0.0",
        "  └ base 1.1.0",
        "",
      ].join("\n"),
    );
    expect(run("tree", "--json").json()).toMatchObject({ roots: { alone: "*", app: "*" } });
    expect(run("why", "base").stdout).toBe("base 1.1.0\n  app → left → base\n  app → right → base\n");
    expect(run("why", "app", "--json").json()).toEqual({
      package: "app",
      version: "1.0.0",
      asked: "*",
      ways: [["app"]],
    });
    expect(run("why", "bass").stderr).toContain('did you mean "base"?');
  });

  test("of an empty project say so", () => {
    project = tempFolder("project");
    expect(run("tree").stdout).toBe("Nothing is installed here.\n");
    expect(codeOf(run("why", "x", "--json"))).toBe("NOT_INSTALLED");
  });
});

describe("remove", () => {
  test("takes what only it needed, and leaves the rest, ggen.toml's own entries among it", () => {
    const before = read("ggen.toml");
    expect(before).toContain("left");
    const { removed } = run("remove", "app", "--json").json<{ removed: string[] }>();
    expect([...removed].sort()).toEqual(["app", "base", "left", "right"]);
    for (const name of removed) expect(existsSync(pack(name))).toBe(false);
    expect(existsSync(pack("alone"))).toBe(true);
    expect(read("ggen.toml")).toBe(
      '# mine\n[packs]\nown = { path = "../own" }\nalone = { path = "packs/alone" }\n',
    );
    expect(run("tree").stdout).toBe("alone 1.0.0\n");
    expect(run("verify").code).toBe(2);
  });

  test("of what something else needs says who, and changes nothing", () => {
    const before = filesBelow(project);
    const refused = run("remove", "left", "--json");
    expect(codeOf(refused)).toBe("NEEDED");
    expect(refused.json<{ error: { message: string } }>().error.message).toContain("app needs it");
    expect(codeOf(run("remove", "nothing", "--json"))).toBe("NOT_INSTALLED");
    expect(filesBelow(project)).toEqual(before);
  });

  test("of files that were changed by hand is refused, and done with --force", () => {
    writeFileSync(join(pack("base"), "mine.txt"), "words");
    const before = filesBelow(project);
    expect(codeOf(run("remove", "app", "--json"))).toBe("CHANGED_BY_HAND");
    expect(filesBelow(project)).toEqual(before);
    expect(run("remove", "app", "--force").code).toBe(0);
    expect(existsSync(pack("base"))).toBe(false);
  });

  test("what was asked for and is needed too stays, with a word", () => {
    expect(run("install", "base@^1.0.0", "--registry", tree).code).toBe(0);
    const { stdout, stderr } = run("remove", "base");
    expect(stdout).toContain("0 packages removed");
    expect(stderr).toContain("base stays: left, right needs it");
  });
});

describe("ggen's own lock files", () => {
  const hashOf = (name: string) => packContentHash(filesBelow(pack(name)));

  test("follow an installation and a removal, so that the engine takes what is there", () => {
    expect(run("install", "base@1.0.0", "--registry", tree).code).toBe(0);
    const entry = (name: string) =>
      `\n[packs.${name}]\nsource = "path:packs/${name}"\ncontent_hash = "${hashOf(name)}"\n`;
    const lock = `# ggen.lock — generated by \`ggen sync\`. Do not edit.\n${entry("alone")}${entry("base")}`;
    writeFileSync(join(project, "ggen.lock"), lock);
    mkdirSync(join(project, ".ggen"));
    const packs = { own: { version: "1.0.0" } };
    writeFileSync(
      join(project, ".ggen/packs.lock"),
      JSON.stringify({ packs, updated_at: "then", ggen_version: "1" }),
    );
    const old = hashOf("base");
    expect(run("install", "base@1.1.0", "--registry", tree).code).toBe(0);
    expect(hashOf("base")).not.toBe(old);
    expect(read("ggen.lock")).toBe(lock.replace(old, hashOf("base")));
    const after = JSON.parse(read(".ggen/packs.lock"));
    expect(after).toMatchObject({
      packs: { own: packs.own, base: { version: "1.1.0", source: { type: "Registry" } } },
    });
    expect(run("remove", "alone").code).toBe(0);
    expect(read("ggen.lock")).not.toContain("alone");
  });
});

describe("update", () => {
  test("brings the newest that fits, of one package or of all, and nothing that does not fit", () => {
    expect(run("install", "base@1.0.0", "--registry", tree).code).toBe(0);
    expect(run("update", "--registry", tree).stdout).toBe("5 packages unchanged.\n");
    const file = join(project, "ggen-marketplace.lock");
    writeFileSync(file, read("ggen-marketplace.lock").replace('base = "1.0.0"', 'base = ">=1.0.0"'));
    // left needs ^1.0.0: the newest of all does not fit.
    expect(run("update", "--registry", tree).stdout).toContain("installed base@1.1.0");
    expect(codeOf(run("update", "bass", "--registry", tree, "--json"))).toBe("NOT_INSTALLED");
  });

  test("of one package leaves the others where they are", () => {
    project = tempFolder("project");
    run("install", "base@1.0.0", "alone", "--registry", tree);
    const file = join(project, "ggen-marketplace.lock");
    writeFileSync(file, read("ggen-marketplace.lock").replace('base = "1.0.0"', 'base = ">=1.0.0"'));
    expect(run("update", "alone", "--registry", tree).stdout).toContain("2 packages unchanged");
    const dry = run("update", "base", "--registry", tree, "--dry-run");
    expect(dry.stdout).toContain("would install base@2.0.0");
    expect(run("tree").stdout).toContain("base 1.0.0");
    expect(run("update", "base", "--registry", tree).stdout).toContain("installed base@2.0.0");
    expect(run("tree").stdout).toContain("base 2.0.0");
  });
});

describe("outdated", () => {
  test("says what is newer, within what was asked for and at all", () => {
    expect(run("install", "base@~1.0.0", "--registry", tree).code).toBe(0);
    expect(run("outdated", "--registry", tree, "--json").json()).toEqual({
      outdated: [{ package: "base", current: "1.0.0", wanted: "1.0.0", latest: "2.0.0", asked: "~1.0.0" }],
    });
    expect(run("outdated", "--registry", tree).stdout).toMatch(
      /^package +current +wanted +latest +asked for\nbase/,
    );
  });
});

describe("prune", () => {
  const prune = (...words: readonly string[]) => run("prune", "--registry", tree, ...words);

  test("removes what another lock had left: what is a release, and nobody's own", () => {
    const lock = read("ggen-marketplace.lock");
    const toml = read("ggen.toml");
    expect(run("remove", "alone").code).toBe(0);
    // As a checkout of another branch leaves it: the folder is there, the lock does not name it.
    const other = tempFolder("project");
    cli(["install", "alone", "--registry", tree, "--project", other]);
    for (const name of ["alone", "changed", "base.adapted"])
      cpSync(join(other, "packs/alone"), pack(name), { recursive: true });
    writeFileSync(join(pack("changed"), "mine.txt"), "mine");
    expect(prune("--dry-run").stdout).toBe("would remove packs/alone\n1 folder to remove.\n");
    expect(existsSync(pack("alone"))).toBe(true);
    const pruned = prune();
    expect(pruned.stdout).toBe("removed packs/alone\n1 folder removed.\n");
    expect(pruned.stderr).toContain("packs/changed stays: no release is like it");
    expect(["alone", "changed", "base", "app"].map((name) => existsSync(pack(name)))).toEqual([
      ...[false, true, true, true],
    ]);
    expect([lock, toml]).not.toContain(read("ggen-marketplace.lock"));
  });

  test("what ggen.toml names stays, though it is like a release", () => {
    expect(run("remove", "alone").code).toBe(0);
    const other = tempFolder("project");
    cli(["install", "alone", "--registry", tree, "--project", other]);
    cpSync(join(other, "packs/alone"), pack("alone"), { recursive: true });
    writeFileSync(join(project, "ggen.toml"), `${read("ggen.toml")}alone = { path = "packs/alone" }\n`);
    expect(prune("--json").json()).toMatchObject({ removed: [], kept: ["alone"] });
    expect(existsSync(pack("alone"))).toBe(true);
  });
});

describe("vendor", () => {
  test("copies what the lock holds, and a new machine installs from the copy, with no other registry", () => {
    const made = run("vendor", "--registry", tree, "--json").json<{
      copies: { folder: string; root: string; packages: string[] }[];
    }>();
    const [copy] = made.copies;
    expect(copy?.packages).toEqual(["alone@1.0.0", "app@1.0.0", "base@1.1.0", "left@1.0.0", "right@1.0.0"]);
    const elsewhere = tempFolder("project");
    for (const path of ["ggen-marketplace.lock", "ggen.toml", "vendor"])
      cpSync(join(project, path), join(elsewhere, path), { recursive: true });
    const restored = cli(
      ["install", "--frozen", "--project", elsewhere].concat([
        "--registry",
        copy?.folder ?? "",
        "--root",
        copy?.root ?? "",
      ]),
      { home: tempFolder("home") },
    );
    expect(restored.code).toBe(0);
    expect(filesBelow(join(elsewhere, "packs"))).toEqual(filesBelow(join(project, "packs")));
    // What the lock does not hold was not copied.
    const missing = cli(
      ["install", "base@2.0.0", "--project", tempFolder("project"), "--json"].concat([
        "--registry",
        copy?.folder ?? "",
      ]),
    );
    expect(codeOf(missing)).toBe("NOT_FOUND");
  });

  test("of nothing is a mistake", () => {
    const empty = cli(["vendor", "--registry", tree, "--project", tempFolder("project"), "--json"]);
    expect(codeOf(empty)).toBe("USAGE");
  });
});
