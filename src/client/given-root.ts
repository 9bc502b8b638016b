/** A root that somebody says they trust, looked at before anything is verified by it. */
import type { Digest, Hash } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { registryOf } from "../trust/registry-trust.ts";
import { rootByDigestPath } from "../trust/trust-paths.ts";
import { parseMetadata, type Root } from "../trust/tuf/metadata.ts";
import { METADATA_BYTES_MAX } from "../trust/tuf/roles.ts";
import type { Reader } from "./reader.ts";

export interface GivenRoot {
  /** Its sha256. */
  readonly id: Digest;
  readonly bytes: Uint8Array;
  readonly development: boolean;
}

/** The root in `bytes`; `what` is what a person calls it. Throws BAD_ROOT. */
export function givenRoot(bytes: Uint8Array, what: string, hash: Hash): GivenRoot {
  const { development } = registryOf(parsedRoot(bytes, what));
  return { id: hash(bytes), bytes, development };
}

/** The root whose sha256 is `digest`, as the tree has it. Throws BAD_ROOT, and what the reader says. */
export async function rootByDigest(digest: Digest, reader: Reader, hash: Hash): Promise<GivenRoot> {
  const bytes = await readTrustFile(reader, rootByDigestPath(digest));
  if (bytes !== undefined && hash(bytes) === digest) return givenRoot(bytes, digest, hash);
  throw new RegistryError(
    "BAD_ROOT",
    `${reader.location} has no root with the sha256 ${digest}`,
    "it is another registry, or its copy is not whole; ask the operator, or give the root as a file",
  );
}

/** Throws BAD_ROOT for what is no root. */
export function parsedRoot(bytes: Uint8Array, what: string): Root {
  try {
    return parseMetadata(bytes, "root", what).signed;
  } catch (cause) {
    if (!(cause instanceof RegistryError)) throw cause;
    throw new RegistryError(
      "BAD_ROOT",
      cause.message,
      "give the registry's root: a file that its operator publishes, or its sha256",
      { cause },
    );
  }
}

/** A file of the trust metadata; `undefined` where the tree has none of that name. */
export async function readTrustFile(reader: Reader, path: string): Promise<Uint8Array | undefined> {
  try {
    return await reader.read(path, { bytesMax: METADATA_BYTES_MAX });
  } catch (error) {
    if (error instanceof RegistryError && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}
