/** Ed25519 in JavaScript, for hosts without a native one: a browser. About 1 ms a signature. */
import { hashes, verify } from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";
import { sha256 } from "../base/digest.ts";
import { decodePoint, type Ed25519, PUBLIC_KEY_BYTES, SIGNATURE_BYTES, type TrustPorts } from "./ed25519.ts";

hashes.sha512 = sha512;

export const nobleEd25519: Ed25519 = {
  verify(signature, message, publicKey) {
    // noble throws on a wrong length, where OpenSSL answers false.
    if (signature.length !== SIGNATURE_BYTES || publicKey.length !== PUBLIC_KEY_BYTES) return false;
    if (!verify(signature, message, publicKey, { zip215: false })) return false;
    // noble multiplies by the cofactor, which forgives a torsion component in R; OpenSSL does not.
    return decodePoint(signature.subarray(0, 32))?.isTorsionFree() ?? false;
  },
  sha512,
};

export const nobleTrustPorts: TrustPorts = { ed25519: nobleEd25519, hash: sha256 };
