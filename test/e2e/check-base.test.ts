/** `check --base`: a change of a registry, held against the commit before it, as a pull request's check does. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { Room } from "../build/room.ts";
import { aRegistry, type RegistryStory } from "../support/a-registry.ts";
import { cli } from "../support/cli.ts";
import { alice, aliceNext } from "../support/fixture-keys.ts";

let room: Room;

/** alice, who has replaced her first key after x 1.0.0. */
function story(): RegistryStory {
  const registry = aRegistry();
  registry.publisher(alice).addKey(aliceNext, { replaces: alice });
  registry.package("x", { claimedBy: alice }).release("1.0.0").signedBy(alice);
  return registry;
}

beforeEach(() => {
  room = new Room();
  room.commit(story().build());
});

const check = (...args: string[]) => cli(["check", "--registry", room.registry, ...args]);
const problemsOf = (result: ReturnType<typeof check>) =>
  result.json<{ error: { problems: { code: string; file: string }[] } }>().error.problems;

describe("check --base", () => {
  test("a release that someone signs with the old key, months later", () => {
    const now = story();
    now.package("x").release("1.1.0").signedBy(alice);
    room.commit(now.build());
    // Of the source alone nobody can tell: the old key may have signed it before it was replaced.
    expect(check().code).toBe(0);
    const result = check("--base", "HEAD~1");
    expect([result.code, result.stderr]).toEqual([1, expect.stringContaining('retired key of "alice"')]);
    expect(problemsOf(check("--base", "HEAD~1", "--json"))).toMatchObject([
      {
        code: "RELEASE_BY_INACTIVE_KEY",
        file: "packages/x/1.1.0/SHA256SUMS.sig",
        remedy: "delete packages/x/1.1.0/, and publish it again with an active key",
      },
    ]);
    // Whoever only looks writes nothing anyway.
    expect(result.stderr).not.toContain("nothing was written");
    expect(check("--base", "HEAD").code).toBe(0);
  });

  test("a release with the new key is good, committed or not yet", () => {
    const now = story();
    now.package("x").release("1.1.0").signedBy(aliceNext);
    room.write(now.build());
    expect(check("--base", "HEAD").stdout).toContain("1 package and 2 releases of 1 publisher are good");
    room.commit(now.build());
    expect(check("--base", "HEAD~1").code).toBe(0);
  });

  test("a release that was changed and signed anew, and one that was removed", () => {
    const now = aRegistry();
    now.publisher(alice).addKey(aliceNext, { replaces: alice });
    now
      .package("x", { claimedBy: alice })
      .release("1.0.0", { description: "Another description of the same release" })
      .signedBy(aliceNext);
    room.commit(now.build());
    expect(check().code).toBe(0);
    expect(
      problemsOf(check("--base", "HEAD~1", "--json")).map(({ code, file }) => `${code} ${file}`),
    ).toEqual([
      "RELEASE_CHANGED packages/x/1.0.0/SHA256SUMS",
      "RELEASE_CHANGED packages/x/1.0.0/SHA256SUMS.sig",
      "RELEASE_CHANGED packages/x/1.0.0/package.toml",
    ]);
    const without = story();
    without.package("y", { claimedBy: aliceNext }).release("1.0.0").signedBy(aliceNext);
    room.commit(new Map([...without.build()].filter(([path]) => !path.startsWith("packages/x/"))));
    expect(problemsOf(check("--base", "HEAD~1", "--json"))).toContainEqual(
      expect.objectContaining({ code: "RELEASE_REMOVED", file: "packages/x/1.0.0" }),
    );
  });

  test("problems of the source and of its history come in one run", () => {
    const now = story();
    now.package("x").release("1.1.0").signedBy(alice);
    room.commit(now.raw("packages/x/1.0.0/content/README.md", "changed\n").build());
    const codes = problemsOf(check("--base", "HEAD~1", "--json")).map(({ code }) => code);
    expect(codes).toEqual(
      expect.arrayContaining(["RELEASE_BY_INACTIVE_KEY", "RELEASE_CHANGED", "RELEASE_CHECKSUM"]),
    );
  });

  test.each([
    ["a commit that is not there", "0123456789012345678901234567890123456789"],
    ["a branch that is not there", "origin/main"],
    ["a folder of a commit", "HEAD:packages"],
    ["a file of the repository", "HEAD:registry.toml"],
    ["an option to git", "--all"],
    ["an option to git, inside", "-n1"],
    ["two", "HEAD HEAD"],
    ["nothing", ""],
  ])("%s is no base", (_, base) => {
    const result = check(`--base=${base}`, "--json");
    expect([result.code, result.json()]).toMatchObject([1, { error: { code: "BASE_UNKNOWN" } }]);
  });

  test("there is no base without git", () => {
    const plain = new Room();
    plain.write(story().build());
    const result = cli(["check", "--registry", plain.registry, "--base", "HEAD", "--json"]);
    expect(result.json()).toMatchObject({ error: { code: "BASE_UNKNOWN" } });
  });
});

test("the pull request's workflow holds the change against the pull request's base, with its whole history", () => {
  const workflow = readFileSync(join(".github", "workflows", "check.yml"), "utf8");
  expect(workflow).toContain("fetch-depth: 0");
  expect(workflow).toMatch(/BASE: \$\{\{ github\.event\.pull_request\.base\.sha \}\}/);
  expect(workflow).toContain('check --registry registry --base "$BASE"');
});

test("the deployment waits for the checks, builds the commit they passed, and may read the pages' settings", () => {
  const workflow = readFileSync(join(".github", "workflows", "deploy.yml"), "utf8");
  expect(workflow).toMatch(/on:\n {2}workflow_run:\n {4}workflows: \[check\]/);
  expect(workflow).toContain("github.event.workflow_run.conclusion == 'success'");
  expect(workflow).toContain("github.event.workflow_run.event == 'push'");
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the workflow's own.
  expect(workflow).toContain("ref: ${{ github.event.workflow_run.head_sha || github.sha }}");
  expect(workflow).toMatch(/permissions:\n {6}contents: read\n(?: {6}#.*\n)* {6}pages: read/);
});
