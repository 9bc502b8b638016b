/**
 * The private key file of OpenSSH (PROTOCOL.key), what `ssh-keygen -t ed25519` writes.
 *
 *     armor      -----BEGIN OPENSSH PRIVATE KEY-----
 *     blob       "openssh-key-v1\0", string cipher, string kdf, string kdf options, uint32 1,
 *                string public key blob, string private
 *     private    uint32 check, uint32 check, string "ssh-ed25519", string public (32 bytes),
 *                string seed and public (64 bytes), string comment, padding 1 2 3 … to the block
 *     kdf        "none", or "bcrypt" with string salt, uint32 rounds
 *
 * Plain files are read and written here; an encrypted one is opened by sshpk, which has bcrypt, and
 * then read here like the others.
 */
import { randomBytes } from "node:crypto";
import { concat, equalBytes, utf8 } from "../base/bytes.ts";
import { readArmor, writeArmor } from "../trust/armor.ts";
import { describeKeyAlgorithm, KEY_ALGORITHM } from "../trust/key-kind.ts";
import { bytesOfBlob, publicKeyBlob } from "../trust/public-key.ts";
import { WireReader, wireString, wireUint32 } from "../trust/ssh-wire.ts";
import { PrivateKey, SEED_BYTES } from "./private-key.ts";

const MAGIC = utf8("openssh-key-v1\0");
const PLAIN_BLOCK_BYTES = 8;
/** `ssh-keygen -a`: 16 or 24 by default; each round takes milliseconds, and the file chooses. */
export const KDF_ROUNDS_MAX = 1024;

/** Why a private key was not read; `what` follows "the key" and never holds anything of the secret. */
export interface KeyFault {
  readonly code:
    | "KEY_MALFORMED"
    | "KEY_KIND"
    | "KEY_INCONSISTENT"
    | "KEY_PASSPHRASE_NEEDED"
    | "KEY_PASSPHRASE_WRONG"
    | "KEY_KDF_ROUNDS";
  readonly what: string;
}

export type KeyReading = { readonly key: PrivateKey } | { readonly fault: KeyFault };

/** Reads `file`; asks for a passphrase (KEY_PASSPHRASE_NEEDED) where it is encrypted and none is given. */
export async function readOpenSshPrivateKey(file: Uint8Array, passphrase?: string): Promise<KeyReading> {
  const armor = readArmor("OPENSSH PRIVATE KEY", file);
  if ("fault" in armor) return fault("KEY_MALFORMED", armor.fault);
  const reader = new WireReader(armor.bytes);
  const magic = reader.take(MAGIC.length);
  const cipher = reader.text();
  const kdf = reader.text();
  const kdfOptions = reader.string();
  const count = reader.uint32();
  const publicBlob = reader.string();
  const secret = reader.string();
  if (
    !magic ||
    !kdfOptions ||
    !publicBlob ||
    !secret ||
    !reader.atEnd ||
    !equalBytes(magic, MAGIC) ||
    count !== 1
  )
    return fault("KEY_MALFORMED", "is not an OpenSSH private key file with one key");
  const publicBytes = bytesOfBlob(publicBlob);
  if (publicBytes === undefined)
    return fault(
      "KEY_KIND",
      `is ${describeKeyAlgorithm(new WireReader(publicBlob).text() ?? "")}; only ${KEY_ALGORITHM} signs here`,
    );
  if (cipher === "none" && kdf === "none") return readSecret(secret, publicBytes);
  return openEncrypted(file, kdfOptions, publicBytes, passphrase);
}

async function openEncrypted(
  file: Uint8Array,
  kdfOptions: Uint8Array,
  publicBytes: Uint8Array,
  passphrase: string | undefined,
): Promise<KeyReading> {
  if (passphrase === undefined) return fault("KEY_PASSPHRASE_NEEDED", "is encrypted");
  const options = new WireReader(kdfOptions);
  options.string();
  const rounds = options.uint32();
  if (rounds === undefined || rounds > KDF_ROUNDS_MAX)
    return fault("KEY_KDF_ROUNDS", `asks for more than ${KDF_ROUNDS_MAX} rounds of key derivation`);
  const plain = await decrypt(file, passphrase);
  if (plain === undefined) return fault("KEY_PASSPHRASE_WRONG", "is not opened by this passphrase");
  const reading = await readOpenSshPrivateKey(plain);
  if ("fault" in reading || equalBytes(reading.key.publicKey.bytes, publicBytes)) return reading;
  return inconsistent();
}

/** The same file without encryption; `undefined` where it does not open. */
async function decrypt(file: Uint8Array, passphrase: string): Promise<Uint8Array | undefined> {
  const { default: sshpk } = await import("sshpk");
  try {
    const key = sshpk.parsePrivateKey(Buffer.from(file), "ssh-private", { passphrase });
    if (key.type !== "ed25519") return undefined;
    key.comment = "";
    return utf8(key.toString("ssh-private").replace(/\r/g, ""));
  } catch {
    // sshpk's own message may quote what it read: only that it failed leaves this function.
    return undefined;
  }
}

function readSecret(secret: Uint8Array, publicBytes: Uint8Array): KeyReading {
  const reader = new WireReader(secret);
  const checks = [reader.uint32(), reader.uint32()];
  const algorithm = reader.text();
  const ownPublic = reader.string();
  const pair = reader.string();
  const comment = reader.string();
  const padding = reader.rest();
  const isComplete =
    checks[0] === checks[1] && algorithm === KEY_ALGORITHM && ownPublic && comment && padding;
  if (!isComplete || pair?.length !== 2 * SEED_BYTES || !padding.every((byte, at) => byte === at + 1))
    return fault("KEY_MALFORMED", "is damaged");
  const key = PrivateKey.fromSeed(pair.subarray(0, SEED_BYTES));
  // A public half that is not the seed's own makes a signer leak its secret, or sign as somebody else.
  const halves = [publicBytes, ownPublic, pair.subarray(SEED_BYTES)];
  return halves.every((half) => equalBytes(half, key.publicKey.bytes)) ? { key } : inconsistent();
}

function inconsistent(): KeyReading {
  return fault("KEY_INCONSISTENT", "has a public half that is not its own");
}

function fault(code: KeyFault["code"], what: string): KeyReading {
  return { fault: { code, what } };
}

/** The plain file; `ssh-keygen -p` sets a passphrase on it. `comment` is one line of text. */
export function writeOpenSshPrivateKey(key: PrivateKey, comment: string): string {
  const { bytes } = key.publicKey;
  const check = randomBytes(4);
  const secret = concat(
    check,
    check,
    wireString(KEY_ALGORITHM),
    wireString(bytes),
    wireString(concat(key.revealSeed(), bytes)),
    wireString(comment),
  );
  const padding = (PLAIN_BLOCK_BYTES - (secret.length % PLAIN_BLOCK_BYTES)) % PLAIN_BLOCK_BYTES;
  const padded = concat(
    secret,
    Uint8Array.from({ length: padding }, (_, at) => at + 1),
  );
  const plain = [wireString("none"), wireString("none"), wireString("")];
  const blob = concat(MAGIC, ...plain, wireUint32(1), wireString(publicKeyBlob(bytes)), wireString(padded));
  return new TextDecoder().decode(writeArmor("OPENSSH PRIVATE KEY", blob));
}
