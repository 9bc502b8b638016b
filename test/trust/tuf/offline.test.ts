/** A repository that changes under its readers, and none at all: what was kept is then judged again by the same rules. */
import { describe, expect, it } from "vitest";
import { utf8 } from "../../../src/base/bytes.ts";
import { findTarget } from "../../../src/trust/tuf/update.ts";
import { mallory, testKey } from "../../support/fixture-keys.ts";
import { aTufRepository, INDEX, signedFile, type TufRepository } from "../../support/tuf-repository.ts";
import { aClient, mirrorOf, outcome, type TestClient } from "./a-client.ts";

async function synced(): Promise<{ repository: TufRepository; client: TestClient }> {
  const repository = aTufRepository().publish();
  const client = aClient(repository);
  expect(await client.verdict(repository)).toBe("accepted");
  return { repository, client };
}

describe("a publication in the middle of an update", () => {
  it.each(["2.root.json", "timestamp.json", "2.snapshot.json", "2.targets.json"])(
    "after %s was read, all is of one view",
    async (last) => {
      const { client, repository } = await synced();
      repository.publish({ ratified: "two" });
      const source = repository.source();
      const publishing = {
        async read(file: string, bytesMax: number) {
          const bytes = await source.read(file, bytesMax);
          if (file === last) repository.publish({ ratified: "three" });
          return bytes;
        },
      };
      const seen = await client.sees({ files: repository.files, source: () => publishing });
      const view = last === "2.root.json" ? "three" : "two";
      expect(seen).toEqual({ index: view === "two" ? "view 2" : "view 3", ratified: view });
      expect(await client.sees(repository)).toEqual({ index: "view 3", ratified: "three" });
    },
  );
});

describe("with the network gone", () => {
  it("what was kept is enough, and names what it named", async () => {
    const { client, repository } = await synced();
    const before = new Map(client.store.files);
    const { target, role } = await findTarget(INDEX, await client.update());
    expect(role).toBe("index");
    expect(target.length).toBe(repository.target(INDEX, "view 1").length);
    expect(client.store.files).toEqual(before);
  });

  it("a client that has seen nothing has nothing", async () => {
    expect(await aClient(aTufRepository().publish()).offline()).toBe("OFFLINE_MISSING");
  });

  it.each(["timestamp", "snapshot", "targets", "index"])(
    "%s that was lost is told as missing",
    async (role) => {
      const { client, repository } = await synced();
      client.store.files.delete(role);
      expect(await client.offline()).toBe("OFFLINE_MISSING");
      expect(await client.verdict(repository)).toBe("accepted");
      expect(await client.offline()).toBe("accepted");
    },
  );

  it.each(["timestamp", "snapshot", "targets", "index"])(
    "%s that somebody changed on the disk is refused",
    async (role) => {
      const { client, repository } = await synced();
      const said = repository.said(role as "index");
      client.store.files.set(role, signedFile(said, [mallory]));
      expect(await client.offline()).toMatch(/^(METADATA_(UNSIGNED|DIFFERS)|OFFLINE_MISSING)$/);
      client.store.files.set(role, utf8("{}"));
      expect(await client.offline()).toMatch(/^(METADATA_(INVALID|DIFFERS)|OFFLINE_MISSING)$/);
      expect(await client.verdict(repository)).toBe("accepted");
    },
  );

  it("an older view that somebody copied into the store whole is taken: the store is trusted", async () => {
    const { client, repository } = await synced();
    const old = new Map(client.store.files);
    await client.verdict(repository.publish());
    for (const [role, bytes] of old) client.store.files.set(role, bytes);
    expect(await client.offline()).toBe("accepted");
  });

  it("files of two views in one store are refused", async () => {
    const { client, repository } = await synced();
    const old = client.store.files.get("index") ?? new Uint8Array();
    await client.verdict(repository.publish());
    client.store.files.set("index", old);
    expect(await client.offline()).toBe("METADATA_ROLLBACK");
  });

  it("a view that was begun and not finished is none, until the rest of it comes", async () => {
    const { client, repository } = await synced();
    repository.publish();
    const begun = mirrorOf(repository, [[repository.pathOf("snapshot"), undefined]]);
    expect(await client.verdict(begun)).toBe("METADATA_MISSING");
    expect(await client.offline()).toBe("METADATA_DIFFERS");
    expect(await client.verdict(repository)).toBe("accepted");
    expect(await client.offline()).toBe("accepted");
  });

  it("metadata of keys that a newer root took away are refused", async () => {
    const { client, repository } = await synced();
    const next = { keys: [testKey("next")], threshold: 1 };
    repository.rotate({ timestamp: next, snapshot: next, index: next }).publish();
    const rootOnly = mirrorOf(repository, [["timestamp.json", undefined]]);
    expect(await client.verdict(rootOnly)).toBe("METADATA_MISSING");
    expect(client.versions()).toMatchObject({ root: 2 });
    expect(await client.offline()).toBe("OFFLINE_MISSING");
    expect(await outcome(client.update())).toBe("OFFLINE_MISSING");
  });
});
