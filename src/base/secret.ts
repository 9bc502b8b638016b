/** Text that may be a private key where a path or a word was expected: it must not be repeated. */

const PEM = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g;
/** A seed of 32 bytes or more, in hex or base64. */
const SEED = /^(?:[0-9a-f]{64,}|[A-Za-z0-9+/_-]{42,}={0,2})$/i;

/** Whether `text` is like a key: in PEM, over several lines, or as long letters and digits without a dot. */
export function looksSecret(text: string): boolean {
  return /PRIVATE KEY/.test(text) || /[\r\n]/.test(text) || SEED.test(text);
}

/** `text` without the private keys that stand in it as PEM. */
export function withoutKeys(text: string): string {
  return text.replace(PEM, "(a private key)");
}
