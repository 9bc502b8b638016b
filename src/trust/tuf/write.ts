/**
 * Writes TUF metadata: canonical JSON, signed by keys of which only `sign` is asked.
 *
 *     const bytes = addSignature(unsigned(signedRoot({…})), holder);
 */
import { canonicalize } from "@tufjs/canonical-json";
import { toHex, utf8 } from "../../base/bytes.ts";
import type { PublicKey } from "../public-key.ts";
import type { Signer } from "../sshsig.ts";
import { dateText } from "./fields.ts";
import { keyIdOf, type Metadata, type Signed } from "./metadata.ts";
import { METADATA_BYTES_MAX } from "./roles.ts";

export const SPEC_VERSION = "1.0.34";

/** What is written as `signed`; values are JSON. */
export type ToSign = Readonly<Record<string, unknown>>;

/** A key as metadata lists it. */
export function tufKey({ bytes }: Pick<PublicKey, "bytes">): ToSign {
  return { keytype: "ed25519", scheme: "ed25519", keyval: { public: toHex(bytes) } };
}

export function tufKeyId(key: Pick<PublicKey, "bytes">): string {
  return keyIdOf(tufKey(key));
}

/** By id, each key once. */
export function keyTable(keys: Iterable<PublicKey>): ToSign {
  return Object.fromEntries([...keys].map((key) => [tufKeyId(key), tufKey(key)]));
}

export function roleOf(keys: Iterable<PublicKey>, threshold: number): ToSign {
  return { keyids: [...new Set([...keys].map(tufKeyId))].sort(), threshold };
}

/** The members that all metadata has. `expires` in milliseconds since 1970. */
export function header(type: Signed["type"], version: number, expires: number): ToSign {
  return { _type: type, spec_version: SPEC_VERSION, version, expires: dateText(expires) };
}

/** A file with no signatures yet. */
export function unsigned(signed: ToSign): Uint8Array {
  return envelope(new Map(), signed);
}

/** The file with `signer`'s signature too; the same file where it is there already. */
export function addSignature(metadata: Metadata, signer: Signer): Uint8Array {
  const signatures = new Map(metadata.signatures);
  signatures.set(tufKeyId(signer.publicKey), toHex(signer.sign(metadata.signedBytes)));
  return envelope(signatures, metadata.signed.all);
}

/** A file signed by all of `signers`. */
export function signMetadata(signed: ToSign, signers: Iterable<Signer>): Uint8Array {
  const bytes = utf8(canonicalize(signed));
  return envelope(
    new Map(
      [...signers].map((signer): [string, string] => [tufKeyId(signer.publicKey), toHex(signer.sign(bytes))]),
    ),
    signed,
  );
}

function envelope(signatures: ReadonlyMap<string, string>, signed: ToSign): Uint8Array {
  const listed = [...signatures].map(([keyid, sig]) => ({ keyid, sig }));
  listed.sort((a, b) => (a.keyid < b.keyid ? -1 : 1));
  const bytes = utf8(canonicalize({ signatures: listed, signed }));
  if (bytes.length <= METADATA_BYTES_MAX) return bytes;
  throw new RangeError(`metadata has ${bytes.length} bytes; no client reads more than ${METADATA_BYTES_MAX}`);
}
