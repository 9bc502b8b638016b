/** The least age of releases: what this machine has known for long enough is taken, and what the lock has. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { aRegistry, writeFiles } from "../support/a-registry.ts";
import { type SignedRegistry, signedRegistry } from "../support/a-signed-registry.ts";
import { cli, cliServed, codeOf, programHome, type Refusal, tempFolder } from "../support/cli.ts";
import { alice } from "../support/fixture-keys.ts";
import { publishedTree } from "../support/published-tree.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

let first: SignedRegistry;
let second: SignedRegistry;
let tree: string;
let home: string;
let project: string;

function story(more: readonly string[]) {
  const told = aRegistry({ iri: "https://acme.example/", name: "acme" });
  told.publisher(alice);
  told.package("base").release("1.0.0").signedBy(alice);
  told
    .package("tool")
    .release("1.0.0", { dependencies: { base: "^1.0.0" } })
    .signedBy(alice);
  for (const version of more) {
    // The publisher says that both are old.
    told.package("base").release(version, { published: "2001-01-01" }).signedBy(alice);
    told
      .package("tool")
      .release(version, { dependencies: { base: "^1.0.0" }, published: "2001-01-01" })
      .signedBy(alice);
  }
  return told;
}

beforeAll(() => {
  first = signedRegistry(story([]));
  second = signedRegistry(story(["1.1.0"]), { after: first, ceremonyOf: first });
});
beforeEach(() => {
  home = tempFolder("home");
  project = tempFolder("project");
  tree = tempFolder("tree");
  show(first);
  const root = join(tempFolder("root"), "root.json");
  writeFileSync(root, first.root);
  expect(cli(["registry", "add", tree, "--root", root, "--name", "acme"], { home }).code).toBe(0);
});

const show = (registry: SignedRegistry) => writeFiles(registry.files, tree);
const run = (...words: readonly string[]) => cli([...words, "--project", project, "--json"], { home });

/** Everything that was seen so far was seen some days earlier than it was. */
function daysPass(days: number): void {
  for (const file of seenFiles())
    writeFileSync(
      file,
      readFileSync(file, "utf8").replace(/ (\d+)$/gm, (_, ms) => ` ${Number(ms) - days * DAY_MS}`),
    );
}

function seenFiles(): string[] {
  const trust = join(programHome(home), "trust");
  return readdirSync(trust, { recursive: true, encoding: "utf8" })
    .filter((path) => /[\\/]seen[\\/]/.test(path))
    .map((path) => join(trust, path));
}

const installed = (result: { json: () => unknown }) =>
  (result.json() as { installed: { package: string; version: string }[] }).installed.map(
    (one) => `${one.package}@${one.version}`,
  );

describe("--minimum-age", () => {
  test("takes what was known before, leaves out what is new, and says so, whatever its publisher claims", () => {
    expect(cli(["sync"], { home }).code).toBe(0);
    daysPass(8);
    show(second);
    const result = run("install", "tool", "--minimum-age", "7");
    expect(installed(result)).toEqual(["base@1.0.0", "tool@1.0.0"]);
    const why = "known here for 0 of 7 days";
    expect(result.json<{ leftOut: unknown }>().leftOut).toEqual([
      { name: "base", version: "1.1.0", why },
      { name: "tool", version: "1.1.0", why },
    ]);
    expect(result.stderr).toContain(`tool@1.1.0 is left out: ${why} (--minimum-age 0 takes it)`);
    daysPass(6);
    expect(installed(run("update", "--minimum-age", "7"))).toEqual([]);
    daysPass(1);
    expect(installed(run("update", "--minimum-age", "7"))).toEqual(["base@1.1.0", "tool@1.1.0"]);
  });

  test("is off where nobody sets it, and what is seen meanwhile is remembered", () => {
    expect(installed(run("install", "tool"))).toEqual(["base@1.0.0", "tool@1.0.0"]);
    daysPass(3);
    rmSync(project, { recursive: true });
    mkdirSync(project);
    expect(installed(run("install", "tool", "--minimum-age", "3"))).toEqual(["base@1.0.0", "tool@1.0.0"]);
  });

  test("where all that fits is too new, the explanation names it", () => {
    const { error } = run("install", "tool", "--minimum-age", "7").json<
      Refusal & { error: { steps: unknown } }
    >();
    expect(error.code).toBe("RESOLVE_NOTHING_FITS");
    expect(JSON.stringify(error.steps)).toContain("known here for 0 of 7 days");
    expect(readdirSync(project)).toEqual([]);
  });

  test("takes what the lock has, at any age", () => {
    expect(run("install", "tool").code).toBe(0);
    for (const file of seenFiles()) rmSync(file);
    for (const words of [["install"], ["install", "--frozen"], ["update"], ["install", "tool"]])
      expect([words, run(...words, "--minimum-age", "7").code]).toEqual([words, 0]);
    expect(readFileSync(join(project, "ggen-marketplace.lock"), "utf8")).toContain('version = "1.0.0"');
  });

  test("the lock's allowance is for the very release: other bytes of that version are new", () => {
    expect(run("install", "base").code).toBe(0);
    const file = join(project, "ggen-marketplace.lock");
    const lock = readFileSync(file, "utf8");
    for (const seen of seenFiles()) rmSync(seen);
    writeFileSync(file, lock.replace(/digest = "[0-9a-f]{64}"/, `digest = "${"0".repeat(64)}"`));
    expect(codeOf(run("install", "base", "--minimum-age", "7"))).toBe("RESOLVE_NOTHING_FITS");
    expect(codeOf(run("update", "--minimum-age", "7"))).toBe("RESOLVE_NOTHING_FITS");
  });

  test("comes from the environment and from the settings; the flag is stronger", () => {
    expect(cli(["config", "set", "minimum-age-days", "7"], { home }).code).toBe(0);
    expect(codeOf(run("install", "tool"))).toBe("RESOLVE_NOTHING_FITS");
    expect(run("install", "tool", "--minimum-age", "0").code).toBe(0);
    const env = { GGEN_MARKETPLACE_MINIMUM_AGE_DAYS: "9" };
    const other = tempFolder("project");
    const result = cli(["install", "tool", "--project", other, "--json"], { home, env });
    expect(result.stdout).toContain("of 9 days");
    expect(cli(["install", "tool", "--minimum-age", "soon"], { home }).code).toBe(2);
  });

  test("outdated shows what is newest, and what update would take", () => {
    expect(run("install", "tool").code).toBe(0);
    daysPass(9);
    show(second);
    const rows = run("outdated", "--minimum-age", "7").json<{ outdated: readonly object[] }>().outdated;
    expect(rows).toContainEqual(
      expect.objectContaining({ package: "tool", current: "1.0.0", wanted: "1.0.0", latest: "1.1.0" }),
    );
  });

  test.each([
    [
      "a time that is yet to come",
      (line: string) => line.replace(/ \d+$/gm, ` ${Date.now() + 400 * DAY_MS}`),
    ],
    ["damaged lines", (line: string) => line.replaceAll(" ", "-")],
    ["half a line", (line: string) => line.slice(0, 40)],
    ["nothing", () => ""],
  ])("%s in what was seen makes a release new, and never old", (_, damage) => {
    expect(cli(["sync"], { home }).code).toBe(0);
    daysPass(100);
    for (const file of seenFiles()) writeFileSync(file, damage(readFileSync(file, "utf8")));
    expect(codeOf(run("install", "tool", "--minimum-age", "7"))).toBe("RESOLVE_NOTHING_FITS");
    daysPass(7);
    expect(codeOf(run("install", "base", "--minimum-age", "8"))).toBe("RESOLVE_NOTHING_FITS");
    expect(run("install", "tool", "--minimum-age", "7").code).toBe(0);
  });

  test("of another registry's root nothing is known, though the release is the same", () => {
    expect(cli(["sync"], { home }).code).toBe(0);
    daysPass(100);
    const other = signedRegistry(story([]), { online: alice });
    const folder = tempFolder("tree");
    writeFiles(other.files, folder);
    const root = join(tempFolder("root"), "root.json");
    writeFileSync(root, other.root);
    const words = ["install", "base", "--registry", folder, "--root", root, "--minimum-age", "7"];
    expect(codeOf(run(...words))).toBe("RESOLVE_NOTHING_FITS");
  });

  test("what this machine's own build made has no age, and that is said", async () => {
    const own = publishedTree(story([]));
    const result = await cliServed(
      ["install", "base", "--registry", own, "--project", project, "--minimum-age", "7"],
      { home },
    );
    expect(result.code).toBe(0);
    expect(result.stderr).toContain("no minimum age counts here");
  });
});
