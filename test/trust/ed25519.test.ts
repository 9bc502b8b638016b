import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../src/base/bytes.ts";
import { nodeEd25519 } from "../../src/node/crypto.ts";
import { type Ed25519, pointFault } from "../../src/trust/ed25519.ts";
import { nobleEd25519 } from "../../src/trust/noble.ts";
import { testKey } from "../support/fixture-keys.ts";

const hex = (text: string): Uint8Array => fromHex(text) ?? new Uint8Array();

const VERIFIERS: readonly (readonly [string, Ed25519])[] = [
  ["node", nodeEd25519],
  ["noble", nobleEd25519],
];

/** RFC 8032, 7.1: TEST 1, 2, 3 and SHA(abc). */
const RFC_8032 = [
  {
    publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    message: "",
    signature:
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  },
  {
    publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    message: "72",
    signature:
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  },
  {
    publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    message: "af82",
    signature:
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  },
  {
    publicKey: "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
    message:
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    signature:
      "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
  },
];

const IDENTITY = "0100000000000000000000000000000000000000000000000000000000000000";
const ORDER_2 = "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f";
const ORDER_4 = "0000000000000000000000000000000000000000000000000000000000000000";
const ORDER_8 = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa";
/** Of speccheck: a point with a component of order 8. */
const MIXED = "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d";
const NOT_CANONICAL = "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f";

describe.each(VERIFIERS)("Ed25519 by %s", (_, ed25519) => {
  it.each(RFC_8032)("verifies RFC 8032's signature over 0x$message", ({ publicKey, message, signature }) => {
    expect(ed25519.verify(hex(signature), hex(message), hex(publicKey))).toBe(true);
    expect(ed25519.verify(hex(signature), hex(`${message}00`), hex(publicKey))).toBe(false);
  });

  it("answers false, without throwing, for bytes of a wrong length", () => {
    const [vector] = RFC_8032;
    const signature = hex(vector?.signature ?? "");
    const key = hex(vector?.publicKey ?? "");
    const empty = new Uint8Array();
    expect(ed25519.verify(signature.subarray(0, 63), empty, key)).toBe(false);
    expect(ed25519.verify(new Uint8Array(65), empty, key)).toBe(false);
    expect(ed25519.verify(signature, empty, key.subarray(1))).toBe(false);
    expect(ed25519.verify(signature, empty, new Uint8Array(33))).toBe(false);
    expect(ed25519.verify(empty, empty, empty)).toBe(false);
  });

  it("refuses the scalar S + L, a second spelling of a signature", () => {
    const { publicKey = "", signature = "" } = RFC_8032[0] ?? {};
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const scalar = BigInt(`0x${signature.slice(64).match(/../g)?.reverse().join("")}`) + order;
    const malleated = scalar.toString(16).padStart(64, "0").match(/../g)?.reverse().join("");
    expect(ed25519.verify(hex(signature.slice(0, 64) + malleated), new Uint8Array(), hex(publicKey))).toBe(
      false,
    );
  });

  it("hashes with SHA-512", () => {
    expect(Buffer.from(ed25519.sha512(Buffer.from("abc"))).toString("hex")).toMatch(
      /^ddaf35a193617aba.*fa54ca49f$/,
    );
  });
});

describe("the policy for public keys", () => {
  it.each([
    ["the identity", IDENTITY],
    ["order 2", ORDER_2],
    ["order 4", ORDER_4],
    ["order 8", ORDER_8],
  ])("refuses a point of small order: %s", (_, point) => {
    expect(pointFault(hex(point))).toContain("small order");
  });

  it("refuses a point with a torsion component", () => expect(pointFault(hex(MIXED))).toContain("torsion"));

  it("refuses an encoding that is not canonical", () => {
    expect(pointFault(hex(NOT_CANONICAL))).toContain("not the encoding");
  });

  it("refuses bytes that are no point", () => {
    const notOnCurve = Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 2 : 0));
    expect(pointFault(notOnCurve)).toContain("not the encoding");
  });

  it.each([0, 31, 33])("refuses %i bytes", (length) => {
    expect(pointFault(new Uint8Array(length))).toContain(`has ${length} bytes`);
  });

  it("accepts the keys of RFC 8032", () => {
    for (const { publicKey } of RFC_8032) expect(pointFault(hex(publicKey))).toBeUndefined();
  });
});

describe("node and noble", () => {
  const key = testKey("alice");
  it("agree on what a key signed, and on the same with one bit changed", () => {
    const bit = fc.nat({ max: 64 * 8 - 1 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bit, (message, at) => {
        const signature = key.sign(message);
        expect(nobleEd25519.verify(signature, message, key.publicKey.bytes)).toBe(true);
        expect(nodeEd25519.verify(signature, message, key.publicKey.bytes)).toBe(true);
        signature[at >> 3] = (signature[at >> 3] as number) ^ (1 << (at & 7));
        expect(nobleEd25519.verify(signature, message, key.publicKey.bytes)).toBe(false);
        expect(nodeEd25519.verify(signature, message, key.publicKey.bytes)).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  it("agree on random signatures", () => {
    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    fc.assert(
      fc.property(bytes(64), bytes(8), (signature, message) => {
        const { bytes: publicKey } = key.publicKey;
        expect(nobleEd25519.verify(signature, message, publicKey)).toBe(
          nodeEd25519.verify(signature, message, publicKey),
        );
      }),
      { numRuns: 50 },
    );
  });
});

interface Vector {
  readonly name: string;
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly expected?: boolean;
}

const VECTORS = new URL("../../../shared/data/crypto-vectors/", import.meta.url);
const hasVectors = existsSync(VECTORS);
if (!hasVectors) console.warn("SKIPPED: the published signature vectors are not here");

function wycheproof(): Vector[] {
  const file = JSON.parse(readFileSync(new URL("wycheproof-ed25519.json", VECTORS), "utf8"));
  return file.testGroups.flatMap((group: { publicKey: { pk: string }; tests: Record<string, string>[] }) =>
    group.tests.map((test) => ({
      name: `#${test.tcId} ${test.comment}`,
      publicKey: hex(group.publicKey.pk),
      message: hex(test.msg ?? ""),
      signature: hex(test.sig ?? ""),
      expected: test.result === "valid",
    })),
  );
}

function speccheck(): Vector[] {
  const file: Record<string, string>[] = JSON.parse(
    readFileSync(new URL("ed25519-speccheck.json", VECTORS), "utf8"),
  );
  return file.map((test, at) => ({
    name: `speccheck ${at}`,
    publicKey: hex(test.pub_key ?? ""),
    message: hex(test.message ?? ""),
    signature: hex(test.signature ?? ""),
  }));
}

/** What the registry answers: the key is let in, and the signature verifies. */
function accepts(ed25519: Ed25519, { publicKey, message, signature }: Vector): boolean {
  return pointFault(publicKey) === undefined && ed25519.verify(signature, message, publicKey);
}

describe.skipIf(!hasVectors)("published vectors", () => {
  it("Wycheproof: node and noble answer as each vector says", () => {
    const vectors = wycheproof();
    expect(vectors.length).toBeGreaterThan(100);
    for (const vector of vectors) {
      for (const [name, ed25519] of VERIFIERS)
        expect({ by: name, vector: vector.name, ok: accepts(ed25519, vector) }).toEqual({
          by: name,
          vector: vector.name,
          ok: vector.expected,
        });
    }
  });

  it("speccheck: node and noble never disagree", () => {
    const vectors = speccheck();
    expect(vectors.length).toBe(12);
    for (const vector of vectors) expect(accepts(nodeEd25519, vector)).toBe(accepts(nobleEd25519, vector));
  });

  it("speccheck: no vector with a key of small or mixed order is accepted", () => {
    expect(speccheck().filter((vector) => accepts(nodeEd25519, vector))).toEqual([]);
  });
});
