/** Keys for tests: the same in every run, and worthless, since their seeds can be read here. */
import { createHash } from "node:crypto";
import type { PublisherName } from "../../src/manifest/name.ts";
import { PrivateKey } from "../../src/node/private-key.ts";
import type { PublicKey } from "../../src/trust/public-key.ts";
import type { Signer } from "../../src/trust/sshsig.ts";

export interface TestKey extends Signer {
  /** The publisher that registers with it. */
  readonly publisher: PublisherName;
  readonly seed: Uint8Array;
  readonly privateKey: PrivateKey;
  readonly publicKey: PublicKey;
}

/** The `generation`th key of `publisher`. */
export function testKey(publisher: string, generation = 1): TestKey {
  const seed = Uint8Array.from(
    createHash("sha256").update(`ggen-marketplace test key ${generation} of ${publisher}`).digest(),
  );
  const privateKey = PrivateKey.fromSeed(seed);
  return {
    publisher: publisher as PublisherName,
    seed,
    privateKey,
    publicKey: privateKey.publicKey,
    sign: (bytes) => privateKey.sign(bytes),
  };
}

export const alice = testKey("alice");
export const aliceNext = testKey("alice", 2);
export const bob = testKey("bob");
export const carol = testKey("carol");
/** Never registered by anyone who means well. */
export const mallory = testKey("mallory");
export const maintainer = testKey("maintainer");
