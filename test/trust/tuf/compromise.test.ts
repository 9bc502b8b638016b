/** What a thief of keys gains: of the online ones the next index, of the offline ones below the threshold nothing. */
import { describe, expect, it } from "vitest";
import { type TestKey, testKey } from "../../support/fixture-keys.ts";
import {
  aTufRepository,
  DAY,
  INDEX,
  idOf,
  keyTable,
  NOW,
  RATIFIED,
  roleOf,
  type Said,
  type TufRepository,
} from "../../support/tuf-repository.ts";
import { aClient, type TestClient } from "./a-client.ts";
import { online } from "./story.ts";

async function robbed(): Promise<{ repository: TufRepository; client: TestClient; thief: TestKey }> {
  const repository = aTufRepository().publish({ index: "good", ratified: "good" });
  const client = aClient(repository);
  expect(await client.verdict(repository)).toBe("accepted");
  return { repository, client, thief: online(repository) };
}

describe("compromise of every online key", () => {
  it("a new index is accepted: that is what these keys are for", async () => {
    const { client, repository } = await robbed();
    expect(await client.sees(repository.publish({ index: "evil" }))).toEqual({
      index: "evil",
      ratified: "good",
    });
  });

  it("the root cannot be changed", async () => {
    const { client, repository, thief } = await robbed();
    const mine = { keys: [thief], threshold: 1 };
    repository.rotate({ root: mine, targets: mine }).publishRoot();
    repository.with("root", {}).signedBy(thief);
    expect(await client.verdict(repository)).toBe("METADATA_UNSIGNED");
  });

  it("targets cannot be changed", async () => {
    const { client, repository, thief } = await robbed();
    repository.publishTargets("evil").with("targets", {}).signedBy(thief).renew();
    expect(await client.verdict(repository)).toBe("METADATA_UNSIGNED");
  });

  it("what is ratified cannot be said by the index role, which has no such path", async () => {
    const { client, repository } = await robbed();
    repository.publishIndex("evil");
    repository
      .with("index", (said) => ({
        ...said,
        targets: { ...(said.targets as Said), [RATIFIED]: repository.target(RATIFIED, "evil") },
      }))
      .signed()
      .renew();
    expect(await client.sees(repository)).toEqual({ index: "evil", ratified: "good" });
  });

  it("what is not ratified at all is not known through the index role either", async () => {
    const repository = aTufRepository().publish();
    repository.with("targets", { targets: {} }).signed();
    repository.with("index", (said) => ({
      ...said,
      targets: { ...(said.targets as Said), [RATIFIED]: repository.target(RATIFIED, "evil") },
    }));
    repository.renew();
    expect(await aClient(repository).verdict(repository)).toBe("TARGET_UNKNOWN");
  });

  it("the bytes of what is ratified cannot be changed", async () => {
    const { client, repository } = await robbed();
    const path = [...repository.files.keys()].find((file) => file.endsWith(".ratified.json")) ?? "";
    repository.files.set(path, new TextEncoder().encode("evil"));
    expect(await client.verdict(repository.publish({ index: "evil" }))).toBe("DIGEST_MISMATCH");
  });

  it("targets cannot be brought back to an older version, for a client that saw the newer", async () => {
    const { client, repository } = await robbed();
    repository.publish({ ratified: "better" });
    expect(await client.verdict(repository)).toBe("accepted");
    const meta = { "targets.json": { version: 1 }, "index.json": { version: 2 } };
    repository.with("snapshot", { version: 3, meta }).signed().publishTimestamp();
    expect(await client.verdict(repository)).toBe("METADATA_ROLLBACK");
  });

  it("the index role cannot delegate, nor make itself another role", async () => {
    const { client, repository, thief } = await robbed();
    const evil = { keys: [thief], threshold: 1 };
    repository.publishIndex("evil");
    repository
      .with("index", (said) => ({
        ...said,
        targets: {},
        delegations: {
          keys: keyTable([thief]),
          roles: [{ ...roleOf(evil), name: "deeper", paths: ["*/*"], terminating: false }],
        },
      }))
      .signed()
      .renew();
    expect(await client.verdict(repository)).toBe("TARGET_UNKNOWN");
  });

  it("offline roles that have run out cannot be kept alive", async () => {
    const { client, repository } = await robbed();
    client.settings.now = NOW + 400 * DAY;
    repository.now = client.settings.now;
    expect(await client.verdict(repository.publish())).toBe("METADATA_EXPIRED");
  });

  it("new keys end it, and the thief's index with it", async () => {
    const { client, repository, thief } = await robbed();
    const evil = repository.fork().publish({ index: "evil" }).publish({ index: "more evil" });
    expect(await client.verdict(evil)).toBe("accepted");
    const next = { keys: [testKey("next online")], threshold: 1 };
    repository.rotate({ timestamp: next, snapshot: next, index: next }).publish({ index: "good again" });
    expect(await client.sees(repository)).toMatchObject({ index: "good again" });
    for (const role of ["index", "snapshot", "timestamp"] as const) repository.with(role, {}).signedBy(thief);
    expect(await aClient(repository).verdict(repository)).toBe("METADATA_UNSIGNED");
  });
});

describe("compromise of one online key, where each role has its own", () => {
  const own = (name: string) => ({ keys: [testKey(name)], threshold: 1 });
  async function separate() {
    const repository = aTufRepository()
      .rotate({ timestamp: own("t"), snapshot: own("s"), index: own("i") })
      .publish();
    const client = aClient(repository);
    expect(await client.verdict(repository)).toBe("accepted");
    return { repository, client };
  }

  it("the timestamp's alone: no other view can be named", async () => {
    const { client, repository } = await separate();
    repository.publish({ index: "evil" });
    for (const role of ["index", "snapshot"] as const) repository.with(role, {}).signedBy(testKey("t"));
    repository.publishTimestamp();
    expect(await client.verdict(repository)).toBe("METADATA_UNSIGNED");
  });

  it("the snapshot's alone: nobody asks for it", async () => {
    const { client, repository } = await separate();
    const kept = repository.file("timestamp");
    repository.publish({ index: "evil" }).put("timestamp", kept);
    expect(await client.sees(repository)).toMatchObject({ index: "view 1" });
  });

  it("the index's alone: nobody asks for it", async () => {
    const { client, repository } = await separate();
    repository.publishIndex("evil");
    expect(await client.sees(repository)).toMatchObject({ index: "view 1" });
  });

  it("the index's and the timestamp's: the snapshot decides", async () => {
    const { client, repository } = await separate();
    repository.publishIndex("evil").publishTimestamp();
    expect(await client.sees(repository)).toMatchObject({ index: "view 1" });
  });
});

describe("compromise of a threshold of targets keys", () => {
  it("without an online key, the snapshot names nothing of theirs", async () => {
    const { client, repository } = await robbed();
    repository.publishTargets("evil");
    expect(await client.sees(repository)).toMatchObject({ ratified: "good" });
  });

  it("new targets keys in the root end it", async () => {
    const { client, repository } = await robbed();
    repository.publish({ ratified: "evil" });
    expect(await client.sees(repository)).toMatchObject({ ratified: "evil" });
    const holders = { keys: ["a", "b", "c"].map((name) => testKey(name)), threshold: 2 };
    repository.rotate({ targets: holders }).publish({ ratified: "good again" });
    expect(await client.sees(repository)).toMatchObject({ ratified: "good again" });
    expect(repository.said("root").roles).toMatchObject({
      targets: { keyids: holders.keys.map(idOf).sort() },
    });
  });

  it("they decide who speaks for the index", async () => {
    const { client, repository } = await robbed();
    const { index } = repository.signers;
    repository
      .rotate({ index: { keys: [testKey("other index")], threshold: 1 } })
      .publish({ index: "theirs" });
    expect(await client.sees(repository)).toMatchObject({ index: "theirs" });
    expect(index.keys).not.toEqual(repository.signers.index.keys);
    expect(Object.keys(repository.said("index").targets as Said)).toEqual([INDEX]);
  });
});
