/** Our verifier and tuf-js, unmodified, over HTTP against the same repositories: the same verdicts. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mallory, type TestKey, testKey } from "../../support/fixture-keys.ts";
import {
  aTufRepository,
  hashedPath,
  INDEX,
  ROLES,
  type Said,
  type Signers,
  type TufOptions,
  type TufRepository,
} from "../../support/tuf-repository.ts";
import { signAs } from "./story.ts";
import { asRegistry, type Look, type Published, publish, TwoClients } from "./two-clients.ts";

let published: Published;
beforeAll(async () => {
  published = await publish();
});
afterAll(() => published.close());

/** Has both clients look; both must accept, or both refuse, as expected. Gives back the repository. */
type Visit = (expected: "accepted" | "refused", files?: ReadonlyMap<string, Uint8Array>) => Promise<void>;
interface Scenario {
  readonly name: string;
  readonly options?: TufOptions;
  /** The first view is published already. */
  readonly tell: (repository: TufRepository, visit: Visit) => Promise<unknown>;
}

const OTHER: Signers = { keys: [testKey("other")], threshold: 1 };
const HOLDERS: Signers = { keys: ["a", "b", "c"].map((name) => testKey(name)), threshold: 2 };
const first = ({ keys }: Signers) => keys[0] as TestKey;
const isSeen = (look: Look) => "seen" in look;
const without = (repository: TufRepository, path: string) =>
  new Map([...repository.files].filter(([each]) => each !== path));

const HONEST: Scenario[] = [
  { name: "the first view", tell: (_, visit) => visit("accepted") },
  {
    name: "three views one after the other",
    tell: async (repository, visit) => {
      await visit("accepted");
      repository.publish({ ratified: "two" });
      await visit("accepted");
      repository.publish();
      await visit("accepted");
      await visit("accepted");
    },
  },
  {
    name: "a snapshot with lengths and hashes",
    options: { snapshotHashes: true },
    tell: async (repository, visit) => {
      await visit("accepted");
      repository.publish({ ratified: "two" });
      await visit("accepted");
    },
  },
  {
    name: "a new root by the same holders",
    tell: (repository, visit) => (repository.publish({ days: { root: 100 } }), visit("accepted")),
  },
  {
    name: "new holders of root and targets",
    tell: async (repository, visit) => {
      await visit("accepted");
      repository.rotate({ root: HOLDERS, targets: HOLDERS }).publish({ ratified: "theirs" });
      await visit("accepted");
    },
  },
  {
    name: "new online keys",
    tell: async (repository, visit) => {
      await visit("accepted");
      repository.rotate({ timestamp: OTHER, snapshot: OTHER, index: OTHER }).publish();
      await visit("accepted");
    },
  },
  {
    name: "five roots that were missed, each by other holders",
    tell: async (repository, visit) => {
      await visit("accepted");
      for (const name of ["b", "c", "d", "e"]) {
        const keys = [1, 2, 3].map((at) => testKey(`${name} ${at}`));
        repository.rotate({ root: { keys, threshold: 2 } }).publish();
      }
      await visit("accepted");
    },
  },
  {
    name: "fields that nobody knows, in every role",
    tell: (repository, visit) => {
      for (const role of ["root", "targets", "index"] as const)
        repository.with(role, { x: { y: ["é", -1] } }).signed();
      repository.with("snapshot", { version: 2, x: null }).signed().publishTimestamp();
      repository.with("timestamp", { issued: "2020-01-01T00:00:00Z" }).signed();
      return visit("accepted");
    },
  },
  {
    name: "a snapshot that lists one more role",
    tell: (repository, visit) => {
      repository
        .with("snapshot", (said) => ({ ...said, meta: { ...(said.meta as Said), "x.json": { version: 1 } } }))
        .signed()
        .publishTimestamp();
      return visit("accepted");
    },
  },
  {
    name: "a stranger's signature beside enough good ones",
    tell: (repository, visit) => {
      repository.with("targets", {}).signedBy(mallory, ...repository.signers.targets.keys);
      return visit("accepted");
    },
  },
];

const ATTACKED: Scenario[] = [
  ...ROLES.map((role) => ({
    name: `${role} signed by a stranger`,
    tell: async (repository: TufRepository, visit: Visit) => {
      await visit("accepted");
      repository
        .publish({ ratified: "two", days: { root: 100 } })
        .with(role, {})
        .signedBy(mallory);
      if (role === "snapshot") repository.publishTimestamp();
      await visit("refused");
    },
  })),
  ...(["root", "targets"] as const).map((role) => ({
    name: `${role} signed below its threshold`,
    tell: async (repository: TufRepository, visit: Visit) => {
      await visit("accepted");
      repository.publish({ ratified: "two", days: { root: 100 } });
      repository.with(role, {}).signedBy(first(repository.signers[role]));
      await visit("refused");
    },
  })),
  ...ROLES.map((role) => ({
    name: `${role} that has run out, and is renewed`,
    tell: async (repository: TufRepository, visit: Visit) => {
      repository.publish({ days: { [role]: -1 } });
      await visit("refused");
      repository.publish({ ratified: "renewed", days: { root: 100 } });
      await visit("accepted");
    },
  })),
  ...(["timestamp.json", "2.snapshot.json", "2.targets.json", "2.index.json"] as const).map((file) => ({
    name: `${file} is missing`,
    tell: async (repository: TufRepository, visit: Visit) => {
      await visit("accepted");
      repository.publish({ ratified: "two" });
      await visit("refused", without(repository, file));
      await visit("accepted");
    },
  })),
  {
    name: "rollback of everything",
    tell: async (repository, visit) => {
      const old = new Map(repository.files);
      repository.publish();
      await visit("accepted");
      await visit("refused", old);
    },
  },
  {
    name: "rollback of the snapshot in a new timestamp",
    tell: async (repository, visit) => {
      repository.publish();
      await visit("accepted");
      repository.with("timestamp", { version: 3, meta: { "snapshot.json": { version: 1 } } }).signed();
      await visit("refused");
    },
  },
  ...(["targets", "index"] as const).map((role) => ({
    name: `rollback of ${role} in a new snapshot`,
    tell: async (repository: TufRepository, visit: Visit) => {
      repository.publish({ ratified: "two" });
      await visit("accepted");
      const meta = { ...(repository.said("snapshot").meta as Said), [`${role}.json`]: { version: 1 } };
      repository.with("snapshot", { version: 3, meta }).signed().publishTimestamp();
      await visit("refused");
    },
  })),
  {
    name: "a snapshot that drops the index role",
    tell: async (repository, visit) => {
      await visit("accepted");
      repository.with("snapshot", { version: 2, meta: { "targets.json": { version: 1 } } }).signed();
      await (repository.publishTimestamp(), visit("refused"));
    },
  },
  ...(["sha256", "length"] as const).flatMap((kind) =>
    (["snapshot", "targets", "index"] as const).map((role) => ({
      name: `mix and match: ${role} has another ${kind} than is named`,
      options: { snapshotHashes: true },
      tell: async (repository: TufRepository, visit: Visit) => {
        await visit("accepted");
        repository.publish({ ratified: "two" });
        const { length, hashes } = repository.ref(role) as { length: number; hashes: Said };
        const ref = {
          version: 2,
          length: kind === "length" ? length + 1 : length,
          hashes: kind === "sha256" ? { sha256: "0".repeat(64) } : hashes,
        };
        const by = role === "snapshot" ? "timestamp" : "snapshot";
        const meta = { ...(repository.said(by).meta as Said), [`${role}.json`]: ref };
        repository.with(by, { meta }).signed();
        await (by === "snapshot" ? repository.publishTimestamp() : repository, visit("refused"));
      },
    })),
  ),
  ...(["snapshot", "targets", "index"] as const).map((role) => ({
    name: `mix and match: ${role} of another version than is named`,
    tell: async (repository: TufRepository, visit: Visit) => {
      await visit("accepted");
      const old = repository.file(role);
      repository.publish({ ratified: "two" }).put(role, old);
      if (role === "snapshot")
        repository.with("timestamp", { meta: { "snapshot.json": { version: 2 } } }).signed();
      await visit("refused");
    },
  })),
  {
    name: "a root signed by its new holders alone, then by both",
    tell: async (repository, visit) => {
      await visit("accepted");
      repository.rotate({ root: HOLDERS }).publish();
      const good = repository.file("root");
      repository.with("root", {}).signedBy(...HOLDERS.keys);
      await visit("refused");
      repository.put("root", good);
      await visit("accepted");
    },
  },
  {
    name: "a root signed by its old holders alone",
    tell: async (repository, visit) => {
      const old = repository.signers.root.keys;
      repository.rotate({ root: HOLDERS }).publish();
      repository.with("root", {}).signedBy(...old);
      await visit("refused");
    },
  },
  {
    name: "a root of a version that is not due",
    tell: async (repository, visit) => {
      repository.publish({ days: { root: 100 } });
      const third = repository.fork().with("root", { version: 3 }).signed().file("root");
      await visit("refused", new Map([...repository.files, ["2.root.json", third]]));
    },
  },
  {
    name: "another registry's metadata",
    tell: (repository, visit) =>
      visit("refused", aTufRepository({ name: "another", now: repository.now }).publish().files),
  },
  {
    name: "two signatures with one key id",
    tell: async (repository, visit) => {
      const { signatures } = JSON.parse(new TextDecoder().decode(repository.file("targets")));
      signAs(repository, "targets", [signatures[0], signatures[0]]);
      await visit("refused");
    },
  },
  {
    name: "key ids listed twice",
    tell: async (repository, visit) => {
      const { keys, roles } = repository.said("targets").delegations as { keys: Said; roles: Said[] };
      const twice = roles.map((role) => ({ ...role, keyids: [role.keyids, role.keyids].flat() }));
      repository.with("targets", { delegations: { keys, roles: twice } }).signed();
      await visit("refused");
    },
  },
  {
    name: "an index role that may not speak for the index",
    tell: async (repository, visit) => {
      const { keys, roles } = repository.said("targets").delegations as { keys: Said; roles: Said[] };
      const elsewhere = roles.map((role) => ({ ...role, paths: ["index/*/*", "*.json"] }));
      repository.with("targets", { delegations: { keys, roles: elsewhere } }).signed();
      await visit("refused");
    },
  },
  {
    name: "a target with other bytes, of another length, and none",
    tell: async (repository, visit) => {
      const target = (repository.said("index").targets as Record<string, { hashes: { sha256: string } }>)[
        INDEX
      ];
      const path = hashedPath(INDEX, target?.hashes.sha256 ?? "");
      for (const text of ["evil 1", "view", "view 1 and more"])
        await visit("refused", new Map([...repository.files, [path, new TextEncoder().encode(text)]]));
      await visit("refused", without(repository, path));
      await visit("accepted");
    },
  },
  {
    name: "fast-forward, and recovery by new online keys",
    tell: async (repository, visit) => {
      await visit("accepted");
      const evil = repository.fork();
      evil.with("snapshot", { version: 1000 }).signed().publishTimestamp();
      evil.with("timestamp", { version: 1000 }).signed();
      await visit("accepted", evil.files);
      await (repository.publish(), visit("refused"));
      repository.rotate({ timestamp: OTHER, snapshot: OTHER, index: OTHER }).publish();
      await visit("accepted");
    },
  },
  {
    name: "compromise of the online key: another index, no other targets",
    tell: async (repository, visit) => {
      await visit("accepted");
      await (repository.publish({ index: "evil" }), visit("accepted"));
      const thief = first(repository.signers.timestamp);
      repository.publishTargets("evil").with("targets", {}).signedBy(thief).renew();
      await visit("refused");
    },
  },
];

describe.each([
  ["honest repositories", HONEST],
  ["attacked repositories", ATTACKED],
])("our verifier and tuf-js agree on %s", (_, scenarios) => {
  it.each(scenarios)("$name", async ({ options, tell }) => {
    const repository = aTufRepository({ now: Math.floor(Date.now() / 1000) * 1000, ...options }).publish();
    const clients = new TwoClients(published, repository.file("root"));
    let looks = 0;
    try {
      await tell(repository, async (expected, files = repository.files) => {
        const look = await clients.look(asRegistry(files));
        const what = JSON.stringify(look);
        expect(isSeen(look.ours), what).toBe(expected === "accepted");
        expect(isSeen(look.theirs), what).toBe(expected === "accepted");
        if (isSeen(look.ours)) expect(look.ours).toEqual(look.theirs);
        looks++;
      });
    } finally {
      clients.forget();
    }
    expect(looks).toBeGreaterThan(0);
  });
});
