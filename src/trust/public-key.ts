/**
 * Public keys as they are written everywhere, and the policy that lets one in.
 *
 *     ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI…          algorithm, base64 of the blob, [comment]
 *     blob         string "ssh-ed25519", string 32 bytes            (RFC 8709, 4)
 *     fingerprint  SHA256:<base64 of sha256(blob), no padding>      (what `ssh-keygen -l` shows)
 *
 * Every `PublicKey` has passed `pointFault`: there is no other way to make one.
 */
import { concat, fromBase64, fromHex, toBase64 } from "../base/bytes.ts";
import { type Hash, sha256 } from "../base/digest.ts";
import { failed, ok, type Problem, type Result } from "../base/problem.ts";
import { pointFault } from "./ed25519.ts";
import { describeKeyAlgorithm, KEY_ALGORITHM } from "./key-kind.ts";
import { WireReader, wireString } from "./ssh-wire.ts";

declare const keyIdBrand: unique symbol;
/** `SHA256:` and 43 base64 digits. */
export type KeyId = string & { readonly [keyIdBrand]: true };

export interface PublicKey {
  /** 32 bytes. */
  readonly bytes: Uint8Array;
  readonly id: KeyId;
  /** `ssh-ed25519 AAAA…`, without a comment. */
  readonly openssh: string;
}

/** One line of a `.pub` file: 81 characters of key, and what comment there is. */
export const PUBLIC_KEY_CHARS_MAX = 16 * 1024;

/** The blob that SSH formats carry of a key of 32 bytes. */
export function publicKeyBlob(bytes: Uint8Array): Uint8Array {
  return concat(wireString(KEY_ALGORITHM), wireString(bytes));
}

/** The fingerprint of a key of 32 bytes. */
export function keyIdOf(bytes: Uint8Array, hash: Hash = sha256): KeyId {
  const digest = fromHex(hash(publicKeyBlob(bytes))) ?? new Uint8Array();
  return `SHA256:${toBase64(digest).replace(/=+$/, "")}` as KeyId;
}

/** Why a key is refused at registration, in words that follow "the key"; `undefined` where it is accepted. */
export function acceptable(key: Pick<PublicKey, "bytes">): string | undefined {
  return pointFault(key.bytes);
}

/** The key of 32 raw bytes. Problem: KEY_POINT. `file` and `place` are where it was found. */
export function publicKeyFromBytes(bytes: Uint8Array, file: string, place?: string): Result<PublicKey> {
  const fault = pointFault(bytes);
  if (fault !== undefined) {
    return failed([
      keyProblem(
        "KEY_POINT",
        { file, ...(place === undefined ? {} : { place }) },
        `The key ${fault}`,
        "make another one: ssh-keygen -t ed25519",
        "T2",
      ),
    ]);
  }
  const own = Uint8Array.from(bytes);
  return ok(
    Object.freeze({
      bytes: own,
      id: keyIdOf(own),
      openssh: `${KEY_ALGORITHM} ${toBase64(publicKeyBlob(own))}`,
    }),
  );
}

/**
 * The key of an OpenSSH public key line, as in a `.pub` file: a comment and one final line feed are
 * allowed, and dropped; nothing of a comment is ever written again.
 *
 * Problems: KEY_TOO_LARGE, KEY_LINES, KEY_MALFORMED, KEY_KIND, KEY_POINT.
 */
export function parseOpenSshPublicKey(text: string, file: string, place?: string): Result<PublicKey> {
  const where = { file, ...(place === undefined ? {} : { place }) };
  const refuse = (code: string, message: string, remedy: string): Result<PublicKey> =>
    failed([keyProblem(code, where, message, remedy, "T1")]);
  const again = "give one line of the form: ssh-ed25519 AAAA… [comment]";
  if (text.length > PUBLIC_KEY_CHARS_MAX)
    return refuse("KEY_TOO_LARGE", `The key is longer than ${PUBLIC_KEY_CHARS_MAX} characters`, again);
  // A second line in a comment would be a second key wherever lines are keys.
  const line = text.replace(/\r?\n$/, "");
  if (/[\n\r\u0000\u2028\u2029\u0085\v\f]/.test(line))
    return refuse("KEY_LINES", "The key has more than one line", again);
  const [algorithm = "", encoded = ""] = line.split(" ", 2);
  if (algorithm !== KEY_ALGORITHM && /^[a-z0-9@.-]+$/.test(algorithm) && encoded !== "")
    return refuse(
      "KEY_KIND",
      `This is ${describeKeyAlgorithm(algorithm)}`,
      `use an ${KEY_ALGORITHM} key: ssh-keygen -t ed25519`,
    );
  const blob = algorithm === KEY_ALGORITHM ? fromBase64(encoded) : undefined;
  const bytes = blob === undefined ? undefined : bytesOfBlob(blob);
  if (bytes === undefined) return refuse("KEY_MALFORMED", "This is not an OpenSSH public key", again);
  return publicKeyFromBytes(bytes, file, place);
}

/** The 32 bytes in an `ssh-ed25519` blob; `undefined` for anything else. */
export function bytesOfBlob(blob: Uint8Array): Uint8Array | undefined {
  const reader = new WireReader(blob);
  const algorithm = reader.text();
  const bytes = reader.string();
  return algorithm === KEY_ALGORITHM && bytes?.length === 32 && reader.atEnd ? bytes : undefined;
}

function keyProblem(
  code: string,
  where: { file: string; place?: string },
  message: string,
  remedy: string,
  rule: string,
): Problem {
  return { code, severity: "error", ...where, message, remedy, rule };
}
