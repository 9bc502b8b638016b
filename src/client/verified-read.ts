/** Reading what a digest names: no byte is used before its length and sha256 are those that led to it. */
import type { Hash } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import type { Ref } from "../snapshot/layout.ts";
import { READ_BYTES_MAX, type Reader, tooLarge } from "./reader.ts";

/** Unpacks deflate-raw bytes; throws or rejects where they are damaged or unpack to more than `bytesMax`. */
export type Inflate = (bytes: Uint8Array, bytesMax: number) => Uint8Array | Promise<Uint8Array>;

/** `bytesMax` bounds what the index itself may ask for: the one who wrote it may be hostile. */
export async function readVerified(
  reader: Reader,
  path: string,
  ref: Ref,
  hash: Hash,
  bytesMax = READ_BYTES_MAX,
): Promise<Uint8Array> {
  if (!(ref.length <= bytesMax)) throw tooLarge(path, reader.location, bytesMax);
  const bytes = await reader.read(path, { bytesMax: ref.length });
  if (bytes.length === ref.length && hash(bytes) === ref.sha256) return bytes;
  throw new RegistryError(
    "DIGEST_MISMATCH",
    `"${path}" of ${reader.location} is not what the index commits to: expected ${ref.length} bytes with sha256 ${ref.sha256}`,
    "the copy is damaged or being replaced: run `sync`, or use another mirror",
  );
}
