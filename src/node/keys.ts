/**
 * Keys as people have them in files, in every form that is common for Ed25519.
 *
 *     private   OpenSSH (plain, or with a passphrase)      public   OpenSSH line (.pub)
 *               PKCS#8 PEM (plain, or with a passphrase)            SPKI PEM
 *               raw seed: 64 hex digits, or base64                  raw: 64 hex digits, or base64
 *
 * The form is recognised from the text. No message holds anything of a secret, nor of what was
 * read in its place.
 */
import { createPrivateKey, createPublicKey } from "node:crypto";
import { existsSync } from "node:fs";
import { platform } from "node:process";
import { decodeUtf8, fromBase64, fromHex, toBase64, toHex, utf8 } from "../base/bytes.ts";
import { RegistryError } from "../base/error.ts";
import { failed, ok, type Problem, type Result } from "../base/problem.ts";
import { looksSecret } from "../base/secret.ts";
import { visible } from "../base/visible.ts";
import { PUBLIC_KEY_BYTES } from "../trust/ed25519.ts";
import { type PublicKey, parseOpenSshPublicKey, publicKeyFromBytes } from "../trust/public-key.ts";
import { nativePublicKey } from "./crypto.ts";
import { writeNewFiles } from "./new-file.ts";
import { type KeyReading, readOpenSshPrivateKey, writeOpenSshPrivateKey } from "./openssh-private-key.ts";
import { PrivateKey, SEED_BYTES } from "./private-key.ts";
import { type NotRead, type RegularFile, readRegularFile } from "./regular-file.ts";

export { PrivateKey } from "./private-key.ts";

export const KEY_FILE_BYTES_MAX = 64 * 1024;

export interface ReadKeyOptions {
  readonly passphrase?: string;
}

/**
 * The private key in `bytes`; `file` is where they came from.
 *
 * Problems: KEY_TOO_LARGE, KEY_FORMAT, KEY_IS_PUBLIC, KEY_KIND, KEY_MALFORMED, KEY_INCONSISTENT,
 * KEY_KDF_ROUNDS, KEY_PASSPHRASE_NEEDED, KEY_PASSPHRASE_WRONG.
 */
export async function readPrivateKey(
  bytes: Uint8Array,
  file: string,
  options: ReadKeyOptions = {},
): Promise<Result<PrivateKey>> {
  if (bytes.length > KEY_FILE_BYTES_MAX)
    return refuse(file, "KEY_TOO_LARGE", `is larger than ${KEY_FILE_BYTES_MAX} bytes`, "give a key file");
  const text = decodeUtf8(bytes);
  if (text === undefined) return unknownFormat(file);
  const label = /^-----BEGIN ([A-Z0-9 ]{1,64})-----\r?$/m.exec(text)?.[1];
  if (label === "OPENSSH PRIVATE KEY")
    return settleReading(file, await readOpenSshPrivateKey(bytes, options.passphrase));
  if (label === "PRIVATE KEY" || label === "ENCRYPTED PRIVATE KEY")
    return settleReading(file, readPkcs8(text, label, options.passphrase));
  if (label === "PUBLIC KEY" || /^(ssh-|ecdsa-|sk-)/.test(text))
    return refuse(
      file,
      "KEY_IS_PUBLIC",
      "is a public key",
      "give the private key file, the one without .pub",
    );
  const legacy = /^(RSA|EC|DSA) PRIVATE KEY$/.exec(label ?? "")?.[1];
  if (legacy !== undefined)
    return refuse(
      file,
      "KEY_KIND",
      `is of the kind ${legacy}; only ssh-ed25519 signs here`,
      "make one: ssh-keygen -t ed25519",
    );
  const seed = rawBytes(text);
  return seed?.length === SEED_BYTES ? ok(PrivateKey.fromSeed(seed)) : unknownFormat(file);
}

function readPkcs8(text: string, label: string, passphrase: string | undefined): KeyReading {
  const isEncrypted = label === "ENCRYPTED PRIVATE KEY";
  if (isEncrypted && passphrase === undefined)
    return { fault: { code: "KEY_PASSPHRASE_NEEDED", what: "is encrypted" } };
  try {
    const key = createPrivateKey({
      key: text,
      format: "pem",
      ...(isEncrypted ? { passphrase: passphrase ?? "" } : {}),
    });
    if (key.asymmetricKeyType === "ed25519") return { key: new PrivateKey(key) };
    const kind = `is of the kind ${key.asymmetricKeyType ?? "unknown"}; only ssh-ed25519 signs here`;
    return { fault: { code: "KEY_KIND", what: kind } };
  } catch {
    // OpenSSL's message is about its decoders: what a person can act on is which of two it was.
    return isEncrypted
      ? { fault: { code: "KEY_PASSPHRASE_WRONG", what: "is not opened by this passphrase" } }
      : { fault: { code: "KEY_MALFORMED", what: "is damaged" } };
  }
}

const REMEDIES: ReadonlyMap<string, string> = new Map([
  ["KEY_PASSPHRASE_NEEDED", "give its passphrase"],
  ["KEY_PASSPHRASE_WRONG", "give its passphrase"],
  ["KEY_KIND", "make one: ssh-keygen -t ed25519"],
]);

function settleReading(file: string, reading: KeyReading): Result<PrivateKey> {
  if ("key" in reading) return ok(reading.key);
  const { code, what } = reading.fault;
  return refuse(file, code, what, REMEDIES.get(code) ?? "bring the file back from a copy, or make a new key");
}

/**
 * The public key in `text`, by any of its forms. Problems: those of `parseOpenSshPublicKey`,
 * KEY_FORMAT, KEY_IS_PRIVATE, KEY_KIND, KEY_POINT.
 */
export function readPublicKey(text: string, file: string): Result<PublicKey> {
  if (text.length > KEY_FILE_BYTES_MAX)
    return refuse(
      file,
      "KEY_TOO_LARGE",
      `is larger than ${KEY_FILE_BYTES_MAX} bytes`,
      "give a public key file",
    );
  if (text.includes("PRIVATE KEY-----"))
    return refuse(
      file,
      "KEY_IS_PRIVATE",
      "is a private key",
      "give the public key, and keep this file to yourself",
    );
  if (text.startsWith("-----BEGIN PUBLIC KEY-----")) return readSpki(text, file);
  const raw = rawBytes(text);
  return raw === undefined ? parseOpenSshPublicKey(text, file) : publicKeyFromBytes(raw, file);
}

function readSpki(text: string, file: string): Result<PublicKey> {
  try {
    const key = createPublicKey({ key: text, format: "pem" });
    if (key.asymmetricKeyType !== "ed25519") {
      const what = `is of the kind ${key.asymmetricKeyType ?? "unknown"}; only ssh-ed25519 signs here`;
      return refuse(file, "KEY_KIND", what, "make one: ssh-keygen -t ed25519");
    }
    return publicKeyFromBytes(Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url"), file);
  } catch {
    return refuse(file, "KEY_MALFORMED", "is damaged", "export it again");
  }
}

/** 32 bytes in hex or base64, with one final line feed or none. */
function rawBytes(text: string): Uint8Array | undefined {
  const word = text.replace(/\r?\n$/, "");
  const bytes = /^[0-9a-fA-F]{64}$/.test(word) ? fromHex(word.toLowerCase()) : fromBase64(word);
  return bytes?.length === PUBLIC_KEY_BYTES ? bytes : undefined;
}

export type PrivateKeyFormat = "openssh" | "pkcs8" | "hex" | "base64";
export type PublicKeyFormat = "openssh" | "spki" | "hex" | "base64";

export interface WriteKeyOptions {
  /** With `pkcs8` only. */
  readonly passphrase?: string;
  /** With `openssh` only: one line of printable text. */
  readonly comment?: string;
}

/** The file of a private key, a line feed at its end. Throws KEY_NO_PASSPHRASE, KEY_COMMENT. */
export function writePrivateKey(
  key: PrivateKey,
  format: PrivateKeyFormat,
  options: WriteKeyOptions = {},
): string {
  if (options.passphrase !== undefined && format !== "pkcs8") {
    const message = `The format "${format}" is written without a passphrase`;
    throw new RegistryError(
      "KEY_NO_PASSPHRASE",
      message,
      "choose pkcs8; or write openssh, and set one with ssh-keygen -p",
    );
  }
  if (format === "pkcs8") return key.revealPkcs8(options.passphrase);
  if (format === "openssh") return writeOpenSshPrivateKey(key, checkedComment(options.comment));
  return `${rawText(key.revealSeed(), format)}\n`;
}

/** The file of a public key, a line feed at its end. Throws KEY_COMMENT. */
export function writePublicKey(key: PublicKey, format: PublicKeyFormat, comment = ""): string {
  if (format === "openssh") return `${`${key.openssh} ${checkedComment(comment)}`.trimEnd()}\n`;
  if (format === "spki") return nativePublicKey(key.bytes).export({ type: "spki", format: "pem" });
  return `${rawText(key.bytes, format)}\n`;
}

function rawText(bytes: Uint8Array, format: "hex" | "base64"): string {
  return format === "hex" ? toHex(bytes) : toBase64(bytes);
}

/** A line feed in a comment would begin another line of whatever file the key is pasted in. */
function checkedComment(comment = ""): string {
  if (visible(comment) === comment) return comment;
  throw new RegistryError(
    "KEY_COMMENT",
    "The key's comment has characters that nobody sees",
    "use one line of plain text",
  );
}

/**
 * The private key in the file at `path`. Warning KEY_FILE_OPEN where others on the machine can read
 * the file. Throws KEY_FILE_UNREADABLE, KEY_TOO_LARGE.
 */
export async function readPrivateKeyFile(
  path: string,
  options: ReadKeyOptions = {},
): Promise<Result<PrivateKey>> {
  const { bytes, mode } = readKeyFile(path);
  const read = await readPrivateKey(bytes, path, options);
  return read.ok ? ok(read.value, checkMode(path, mode)) : read;
}

/** The bytes of a key file, whichever half it holds. Throws KEY_FILE_UNREADABLE, KEY_TOO_LARGE. */
export function readKeyFile(path: string): { readonly bytes: Uint8Array; readonly mode: number } {
  const read = openKeyFile(path);
  if (!("fault" in read)) return { bytes: read.bytes, mode: read.stat.mode };
  throw new RegistryError(
    read.fault === "size" ? "KEY_TOO_LARGE" : "KEY_FILE_UNREADABLE",
    `Cannot read the key file "${visible(path)}": it ${read.what}`,
    "give a key file",
  );
}

/** Where a path is asked for, some give the key: its text must end up in no log. Throws KEY_NOT_A_PATH. */
export function refuseKeyAsPath(path: string): void {
  if (!looksSecret(path) || existsSync(path)) return;
  throw new RegistryError(
    "KEY_NOT_A_PATH",
    "The path of a key file is asked for, and what was given looks like a key itself (it is not repeated here)",
    "write the key to a file of your own and give its path; where a log may have it already, make a new key",
  );
}

function openKeyFile(path: string): RegularFile | NotRead {
  refuseKeyAsPath(path);
  try {
    return readRegularFile(path, KEY_FILE_BYTES_MAX);
  } catch (cause) {
    const code = String((cause as { code?: string }).code);
    const why = code === "ENOENT" ? "there is no such file" : `the system says ${code}`;
    throw new RegistryError(
      "KEY_FILE_UNREADABLE",
      `Cannot read the key file "${visible(path)}": ${why}`,
      "give the path of a key file you may read",
      { cause },
    );
  }
}

function checkMode(path: string, mode: number): Problem[] {
  // Windows has no such bits: Node makes them up.
  if (platform === "win32" || (mode & 0o077) === 0) return [];
  const problem: Problem = {
    code: "KEY_FILE_OPEN",
    severity: "warning",
    file: path,
    message: "The private key file can be read by others on this machine",
    expected: "mode 0600",
    found: `mode ${(mode & 0o777).toString(8).padStart(4, "0")}`,
    remedy: `close it: chmod 600 "${visible(path)}"`,
  };
  return [problem];
}

export interface KeyFile {
  readonly path: string;
  readonly text: string;
  /** A private key is for its owner alone (mode 0600). */
  readonly isPrivate: boolean;
}

/** Writes all of them or none, and never over a file. Throws KEY_FILE_EXISTS, KEY_FILE_UNWRITABLE. */
export function writeKeyFiles(files: readonly KeyFile[]): void {
  try {
    writeNewFiles(
      files.map(({ path, text, isPrivate }) => ({
        path,
        bytes: utf8(text),
        mode: isPrivate ? 0o600 : 0o644,
      })),
    );
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    throw new RegistryError(`KEY_${error.code}`, error.message, error.hint, { cause: error });
  }
}

function unknownFormat(file: string): Result<PrivateKey> {
  const remedy = "give a private key of OpenSSH or PKCS#8, or a raw seed in hex or base64";
  return refuse(file, "KEY_FORMAT", "has no form that is known", remedy);
}

function refuse(file: string, code: string, what: string, remedy: string): Result<never> {
  return failed([{ code, severity: "error", file, message: `The key ${what}`, remedy }]);
}
