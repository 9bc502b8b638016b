/** What a project's lock remembers, held against views that are signed, by a thief of the online key or before the lock. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { aRegistry, writeFiles } from "../support/a-registry.ts";
import { type SignedRegistry, signedRegistry } from "../support/a-signed-registry.ts";
import { cli, codeOf, tempFolder } from "../support/cli.ts";
import { alice, bob, testKey } from "../support/fixture-keys.ts";
import { filesBelow } from "../support/published-tree.ts";

/** Alice's second key, with which she revokes the first after a thief had it. */
const spare = testKey("alice", 2);

function before() {
  const story = aRegistry();
  story.publisher(alice);
  story.publisher(bob);
  story.package("x").release("1.0.0").addOwner(bob).signedBy(alice);
  return story;
}

function revoked() {
  const story = before();
  story
    .publisher(alice)
    .addKey(spare)
    .revokeKey(alice, { releases: ["x@1.0.0"], statements: ["x#1", "x#2"] })
    .signedBy(spare);
  return story;
}

/** The thief's: a release with the key that was revoked, and nothing of the revocation. */
function stolen() {
  const story = before();
  story
    .package("x")
    .release("1.1.0", { files: { "evil.ttl": "" } })
    .signedBy(alice);
  return story;
}

/** The tree and its root as a person in a new home has them. */
function served(signed: SignedRegistry, root = signed.root) {
  const tree = tempFolder("tree");
  writeFiles(signed.files, tree);
  const file = join(tempFolder("root"), "root.json");
  writeFileSync(file, root);
  return (project: string, ...words: readonly string[]) =>
    cli([...words, "--registry", tree, "--root", file, "--project", project, "--json"], {
      home: tempFolder("home"),
    });
}

describe("a lock made from the current view", () => {
  let real: SignedRegistry;
  let old: SignedRegistry;
  let project: string;
  beforeAll(() => {
    old = signedRegistry(before());
    real = signedRegistry(revoked(), { after: old, ceremonyOf: old });
    project = tempFolder("project");
    expect(served(real, old.root)(project, "install", "x").code).toBe(0);
  });

  test.each([[["install"]], [["update"]], [["install", "x@^1.1.0"]], [["install", "x", "--force"]]])(
    "%j takes no release that a revoked key signed, where the view hides the revocation",
    (words) => {
      const files = filesBelow(project);
      const hiding = served(signedRegistry(stolen(), { after: real, ceremonyOf: old }), old.root);
      expect(codeOf(hiding(project, ...words))).toBe("STATEMENTS_WITHDRAWN");
      expect(filesBelow(project)).toEqual(files);
    },
  );

  test("is not met by an older view, though somebody who has seen nothing yet is shown it", () => {
    const files = filesBelow(project);
    const asked = served(old)(project, "install");
    expect(codeOf(asked)).toBe("VIEW_OLDER");
    expect(filesBelow(project)).toEqual(files);
  });

  test("lets another owner release, whose statements it never saw", () => {
    const other = revoked();
    other.package("x").release("1.2.0").signedBy(bob);
    const next = served(signedRegistry(other, { after: real, ceremonyOf: old }), old.root);
    const copy = tempFolder("project");
    expect(served(real, old.root)(copy, "install", "x").code).toBe(0);
    expect(next(copy, "update").json()).toMatchObject({ installed: [{ package: "x", version: "1.2.0" }] });
  });
});
