/**
 * Hashing and Ed25519 by OpenSSL, through node:crypto: ten times what JavaScript does.
 * Under the policy of trust/ed25519.ts, it gives the answers that noble gives.
 *
 * node:crypto is loaded at its first use, and `startHash` needs it for large inputs only: loading it
 * takes longer than most commands take for everything else.
 */
import type { KeyObject } from "node:crypto";
import { createRequire } from "node:module";
import { type Digest, type Hash, sha256 } from "../base/digest.ts";
import type { Ed25519, TrustPorts } from "../trust/ed25519.ts";
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from "../trust/ed25519-lengths.ts";

const load = createRequire(import.meta.url);
let loaded: typeof import("node:crypto") | undefined;

function openssl(): typeof import("node:crypto") {
  loaded ??= load("node:crypto") as typeof import("node:crypto");
  return loaded;
}

/** Imported keys are kept: an import costs as much as a third of a verification. */
const KEYS_KEPT_MAX = 4096;

/** RFC 8410: SubjectPublicKeyInfo of an Ed25519 key, up to its 32 bytes. */
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/** So many bytes are hashed in JavaScript before node:crypto could be loaded. */
const START_BYTES_MAX = 256 * 1024;
let startBytes = 0;

const keysByBytes = new Map<string, KeyObject>();

export const nativeSha256: Hash = (bytes) =>
  openssl().createHash("sha256").update(bytes).digest("hex") as Digest;

/** The same, fed piece by piece. */
export function openNativeSha256(): { update(bytes: Uint8Array): void; digest(): Digest } {
  const hash = openssl().createHash("sha256");
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest("hex") as Digest };
}

/** For a command that reads little and should be quick to start. */
export const startHash: Hash = (bytes) => {
  startBytes += bytes.length;
  return loaded === undefined && startBytes <= START_BYTES_MAX ? sha256(bytes) : nativeSha256(bytes);
};

export const nodeEd25519: Ed25519 = {
  verify(signature, message, publicKey) {
    if (signature.length !== SIGNATURE_BYTES || publicKey.length !== PUBLIC_KEY_BYTES) return false;
    return openssl().verify(null, message, nativePublicKey(publicKey), signature);
  },
  sha512: (bytes) => Uint8Array.from(openssl().createHash("sha512").update(bytes).digest()),
};

export const nodeTrustPorts: TrustPorts = { ed25519: nodeEd25519, hash: nativeSha256 };

/** The ports of a command that reads a registry. */
export const clientTrustPorts: TrustPorts = { ed25519: nodeEd25519, hash: startHash };

/** The native form of a public key of 32 bytes. */
export function nativePublicKey(bytes: Uint8Array): KeyObject {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  const known = keysByBytes.get(text);
  if (known !== undefined) return known;
  const key = openssl().createPublicKey({
    key: Buffer.concat([SPKI_PREFIX, bytes]),
    format: "der",
    type: "spki",
  });
  if (keysByBytes.size >= KEYS_KEPT_MAX) keysByBytes.clear();
  keysByBytes.set(text, key);
  return key;
}
