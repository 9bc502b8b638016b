/**
 * SSHSIG, the signature that `ssh-keygen -Y sign` makes (OpenSSH, PROTOCOL.sshsig), version 1.
 *
 *     blob       "SSHSIG", uint32 1, string public key blob, string namespace, string "" (reserved),
 *                string hash algorithm, string (string "ssh-ed25519", string 64 bytes)
 *     signed     "SSHSIG", string namespace, string "" (reserved), string hash algorithm, string H(message)
 *     file       the blob in armor (armor.ts)
 *
 * Narrower than OpenSSH: ssh-ed25519 only, reserved empty (OpenSSH does not sign it), canonical armor
 * only. The namespace keeps a signature made for one purpose from serving another.
 *
 *     const read = decodeSshsig(file, "SHA256SUMS.sig");
 *     read.ok && sshsigVerifies(read.value, message, key, ports);
 */
import { concat, equalBytes, fromHex, utf8 } from "../base/bytes.ts";
import { failed, ok, type Problem, type Result } from "../base/problem.ts";
import { visible } from "../base/visible.ts";
import { readArmor, writeArmor } from "./armor.ts";
import { SIGNATURE_BYTES, type TrustPorts } from "./ed25519.ts";
import { describeKeyAlgorithm, KEY_ALGORITHM } from "./key-kind.ts";
import { bytesOfBlob, type PublicKey, publicKeyBlob } from "./public-key.ts";
import { WireReader, wireString, wireUint32 } from "./ssh-wire.ts";

export const RELEASE_NAMESPACE = "ggen-marketplace-release";
export const STATEMENT_NAMESPACE = "ggen-marketplace-statement";

/** An ed25519 one has about 300; the rest is room to read, and name, an RSA one of 16384 bits. */
export const SIGNATURE_FILE_BYTES_MAX = 8 * 1024;

const MAGIC = utf8("SSHSIG");
const VERSION = 1;
const NAMESPACE_CHARS_SHOWN = 64;

/** What `ssh-keygen` accepts; it writes sha512. */
export type SshsigHash = "sha512" | "sha256";

export interface Sshsig {
  /** 32 bytes, as the signature claims: nothing is known of them until they equal a registered key. */
  readonly publicKey: Uint8Array;
  readonly namespace: string;
  readonly hashAlgorithm: SshsigHash;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

/** Someone who can sign: a private key, wherever it is kept. */
export interface Signer {
  readonly publicKey: PublicKey;
  /** The 64 bytes of the Ed25519 signature over `bytes`. */
  sign(bytes: Uint8Array): Uint8Array;
}

/** The bytes that are signed for `message` in `namespace`. */
export function sshsigMessage(
  namespace: string,
  message: Uint8Array,
  ports: TrustPorts,
  hashAlgorithm: SshsigHash = "sha512",
): Uint8Array {
  const digest =
    hashAlgorithm === "sha512"
      ? ports.ed25519.sha512(message)
      : (fromHex(ports.hash(message)) ?? new Uint8Array());
  return concat(MAGIC, wireString(namespace), wireString(""), wireString(hashAlgorithm), wireString(digest));
}

/** The file that `ssh-keygen -Y sign -n <namespace>` writes for `message`, byte for byte. */
export function signSshsig(
  message: Uint8Array,
  namespace: string,
  signer: Signer,
  ports: TrustPorts,
): Uint8Array {
  const signature = signer.sign(sshsigMessage(namespace, message, ports));
  return encodeSshsig({ publicKey: signer.publicKey.bytes, namespace, hashAlgorithm: "sha512", signature });
}

export function encodeSshsig(sshsig: Sshsig): Uint8Array {
  const blob = concat(
    MAGIC,
    wireUint32(VERSION),
    wireString(publicKeyBlob(sshsig.publicKey)),
    wireString(sshsig.namespace),
    wireString(""),
    wireString(sshsig.hashAlgorithm),
    wireString(concat(wireString(KEY_ALGORITHM), wireString(sshsig.signature))),
  );
  return writeArmor("SSH SIGNATURE", blob);
}

/** Whether `sshsig` is over `message` by `key`. The namespace is the caller's to compare. */
export function sshsigVerifies(
  sshsig: Sshsig,
  message: Uint8Array,
  key: Pick<PublicKey, "bytes">,
  ports: TrustPorts,
): boolean {
  if (!equalBytes(sshsig.publicKey, key.bytes)) return false;
  const signed = sshsigMessage(sshsig.namespace, message, ports, sshsig.hashAlgorithm);
  return ports.ed25519.verify(sshsig.signature, signed, key.bytes);
}

/**
 * What a signature file says; nothing of it is verified yet.
 *
 * Problems: SIGNATURE_TOO_LARGE, SIGNATURE_NOT_CANONICAL, SIGNATURE_MALFORMED, SIGNATURE_VERSION,
 * SIGNATURE_KEY_KIND, SIGNATURE_HASH_ALGORITHM.
 */
export function decodeSshsig(armor: Uint8Array, file: string): Result<Sshsig> {
  if (armor.length > SIGNATURE_FILE_BYTES_MAX)
    return refuse(
      "SIGNATURE_TOO_LARGE",
      file,
      `has ${armor.length} bytes, at most ${SIGNATURE_FILE_BYTES_MAX} are allowed`,
    );
  const reading = readArmor("SSH SIGNATURE", armor);
  if ("fault" in reading) return refuse("SIGNATURE_NOT_CANONICAL", file, reading.fault);
  return decodeBlob(reading.bytes, file);
}

function decodeBlob(blob: Uint8Array, file: string): Result<Sshsig> {
  const reader = new WireReader(blob);
  const magic = reader.take(MAGIC.length);
  const version = reader.uint32();
  if (magic === undefined || version === undefined || !equalBytes(magic, MAGIC))
    return refuse("SIGNATURE_MALFORMED", file, "is not an SSHSIG");
  if (version !== VERSION)
    return refuse("SIGNATURE_VERSION", file, `is of SSHSIG version ${version}, not ${VERSION}`);
  const keyBlob = reader.string();
  const namespace = reader.text();
  const reserved = reader.string();
  const hashAlgorithm = reader.text();
  const signatureBlob = reader.string();
  const complete =
    keyBlob && namespace !== undefined && reserved && hashAlgorithm !== undefined && signatureBlob;
  if (!complete || !reader.atEnd)
    return refuse("SIGNATURE_MALFORMED", file, "is cut off, or has more in it than an SSHSIG");
  const publicKey = bytesOfBlob(keyBlob);
  if (publicKey === undefined) return refuseKey(keyBlob, file);
  if (reserved.length > 0)
    return refuse("SIGNATURE_MALFORMED", file, "has something in its reserved field, which is not signed");
  if (hashAlgorithm !== "sha512" && hashAlgorithm !== "sha256")
    return refuse(
      "SIGNATURE_HASH_ALGORITHM",
      file,
      `is over a hash other than sha512 and sha256: "${shown(hashAlgorithm)}"`,
    );
  const inner = new WireReader(signatureBlob);
  const algorithm = inner.text();
  const signature = inner.string();
  if (algorithm !== KEY_ALGORITHM || signature?.length !== SIGNATURE_BYTES || !inner.atEnd)
    return refuse(
      "SIGNATURE_MALFORMED",
      file,
      `has no ${KEY_ALGORITHM} signature of ${SIGNATURE_BYTES} bytes in it`,
    );
  return ok({ publicKey, namespace, hashAlgorithm, signature });
}

function refuseKey(keyBlob: Uint8Array, file: string): Result<Sshsig> {
  const algorithm = new WireReader(keyBlob).text();
  if (algorithm === undefined || algorithm === KEY_ALGORITHM)
    return refuse("SIGNATURE_MALFORMED", file, "has a public key that cannot be read");
  return refuse(
    "SIGNATURE_KEY_KIND",
    file,
    `is by ${describeKeyAlgorithm(algorithm)}; only ${KEY_ALGORITHM} signs here`,
  );
}

/** The problem SIGNATURE_NAMESPACE, where a signature was made for another purpose than `namespace`. */
export function checkNamespace(sshsig: Sshsig, namespace: string, file: string): Problem[] {
  if (sshsig.namespace === namespace) return [];
  const problem: Problem = {
    code: "SIGNATURE_NAMESPACE",
    severity: "error",
    file,
    message: `The signature was made for another purpose: its namespace is "${shown(sshsig.namespace)}"`,
    expected: namespace,
    found: shown(sshsig.namespace),
    remedy: `sign again with -n ${namespace}`,
    rule: "T5",
  };
  return [problem];
}

function shown(text: string): string {
  return visible(text.slice(0, NAMESPACE_CHARS_SHOWN));
}

const RULES: ReadonlyMap<string, string> = new Map([["SIGNATURE_KEY_KIND", "T4"]]);

function refuse(code: string, file: string, fault: string): Result<Sshsig> {
  return failed([
    {
      code,
      severity: "error",
      file,
      message: `The signature ${fault}`,
      remedy: `sign again with an ${KEY_ALGORITHM} key: ssh-keygen -Y sign, or publish`,
      rule: RULES.get(code) ?? "T3",
    },
  ]);
}
