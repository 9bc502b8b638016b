/** What `verify` says of releases that verify and are not to be taken blindly, and of what stands beside them. */
import { mkdirSync, mkdtempSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { aRegistry, type RegistryStory } from "../support/a-registry.ts";
import { type CliResult, cli, tempFolder } from "../support/cli.ts";
import { alice, aliceNext, bob } from "../support/fixture-keys.ts";
import { publishedTree } from "../support/published-tree.ts";

interface Verified {
  readonly verified: readonly {
    readonly ok: boolean;
    readonly problems: readonly { readonly code: string; readonly file: string; readonly message: string }[];
  }[];
}

const home = tempFolder("home");
const verify = (tree: string, project: string, ...args: string[]) =>
  cli(["verify", ...args, "--registry", tree, "--project", project], { home });
const problemsOf = (result: CliResult) =>
  result.json<Verified>().verified.flatMap(({ problems }) => problems);
const codesOf = (result: CliResult) => problemsOf(result).map(({ code }) => code);

/** x 1.0.0 by alice, then what `more` says. */
function story(more: (story: RegistryStory) => void = () => {}): RegistryStory {
  const registry = aRegistry();
  registry.publisher(alice);
  registry.publisher(bob);
  registry.package("x").release("1.0.0", { files: { "README.md": "x\n", "deep/a.txt": "a\n" } });
  more(registry);
  return registry;
}

function installed(tree: string): string {
  const project = tempFolder("project");
  expect(cli(["install", "x", "--registry", tree, "--project", project], { home }).code).toBe(0);
  return project;
}

let plain: string;
beforeAll(() => {
  plain = publishedTree(story());
});

describe("what nobody signed, inside packs/x", () => {
  test.each([
    ["a repository", "packs/x/.git/hooks/pre-commit", "packs/x/.git"],
    ["a repository further down", "packs/x/deep/.git/config", "packs/x/deep/.git"],
    ["a repository in other letters", "packs/x/.GIT/config", "packs/x/.GIT/config"],
    ["a pointer to a repository", "packs/x/deep/.git", "packs/x/deep/.git"],
    ["a hidden file", "packs/x/.envrc", "packs/x/.envrc"],
    ["an empty folder", "packs/x/none/", "packs/x/none"],
  ])("%s is told", (_, path, told) => {
    const project = installed(plain);
    mkdirSync(join(project, path, path.endsWith("/") ? "." : ".."), { recursive: true });
    if (!path.endsWith("/")) writeFileSync(join(project, path), "gitdir: elsewhere\n");
    const result = verify(plain, project, "x", "--json");
    expect([result.code, problemsOf(result)]).toMatchObject([1, [{ code: "INSTALLED_EXTRA", file: told }]]);
    const again = cli(["install", "x@1.0.0", "--registry", plain, "--project", project, "--json"], { home });
    expect(again.json()).toMatchObject({ error: { code: "CHANGED_BY_HAND" } });
  });

  test("a release folder with a repository in it is not the release", () => {
    const source = story().writeTo(tempFolder("source"));
    const copy = join(mkdtempSync(join(source, "..", "copy-")), "x");
    renameSync(join(source, "packages/x/1.0.0"), copy);
    expect(verify(plain, tempFolder("project"), copy).code).toBe(0);
    mkdirSync(join(copy, "content/.git"));
    expect(codesOf(verify(plain, tempFolder("project"), copy, "--json"))).toEqual(["FOLDER_REPOSITORY"]);
  });
});

describe("what the statements say of an installed release is told, and it verifies", () => {
  test.each<[string, (story: RegistryStory) => void, string, string]>([
    ["yanked", (said) => said.package("x").yank("1.0.0", "it lost data"), "RELEASE_YANKED", "it lost data"],
    [
      "deprecated, the versions that it is",
      (said) => said.package("x").deprecate("too slow", { versions: "<1.1.0", replacement: "y" }),
      "RELEASE_DEPRECATED",
      "too slow",
    ],
    ["archived", (said) => said.package("x").archive("finished"), "PACKAGE_ARCHIVED", "finished"],
    [
      "an advisory",
      (said) =>
        said
          .package("x")
          .advise("EX-1", { severity: "high", versions: "<=1.0.0", summary: "writes secrets" }),
      "RELEASE_ADVISORY",
      "EX-1 (high, <=1.0.0): writes secrets",
    ],
  ])("%s", (_, say, code, words) => {
    const project = installed(plain);
    const now = publishedTree(story(say));
    const result = verify(now, project, "x");
    expect([result.code, result.stdout]).toEqual([0, "verified x@1.0.0: 2 files as signed by alice\n"]);
    expect(result.stderr).toContain(`warning x@1.0.0: `);
    expect(result.stderr).toContain(words);
    expect(codesOf(verify(now, project, "x", "--json"))).toEqual([code]);
  });

  test("what is said of other versions is not", () => {
    const project = installed(plain);
    const now = publishedTree(
      story((said) => {
        const other = said.package("x").release("2.0.0").deprecate("new", { versions: ">=2.0.0" });
        other.advise("EX-2", { severity: "low", versions: "^2.0.0", summary: "odd" }).yank("2.0.0");
      }),
    );
    expect(verify(now, project, "x").stderr).not.toMatch(/warning/);
  });
});

describe("a fallen release", () => {
  const fallen = () =>
    story((said) => {
      const publisher = said.publisher(alice).addKey(aliceNext);
      publisher.revokeKey(alice, { reason: "laptop stolen", statements: ["x#1"] }).signedBy(aliceNext);
    });

  test("its files verify, in the source it stands in and elsewhere, and the reason is told", () => {
    const source = fallen().writeTo(tempFolder("source"));
    const now = publishedTree(fallen());
    const inSource = cli(["verify", join(source, "packages/x/1.0.0"), "--json"], { home });
    expect([inSource.code, codesOf(inSource)]).toEqual([0, ["RELEASE_FALLEN"]]);
    const elsewhere = verify(now, tempFolder("project"), join(source, "packages/x/1.0.0"));
    expect(elsewhere.code).toBe(0);
    expect(elsewhere.stderr).toContain("laptop stolen");
  });

  test("installed, there is nothing left to prove it by, and that is told with the reason", () => {
    const project = installed(plain);
    const result = verify(publishedTree(fallen()), project, "x");
    expect(result.code).toBe(1);
    expect(result.stderr).toContain("x@1.0.0 has fallen: the key that signed it was revoked (laptop stolen)");
  });
});
