/** Reading what a digest names: no byte is used before its length and sha256 are those that led to it. */
import type { Digest, Hash } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import type { Inflate } from "../snapshot/deflate.ts";
import type { Ref } from "../snapshot/layout.ts";
import { howToMend, READ_BYTES_MAX, type Reader, tooLarge } from "./reader.ts";

/** A `Hash`, or one that takes its time: a browser's own. */
export type FileHash = (bytes: Uint8Array) => Digest | Promise<Digest>;

/** What reading a view takes: where its files are, and what the host does natively. */
export interface ReadPorts<Hashing extends FileHash = Hash> {
  readonly reader: Reader;
  readonly hash: Hashing;
  readonly inflate: Inflate;
}

/** A file that is published packed. */
export interface PackedRef extends Ref {
  /** Bytes once unpacked. */
  readonly rawLength: number;
}

/** The most bytes that deflate makes of `rawLength`: stored blocks, 5 bytes for each 16 KiB at the least. */
export function deflatedBytesMax(rawLength: number): number {
  return rawLength + Math.ceil(rawLength / 1024) + 64;
}

/** `bytesMax` bounds what the index itself may ask for: the one who wrote it may be hostile. */
export async function readVerified(
  reader: Reader,
  path: string,
  ref: Ref,
  hash: FileHash,
  bytesMax = READ_BYTES_MAX,
): Promise<Uint8Array> {
  if (!(ref.length <= bytesMax)) throw tooLarge(path, reader.location, bytesMax);
  const bytes = await reader.read(path, { bytesMax: ref.length });
  if (bytes.length === ref.length && (await hash(bytes)) === ref.sha256) return bytes;
  throw new RegistryError(
    "DIGEST_MISMATCH",
    `"${path}" of ${reader.location} is not what the index commits to: expected ${ref.length} bytes with sha256 ${ref.sha256}`,
    howToMend(reader.location),
  );
}

/** What is published packed, verified and then unpacked. Throws as readVerified does, and BAD_RESPONSE. */
export async function readUnpacked(
  path: string,
  ref: PackedRef,
  ports: ReadPorts<FileHash>,
): Promise<Uint8Array> {
  const { reader, hash, inflate } = ports;
  const packed = await readVerified(reader, path, ref, hash, deflatedBytesMax(ref.rawLength));
  const inflated = await inflate(packed, ref.rawLength);
  if (inflated.ok) return inflated.bytes;
  const why =
    inflated.fault === "damaged" ? "its packed data is damaged" : "it unpacks to more than its index says";
  throw new RegistryError(
    "BAD_RESPONSE",
    `"${path}" of ${reader.location} cannot be unpacked: ${why}`,
    "the registry itself is damaged: tell its operator",
  );
}
