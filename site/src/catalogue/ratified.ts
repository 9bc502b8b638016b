/**
 * Which names the holders of the root have ratified: from the copy that the build put into the tree, so that pages say the
 * same whether they are made before the tree is signed or after.
 */
import { RegistryError } from "../../../src/base/error.ts";
import type { Reader } from "../../../src/client/reader.ts";
import { RATIFIED_COPY_FILE } from "../../../src/snapshot/layout.ts";
import { parseRatification, RATIFIED_BYTES_MAX } from "../../../src/trust/ratification.ts";

/** `undefined` where nobody ratifies: a registry without offline keys marks no name. Throws RATIFIED_INVALID. */
export async function readRatifiedNames(reader: Reader): Promise<ReadonlySet<string> | undefined> {
  const bytes = await readCopy(reader);
  if (bytes === undefined) return undefined;
  const parsed = parseRatification(bytes, RATIFIED_COPY_FILE);
  if (parsed.ok) return new Set(parsed.value.claims.keys());
  throw new RegistryError(
    "RATIFIED_INVALID",
    `"${RATIFIED_COPY_FILE}" of ${reader.location} cannot be read`,
    "build the registry again",
    { problems: parsed.problems },
  );
}

async function readCopy(reader: Reader): Promise<Uint8Array | undefined> {
  try {
    return await reader.read(RATIFIED_COPY_FILE, { bytesMax: RATIFIED_BYTES_MAX });
  } catch (error) {
    if (error instanceof RegistryError && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}
