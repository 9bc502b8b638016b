/** Indefinite freeze: what has run out, when, by whose clock, and how much grace there is. */
import { describe, expect, it } from "vitest";
import { testKey } from "../../support/fixture-keys.ts";
import {
  aTufRepository,
  DAY,
  dateAt,
  dateIn,
  NOW,
  ROLES,
  type RoleName,
  type TufRepository,
} from "../../support/tuf-repository.ts";
import { aClient, mirrorOf } from "./a-client.ts";

const EXPIRED = "METADATA_EXPIRED";
const GRACE = 30 * DAY;

/** A view of which `role` runs out after ten days, and everything else after a year. */
function expiring(role: RoleName): TufRepository {
  const days = Object.fromEntries(ROLES.map((each) => [each, each === role ? 10 : 365]));
  return aTufRepository().publish({ days });
}

describe.each(ROLES)("indefinite freeze attack: %s has run out", (role) => {
  const repository = expiring(role);
  const at = (days: number, graceMs = 0) =>
    aClient(repository, { now: NOW + days * DAY, graceMs }).verdict(repository);

  it("the moment before it does, it is accepted", async () => {
    const now = NOW + 10 * DAY - 1;
    expect(await aClient(repository, { now }).verdict(repository)).toBe("accepted");
  });

  it("from that moment on it is refused: EXPIRES must be higher than the time", async () => {
    expect(await at(10)).toBe(EXPIRED);
    expect(await at(300)).toBe(EXPIRED);
  });

  it("within a grace of 30 days it is accepted, and the date is told", async () => {
    const now = NOW + 40 * DAY - 1;
    const client = aClient(repository, { now, graceMs: GRACE });
    expect(await client.verdict(repository)).toBe("accepted");
    const { set } = await client.update(repository.source());
    if (role !== "index") expect(set.expires).toBe(NOW + 10 * DAY);
  });

  it("after the grace it is refused", async () => {
    expect(await at(40, GRACE)).toBe(EXPIRED);
  });

  it("a client that has seen it is held to it too, with the mirror and without", async () => {
    const client = aClient(repository);
    expect(await client.verdict(repository)).toBe("accepted");
    client.settings.now = NOW + 11 * DAY;
    expect(await client.verdict(repository)).toBe(EXPIRED);
    expect(await client.offline()).toBe(EXPIRED);
    client.settings.graceMs = GRACE;
    expect(await client.verdict(repository)).toBe("accepted");
    expect(await client.offline()).toBe("accepted");
    client.settings.now = NOW + 40 * DAY;
    expect(await client.offline()).toBe(EXPIRED);
  });

  it("a new one ends it", async () => {
    const fork = repository.fork();
    const client = aClient(fork, { now: NOW + 11 * DAY });
    expect(await client.verdict(fork)).toBe(EXPIRED);
    fork.now = NOW + 11 * DAY;
    fork.publish({ ratified: "renewed", days: { root: 365 } });
    expect(await client.verdict(fork)).toBe("accepted");
  });
});

describe("withheld metadata", () => {
  it("a mirror that serves one timestamp for ever is believed until it runs out", async () => {
    const repository = aTufRepository().publish();
    const client = aClient(repository);
    const frozen = repository.fork();
    expect(await client.verdict(frozen)).toBe("accepted");
    client.settings.now = NOW + 8 * DAY;
    expect(await client.verdict(frozen)).toBe(EXPIRED);
    repository.now = client.settings.now;
    expect(await client.verdict(repository.publish())).toBe("accepted");
  });

  it("a mirror that withholds newer roots is believed until the last one runs out", async () => {
    const repository = aTufRepository().publish({
      days: { root: 5, timestamp: 90, snapshot: 90, index: 90 },
    });
    const next = { keys: [testKey("next")], threshold: 1 };
    const client = aClient(repository);
    const frozen = repository.fork();
    repository.rotate({ timestamp: next, snapshot: next, index: next }).publish();
    expect(await client.verdict(frozen)).toBe("accepted");
    client.settings.now = NOW + 6 * DAY;
    expect(await client.verdict(frozen)).toBe(EXPIRED);
    expect(await client.verdict(repository)).toBe("accepted");
  });

  it("a root that has run out is no obstacle on the way to a newer one", async () => {
    const repository = aTufRepository().publish({ days: { root: -200 } });
    repository.publish({ days: { root: -100 } }).publish({ days: { root: 1 } });
    expect(await aClient(repository).verdict(repository)).toBe("accepted");
    const withheld = mirrorOf(repository, [["3.root.json", undefined]]);
    expect(await aClient(repository).verdict(withheld)).toBe(EXPIRED);
  });

  it.each(["timestamp.json", "2.snapshot.json", "2.targets.json", "2.index.json"])(
    "%s is withheld: told as missing, and no step back",
    async (file) => {
      const repository = aTufRepository().publish();
      const client = aClient(repository);
      expect(await client.verdict(repository)).toBe("accepted");
      repository.publish({ ratified: "two" });
      expect(await client.verdict(mirrorOf(repository, [[file, undefined]]))).toBe("METADATA_MISSING");
      expect(await client.verdict(repository)).toBe("accepted");
    },
  );
});

describe("a clock that is wrong", () => {
  it("set forward refuses everything, and does no harm once it is right", async () => {
    const repository = aTufRepository().publish();
    const client = aClient(repository);
    expect(await client.verdict(repository)).toBe("accepted");
    const before = client.versions();
    client.settings.now = NOW + 5000 * DAY;
    expect(await client.verdict(repository)).toBe(EXPIRED);
    expect(await client.offline()).toBe(EXPIRED);
    expect(client.versions()).toEqual(before);
    client.settings.now = NOW;
    expect(await client.offline()).toBe("accepted");
    expect(await client.verdict(repository.publish())).toBe("accepted");
  });

  it("set forward at the first use locks nothing out", async () => {
    const repository = aTufRepository().publish();
    const client = aClient(repository, { now: NOW + 5000 * DAY });
    expect(await client.verdict(repository)).toBe(EXPIRED);
    client.settings.now = NOW;
    expect(await client.verdict(repository)).toBe("accepted");
  });

  it("set back to 1970 is no error, and lets nobody go back", async () => {
    const repository = aTufRepository().publish();
    const old = repository.fork();
    const client = aClient(repository, { now: NOW });
    expect(await client.verdict(repository.publish())).toBe("accepted");
    client.settings.now = 0;
    expect(await client.verdict(repository)).toBe("accepted");
    expect(await client.verdict(old)).toBe("METADATA_ROLLBACK");
  });

  describe("and a timestamp that says when it was issued", () => {
    /** Everything runs out after `days`, the timestamp, issued on the 20th day, after a year. */
    function issued(role: RoleName): TufRepository {
      const repository = expiring(role);
      repository.with("timestamp", { issued: dateIn(20), expires: dateIn(365) }).signed();
      return repository;
    }

    it.each(["snapshot", "targets", "index"] as const)("set back, it makes %s no younger", async (role) => {
      const repository = issued(role);
      expect(await aClient(repository, { now: NOW }).verdict(repository)).toBe(EXPIRED);
      expect(await aClient(repository, { now: 0, graceMs: GRACE }).verdict(repository)).toBe("accepted");
    });

    // Bug: the root is judged before the timestamp, by the machine's clock alone, and not again.
    it("set back, it makes root no younger", async () => {
      const repository = issued("root");
      expect(await aClient(repository, { now: NOW }).verdict(repository)).toBe(EXPIRED);
    });

    it("issued in the future, by a key that was stolen: new keys undo it", async () => {
      const repository = aTufRepository().publish();
      const client = aClient(repository);
      const evil = repository.fork();
      const far = { issued: dateAt(Date.UTC(2900, 0)), expires: dateAt(Date.UTC(2901, 0)) };
      evil.with("timestamp", { version: 5000, ...far }).signed();
      expect(await client.verdict(evil)).toBe(EXPIRED);
      const next = { keys: [testKey("next")], threshold: 1 };
      repository.rotate({ timestamp: next, snapshot: next, index: next }).publish();
      expect(await client.verdict(repository)).toBe("accepted");
    });

    it("issued in the future by a signer's wrong clock: the next timestamp undoes it", async () => {
      const repository = aTufRepository().publish();
      const client = aClient(repository);
      const far = { issued: dateAt(Date.UTC(2900, 0)), expires: dateAt(Date.UTC(2901, 0)) };
      repository.with("timestamp", { version: 2, ...far }).signed();
      expect(await client.verdict(repository)).toBe(EXPIRED);
      repository.publish();
      expect(await client.verdict(repository)).toBe("accepted");
    });

    it.each(["soon", 5, null, "2030-02-30T00:00:00Z", dateIn(400)])(
      "what is no date, or after its own expiry, says nothing: %j",
      async (when) => {
        const repository = aTufRepository().publish();
        repository.with("timestamp", { issued: when }).signed();
        expect(await aClient(repository).verdict(repository)).toBe("accepted");
      },
    );
  });
});
