/**
 * Who has signed a metadata file: the keys of a role whose signatures verify, each key counted once.
 *
 * A key is counted by its own bytes and not by its id, so that one key under two ids (another unknown
 * field makes another id) is still one. Keys of other kinds than the verifier knows count for nothing.
 */
import { fromHex } from "../../base/bytes.ts";
import { RegistryError } from "../../base/error.ts";
import { visible } from "../../base/visible.ts";
import type { Ed25519 } from "../ed25519.ts";
import { PUBLIC_KEY_BYTES } from "../ed25519-lengths.ts";
import type { Metadata, Role, TufKey } from "./metadata.ts";

/** Whether `signature` is over `message` by `key`; false for keys of a kind that it does not know. Never throws. */
export type VerifySignature = (key: TufKey, message: Uint8Array, signature: Uint8Array) => boolean;

/** Ed25519 alone, as everywhere in a registry. */
export function verifyEd25519(ed25519: Ed25519): VerifySignature {
  return (key, message, signature) => {
    const bytes = ed25519Bytes(key);
    return bytes !== undefined && ed25519.verify(signature, message, bytes);
  };
}

/** The 32 bytes of an Ed25519 key; `undefined` for a key of another kind. */
export function ed25519Bytes(key: TufKey): Uint8Array | undefined {
  if (key.keytype !== "ed25519" || key.scheme !== "ed25519") return undefined;
  const bytes = fromHex(key.public);
  return bytes?.length === PUBLIC_KEY_BYTES ? bytes : undefined;
}

/** The ids of the keys of `role` whose signatures on `metadata` verify, one id for each distinct key. */
export function signersOf(
  metadata: Metadata,
  role: Role,
  keys: ReadonlyMap<string, TufKey>,
  verify: VerifySignature,
): string[] {
  const counted = new Set<string>();
  const signers: string[] = [];
  for (const [id, hex] of metadata.signatures) {
    const key = role.keyids.has(id) ? keys.get(id) : undefined;
    const signature = fromHex(hex);
    if (key === undefined || signature === undefined || counted.has(key.public)) continue;
    if (!verify(key, metadata.signedBytes, signature)) continue;
    counted.add(key.public);
    signers.push(id);
  }
  return signers;
}

/** Throws METADATA_UNSIGNED where fewer keys than the role's threshold have signed `metadata`. */
export function requireThreshold(
  metadata: Metadata,
  file: string,
  by: { readonly role: Role; readonly keys: ReadonlyMap<string, TufKey>; readonly named: string },
  verify: VerifySignature,
): void {
  const { length } = signersOf(metadata, by.role, by.keys, verify);
  if (length >= by.role.threshold) return;
  throw new RegistryError(
    "METADATA_UNSIGNED",
    `The trust metadata "${visible(file)}" is signed by ${length} of the keys that ${by.named} asks for; ${by.role.threshold} must sign`,
    "nothing of it was used; ask another mirror, or tell the registry's operator",
  );
}
