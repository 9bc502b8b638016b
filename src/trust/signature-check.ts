/**
 * The three questions to a detached signature, in the order of their cost: is it one, and for this
 * purpose (`decodeSignature`); is its key known (the caller's table, else `strangerProblem`); does it
 * verify (`checkSignature`).
 */
import { type Problem, type Result, settle } from "../base/problem.ts";
import type { TrustPorts } from "./ed25519.ts";
import { type KeyId, keyIdOf, type PublicKey } from "./public-key.ts";
import { checkNamespace, decodeSshsig, type Sshsig, sshsigVerifies } from "./sshsig.ts";

export interface DecodedSignature {
  readonly sshsig: Sshsig;
  /** Of the key that the signature claims. */
  readonly keyId: KeyId;
  /** Path of the signature file. */
  readonly file: string;
}

/** What a signature file says, in `namespace`; nothing of it is verified. Rules T3, T4, T5. */
export function decodeSignature(
  armor: Uint8Array,
  file: string,
  namespace: string,
  ports: TrustPorts,
): Result<DecodedSignature> {
  const decoded = decodeSshsig(armor, file);
  if (!decoded.ok) return decoded;
  const { value: sshsig } = decoded;
  return settle(
    { sshsig, keyId: keyIdOf(sshsig.publicKey, ports.hash), file },
    checkNamespace(sshsig, namespace, file),
  );
}

/** T7: the problem SIGNATURE_INVALID where the signature is not over `message` by `key`. */
export function checkSignature(
  signature: DecodedSignature,
  message: Uint8Array,
  key: PublicKey,
  ports: TrustPorts,
): Problem[] {
  if (sshsigVerifies(signature.sshsig, message, key, ports)) return [];
  const signed = signature.file.slice(signature.file.lastIndexOf("/") + 1).replace(/(\.new)?\.sig$/, "");
  const problem: Problem = {
    code: "SIGNATURE_INVALID",
    severity: "error",
    file: signature.file,
    message: `The signature does not verify: "${signed}" is not what was signed`,
    remedy: "bring back the bytes that were signed, or sign again",
    rule: "T7",
  };
  return [problem];
}

/** T6: the signature is by a key that no publisher and no maintainer has. */
export function strangerProblem(signature: DecodedSignature): Problem {
  return {
    code: "SIGNATURE_BY_STRANGER",
    severity: "error",
    file: signature.file,
    message: "The signature is by a key that nobody here has registered",
    found: signature.keyId,
    remedy: "sign with a registered key",
    rule: "T6",
  };
}
