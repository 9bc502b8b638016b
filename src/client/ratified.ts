/** What the holders of the root ratified, as a view names it. Apart from the view: who only searches does not read keys. */
import { RegistryError } from "../base/error.ts";
import { parseRatification, RATIFIED_BYTES_MAX, type Ratification } from "../trust/ratification.ts";
import type { TrustRoot } from "../trust/statement.ts";
import { ratifiedPath } from "../trust/trust-paths.ts";
import type { Reader } from "./reader.ts";
import type { TrustedView } from "./trusted-view.ts";
import { type FileHash, readVerified } from "./verified-read.ts";

/** What was ratified. Throws as readVerified does, and RATIFIED_INVALID. */
export async function readRatification(
  view: TrustedView,
  reader: Reader,
  hash: FileHash,
): Promise<Ratification> {
  const path = ratifiedPath(view.ratified.sha256);
  const parsed = parseRatification(
    await readVerified(reader, path, view.ratified, hash, RATIFIED_BYTES_MAX),
    path,
  );
  if (parsed.ok && parsed.value.registry === view.registry) return parsed.value;
  throw new RegistryError(
    "RATIFIED_INVALID",
    `What was ratified of ${view.registry} cannot be read, or is another registry's`,
    "update ggen-marketplace; if that does not help, tell the registry's operator",
    { problems: parsed.ok ? [] : parsed.problems },
  );
}

/** What statements are judged by: the maintainers and names that were ratified offline, never what a view says. */
export function trustRootOf(ratification: Ratification): TrustRoot {
  const { registry, maintainers } = ratification;
  return { registry, maintainers, ratified: ratification };
}
