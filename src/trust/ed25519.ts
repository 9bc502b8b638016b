/**
 * One policy for Ed25519 (RFC 8032), whoever computes it.
 *
 * Implementations disagree at the edges: points of small order, points with a torsion component,
 * encodings that are not the shortest, and the cofactor in the equation. The policy leaves no edge:
 *
 *   a public key   decodes strictly, is not of small order and has no torsion component:
 *                  judged once, when the key is registered (`pointFault`);
 *   a signature    is 64 bytes, its scalar is below the group's order, its point R decodes strictly
 *                  and has no torsion component, and the equation of RFC 8032, 5.1.7 holds.
 *
 * For such a key the equation with and without the cofactor are the same, so OpenSSL
 * (`node/crypto.ts`) and noble (`noble.ts`) give one answer; the tests hold them to it over
 * Wycheproof's vectors and those of "Taming the many EdDSAs" (speccheck).
 */
import { Point } from "@noble/ed25519";
import type { Hash } from "../base/digest.ts";
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from "./ed25519-lengths.ts";

export { PUBLIC_KEY_BYTES, SIGNATURE_BYTES };

export interface Ed25519 {
  /**
   * Whether `signature` is over `message` by a public key in which `pointFault` found nothing.
   * Never throws: bytes of a wrong length are a signature that does not verify.
   */
  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
  /** 64 bytes. */
  sha512(bytes: Uint8Array): Uint8Array;
}

/** What verification needs from its host: native in Node, noble in a browser. */
export interface TrustPorts {
  readonly ed25519: Ed25519;
  readonly hash: Hash;
}

/**
 * Why 32 bytes are refused as a public key, in words that follow "the key"; `undefined` where they
 * are accepted. Takes about a millisecond: it is asked when a key is registered, never a signature.
 */
export function pointFault(bytes: Uint8Array): string | undefined {
  if (bytes.length !== PUBLIC_KEY_BYTES)
    return `has ${bytes.length} bytes, an Ed25519 key has ${PUBLIC_KEY_BYTES}`;
  const point = decodePoint(bytes);
  if (point === undefined) return "is not the encoding of a point on the curve";
  // Of small order: one signature verifies for nearly any message.
  if (point.isSmallOrder()) return "is a point of small order: anyone can sign for it";
  // With torsion: verifiers disagree about its signatures.
  if (!point.isTorsionFree()) return "has a torsion component: verifiers disagree about its signatures";
  return undefined;
}

/** The point that `bytes` encode in the one way RFC 8032, 5.1.3 allows. */
export function decodePoint(bytes: Uint8Array): Point | undefined {
  try {
    return Point.fromBytes(bytes, false);
  } catch {
    return undefined;
  }
}
