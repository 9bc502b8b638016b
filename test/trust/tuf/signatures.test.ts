import { describe, expect, it } from "vitest";
import { toHex } from "../../../src/base/bytes.ts";
import { nodeEd25519 } from "../../../src/node/crypto.ts";
import { nobleEd25519 } from "../../../src/trust/noble.ts";
import { mallory, testKey } from "../../support/fixture-keys.ts";
import {
  aTufRepository,
  fileOf,
  idOf,
  keyIdOf,
  keyOf,
  ROLES,
  type Said,
  type SignatureEntry,
  signature,
} from "../../support/tuf-repository.ts";
import { aClient } from "./a-client.ts";
import { afterHonestView, holder, signAs } from "./story.ts";

const UNSIGNED = "METADATA_UNSIGNED";

describe.each([
  ["OpenSSL", nodeEd25519],
  ["noble", nobleEd25519],
])("signatures verified by %s", (_, ed25519) => {
  it("an honest repository is accepted, and both targets are read", async () => {
    const repository = aTufRepository().publish({ index: "an index", ratified: "keys" });
    expect(await aClient(repository, { ed25519 }).sees(repository)).toEqual({
      index: "an index",
      ratified: "keys",
    });
  });

  it.each(ROLES.filter((role) => role !== "root"))("a forged signature of %s is refused", async (role) => {
    const repository = aTufRepository().publish();
    const said = repository.said(role);
    const forged = repository.signers[role].keys.map((key): SignatureEntry => {
      const { keyid, sig } = signature(said, key);
      return { keyid, sig: `${sig.slice(0, -1)}${sig.endsWith("0") ? "1" : "0"}` };
    });
    signAs(repository, role, forged);
    // The snapshot is named by its hash, so that the timestamp must be of the forged one.
    if (role === "snapshot") repository.publishTimestamp();
    expect(await aClient(repository, { ed25519 }).verdict(repository)).toBe(UNSIGNED);
  });
});

describe("arbitrary software attack", () => {
  it.each(ROLES)("%s signed by a stranger is refused", async (role) => {
    expect(
      await afterHonestView((repository) => {
        repository.with(role, {}).signedBy(mallory, testKey("mallory", 2));
        if (role === "snapshot") repository.publishTimestamp();
      }),
    ).toBe(UNSIGNED);
  });

  it.each(ROLES)("%s without any signature is refused", async (role) => {
    expect(
      await afterHonestView((repository) => {
        repository.with(role, {}).signedBy();
        if (role === "snapshot") repository.publishTimestamp();
      }),
    ).toBe(UNSIGNED);
  });

  it.each(ROLES)("%s changed under its own signatures is refused", async (role) => {
    expect(
      await afterHonestView((repository) => {
        const { signatures } = JSON.parse(new TextDecoder().decode(repository.file(role)));
        repository.put(role, fileOf({ ...repository.said(role), added: true }, signatures));
        if (role === "snapshot") repository.publishTimestamp();
      }),
    ).toBe(UNSIGNED);
  });

  it("another role's keys do not speak for a role", async () => {
    for (const [role, other] of [
      ["timestamp", "root"],
      ["index", "targets"],
      ["targets", "root"],
      ["root", "targets"],
    ] as const)
      expect(
        await afterHonestView((repository) =>
          repository.with(role, {}).signedBy(...repository.signers[other].keys),
        ),
      ).toBe(UNSIGNED);
  });

  it("a timestamp served as another role is refused by its type", async () => {
    expect(
      await afterHonestView((repository) => repository.put("targets", repository.file("timestamp"))),
    ).toBe("METADATA_INVALID");
  });
});

describe("compromise below the threshold", () => {
  it.each(["root", "targets"] as const)("one of three keys of %s signs alone: refused", async (role) => {
    expect(
      await afterHonestView((repository) => repository.with(role, {}).signedBy(holder(repository, 1, role))),
    ).toBe(UNSIGNED);
  });

  it.each(["root", "targets"] as const)("one key of %s and a stranger's: refused", async (role) => {
    expect(
      await afterHonestView((repository) =>
        repository.with(role, {}).signedBy(holder(repository, 1, role), mallory),
      ),
    ).toBe(UNSIGNED);
  });

  it("the index role by one of two online keys that must agree: refused", async () => {
    const [first, second] = [testKey("online one"), testKey("online two")];
    const repository = aTufRepository()
      .rotate({ index: { keys: [first, second], threshold: 2 } })
      .publish();
    const client = aClient(repository);
    expect(await client.verdict(repository)).toBe("accepted");
    repository.publishIndex("evil").with("index", {}).signedBy(first).renew();
    expect(await client.verdict(repository)).toBe(UNSIGNED);
  });

  it("any two of the three suffice", async () => {
    for (const [a, b] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const)
      expect(
        await afterHonestView((repository) =>
          repository.with("targets", {}).signedBy(holder(repository, a), holder(repository, b)),
        ),
      ).toBe("accepted");
  });
});

describe("one key counted twice", () => {
  it("two signatures with one key id are refused as a whole", async () => {
    expect(
      await afterHonestView((repository) => {
        const one = signature(repository.said("targets"), holder(repository, 0));
        signAs(repository, "targets", [one, one]);
      }),
    ).toBe("METADATA_INVALID");
  });

  it("one key under two ids, by a field that nobody knows, counts once", async () => {
    const key = holder(aTufRepository(), 0, "root");
    const twin = keyOf(key, { note: "a twin" });
    const repository = aTufRepository().publish();
    repository
      .with("root", (said) => {
        const { keys, roles } = said as { keys: Said; roles: Record<string, Said> };
        keys[keyIdOf(twin)] = twin;
        keys[idOf(key)] = keyOf(key);
        roles.targets = { keyids: [idOf(key), keyIdOf(twin)].sort(), threshold: 2 };
        return said;
      })
      .signed();
    const said = repository.said("targets");
    signAs(repository, "targets", [signature(said, key), signature(said, key, keyIdOf(twin))]);
    expect(await aClient(repository).verdict(repository)).toBe(UNSIGNED);
  });

  it("one key in upper and lower case counts once", async () => {
    const key = holder(aTufRepository(), 0, "root");
    const twin = keyOf(key, { keyval: { public: toHex(key.publicKey.bytes).toUpperCase() } });
    const repository = aTufRepository().publish();
    repository
      .with("root", (said) => {
        const { keys, roles } = said as { keys: Said; roles: Record<string, Said> };
        keys[keyIdOf(twin)] = twin;
        keys[idOf(key)] = keyOf(key);
        roles.targets = { keyids: [idOf(key), keyIdOf(twin)].sort(), threshold: 2 };
        return said;
      })
      .signed();
    const said = repository.said("targets");
    signAs(repository, "targets", [signature(said, key), signature(said, key, keyIdOf(twin))]);
    expect(await aClient(repository).verdict(repository)).toBe(UNSIGNED);
  });

  it.each(["root", "targets"] as const)("key ids that %s lists twice are refused", async (by) => {
    expect(
      await afterHonestView((repository) => {
        const twice = (role: Said) => ({
          ...role,
          keyids: [...(role.keyids as string[]), ...(role.keyids as string[])],
        });
        const changed =
          by === "root"
            ? repository.with("root", (said) => {
                const roles = said.roles as Record<string, Said>;
                return { ...said, roles: { ...roles, targets: twice(roles.targets ?? {}) } };
              })
            : repository.with("targets", (said) => {
                const { keys, roles } = said.delegations as { keys: Said; roles: Said[] };
                return { ...said, delegations: { keys, roles: roles.map(twice) } };
              });
        changed.signed();
      }),
    ).toBe("METADATA_INVALID");
  });
});
