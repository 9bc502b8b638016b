/** Keys and signatures that are not what they should be: none of them counts, and none does harm. */
import { Point, utils } from "@noble/ed25519";
import { canonicalize } from "@tufjs/canonical-json";
import { describe, expect, it } from "vitest";
import { concat, toHex, utf8 } from "../../../src/base/bytes.ts";
import { nodeEd25519 } from "../../../src/node/crypto.ts";
import { nobleEd25519 } from "../../../src/trust/noble.ts";
import { mallory, testKey } from "../../support/fixture-keys.ts";
import {
  aTufRepository,
  dateIn,
  fileOf,
  idOf,
  keyIdOf,
  keyOf,
  type Said,
  signature,
  signedFile,
  type TufRepository,
} from "../../support/tuf-repository.ts";
import { aClient } from "./a-client.ts";
import { afterHonestView, online, signAs } from "./story.ts";

const UNSIGNED = "METADATA_UNSIGNED";
const INVALID = "METADATA_INVALID";

describe("keys and signatures of another kind", () => {
  describe.each([
    ["OpenSSL", nodeEd25519],
    ["noble", nobleEd25519],
  ])("verified by %s", (_, ed25519) => {
    it("a root that lists a key which is no point of the curve is refused", async () => {
      const repository = aTufRepository();
      repository.publish();
      const id = addTimestampKey(repository, "ff".repeat(32));
      signAs(repository, "timestamp", [
        { keyid: id, sig: "00".repeat(64) },
        signature(repository.said("timestamp"), online(repository)),
      ]);
      expect(await aClient(repository, { ed25519 }).verdict(repository)).toBe(INVALID);
    });
  });

  const said = (repository: TufRepository) => repository.said("timestamp");
  const whole = (repository: TufRepository) => signature(said(repository), online(repository));

  it.each<[string, (sig: string) => string]>([
    ["63 bytes", (sig) => sig.slice(2)],
    ["65 bytes", (sig) => `${sig}00`],
    ["none", () => ""],
    ["an odd number of digits", (sig) => sig.slice(1)],
    ["upper-case digits", (sig) => sig.toUpperCase()],
    ["no hex", (sig) => `zz${sig.slice(2)}`],
    ["a space before it", (sig) => ` ${sig}`],
    ["base64", (sig) => Buffer.from(sig, "hex").toString("base64")],
    [
      "full-width digits",
      (sig) => sig.replace(/\d/, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
    ],
    ["the order of the group added to its scalar", (sig) => withOrderAdded(sig)],
  ])("a signature of %s counts for nothing", async (_, change) => {
    expect(
      await afterHonestView((repository) => {
        const { keyid, sig } = whole(repository);
        signAs(repository, "timestamp", [{ keyid, sig: change(sig) }]);
      }),
    ).toBe(UNSIGNED);
  });

  it("a bad signature beside enough good ones does no harm", async () => {
    expect(
      await afterHonestView((repository) =>
        signAs(repository, "timestamp", [
          { keyid: "nobody", sig: "not hex" },
          { keyid: "__proto__", sig: "00" },
          whole(repository),
        ]),
      ),
    ).toBe("accepted");
  });

  it.each<[string, Said]>([
    ["ecdsa", { keytype: "ecdsa", scheme: "ecdsa-sha2-nistp256" }],
    ["rsa", { keytype: "rsa", scheme: "rsassa-pss-sha256" }],
    ["ed25519 with another scheme", { scheme: "ed25519ph" }],
    ["another type with the scheme ed25519", { keytype: "x25519" }],
    ["a short key", { keyval: { public: "00".repeat(31) } }],
    ["a key that is no hex", { keyval: { public: "g".repeat(64) } }],
  ])("a key of the kind %s counts for nothing, and is no reason to refuse the root", async (_, more) => {
    const repository = aTufRepository().publish();
    const key = online(repository);
    const other = keyOf(key, more);
    const id = keyIdOf(other);
    repository
      .with("root", (root) => {
        const { keys, roles } = root as { keys: Said; roles: Record<string, { keyids: string[] }> };
        keys[id] = other;
        roles.timestamp?.keyids.push(id);
        return root;
      })
      .signed();
    const client = aClient(repository);
    expect(await client.verdict(repository)).toBe("accepted");
    repository.publish();
    signAs(repository, "timestamp", [signature(said(repository), key, id)]);
    expect(await client.verdict(repository)).toBe(UNSIGNED);
  });

  it("a key id that is not the sha256 of its key is refused", async () => {
    const repository = aTufRepository().publish();
    repository
      .with("root", (root) => ({
        ...root,
        keys: { ...(root.keys as Said), [idOf(mallory)]: keyOf(testKey("x")) },
      }))
      .signed();
    expect(await aClient(repository).verdict(repository)).toBe(INVALID);
  });

  // OpenSSL 3.0, which Node 20 has, takes such a signature; noble and OpenSSL 3.5 do not.
  it.each([
    ["OpenSSL", nodeEd25519],
    ["noble", nobleEd25519],
  ])(
    "a root that lists a key of small order, for which anyone can sign, is refused: %s",
    async (_, ed25519) => {
      const repository = aTufRepository().publish();
      const id = addTimestampKey(repository, `01${"00".repeat(31)}`);
      signAs(repository, "timestamp", [
        { keyid: id, sig: `${toHex(Point.BASE.toBytes())}01${"00".repeat(31)}` },
      ]);
      expect(await aClient(repository, { ed25519 }).verdict(repository)).toBe(INVALID);
    },
  );

  // About such a key a browser (noble) and Node (OpenSSL) would disagree on every other file.
  it("a root that lists a key with a torsion component, about which verifiers disagree, is refused", async () => {
    const repository = aTufRepository().publish();
    const { scalar, point } = utils.getExtendedPublicKey(mallory.seed);
    const publicKey = point.add(OF_ORDER_TWO).toBytes();
    const id = addTimestampKey(repository, toHex(publicKey));
    const verdicts = new Set<string>();
    for (let expires = 1; expires <= 8; expires++) {
      const said = { ...repository.said("timestamp"), expires: dateIn(expires) };
      const sig = signatureBy(scalar, publicKey, utf8(canonicalize(said)));
      repository.put("timestamp", fileOf(said, [{ keyid: id, sig }]));
      for (const ed25519 of [nobleEd25519, nodeEd25519])
        verdicts.add(await aClient(repository, { ed25519 }).verdict(repository));
    }
    expect([...verdicts]).toEqual([INVALID]);
  });
});

const L = 2n ** 252n + 27742317777372353535851937790883648493n;
/** (0, -1) */
const OF_ORDER_TWO = Point.fromHex(`ec${"ff".repeat(30)}7f`);

/** Gives the timestamp role one more key, and its id. */
function addTimestampKey(repository: TufRepository, publicHex: string): string {
  const key = keyOf(mallory, { keyval: { public: publicHex } });
  const id = keyIdOf(key);
  repository
    .with("root", (root) => {
      const { keys, roles } = root as { keys: Said; roles: Record<string, { keyids: string[] }> };
      keys[id] = key;
      roles.timestamp?.keyids.push(id);
      return root;
    })
    .signed();
  return id;
}

/** RFC 8032, 5.1.6, with a public key that need not be the scalar's. */
function signatureBy(scalar: bigint, publicKey: Uint8Array, message: Uint8Array): string {
  const number = (hex: string) => BigInt(`0x${reversed(hex)}`);
  const R = Point.BASE.multiply(7n).toBytes();
  const k = number(toHex(nobleEd25519.sha512(concat(R, publicKey, message)))) % L;
  const S = (7n + k * scalar) % L;
  return toHex(R) + reversed(S.toString(16).padStart(64, "0"));
}

const reversed = (hex: string) => Buffer.from(hex, "hex").reverse().toString("hex");

/** RFC 8032, 5.1.7: S must be below L; S + L would satisfy the equation too. */
function withOrderAdded(sig: string): string {
  const S = BigInt(`0x${reversed(sig.slice(64))}`) + L;
  return sig.slice(0, 64) + reversed(S.toString(16).padStart(64, "0"));
}

describe("threshold", () => {
  it("a role that asks for more keys than it has is never satisfied", async () => {
    const repository = aTufRepository().publish();
    const { keys } = repository.signers.timestamp;
    repository.rotate({ timestamp: { keys, threshold: 2 } }).publish();
    expect(await aClient(repository).verdict(repository)).toBe(UNSIGNED);
  });

  it.each([0, -1, 1.5, "1", null, 2 ** 53])("a threshold of %j is refused", async (threshold) => {
    const repository = aTufRepository().publish();
    const root = repository.said("root");
    const roles = root.roles as Record<string, Said>;
    const changed = { ...root, roles: { ...roles, timestamp: { ...roles.timestamp, threshold } } };
    const bytes =
      threshold === 1.5
        ? new TextEncoder().encode(
            new TextDecoder()
              .decode(signedFile(root, repository.signers.root.keys))
              .replaceAll('"threshold":1}', '"threshold":1.5}'),
          )
        : signedFile(changed, repository.signers.root.keys);
    expect(await aClient(bytes).verdict(repository)).toBe(INVALID);
  });
});
