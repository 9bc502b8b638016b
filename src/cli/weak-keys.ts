/** The keys of a root, judged once: when a person begins to trust it (trust/ed25519.ts says why). */
import { RegistryError } from "../base/error.ts";
import { pointFault } from "../trust/ed25519.ts";
import { parseMetadata } from "../trust/tuf/metadata.ts";
import { ed25519Bytes } from "../trust/tuf/threshold.ts";

/** Throws BAD_ROOT where one of them is a point that anybody could sign for, or that verifiers disagree about. */
export function refuseWeakKeys(root: Uint8Array): void {
  for (const [id, key] of parseMetadata(root, "root", "root.json").signed.keys) {
    const bytes = ed25519Bytes(key);
    const fault = bytes === undefined ? "is of a kind that does not sign here" : pointFault(bytes);
    if (fault !== undefined)
      throw new RegistryError(
        "BAD_ROOT",
        `The root's key ${id.slice(0, 16)}… ${fault}`,
        "tell the registry's operator; nothing was added",
      );
  }
}
