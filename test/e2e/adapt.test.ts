/** `install --adapt`: what ggen does not load gets a form that it loads, beside the signed bytes. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { packContentHash } from "../../src/node/ggen-lock.ts";
import { aRegistry } from "../support/a-registry.ts";
import { cli, codeOf, type Refusal, tempFolder } from "../support/cli.ts";
import { alice } from "../support/fixture-keys.ts";
import { filesBelow, publishedTree } from "../support/published-tree.ts";

const template = (...lines: readonly string[]) =>
  `---\nto: "a.txt"\n${lines.map((line) => `${line}\n`).join("")}---\nx\n`;
const PACK = '[pack]\nname = "x"\nversion = "1.0.0"\ndescription = "x"\n';
const GOOD = { "pack.toml": PACK, "ontology.ttl": "# x\n", "templates/a.tmpl": template() };
const BARE = {
  "pack.toml": `${PACK}author = "me"\n`,
  "ontology/a.ttl": "<https://v.example/a> <https://v.example/p> 1 .\n",
  "ontology/b.ttl": "<https://v.example/b> <https://v.example/p> 1 .\n",
  "templates/a.tera": template(),
};

let tree: string;
let home: string;
let project: string;

beforeAll(() => {
  const story = aRegistry();
  story.publisher(alice);
  story
    .package("bare")
    .release("1.0.0", { files: BARE })
    .release("1.1.0", {
      files: { ...BARE, "ontology/c.ttl": "<https://v.example/c> <https://v.example/p> 1 .\n" },
    })
    .release("2.0.0", { files: GOOD })
    .release("3.0.0", { files: { "ontology.ttl": "# x\n" } });
  story.package("whole").release("1.0.0", { files: GOOD });
  story.package("words").release("1.0.0", { files: { "ontology/a.ttl": "<a> <b>", "notes.txt": "x" } });
  story.package("runs").release("1.0.0", {
    files: { ...GOOD, "pack.toml": "x", "templates/a.tmpl": template('sh_after: "make"') },
  });
  story.package("hides").release("1.0.0", {
    files: { "pack.toml": PACK, "ontology.ttl": "# x\n", "templates/a.tera": template('sh_after: "make"') },
  });
  tree = publishedTree(story);
});

beforeEach(() => {
  home = tempFolder("home");
  project = tempFolder("project");
  writeFileSync(join(project, "ggen.toml"), '[project]\nname = "p"\n');
});

const run = (words: readonly string[], env: Record<string, string> = {}) =>
  cli([...words, "--registry", tree, "--project", project], { home, env: { CI: "", ...env } });
const install = (...words: readonly string[]) => run(["install", ...words]);
const at = (path: string) => join(project, path);
const text = (path: string) => readFileSync(at(path), "utf8");
const signed = () => [...filesBelow(at("packs/bare")).keys()];

describe("with --adapt", () => {
  test("the signed bytes stay, the form stands beside them, and ggen is led there", () => {
    const { code, stdout } = install("bare@1.0.0", "--adapt");
    expect(code).toBe(0);
    expect(stdout).toContain("adapted → packs/bare.adapted: pack.toml is written anew from package.toml; ");
    for (const path of Object.keys(BARE))
      expect(text(`packs/bare/${path}`)).toBe(BARE[path as keyof typeof BARE]);
    expect(signed().length).toBe(filesBelow(at("packs/bare")).size);
    expect(existsSync(at("packs/bare/ontology.ttl"))).toBe(false);
    expect(text("packs/bare.adapted/ontology.ttl")).toMatch(/v\.example\/a[\s\S]*v\.example\/b/);
    expect(text("packs/bare.adapted/templates/a.tmpl")).toBe(template());
    expect(text("ggen.toml")).toContain('bare = { path = "packs/bare.adapted" }');
    expect(text("ggen-marketplace.lock")).toMatch(/\[packages\.bare\][\s\S]*adapted = "[0-9a-f]{64}"/);
  });

  test("twice is once, without --adapt too, and in another project it is the same bytes", () => {
    install("bare@1.0.0", "--adapt");
    const before = filesBelow(project);
    expect(install("--json").json<{ installed: unknown[] }>().installed).toEqual([]);
    expect(filesBelow(project)).toEqual(before);
    project = tempFolder("project");
    writeFileSync(at("ggen.toml"), '[project]\nname = "p"\n');
    install("bare@1.0.0", "--adapt");
    expect(filesBelow(project)).toEqual(before);
  });

  test("what is installed already is adapted", () => {
    expect(install("bare@1.0.0").stderr).toContain("`install --adapt` gives what ggen does not load a form");
    expect(existsSync(at("packs/bare.adapted"))).toBe(false);
    expect(install("--adapt").code).toBe(0);
    expect(existsSync(at("packs/bare.adapted/pack.toml"))).toBe(true);
  });

  test("what ggen loads as it is gets no form", () => {
    expect(install("whole", "--adapt").code).toBe(0);
    expect(existsSync(at("packs/whole.adapted"))).toBe(false);
    expect(text("ggen-marketplace.lock")).not.toContain("adapted");
  });

  test("what cannot be adapted is said, with every reason, and installed as it is", () => {
    const { code, stderr } = install("words", "--adapt");
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /words@1\.0\.0 cannot be adapted: ontology\/a\.ttl does not parse.*; there is no template at all/,
    );
    expect(existsSync(at("packs/words.adapted"))).toBe(false);
    expect(text("ggen.toml")).not.toContain("words");
  });

  test("--dry-run writes nothing", () => {
    const before = filesBelow(project);
    expect(install("bare", "--adapt", "--dry-run").code).toBe(0);
    expect(filesBelow(project)).toEqual(before);
  });
});

describe("what an adapted form may do", () => {
  test("is shown and agreed to, also where the release's own files say nothing of it", () => {
    expect(install("hides").code).toBe(0);
    const refused = install("hides", "--adapt");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("make");
    expect(existsSync(at("packs/hides.adapted"))).toBe(false);
    expect(install("hides", "--adapt", "--allow", "shell").code).toBe(0);
    expect(text("ggen-marketplace.lock")).toContain('consent = ["shell"]');
    expect(existsSync(at("packs/hides.adapted"))).toBe(true);
  });

  test("is not agreed to by a yes to the release itself, and in CI by the lock for this very form", () => {
    expect(install("runs", "--allow", "shell").code).toBe(0);
    // The same facts: nothing new is asked.
    expect(install("runs", "--adapt").code).toBe(0);
    home = tempFolder("home");
    rmSync(at("packs"), { recursive: true });
    expect(run(["install", "--frozen"], { CI: "true" }).code).toBe(0);
    expect(existsSync(at("packs/runs.adapted"))).toBe(true);
    home = tempFolder("home");
    const lock = text("ggen-marketplace.lock");
    writeFileSync(
      at("ggen-marketplace.lock"),
      lock.replace(/adapted = "[^"]*"/, `adapted = "${"0".repeat(64)}"`),
    );
    expect(codeOf(run(["install", "--json"], { CI: "true" }))).toBe("CONSENT_NEEDED");
  });
});

describe("the lock", () => {
  beforeEach(() => {
    install("bare@1.0.0", "--adapt");
  });

  test("brings the form back, also --frozen, and --frozen takes no other form", () => {
    const before = filesBelow(project);
    rmSync(at("packs"), { recursive: true });
    expect(install("--frozen").code).toBe(0);
    expect(filesBelow(project)).toEqual(before);
    const lock = text("ggen-marketplace.lock");
    writeFileSync(at("ggen-marketplace.lock"), lock.replace(/adapted = .*\n/, ""));
    expect(codeOf(install("--frozen", "--adapt", "--json"))).toBe("FROZEN");
    writeFileSync(
      at("ggen-marketplace.lock"),
      lock.replace(/adapted = "[^"]*"/, `adapted = "${"0".repeat(64)}"`),
    );
    expect(codeOf(install("--frozen", "--json"))).toBe("FROZEN");
  });

  test("with a form that is no digest is refused", () => {
    const lock = text("ggen-marketplace.lock");
    writeFileSync(at("ggen-marketplace.lock"), lock.replace(/adapted = "[^"]*"/, 'adapted = "yes"'));
    expect(codeOf(install("--json"))).toBe("LOCK_UNREADABLE");
  });

  test("an update adapts again; a release that ggen loads needs no form; one that cannot be adapted has none", () => {
    writeFileSync(
      at("ggen.lock"),
      `[packs.bare]\nsource = "path:packs/bare.adapted"\ncontent_hash = "blake3:00"\n`,
    );
    const hash = (folder: string) => packContentHash(filesBelow(at(folder)));
    expect(install("bare@1.1.0").code).toBe(0);
    expect(text("packs/bare.adapted/ontology.ttl")).toContain("v.example/c");
    expect(text("ggen.lock")).toContain(
      `source = "path:packs/bare.adapted"\ncontent_hash = "${hash("packs/bare.adapted")}"`,
    );
    expect(install("bare@2.0.0").code).toBe(0);
    expect(existsSync(at("packs/bare.adapted"))).toBe(false);
    expect(text("ggen.toml")).toContain('bare = { path = "packs/bare" }');
    expect(text("ggen.lock")).toContain(`source = "path:packs/bare"\ncontent_hash = "${hash("packs/bare")}"`);
    expect(install("bare@1.0.0", "--adapt").code).toBe(0);
    expect(text("ggen.toml")).toContain('bare = { path = "packs/bare.adapted" }');
    expect(text("ggen.toml")).not.toContain('"packs/bare"');
    expect(install("bare@3.0.0").stderr).toContain(
      "bare@3.0.0 cannot be adapted: there is no template at all",
    );
    expect(existsSync(at("packs/bare.adapted"))).toBe(false);
    expect(text("ggen.toml")).not.toContain("bare");
  });

  test(".ggen/packs.lock names the release", () => {
    mkdirSync(at(".ggen"));
    writeFileSync(at(".ggen/packs.lock"), '{"packs":{}}');
    install("bare@1.1.0");
    expect(JSON.parse(text(".ggen/packs.lock")).packs.bare).toMatchObject({ version: "1.1.0" });
  });

  test("remove takes both folders and the entry", () => {
    expect(cli(["remove", "bare", "--project", project], { home }).code).toBe(0);
    expect([existsSync(at("packs/bare")), existsSync(at("packs/bare.adapted"))]).toEqual([false, false]);
    expect(text("ggen.toml")).not.toContain("bare");
  });
});

describe("a form that was changed by hand", () => {
  beforeEach(() => {
    install("bare@1.0.0", "--adapt");
    appendFileSync(at("packs/bare.adapted/ontology.ttl"), "# mine\n");
  });

  test("is not what verify makes of the release, and --force replaces it", () => {
    const refused = run(["verify", "--json"]);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain("packs/bare.adapted/ontology.ttl");
    expect(refused.stdout).toContain("INSTALLED_CHANGED");
    expect(install("bare@1.0.0", "--force").code).toBe(0);
    expect(run(["verify"]).code).toBe(0);
    expect(run(["verify", at("packs/bare.adapted")]).code).toBe(0);
  });

  test("is not replaced, not removed, and nothing else changes", () => {
    const before = filesBelow(project);
    for (const words of [["bare@1.0.0"], ["bare@1.1.0"], ["bare@2.0.0"]])
      expect(codeOf(install(...words, "--json"))).toBe("CHANGED_BY_HAND");
    expect(codeOf(cli(["remove", "bare", "--project", project, "--json"], { home }))).toBe("CHANGED_BY_HAND");
    expect(filesBelow(project)).toEqual(before);
  });
});

test("a folder of the form's name that was there is in the way", () => {
  mkdirSync(at("packs/bare.adapted"), { recursive: true });
  writeFileSync(at("packs/bare.adapted/mine.txt"), "x");
  const before = filesBelow(project);
  expect(codeOf(install("bare@1.0.0", "--adapt", "--json"))).toBe("PACK_IN_THE_WAY");
  expect(filesBelow(project)).toEqual(before);
});

test("a lock whose form does not follow from the release is not verified", () => {
  install("bare@1.0.0", "--adapt");
  writeFileSync(at("packs/bare.adapted/evil.tmpl"), utf8("x"));
  const lock = text("ggen-marketplace.lock");
  writeFileSync(
    at("ggen-marketplace.lock"),
    lock.replace(/adapted = "[^"]*"/, `adapted = "${"0".repeat(64)}"`),
  );
  const refused = run(["verify", "--json"]);
  expect(refused.code).toBe(1);
  expect(
    refused.json<{ verified: { problems: Refusal["error"]["problems"] }[] }>().verified[0]?.problems[0]?.code,
  ).toBe("ADAPTED_DIFFERS");
});
