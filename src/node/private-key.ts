/**
 * A private Ed25519 key that can sign and be written, and does not show itself: the secret lies in
 * a private field, so that printing, logging or JSON has the fingerprint only.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign as nativeSign,
} from "node:crypto";
import { inspect } from "node:util";
import { problemsOf } from "../base/problem.ts";
import { type PublicKey, publicKeyFromBytes } from "../trust/public-key.ts";
import type { Signer } from "../trust/sshsig.ts";

export const SEED_BYTES = 32;

/** RFC 8410: PrivateKeyInfo of an Ed25519 key, up to its 32 bytes. */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

export class PrivateKey implements Signer {
  readonly publicKey: PublicKey;
  readonly #key: KeyObject;

  /** `key` is a private key of Node's, of type ed25519; a bug where it is not. */
  constructor(key: KeyObject) {
    if (key.type !== "private" || key.asymmetricKeyType !== "ed25519")
      throw new TypeError("expected an ed25519 private key");
    this.#key = key;
    const bytes = Buffer.from(createPublicKey(key).export({ format: "jwk" }).x ?? "", "base64url");
    const publicKey = publicKeyFromBytes(bytes, "private key");
    if (!publicKey.ok) throw new TypeError(problemsOf(publicKey)[0]?.message);
    this.publicKey = publicKey.value;
  }

  static generate(): PrivateKey {
    return new PrivateKey(generateKeyPairSync("ed25519").privateKey);
  }

  /** The key of a seed of 32 bytes (RFC 8032, 5.1.5). */
  static fromSeed(seed: Uint8Array): PrivateKey {
    if (seed.length !== SEED_BYTES) throw new RangeError(`expected a seed of ${SEED_BYTES} bytes`);
    const der = Buffer.concat([PKCS8_PREFIX, seed]);
    return new PrivateKey(createPrivateKey({ key: der, format: "der", type: "pkcs8" }));
  }

  /** 64 bytes. */
  sign(bytes: Uint8Array): Uint8Array {
    return Uint8Array.from(nativeSign(null, bytes, this.#key));
  }

  /** The secret itself, for writing it to a file. */
  revealSeed(): Uint8Array {
    return Uint8Array.from(Buffer.from(this.#key.export({ format: "jwk" }).d ?? "", "base64url"));
  }

  /** The secret as PKCS#8 PEM, for writing it to a file; encrypted (PBES2, AES-256-CBC) with a passphrase. */
  revealPkcs8(passphrase?: string): string {
    const format = { type: "pkcs8", format: "pem" } as const;
    if (passphrase === undefined) return this.#key.export(format);
    return this.#key.export({ ...format, cipher: "aes-256-cbc", passphrase });
  }

  toJSON(): { publicKey: string } {
    return { publicKey: this.publicKey.openssh };
  }

  [inspect.custom](): string {
    return `PrivateKey { ${this.publicKey.id} }`;
  }
}
