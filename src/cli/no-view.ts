/** What to say of a place that gives no view: nobody there, nothing kept, no registry at all, or one that nobody signed. */
import { RegistryError } from "../base/error.ts";
import { quoted } from "../base/shell-word.ts";
import { isAddress, type Reader } from "../client/reader.ts";
import { REGISTRY_FILE } from "../snapshot/layout.ts";
import { TRUST_FOLDER } from "../trust/trust-paths.ts";
import { METADATA_BYTES_MAX } from "../trust/tuf/roles.ts";

export function nothingKept(location: string, cause?: unknown): RegistryError {
  return new RegistryError(
    "OFFLINE_MISSING",
    `Nothing of ${location} is on this machine`,
    "run `sync` while the network is there, or leave out --offline",
    { cause },
  );
}

/** `error`, of reading the trust metadata, in the words of this place, or what it comes from: NOT_A_REGISTRY, NOT_SIGNED. */
export async function explained(error: unknown, origin: Reader): Promise<unknown> {
  if (!(error instanceof RegistryError)) return error;
  if (error.code === "METADATA_UNSIGNED")
    return new RegistryError(
      error.code,
      `${error.message}: ${origin.location} is not the registry that the root is of, or somebody has changed it`,
      "nothing of it was used; give that registry's own root, ask another mirror, or tell its operator",
      { cause: error },
    );
  try {
    // A site that answers every path with a page is no registry, and its registry.json says so.
    if (error.code === "BAD_RESPONSE") await origin.read(REGISTRY_FILE, { bytesMax: METADATA_BYTES_MAX });
    if (error.code === "METADATA_MISSING" && !(await hasTimestamp(origin))) return await notSigned(origin);
    return error;
  } catch (other) {
    return other;
  }
}

async function hasTimestamp(origin: Reader): Promise<boolean> {
  try {
    await origin.read(`${TRUST_FOLDER}/timestamp.json`, { bytesMax: METADATA_BYTES_MAX });
    return true;
  } catch (error) {
    if (error instanceof RegistryError && error.code === "NOT_FOUND") return false;
    throw error;
  }
}

/** What to say of a place without trust metadata. Throws as the reader does where it is no registry at all. */
export async function notSigned(origin: Reader): Promise<RegistryError> {
  await origin.read(REGISTRY_FILE, { bytesMax: METADATA_BYTES_MAX });
  return new RegistryError(
    "NOT_SIGNED",
    `${origin.location} is not signed: it has no trust metadata, so nothing says that it is the registry`,
    isAddress(origin.location)
      ? "tell its operator: it is signed with `trust publish`"
      : `build it without --unsigned, or sign it: ggen-marketplace trust publish ${quoted(origin.location)}`,
  );
}
