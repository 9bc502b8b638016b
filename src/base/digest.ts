/** SHA-256 digests as the text they are named by everywhere: 64 lower-case hex digits. */
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { toHex } from "./bytes.ts";

declare const digestBrand: unique symbol;
export type Digest = string & { readonly [digestBrand]: true };

/** Hashes bytes. Node gives a native one (`node/crypto.ts`); this module's own runs anywhere. */
export type Hash = (bytes: Uint8Array) => Digest;

export const sha256: Hash = (bytes) => toHex(nobleSha256(bytes)) as Digest;

export function isDigest(text: string): text is Digest {
  return /^[0-9a-f]{64}$/.test(text);
}
