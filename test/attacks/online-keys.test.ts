/** What a thief of every online key can do, and cannot: they sign index, snapshot and timestamp as they like. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { verifyArchive } from "../../src/client/verify-archive.ts";
import { aRegistry, type RegistryStory, writeFiles } from "../support/a-registry.ts";
import { openSigned, type SignedRegistry, signedRegistry } from "../support/a-signed-registry.ts";
import { cli, codeOf, tempFolder } from "../support/cli.ts";
import { alice, bob, mallory, testKey } from "../support/fixture-keys.ts";

/** Alice owns x, and has added bob. */
function real(): RegistryStory {
  const story = aRegistry();
  story.publisher(alice);
  story.publisher(bob);
  story.package("x").release("1.0.0").addOwner(bob).signedBy(alice);
  return story;
}

/** The thief's view of a registry: `story`, signed online after the real one. */
async function stolen(before: SignedRegistry, story: RegistryStory) {
  return openSigned(signedRegistry(story, { after: before, ceremonyOf: before }).files, before.root);
}

describe("compromise of every online key at once", () => {
  let ratified: SignedRegistry;
  beforeAll(() => {
    ratified = signedRegistry(real());
  });

  test("the real view verifies, and its names are ratified", async () => {
    const proven = await verifyArchive(await openSigned(ratified.files, ratified.root), "x", "1.0.0");
    expect(proven.release.signature.publisher).toBe("alice");
    expect(proven.notices).toEqual([]);
  });

  test("owner takeover: a publisher of the owner's name with a key of the thief's, and the owner's own claim", async () => {
    const forged = testKey("alice", 666);
    const story = aRegistry();
    story.publisher(forged);
    story.package("x").release("6.6.6").signedBy(forged);
    const registry = await stolen(ratified, story);
    await expect(verifyArchive(registry, "x", "6.6.6")).rejects.toMatchObject({
      code: "REGISTRATION_NOT_RATIFIED",
    });
  });

  test("owner takeover: the name claimed by somebody else", async () => {
    const story = aRegistry();
    story.publisher(alice);
    story.publisher(mallory);
    story.package("x", { claimedBy: mallory }).release("6.6.6").signedBy(mallory);
    await expect(verifyArchive(await stolen(ratified, story), "x", "6.6.6")).rejects.toMatchObject({
      code: "CLAIM_NOT_RATIFIED",
    });
  });

  test("owner takeover is not even shown", async () => {
    const story = aRegistry();
    story.publisher(alice);
    story.publisher(mallory);
    story.package("x", { claimedBy: mallory }).release("6.6.6").signedBy(mallory);
    const tree = tempFolder("tree");
    writeFiles(signedRegistry(story, { after: ratified, ceremonyOf: ratified }).files, tree);
    const root = join(tempFolder("root"), "root.json");
    writeFileSync(root, ratified.root);
    const shown = cli(["show", "x", "--registry", tree, "--root", root, "--json"]);
    expect(codeOf(shown)).toBe("CLAIM_NOT_RATIFIED");
  });

  test("publishing under a ratified name as an owner who was added, with a key of the thief's", async () => {
    const forgedBob = testKey("bob", 666);
    const story = aRegistry();
    story.publisher(alice);
    story.publisher(forgedBob);
    story.package("x").release("1.0.0").addOwner("bob").signedBy(alice).release("6.6.6").signedBy(forgedBob);
    await expect(verifyArchive(await stolen(ratified, story), "x", "6.6.6")).rejects.toMatchObject({
      code: "REGISTRATION_NOT_RATIFIED",
    });
  });

  test("the same where that owner was not ratified yet", async () => {
    const withoutBob = signedRegistry(real(), {
      ratified: (all) => ({
        ...all,
        publishers: new Map([...all.publishers].filter(([name]) => name !== "bob")),
      }),
    });
    const forgedBob = testKey("bob", 666);
    const story = aRegistry();
    story.publisher(alice);
    story.publisher(forgedBob);
    story.package("x").release("1.0.0").addOwner("bob").signedBy(alice).release("6.6.6").signedBy(forgedBob);
    await expect(verifyArchive(await stolen(withoutBob, story), "x", "6.6.6")).rejects.toMatchObject({
      code: "RELEASE_NOT_RATIFIED",
    });
    // Nor may such an owner speak about the package: to add a third, for one.
    const speaking = aRegistry();
    speaking.publisher(alice);
    speaking.publisher(forgedBob);
    speaking.publisher(mallory);
    speaking
      .package("x")
      .release("1.0.0")
      .addOwner("bob")
      .signedBy(alice)
      .addOwner(mallory)
      .signedBy(forgedBob);
    speaking.package("x").release("6.6.6").signedBy(mallory);
    await expect(verifyArchive(await stolen(withoutBob, speaking), "x", "6.6.6")).rejects.toMatchObject({
      code: "AUTHOR_NOT_RATIFIED",
    });
  });

  test("an override by a maintainer of the thief's: maintainers are ratified, not what the index says", async () => {
    const story = aRegistry({ maintainers: [mallory] });
    story.publisher(alice);
    story.publisher(bob);
    story.publisher(mallory);
    story.package("x").release("1.0.0").addOwner(bob).signedBy(alice).addOwner(mallory).signedBy(mallory);
    story.package("x").release("6.6.6").signedBy(mallory);
    const registry = await stolen(ratified, story);
    expect(registry.root.maintainers).toHaveLength(1);
    await expect(verifyArchive(registry, "x", "6.6.6")).rejects.toMatchObject({
      code: "STATEMENT_BY_NON_OWNER",
    });
  });

  test("a new name is what the thief says, and is shown as not ratified", async () => {
    const story = real();
    story.publisher(mallory);
    story.package("evil", { claimedBy: mallory }).release("1.0.0").signedBy(mallory);
    const { notices } = await verifyArchive(await stolen(ratified, story), "evil", "1.0.0");
    expect(notices.map(({ code }) => code)).toContain("NAME_NOT_RATIFIED");
  });

  test("what is ratified is the holders' to say: the thief's own targets are refused", async () => {
    const { files } = signedRegistry(real(), { after: ratified, ceremonyOf: ratified });
    const nobodys = new TextDecoder()
      .decode(ratified.ceremony.targets)
      .replace(/"sig":"[0-9a-f]{128}"/g, `"sig":"${"0".repeat(128)}"`);
    files.set("trust/1.targets.json", new TextEncoder().encode(nobodys));
    await expect(openSigned(files, ratified.root)).rejects.toMatchObject({ code: "METADATA_UNSIGNED" });
  });

  test("the thief's own root is refused", async () => {
    const { files } = signedRegistry(real(), { after: ratified, ceremonyOf: ratified });
    const root = new TextDecoder().decode(ratified.root).replace('"version":1', '"version":2');
    files.set("trust/2.root.json", new TextEncoder().encode(root));
    await expect(openSigned(files, ratified.root)).rejects.toMatchObject({ code: "METADATA_UNSIGNED" });
  });
});
