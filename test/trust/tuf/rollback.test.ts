/** Rollback, fast-forward and what a client that was lied to needs in order to go on. */
import { describe, expect, it } from "vitest";
import { type TestKey, testKey } from "../../support/fixture-keys.ts";
import {
  aTufRepository,
  type RoleName,
  type Said,
  type TufRepository,
} from "../../support/tuf-repository.ts";
import { aClient, mirrorOf, type TestClient } from "./a-client.ts";
import { online } from "./story.ts";

const ROLLBACK = "METADATA_ROLLBACK";
const LATEST = Number.MAX_SAFE_INTEGER;

/** Three views were published, and the client has seen the last. */
async function aStory(): Promise<{ repository: TufRepository; client: TestClient; first: TufRepository }> {
  const repository = aTufRepository().publish({ ratified: "one" });
  const first = repository.fork();
  repository.publish({ ratified: "two" }).publish({ ratified: "three" });
  const client = aClient(repository);
  expect(await client.verdict(repository)).toBe("accepted");
  return { repository, client, first };
}

/** What the snapshot says of `role`, changed. */
const naming = (role: RoleName, version: number) => (said: Said) => ({
  ...said,
  version: Number(said.version) + 1,
  meta: { ...(said.meta as Said), [`${role}.json`]: { version } },
});

describe("rollback attack", () => {
  it("an older timestamp is refused, and the client stays where it was", async () => {
    const { client, first, repository } = await aStory();
    const before = client.versions();
    expect(await client.verdict(first)).toBe(ROLLBACK);
    expect(client.versions()).toEqual(before);
    expect(await client.verdict(repository)).toBe("accepted");
  });

  it("the whole of an older view is refused", async () => {
    const { client, first, repository } = await aStory();
    expect(await client.verdict(mirrorOf(repository, first.files))).toBe(ROLLBACK);
  });

  it("an older timestamp of the same snapshot is refused", async () => {
    const { client, repository } = await aStory();
    const old = repository.file("timestamp");
    expect(await client.verdict(repository.publishTimestamp())).toBe("accepted");
    expect(await client.verdict(repository.put("timestamp", old))).toBe(ROLLBACK);
    expect(client.versions()).toMatchObject({ timestamp: 4 });
  });

  it("an older snapshot that lists the same is refused, and so is the timestamp that names it", async () => {
    const { client, repository } = await aStory();
    expect(await client.verdict(repository.renew())).toBe("accepted");
    repository.with("timestamp", { version: 9, meta: { "snapshot.json": { version: 3 } } }).signed();
    expect(await client.verdict(repository)).toBe(ROLLBACK);
    expect(client.versions()).toMatchObject({ timestamp: 4, snapshot: 4 });
  });

  it("a kept snapshot that is not the one that is named, but for its version, is fetched anew", async () => {
    const { client, repository } = await aStory();
    repository.with("snapshot", { expires: "2031-01-01T00:00:00Z" }).signed().publishTimestamp();
    expect(await client.verdict(repository)).toBe("accepted");
    expect(client.store.files.get("snapshot")).toEqual(repository.file("snapshot"));
  });

  it("an older snapshot in a new timestamp is refused, by keys that are right", async () => {
    const { client, repository } = await aStory();
    const old = { version: 1 };
    repository.with("timestamp", { version: 9, meta: { "snapshot.json": old } }).signed();
    expect(await client.verdict(repository)).toBe(ROLLBACK);
  });

  it("an older snapshot under a new version's name is refused", async () => {
    const { client, repository } = await aStory();
    repository.publish();
    const old = repository.files.get("1.snapshot.json");
    repository.with("timestamp", { meta: { "snapshot.json": { version: 4 } } }).signed();
    expect(await client.verdict(mirrorOf(repository, [["4.snapshot.json", old]]))).toBe(ROLLBACK);
  });

  it.each(["targets", "index"] as const)("an older %s in a new snapshot is refused", async (role) => {
    const { client, repository } = await aStory();
    const before = client.versions();
    repository.with("snapshot", naming(role, 1)).signed();
    expect(await client.verdict(repository.publishTimestamp())).toBe(ROLLBACK);
    // The timestamp was good, and is kept; nothing else went anywhere.
    expect(client.versions()).toEqual({ ...before, timestamp: 4 });
  });

  it.each(["targets", "index"] as const)(
    "an older %s under a new version's name is refused",
    async (role) => {
      const { client, repository } = await aStory();
      repository.publish({ ratified: "four" });
      const old = repository.files.get(`1.${role}.json`);
      expect(await client.verdict(mirrorOf(repository, [[`4.${role}.json`, old]]))).toBe(ROLLBACK);
    },
  );

  it.each(["targets", "index"])("a snapshot that drops %s is refused", async (role) => {
    const { client, repository } = await aStory();
    repository
      .with("snapshot", (said) => {
        const meta = { ...(said.meta as Said) };
        delete meta[`${role}.json`];
        return { ...said, version: 4, meta };
      })
      .signed();
    expect(await client.verdict(repository.publishTimestamp())).toBe(ROLLBACK);
  });

  it.each(["targets", "index"])("a first snapshot without %s is refused too", async (role) => {
    const repository = aTufRepository().publish();
    repository
      .with("snapshot", ({ meta, ...said }) => {
        const { [`${role}.json`]: _, ...rest } = meta as Said;
        return { ...said, meta: rest };
      })
      .signed();
    expect(await aClient(repository).verdict(repository.publishTimestamp())).toBe("METADATA_MISSING");
  });

  it("a snapshot may list more roles than before", async () => {
    const { client, repository } = await aStory();
    repository
      .with("snapshot", (said) => ({ ...naming("index", 3)(said), more: 1 }))
      .signed()
      .with("snapshot", (said) => ({ ...said, meta: { ...(said.meta as Said), "x.json": { version: 1 } } }))
      .signed();
    expect(await client.verdict(repository.publishTimestamp())).toBe("accepted");
    repository.renew();
    expect(await client.verdict(repository)).toBe(ROLLBACK);
  });

  it("a timestamp of the same version with other content changes nothing (5.4.3.1)", async () => {
    const { client, repository } = await aStory();
    const kept = client.store.files.get("timestamp");
    repository.with("timestamp", { expires: "2031-01-01T00:00:00Z" }).signed();
    expect(await client.verdict(repository)).toBe("accepted");
    expect(client.store.files.get("timestamp")).toBe(kept);
  });

  it("what was kept is damaged, or another's: as if it were not there", async () => {
    for (const role of ["timestamp", "snapshot", "targets", "index"]) {
      const { client, repository } = await aStory();
      client.store.files.set(role, new TextEncoder().encode("{"));
      expect(await client.verdict(repository)).toBe("accepted");
      client.store.files.set(role, aTufRepository({ name: "other" }).publish().file("timestamp"));
      expect(await client.verdict(repository)).toBe("accepted");
      expect(client.versions()).toEqual({ root: 1, timestamp: 3, snapshot: 3, targets: 3, index: 3 });
    }
  });
});

/** The online key signs the highest versions that there are. */
function fastForward(repository: TufRepository): TufRepository {
  repository.with("index", { version: LATEST }).signed();
  repository.with("snapshot", naming("index", LATEST)).signed();
  repository.with("snapshot", { version: LATEST }).signed();
  repository.publishTimestamp().with("timestamp", { version: LATEST }).signed();
  return repository;
}

describe("fast-forward attack", () => {
  async function attacked() {
    const { client, repository } = await aStory();
    const evil = fastForward(repository.fork());
    expect(await client.verdict(evil)).toBe("accepted");
    expect(client.versions()).toMatchObject({ timestamp: LATEST, snapshot: LATEST, index: LATEST });
    expect(await client.verdict(repository.publish())).toBe(ROLLBACK);
    return { client, repository };
  }
  const next: { keys: TestKey[]; threshold: number } = { keys: [testKey("next online")], threshold: 1 };

  it("is undone by new online keys", async () => {
    const { client, repository } = await attacked();
    repository.rotate({ timestamp: next, snapshot: next, index: next }).publish();
    expect(await client.verdict(repository)).toBe("accepted");
    expect(client.versions()).toEqual({ root: 2, timestamp: 5, snapshot: 5, targets: 4, index: 5 });
  });

  it.each<RoleName>(["timestamp", "snapshot"])(
    "is undone by a new %s key alone, which forgets both (5.3.11)",
    async (role) => {
      const { client, repository } = await attacked();
      repository.rotate({ [role]: next }).publish();
      expect(await client.verdict(repository)).toBe("accepted");
      expect(client.versions()).toMatchObject({ root: 2, timestamp: 5, snapshot: 5, index: 5 });
    },
  );

  it("is undone by one more key of the role, with the old one kept", async () => {
    const { client, repository } = await attacked();
    const both = { keys: [...repository.signers.timestamp.keys, ...next.keys], threshold: 1 };
    repository.rotate({ timestamp: both }).publish();
    expect(await client.verdict(repository)).toBe("accepted");
  });

  it("is undone where the keys change and change back while the client was away", async () => {
    const { client, repository } = await attacked();
    const { timestamp } = repository.signers;
    repository.rotate({ timestamp: next }).publish();
    repository.rotate({ timestamp }).publish();
    expect(await client.verdict(repository)).toBe("accepted");
    expect(client.versions()).toMatchObject({ root: 3, timestamp: 6 });
  });

  it("is not undone by a new root alone, nor by other offline keys", async () => {
    const { client, repository } = await attacked();
    repository.publish({ days: { root: 365 } });
    expect(await client.verdict(repository)).toBe(ROLLBACK);
    const holders = { keys: ["a", "b", "c"].map((name) => testKey(name)), threshold: 2 };
    repository.rotate({ root: holders, targets: holders }).publish({ ratified: "new holders" });
    expect(await client.verdict(repository)).toBe(ROLLBACK);
    expect(client.versions()).toMatchObject({ root: 3, timestamp: LATEST });
  });

  it("after recovery the old key's metadata are refused", async () => {
    const { client, repository } = await attacked();
    const evil = fastForward(repository.fork());
    repository.rotate({ timestamp: next, snapshot: next, index: next }).publish();
    expect(await client.verdict(repository)).toBe("accepted");
    const mixed = mirrorOf(repository, [
      ["timestamp.json", evil.file("timestamp")],
      [evil.pathOf("snapshot"), evil.file("snapshot")],
    ]);
    expect(await client.verdict(mixed)).toBe("METADATA_UNSIGNED");
    expect(await client.verdict(repository)).toBe("accepted");
  });

  it("a store that fails between forgetting and keeping the root loses nothing", async () => {
    const { client, repository } = await attacked();
    repository.rotate({ timestamp: next, snapshot: next, index: next }).publish();
    const keep = client.store.keep;
    client.store.keep = async () => {
      throw new Error("the disk is full");
    };
    await expect(client.update(repository.source())).rejects.toThrow("the disk is full");
    client.store.keep = keep;
    expect(client.versions()).toMatchObject({ root: 1 });
    expect(await client.verdict(repository)).toBe("accepted");
  });
});

describe("version overflow", () => {
  const versions: [string, unknown][] = [
    ["2^53", 2 ** 53],
    ["2^53 + 2", 2 ** 53 + 2],
    ["1e21", 1e21],
    ["0", 0],
    ["-1", -1],
    ["a text", "1"],
    ["null", null],
    ["true", true],
    ["a list", [1]],
  ];

  it.each(versions)("a timestamp of version %s is refused", async (_, version) => {
    const { client, repository } = await aStory();
    repository.with("timestamp", { version }).signed();
    expect(await client.verdict(repository)).toBe("METADATA_INVALID");
  });

  it.each(versions)("a snapshot of version %s, in the timestamp, is refused", async (_, version) => {
    const { client, repository } = await aStory();
    repository.with("timestamp", { version: 9, meta: { "snapshot.json": { version } } }).signed();
    expect(await client.verdict(repository)).toBe("METADATA_INVALID");
  });

  it.each(versions)("an index of version %s, in the snapshot, is refused", async (_, version) => {
    const { client, repository } = await aStory();
    repository.with("snapshot", naming("index", version as number)).signed();
    expect(await client.verdict(repository.publishTimestamp())).toBe("METADATA_INVALID");
  });

  it.each(["1.5", "1.0", "1e0", "9007199254740993", "-0", "01"])(
    "a version written %s is refused",
    async (number) => {
      const { client, repository } = await aStory();
      const text = new TextDecoder().decode(repository.with("timestamp", {}).signed().file("timestamp"));
      repository.put(
        "timestamp",
        new TextEncoder().encode(text.replace('"version":3}', `"version":${number}}`)),
      );
      expect(await client.verdict(repository)).toBe("METADATA_INVALID");
    },
  );

  it("the highest version there is, 2^53 - 1, is a version", async () => {
    const { client, repository } = await aStory();
    repository.with("timestamp", { version: LATEST }).signedBy(online(repository));
    expect(await client.verdict(repository)).toBe("accepted");
  });

  it("after the last root that can be numbered, none is taken", async () => {
    const repository = aTufRepository().publish();
    repository.with("root", { version: LATEST }).signed();
    const client = aClient(repository.file("root"));
    expect(await client.verdict(repository)).toBe("accepted");
    const beyond = repository.with("root", { version: 2 ** 53 }).signed();
    expect(await client.verdict(beyond)).toBe("METADATA_INVALID");
  });
});
