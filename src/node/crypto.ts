/**
 * Hashing and Ed25519 by OpenSSL, through node:crypto: ten times what JavaScript does.
 * Under the policy of trust/ed25519.ts, it gives the answers that noble gives.
 */
import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import type { Digest, Hash } from "../base/digest.ts";
import { type Ed25519, PUBLIC_KEY_BYTES, SIGNATURE_BYTES, type TrustPorts } from "../trust/ed25519.ts";

/** Imported keys are kept: an import costs as much as a third of a verification. */
const KEYS_KEPT_MAX = 4096;

/** RFC 8410: SubjectPublicKeyInfo of an Ed25519 key, up to its 32 bytes. */
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

const keysByBytes = new Map<string, KeyObject>();

export const nativeSha256: Hash = (bytes) => createHash("sha256").update(bytes).digest("hex") as Digest;

export const nodeEd25519: Ed25519 = {
  verify(signature, message, publicKey) {
    if (signature.length !== SIGNATURE_BYTES || publicKey.length !== PUBLIC_KEY_BYTES) return false;
    return verify(null, message, nativePublicKey(publicKey), signature);
  },
  sha512: (bytes) => Uint8Array.from(createHash("sha512").update(bytes).digest()),
};

export const nodeTrustPorts: TrustPorts = { ed25519: nodeEd25519, hash: nativeSha256 };

/** The native form of a public key of 32 bytes. */
export function nativePublicKey(bytes: Uint8Array): KeyObject {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  const known = keysByBytes.get(text);
  if (known !== undefined) return known;
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, bytes]), format: "der", type: "spki" });
  if (keysByBytes.size >= KEYS_KEPT_MAX) keysByBytes.clear();
  keysByBytes.set(text, key);
  return key;
}
