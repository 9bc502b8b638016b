/** The chain of roots: who may hand over to whom. */
import { describe, expect, it } from "vitest";
import { mallory, type TestKey, testKey } from "../../support/fixture-keys.ts";
import {
  aTufRepository,
  enough,
  ROLES,
  type Said,
  type Signers,
  type TufRepository,
} from "../../support/tuf-repository.ts";
import { aClient, mirrorOf, type TestClient } from "./a-client.ts";

const UNSIGNED = "METADATA_UNSIGNED";
const NEW: Signers = { keys: ["x", "y", "z"].map((name) => testKey(`new ${name}`)), threshold: 2 };

/** The second root hands over to new holders of the root role. */
async function handingOver(): Promise<{ repository: TufRepository; client: TestClient; old: Signers }> {
  const repository = aTufRepository().publish();
  const client = aClient(repository);
  expect(await client.verdict(repository)).toBe("accepted");
  const old = repository.signers.root;
  repository.rotate({ root: NEW }).publish();
  return { repository, client, old };
}

const [x, y] = NEW.keys as [TestKey, TestKey];

describe("a new root", () => {
  it("signed by old and new holders is taken and kept, by every client on the way", async () => {
    const { client, repository, old } = await handingOver();
    repository.rotate({ root: old }).publish();
    expect(await client.verdict(repository)).toBe("accepted");
    expect(client.versions().root).toBe(3);
    expect(await aClient(repository).verdict(repository)).toBe("accepted");
    expect(await aClient(repository.file("root")).verdict(repository)).toBe("accepted");
  });

  it("signed by the new keys alone is refused", async () => {
    const { client, repository } = await handingOver();
    expect(await client.verdict(repository.with("root", {}).signedBy(x, y))).toBe(UNSIGNED);
    expect(client.versions().root).toBe(1);
  });

  it("signed by the old keys alone is refused", async () => {
    const { client, repository, old } = await handingOver();
    expect(await client.verdict(repository.with("root", {}).signedBy(...old.keys))).toBe(UNSIGNED);
  });

  it("without signatures is refused", async () => {
    const { client, repository } = await handingOver();
    expect(await client.verdict(repository.with("root", {}).signedBy())).toBe(UNSIGNED);
  });

  it.each(["old", "new"])("one signature short of the %s threshold is refused", async (which) => {
    const { client, repository, old } = await handingOver();
    const keys =
      which === "old"
        ? [...old.keys.slice(0, 1), ...NEW.keys, mallory]
        : [...old.keys, ...NEW.keys.slice(0, 1), mallory];
    expect(await client.verdict(repository.with("root", {}).signedBy(...keys))).toBe(UNSIGNED);
  });

  it("that raises the threshold needs the old number of the old, and the new number of its own", async () => {
    const repository = aTufRepository({ offline: 4 }).publish();
    const client = aClient(repository);
    const { keys } = repository.signers.root;
    repository.rotate({ root: { keys, threshold: 3 } }).publish();
    const honest = repository.file("root");
    expect(await client.verdict(repository.with("root", {}).signedBy(...keys.slice(0, 2)))).toBe(UNSIGNED);
    expect(await client.verdict(repository.put("root", honest))).toBe("accepted");
  });

  it("that lowers the threshold needs the old number", async () => {
    const repository = aTufRepository().publish();
    const client = aClient(repository);
    const { keys } = repository.signers.root;
    repository.rotate({ root: { keys, threshold: 1 } }).publish();
    expect(await client.verdict(repository.with("root", {}).signedBy(...keys.slice(0, 1)))).toBe(UNSIGNED);
    expect(await client.verdict(repository.with("root", {}).signedBy(...keys.slice(0, 2)))).toBe("accepted");
  });

  it.each([1, 3, 9])("with the version %i where 2 is due is refused", async (version) => {
    const { client, repository } = await handingOver();
    const due = repository.pathOf("root");
    const bytes = repository.fork().with("root", { version }).signed().file("root");
    const code = version < 2 ? "METADATA_ROLLBACK" : "METADATA_DIFFERS";
    expect(await client.verdict(mirrorOf(repository, [[due, bytes]]))).toBe(code);
    expect(client.versions().root).toBe(1);
  });

  it("is not passed over: a chain with a gap ends at the gap", async () => {
    const { client, repository } = await handingOver();
    repository.publish({ days: { root: 365 } });
    expect(await client.verdict(mirrorOf(repository, [["2.root.json", undefined]]))).toBe("accepted");
    expect(client.versions().root).toBe(1);
  });

  it("what was proven of a chain is kept where its next link is bad", async () => {
    const { client, repository } = await handingOver();
    repository.publish({ days: { root: 365 } });
    const bad = repository.fork().with("root", {}).signedBy(mallory);
    expect(await client.verdict(bad)).toBe(UNSIGNED);
    expect(client.versions().root).toBe(2);
    const source = repository.source();
    await client.update(source);
    expect(source.asked[0]).toBe("3.root.json");
  });

  it("that takes a role's keys away ends that role's metadata", async () => {
    for (const role of ROLES.filter((each) => each !== "root" && each !== "index")) {
      const repository = aTufRepository().publish();
      const client = aClient(repository);
      expect(await client.verdict(repository)).toBe("accepted");
      const forked = repository.fork();
      forked.rotate({ [role]: { keys: [testKey("successor")], threshold: 1 } }).publishRoot();
      expect(await client.verdict(forked)).toBe(UNSIGNED);
      forked.publish({ ratified: "again" });
      expect(await client.verdict(forked)).toBe("accepted");
    }
  });

  it("the index role's key is taken away by targets", async () => {
    const repository = aTufRepository().publish();
    const client = aClient(repository);
    expect(await client.verdict(repository)).toBe("accepted");
    const stolen = enough(repository.signers.index);
    repository.rotate({ index: { keys: [testKey("successor")], threshold: 1 } }).publish();
    expect(await client.verdict(repository)).toBe("accepted");
    repository
      .publishIndex("evil")
      .with("index", {})
      .signedBy(...stolen)
      .renew();
    expect(await client.verdict(repository)).toBe(UNSIGNED);
  });
});

describe("the root that is trusted", () => {
  it("of another registry leads nowhere", async () => {
    const repository = aTufRepository().publish();
    const other = aTufRepository({ name: "other" }).publish();
    expect(await aClient(other).verdict(repository)).toBe(UNSIGNED);
  });

  it("must be signed by itself", async () => {
    const repository = aTufRepository().publish();
    const root = repository
      .fork()
      .with("root", {})
      .signedBy(repository.signers.root.keys[0] as TestKey);
    expect(await aClient(root).verdict(repository)).toBe(UNSIGNED);
  });

  it("must be a root", async () => {
    const repository = aTufRepository().publish();
    for (const bytes of [repository.file("timestamp"), repository.file("targets"), new Uint8Array()])
      expect(await aClient(bytes).verdict(repository)).toBe("METADATA_INVALID");
  });

  it("may be any of the chain", async () => {
    const repository = aTufRepository().publish();
    for (const name of ["b", "c", "d"]) {
      const keys = [1, 2, 3].map((at) => testKey(`${name} ${at}`));
      repository.rotate({ root: { keys, threshold: 2 } }).publish();
    }
    for (const version of [1, 2, 3, 4]) {
      const client = aClient(repository.files.get(`${version}.root.json`) ?? new Uint8Array());
      expect(await client.verdict(repository)).toBe("accepted");
      expect(client.versions().root).toBe(4);
    }
  });

  it("newer than what the mirror has is good for as long as its keys are", async () => {
    const repository = aTufRepository().publish();
    const old = repository.fork();
    repository.publish({ days: { root: 365 } });
    expect(await aClient(repository.file("root")).verdict(old)).toBe("accepted");
  });

  it("missing from the store is told", async () => {
    const repository = aTufRepository().publish();
    const client = aClient(repository);
    client.store.files.delete("root");
    expect(await client.verdict(repository)).toBe("METADATA_MISSING");
    expect(await client.offline()).toBe("OFFLINE_MISSING");
  });
});

describe("without consistent snapshots", () => {
  it("files are asked for without their versions", async () => {
    const repository = aTufRepository({ consistent: false }).publish();
    const client = aClient(repository);
    const source = repository.source();
    await client.fetch("trust/ratified.json", await client.update(source), repository);
    expect(source.asked).toEqual(["2.root.json", "timestamp.json", "snapshot.json", "targets.json"]);
    expect(await client.verdict(repository)).toBe("accepted");
  });

  it.each(["yes", 1, null])("consistent_snapshot must be true or false: %j", async (value) => {
    const repository = aTufRepository().publish();
    repository.with("root", { consistent_snapshot: value }).signed();
    expect(await aClient(repository).verdict(repository)).toBe("METADATA_INVALID");
  });

  it("a field of the root that nobody knows is signed over, and no more", async () => {
    const repository = aTufRepository().publish();
    const said = repository.with("root", { registry: "https://a.example/", x: { y: [1, null] } }).signed();
    expect(await aClient(said).verdict(said)).toBe("accepted");
    const text = new TextDecoder().decode(said.file("root")).replace("a.example", "b.example");
    expect(await aClient(new TextEncoder().encode(text)).verdict(said)).toBe(UNSIGNED);
    expect((said.said("root") as Said).registry).toBe("https://a.example/");
  });
});
