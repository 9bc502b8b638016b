/** Lengths of RFC 8032, apart from the arithmetic of ed25519.ts, which who only needs these should not load. */
export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;
