/** What one file names and another is: mix-and-match, endless data, wrong software, malicious mirrors. */
import { describe, expect, it } from "vitest";
import { utf8 } from "../../../src/base/bytes.ts";
import { METADATA_BYTES_MAX } from "../../../src/trust/tuf/roles.ts";
import { findTarget } from "../../../src/trust/tuf/update.ts";
import {
  aTufRepository,
  CountingSource,
  hashedPath,
  INDEX,
  type RoleName,
  type Said,
  type TufRepository,
} from "../../support/tuf-repository.ts";
import { aClient, mirrorOf, outcome, type TestClient } from "./a-client.ts";
import { holder } from "./story.ts";

const DIFFERS = "METADATA_DIFFERS";

/** The snapshot lists hashes, so that every link of the chain can be broken. */
async function aStory(): Promise<{ repository: TufRepository; client: TestClient }> {
  const repository = aTufRepository({ snapshotHashes: true }).publish();
  const client = aClient(repository);
  expect(await client.verdict(repository)).toBe("accepted");
  return { repository, client };
}

/** Two files of the same role and version, both signed by those who may: only who names them decides. */
function twin(repository: TufRepository, role: RoleName): Uint8Array {
  return repository.fork().with(role, { expires: "2031-01-01T00:00:00Z" }).signed().file(role);
}

/** What the file that names `role` says of it, changed. */
function misname(repository: TufRepository, role: "snapshot" | "targets" | "index", change: Said) {
  const by = role === "snapshot" ? "timestamp" : "snapshot";
  repository
    .with(by, (said) => {
      const meta = said.meta as Record<string, Said>;
      const file = `${role}.json`;
      return { ...said, meta: { ...meta, [file]: { ...meta[file], ...change } } };
    })
    .signed();
  if (by === "snapshot") repository.publishTimestamp();
}

describe.each(["snapshot", "targets", "index"] as const)("mix-and-match attack: %s", (role) => {
  it("another file of the same version is refused by its hash", async () => {
    const { client, repository } = await aStory();
    repository.publish({ ratified: "two" });
    repository.put(role, twin(repository, role));
    expect(await client.verdict(repository)).toBe(DIFFERS);
  });

  it("a good file under another length is refused", async () => {
    const { client, repository } = await aStory();
    repository.publish({ ratified: "two" });
    misname(repository, role, { length: repository.file(role).length + 1 });
    expect(await client.verdict(repository)).toBe(DIFFERS);
  });

  it("a good file under another sha256 is refused", async () => {
    const { client, repository } = await aStory();
    repository.publish({ ratified: "two" });
    misname(repository, role, { hashes: { sha256: "0".repeat(64) } });
    expect(await client.verdict(repository)).toBe(DIFFERS);
  });

  it.each(["sha512", "md5", "__proto__", "constructor", "toString"])(
    "a hash of a kind that is not known verifies nothing: %s",
    async (algorithm) => {
      const { client, repository } = await aStory();
      repository.publish({ ratified: "two" });
      misname(repository, role, {
        hashes: JSON.parse(`{"${algorithm}": "[object Undefined]"}`),
      });
      expect(await client.verdict(repository)).toBe(DIFFERS);
    },
  );

  it("one right hash beside a wrong one is refused", async () => {
    const { client, repository } = await aStory();
    repository.publish({ ratified: "two" });
    const { hashes } = repository.ref(role) as { hashes: Said };
    misname(repository, role, { hashes: { ...hashes, sha512: "0".repeat(128) } });
    expect(await client.verdict(repository)).toBe(DIFFERS);
  });

  it("another version than is named, though newer, is refused", async () => {
    const { client, repository } = await aStory();
    repository.publish({ ratified: "two" });
    const path = repository.pathOf(role);
    const newer = repository.fork().publish({ ratified: "three" }).file(role);
    misname(repository, role, {});
    const named = mirrorOf(repository, [[path, newer]]);
    expect(await client.verdict(named)).toBe(DIFFERS);
  });

  it("the version alone decides where no hash is named", async () => {
    const { client, repository } = await aStory();
    repository.publish({ ratified: "two" });
    const version = repository.version(role);
    const newer = repository.fork().publish({ ratified: "three" }).file(role);
    const by = role === "snapshot" ? "timestamp" : "snapshot";
    repository
      .with(by, (said) => ({
        ...said,
        meta: { ...(said.meta as Said), [`${role}.json`]: { version } },
      }))
      .signed();
    if (by === "snapshot") repository.publishTimestamp();
    expect(await client.verdict(mirrorOf(repository, [[repository.pathOf(role), newer]]))).toBe(DIFFERS);
    expect(await client.verdict(repository)).toBe("accepted");
  });
});

describe("hashes of other kinds, for a repository of another program", () => {
  /** A policy that knows sha512 too, as the conformance client's. */
  async function withSha512(algorithm: string, value: string): Promise<string> {
    const { client, repository } = await aStory();
    misname(repository, "snapshot", { hashes: JSON.parse(`{"${algorithm}": "${value}"}`) });
    const policy = client.policy();
    client.policy = () => ({ ...policy, hashes: { sha512: () => "right" } });
    client.store.files.delete("timestamp");
    client.store.files.delete("snapshot");
    return client.verdict(repository);
  }

  it("one that the policy knows decides", async () => {
    expect(await withSha512("sha512", "right")).toBe("accepted");
    expect(await withSha512("sha512", "wrong")).toBe(DIFFERS);
  });

  // Bug: `policy.hashes?.[algorithm]` finds what every object inherits: toString gives "[object Undefined]"
  // for any bytes, and valueOf and __proto__ throw a TypeError.
  it.each(["toString", "valueOf", "__proto__"])("%s is no hash", async (algorithm) => {
    expect(await withSha512(algorithm, "[object Undefined]")).toBe(DIFFERS);
  });
});

describe("endless data attack", () => {
  it("no request is for more than was named, nor for more than METADATA_BYTES_MAX", async () => {
    const { client, repository } = await aStory();
    repository.publish({ ratified: "two" });
    const source = repository.source();
    await findTarget(INDEX, await client.update(source));
    expect(source.requests).toEqual([
      { file: "2.root.json", bytesMax: METADATA_BYTES_MAX },
      { file: "timestamp.json", bytesMax: METADATA_BYTES_MAX },
      { file: "2.snapshot.json", bytesMax: repository.file("snapshot").length },
      { file: "2.targets.json", bytesMax: repository.file("targets").length },
      { file: "2.index.json", bytesMax: repository.file("index").length },
    ]);
  });

  it.each(["snapshot", "targets", "index"] as const)(
    "a length beyond the limit for %s raises no limit",
    async (role) => {
      const { client, repository } = await aStory();
      repository.publish({ ratified: "two" });
      misname(repository, role, { length: Number.MAX_SAFE_INTEGER });
      const source = repository.source();
      await outcome(client.update(source).then((trust) => findTarget(INDEX, trust)));
      const asked = source.requests.find(({ file }) => file === repository.pathOf(role));
      expect(asked).toEqual({ file: repository.pathOf(role), bytesMax: METADATA_BYTES_MAX });
    },
  );

  it.each(["root", "timestamp", "snapshot", "targets", "index"] as const)(
    "an honest source fails where %s has more bytes, and nothing is lost",
    async (role) => {
      const { client, repository } = await aStory();
      repository.publish({ ratified: "two", days: { root: 365 } });
      const endless = mirrorOf(repository, [
        [repository.pathOf(role), new Uint8Array(METADATA_BYTES_MAX + 1)],
      ]);
      expect(await client.verdict(endless)).toBe("TOO_LARGE");
      expect(await client.verdict(repository)).toBe("accepted");
    },
  );

  it.each(["root", "timestamp", "snapshot", "targets", "index"] as const)(
    "a careless source that gives more of %s than was asked for is refused all the same",
    async (role) => {
      const { client, repository } = await aStory();
      repository.publish({ ratified: "two", days: { root: 365 } });
      const bytes = new Uint8Array(METADATA_BYTES_MAX + 1).fill(0x20);
      bytes.set(repository.file(role));
      const files = mirrorOf(repository, [[repository.pathOf(role), bytes]]).files;
      const careless = { files, source: () => ({ read: async (file: string) => files.get(file) }) };
      expect(await client.verdict(careless)).toMatch(/^METADATA_(INVALID|DIFFERS)$/);
      expect(await client.verdict(repository)).toBe("accepted");
    },
  );

  it("an endless chain of roots ends after 1024", async () => {
    const repository = aTufRepository({ offline: 1, threshold: 1 }).publish();
    for (let version = 2; version <= 1030; version++) repository.publishRoot();
    const client = aClient(repository);
    const source = repository.source();
    await client.update(source);
    expect(client.versions().root).toBe(1025);
    expect(source.asked.filter((file) => file.endsWith(".root.json"))).toHaveLength(1024);
    expect(await client.verdict(repository)).toBe("accepted");
    expect(client.versions().root).toBe(1030);
  });

  it("nothing is asked for twice, and what is unchanged is not asked for", async () => {
    const { client, repository } = await aStory();
    const source = repository.source();
    await findTarget(INDEX, await client.update(source));
    expect(source.asked).toEqual(["2.root.json", "timestamp.json"]);
    expect(source.bytes).toBe(repository.file("timestamp").length);
  });
});

describe("wrong software", () => {
  it("a target with other bytes is refused", async () => {
    const { client, repository } = await aStory();
    const { hashes } = repository.target(INDEX, "view 1") as { hashes: { sha256: string } };
    const other = utf8("evil 1");
    expect(await client.verdict(mirrorOf(repository, [[hashedPath(INDEX, hashes.sha256), other]]))).toBe(
      "DIGEST_MISMATCH",
    );
  });

  it.each(["view 1 and more", "view", ""])("a target of another length is refused: %j", async (text) => {
    const { client, repository } = await aStory();
    const trust = await client.update(repository.source());
    const { target } = await findTarget(INDEX, trust);
    expect(trust.set.isTarget(utf8("view 1"), target)).toBe(true);
    expect(trust.set.isTarget(utf8(text), target)).toBe(false);
    // The length is looked at for itself too, whatever the hash says.
    expect(trust.set.isTarget(utf8("view 1"), { ...target, length: target.length + 1 })).toBe(false);
  });

  it("a target that nobody names is unknown", async () => {
    const { client, repository } = await aStory();
    const trust = await client.update(repository.source());
    for (const path of ["index/other.json", "trust/other.json", "", "__proto__", "constructor", "index/"])
      expect(await outcome(findTarget(path, trust))).toBe("TARGET_UNKNOWN");
  });
});

describe("malicious mirror", () => {
  it("serves another repository's metadata: refused", async () => {
    const { client } = await aStory();
    const other = aTufRepository({ name: "other" }).publish().publish();
    expect(await client.verdict(other)).toBe("METADATA_UNSIGNED");
  });

  it("serves another repository's root chain: refused at its first root", async () => {
    const { client, repository } = await aStory();
    const other = aTufRepository({ name: "other" })
      .publish()
      .publish({ days: { root: 365 } });
    expect(await client.verdict(mirrorOf(repository, other.files))).toBe("METADATA_UNSIGNED");
    expect(client.versions()).toMatchObject({ root: 1 });
  });

  it("mixes the online files of two repositories: refused", async () => {
    const { client, repository } = await aStory();
    const other = aTufRepository({ name: "other", snapshotHashes: true }).publish();
    repository.publish({ ratified: "two" });
    other.publish({ ratified: "two" });
    for (const role of ["timestamp", "snapshot", "targets", "index"] as const) {
      const mixed = mirrorOf(repository, [[repository.pathOf(role), other.file(role)]]);
      expect(await client.verdict(mixed)).toMatch(/^METADATA_(UNSIGNED|DIFFERS)$/);
    }
    expect(await client.verdict(repository)).toBe("accepted");
  });

  it("answers every request with the same file: refused", async () => {
    const { repository } = await aStory();
    for (const [, bytes] of repository.files) {
      const client = aClient(repository);
      const mirror = { files: repository.files, source: () => ({ read: async () => bytes }) };
      expect(await client.verdict(mirror)).toMatch(/^METADATA_/);
      expect(await client.verdict(repository)).toBe("accepted");
    }
  });

  it("serves nothing: told as missing", async () => {
    const { client, repository } = await aStory();
    const nothing = { files: new Map(), source: () => new CountingSource(new Map()) };
    expect(await client.verdict(nothing)).toBe("METADATA_MISSING");
    expect(await client.offline()).toBe("accepted");
    expect(await client.verdict(repository)).toBe("accepted");
  });

  it("a holder's file beside the published ones is asked for by nobody", async () => {
    const { client, repository } = await aStory();
    repository.fork().with("targets", { version: 7 }).signedBy(holder(repository, 0), holder(repository, 1));
    const source = repository.source();
    await client.update(source);
    expect(source.asked).not.toContain("7.targets.json");
  });
});
