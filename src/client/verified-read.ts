/** Reading what a digest names: no byte is used before its length and sha256 are those that led to it. */
import type { Hash } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import type { Ref } from "../snapshot/layout.ts";
import type { Reader } from "./reader.ts";

/** Unpacks deflate-raw bytes; throws or rejects where they are damaged or unpack to more than `bytesMax`. */
export type Inflate = (bytes: Uint8Array, bytesMax: number) => Uint8Array | Promise<Uint8Array>;

export async function readVerified(reader: Reader, path: string, ref: Ref, hash: Hash): Promise<Uint8Array> {
  const bytes = await reader.read(path, { bytesMax: ref.length });
  if (bytes.length === ref.length && hash(bytes) === ref.sha256) return bytes;
  throw new RegistryError(
    "DIGEST_MISMATCH",
    `"${path}" of ${reader.location} is not what the index commits to: expected ${ref.length} bytes with sha256 ${ref.sha256}`,
    "the copy is damaged or being replaced: run `sync`, or use another mirror",
  );
}
