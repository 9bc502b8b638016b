/**
 * Keys as text in statements: the OpenSSH public key (RFC 8709, RFC 4253 section 6.6) without its
 * comment, and the fingerprint that `ssh-keygen -l` prints. Only the shape is judged here; whether the
 * point is acceptable, and who holds the key, is trust's to say.
 */
import { fromBase64, utf8 } from "../base/bytes.ts";

const TYPE = "ssh-ed25519";
const KEY_BYTES = 32;
export const SSH_KEY_PATTERN = "^ssh-ed25519 [A-Za-z0-9+/]{68}$";
export const FINGERPRINT_PATTERN = "^SHA256:[A-Za-z0-9+/]{43}$";

/** `ssh-ed25519`, one space, canonical base64 of the key blob; nothing after it. */
export function isSshPublicKey(text: string): boolean {
  if (!new RegExp(SSH_KEY_PATTERN).test(text)) return false;
  const blob = fromBase64(text.slice(TYPE.length + 1));
  if (blob === undefined) return false;
  const head = [0, 0, 0, TYPE.length, ...utf8(TYPE), 0, 0, 0, KEY_BYTES];
  return blob.length === head.length + KEY_BYTES && head.every((byte, index) => blob[index] === byte);
}

/** `SHA256:` and the canonical base64, without padding, of 32 bytes. */
export function isFingerprint(text: string): boolean {
  return (
    new RegExp(FINGERPRINT_PATTERN).test(text) && fromBase64(`${text.slice("SHA256:".length)}=`) !== undefined
  );
}

/** What to do about a text that `isSshPublicKey` refuses. */
export function explainSshKey(text: string): string {
  if (/[\r\n]/.test(text)) return "write the key on one line, one key only";
  if (text.startsWith("SHA256:")) return "write the public key itself, not its fingerprint";
  const type = /^[A-Za-z0-9@.-]+/.exec(text)?.[0] ?? "";
  if (type === "-----BEGIN" || text.includes("PRIVATE"))
    return "Never publish a private key: make a new one, and write its public half";
  if (type !== TYPE)
    return "use an Ed25519 key: ssh-keygen -t ed25519; RSA, ECDSA, sk- keys and certificates are refused";
  if (isSshPublicKey(text.split(/\s+/).slice(0, 2).join(" ")))
    return "leave out the comment: only the type, one space and the base64";
  return "copy the first two words of the .pub file again; the key is damaged";
}
