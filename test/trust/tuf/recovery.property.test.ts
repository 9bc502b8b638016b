/**
 * Honest publications and attacks in any order: a client never goes back, keeps what was proven, and is
 * at the newest view after the next honest look at it.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mallory, testKey } from "../../support/fixture-keys.ts";
import { aTufRepository, DAY, NOW, type Said, type TufRepository } from "../../support/tuf-repository.ts";
import { aClient, type Mirror, mirrorOf, type TestClient } from "./a-client.ts";

interface Story {
  readonly repository: TufRepository;
  /** What was published before, oldest first. */
  readonly past: TufRepository[];
  readonly client: TestClient;
}

/** Attacks of somebody without keys: what a mirror can do. Each gives what it serves. */
const ATTACKS: Record<string, (story: Story, pick: number) => Mirror> = {
  "serves an old view": ({ past, repository }, pick) => past[pick % past.length] ?? repository,
  "lays an old view over the new": ({ past, repository }, pick) =>
    mirrorOf(repository, past[pick % past.length]?.files ?? []),
  "withholds a file": ({ repository }, pick) => {
    const path = [...repository.files.keys()][pick % repository.files.size] ?? "";
    return mirrorOf(repository, [[path, undefined]]);
  },
  "swaps two files": ({ repository }, pick) => {
    const paths = [...repository.files.keys()];
    const [a, b] = [paths[pick % paths.length] ?? "", paths[(pick * 7 + 1) % paths.length] ?? ""];
    return mirrorOf(repository, [
      [a, repository.files.get(b)],
      [b, repository.files.get(a)],
    ]);
  },
  "flips a bit": ({ repository }, pick) => {
    const role = (["root", "timestamp", "snapshot", "targets", "index"] as const)[pick % 5] ?? "root";
    const bytes = Uint8Array.from(repository.file(role));
    const at = (pick * 31) % bytes.length;
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (pick % 8));
    return mirrorOf(repository, [[repository.pathOf(role), bytes]]);
  },
  "cuts a file short": ({ repository }, pick) => {
    const paths = [...repository.files.keys()];
    const path = paths[pick % paths.length] ?? "";
    return mirrorOf(repository, [[path, repository.files.get(path)?.subarray(0, pick % 200)]]);
  },
  "signs a timestamp of its own": ({ repository }, pick) =>
    repository
      .fork()
      .with("timestamp", { version: 1000 + pick })
      .signedBy(mallory),
  "signs a root of its own": ({ repository }) =>
    repository
      .fork()
      .publish({ days: { root: 365 } })
      .with("root", {})
      .signedBy(mallory),
  "serves another repository": ({ repository }) =>
    mirrorOf(repository, aTufRepository({ name: "other" }).publish().publish().files),
  "serves nothing": () => ({ files: new Map(), source: () => ({ read: async () => undefined }) }),
};

/** What the holders of the keys do. */
const DEEDS: Record<string, (story: Story, pick: number) => void> = {
  "publish a view": ({ repository }) => void repository.publish(),
  "ratify something": ({ repository }, pick) => void repository.publish({ ratified: `${pick}` }),
  "renew the root": ({ repository }) => void repository.publish({ days: { root: 365 } }),
  "renew the timestamp": ({ repository }) => void repository.publishTimestamp(),
  "change a holder of the root": ({ repository }, pick) => {
    const { keys, threshold } = repository.signers.root;
    repository.rotate({ root: { keys: [...keys.slice(1), testKey(`holder ${pick}`)], threshold } }).publish();
  },
};

const step = fc.oneof(
  fc.record({ deed: fc.constantFrom(...Object.keys(DEEDS)), pick: fc.nat(10_000) }),
  fc.record({ attack: fc.constantFrom(...Object.keys(ATTACKS)), pick: fc.nat(10_000) }),
  fc.record({ look: fc.constant(true), clock: fc.constantFrom(0, NOW, NOW, NOW, NOW + 4000 * DAY) }),
);

async function play(story: Story, steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[]) {
  for (const each of steps) {
    const before = story.client.versions();
    if ("deed" in each) {
      story.past.push(story.repository.fork());
      DEEDS[each.deed]?.(story, each.pick);
    } else if ("attack" in each) {
      await story.client.verdict(ATTACKS[each.attack]?.(story, each.pick) ?? story.repository);
    } else {
      story.client.settings.now = each.clock;
      await story.client.verdict(story.repository);
      story.client.settings.now = NOW;
    }
    const after = story.client.versions();
    for (const [role, version] of Object.entries(before))
      expect(after[role], `${role} after ${JSON.stringify(each)}`).toBeGreaterThanOrEqual(version);
  }
}

const newest = (repository: TufRepository): Said => ({
  root: repository.version("root"),
  timestamp: repository.version("timestamp"),
  snapshot: repository.version("snapshot"),
  targets: repository.version("targets"),
  index: repository.version("index"),
});

describe("any sequence of honest publications and attacks without keys", () => {
  it("never makes a client go back, and ends at the newest view", async () => {
    const steps = fc.array(step, { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(steps, fc.boolean(), async (sequence, snapshotHashes) => {
        const repository = aTufRepository({ snapshotHashes }).publish();
        const story: Story = { repository, past: [], client: aClient(repository) };
        await play(story, sequence);
        repository.publish({ index: "the newest" });
        expect(await story.client.sees(repository)).toMatchObject({ index: "the newest" });
        expect(story.client.versions()).toEqual(newest(repository));
        expect(await story.client.offline()).toBe("accepted");
      }),
      { numRuns: 40 },
    );
  });

  it("and thefts of the online key end with new online keys", async () => {
    const steps = fc.array(step, { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 1_000_000 }), steps, async (first, far, second) => {
        const repository = aTufRepository().publish();
        const story: Story = { repository, past: [], client: aClient(repository) };
        await play(story, first);
        const evil = repository.fork();
        for (const role of ["index", "snapshot", "timestamp"] as const) {
          evil.with(role, { version: evil.version(role) + far }).signed();
          if (role === "index") evil.publishSnapshot();
          if (role === "snapshot") evil.publishTimestamp();
        }
        expect(await story.client.verdict(evil)).toBe("accepted");
        await play(story, second);
        const next = { keys: [testKey("next online")], threshold: 1 };
        repository.rotate({ timestamp: next, snapshot: next, index: next }).publish({ index: "the newest" });
        expect(await story.client.sees(repository)).toMatchObject({ index: "the newest" });
        expect(story.client.versions()).toEqual(newest(repository));
      }),
      { numRuns: 20 },
    );
  });

  it.each(Object.keys(ATTACKS))(
    "a mirror that %s: what it serves is either good or refused",
    async (attack) => {
      const repository = aTufRepository().publish().publish({ ratified: "b" });
      const past = [repository.fork()];
      repository.publish({ days: { root: 365 } });
      for (let pick = 0; pick < 12; pick++) {
        const client = aClient(repository);
        const mirror = ATTACKS[attack]?.({ repository, past, client }, pick) ?? repository;
        expect(await client.verdict(mirror)).toMatch(/^(accepted|METADATA_\w+|DIGEST_MISMATCH|TOO_LARGE)$/);
        expect(await client.verdict(repository)).toBe("accepted");
      }
    },
  );
});
