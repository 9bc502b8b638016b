/** Statements and releases that were signed for something else, or taken away, in views that are signed as they should be. */
import { describe, expect, test } from "vitest";
import { lostStatements } from "../../src/client/kept-statements.ts";
import { verifyArchive } from "../../src/client/verify-archive.ts";
import { aRegistry } from "../support/a-registry.ts";
import { openSigned, signedRegistry } from "../support/a-signed-registry.ts";
import { alice, aliceNext, bob } from "../support/fixture-keys.ts";
import { judgePackage, judgePublisher, judgeRelease } from "../support/judge.ts";

const codesOf = (result: { ok: boolean; problems?: readonly { code: string }[] }) =>
  result.ok ? [] : (result.problems ?? []).map(({ code }) => code);

/** The files of a statement and its signature, by number. */
function statement(files: Map<string, Uint8Array>, folder: string, number: string) {
  const path = `${folder}/statements/${number}.toml`;
  return { toml: files.get(path) as Uint8Array, sig: files.get(`${path}.sig`) as Uint8Array };
}

function put(
  files: Map<string, Uint8Array>,
  folder: string,
  number: string,
  { toml, sig }: ReturnType<typeof statement>,
) {
  files.set(`${folder}/statements/${number}.toml`, toml);
  files.set(`${folder}/statements/${number}.toml.sig`, sig);
}

describe("replayed yank and unyank", () => {
  const files = () =>
    aRegistry()
      .publisher(alice)
      .package("x")
      .release("1.0.0")
      .yank("1.0.0")
      .unyank("1.0.0")
      .signedBy(alice)
      .build();

  test("an old yank appended again does not follow the chain", () => {
    const replayed = files();
    put(replayed, "packages/x", "0004", statement(replayed, "packages/x", "0002"));
    expect(codesOf(judgePackage(replayed, "x"))).toEqual(
      expect.arrayContaining(["STATEMENT_SEQUENCE", "STATEMENT_PREVIOUS"]),
    );
  });

  test("an unyank in the place of the yank does not either", () => {
    const replayed = files();
    put(replayed, "packages/x", "0002", statement(replayed, "packages/x", "0003"));
    expect(codesOf(judgePackage(replayed, "x"))).toContain("STATEMENT_PREVIOUS");
  });

  test("a yank of one package is none of another", () => {
    const story = aRegistry().publisher(alice).package("x").release("1.0.0").yank("1.0.0").signedBy(alice);
    story.package("y").release("1.0.0").signedBy(alice);
    const replayed = story.build();
    put(replayed, "packages/y", "0002", statement(replayed, "packages/x", "0002"));
    expect(codesOf(judgePackage(replayed, "y"))).toContain("STATEMENT_SUBJECT");
  });
});

test("forked statement chain: two statements that follow the same one", () => {
  const yanked = aRegistry()
    .publisher(alice)
    .package("x")
    .release("1.0.0")
    .yank("1.0.0")
    .signedBy(alice)
    .build();
  const owned = aRegistry().publisher(alice).publisher(bob);
  const added = owned
    .package("x")
    .release("1.0.0")
    .addOwner(bob)
    .signedBy(alice)
    .yank("1.0.0")
    .signedBy(alice)
    .build();
  // 0002 of the one fork under 0003 of the other.
  put(added, "packages/x", "0002", statement(yanked, "packages/x", "0002"));
  expect(codesOf(judgePackage(added, "x"))).toContain("STATEMENT_PREVIOUS");
});

describe("a release replayed", () => {
  const files = () => {
    const story = aRegistry().publisher(alice).publisher(bob);
    story.package("x").release("1.0.0").signedBy(alice);
    story.package("y").release("1.0.0").signedBy(alice);
    story.package("z", { claimedBy: bob }).release("1.0.0").signedBy(bob);
    return story.build();
  };
  const moved = (from: string, to: string) => {
    const all = files();
    for (const [path, bytes] of files())
      if (path.startsWith(`${from}/`)) all.set(path.replace(from, to), bytes);
    return all;
  };

  test("under another name of the same publisher", () => {
    const result = judgeRelease(moved("packages/x/1.0.0", "packages/y/1.0.0"), "y", "1.0.0");
    expect(codesOf(result)).toContain("RELEASE_NAME");
  });

  test("under the name of another publisher", () => {
    const result = judgeRelease(moved("packages/x/1.0.0", "packages/z/1.0.0"), "z", "1.0.0");
    expect(codesOf(result)).toEqual(expect.arrayContaining(["RELEASE_NAME", "RELEASE_PUBLISHER"]));
  });

  test("as another version", () => {
    const result = judgeRelease(moved("packages/x/1.0.0", "packages/x/2.0.0"), "x", "2.0.0");
    expect(codesOf(result)).toContain("RELEASE_VERSION");
  });
});

test("registration of another's key: who registers it must have it", () => {
  const real = aRegistry().publisher(alice).package("x").release("1.0.0").build();
  const forged = new Map(
    [...real].map(([path, bytes]) => [
      path.replace("publishers/alice", "publishers/eve"),
      path.endsWith("0001.toml") && path.startsWith("publishers/")
        ? new TextEncoder().encode(new TextDecoder().decode(bytes).replaceAll("alice", "eve"))
        : bytes,
    ]),
  );
  expect(codesOf(judgePublisher(forged, "eve"))).toEqual(["SIGNATURE_INVALID"]);
});

test("fallen key: what it signed and the revocation does not list is neither chosen nor installed", async () => {
  const story = aRegistry();
  story
    .publisher(alice)
    .addKey(aliceNext, { replaces: alice })
    .revokeKey(alice, { statements: ["x#1"] })
    .signedBy(aliceNext);
  const told = story.package("x", { claimedBy: alice }).release("1.0.0").signedBy(alice);
  told.release("1.1.0").signedBy(aliceNext);
  const { files, root } = signedRegistry(story);
  const registry = await openSigned(files, root);
  await expect(verifyArchive(registry, "x", "1.0.0")).rejects.toMatchObject({ code: "RELEASE_FALLEN" });
  expect((await verifyArchive(registry, "x", "1.1.0")).release.standing).toBe("good");
});

describe("yank hidden", () => {
  const story = (yanked: boolean) => {
    const told = aRegistry().publisher(alice).package("x").release("1.0.0").release("1.1.0").signedBy(alice);
    if (yanked) told.yank("1.1.0", "a hole").signedBy(alice);
    return told.registry;
  };

  test("by a mirror: the older view is refused by whoever has seen the newer one", async () => {
    const { memoryStore } = await import("../../src/trust/tuf/memory-store.ts");
    const before = signedRegistry(story(false));
    const after = signedRegistry(story(true), { after: before, ceremonyOf: before });
    const store = memoryStore(before.root);
    await openSigned(after.files, before.root, store);
    await expect(openSigned(before.files, before.root, store)).rejects.toMatchObject({
      code: "METADATA_ROLLBACK",
    });
  });

  test("by a build that lost it: signing refuses what takes back a statement", async () => {
    const yanked = signedRegistry(story(true));
    const without = signedRegistry(story(false), { after: yanked, ceremonyOf: yanked });
    const lost = await lostStatements(
      await openSigned(yanked.files, yanked.root),
      await openSigned(without.files, yanked.root),
      () => true,
    );
    expect(lost.map(({ code }) => code)).toEqual(["STATEMENT_LOST"]);
  });
});
