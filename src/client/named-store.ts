/**
 * Trusted metadata in a store that the caller of the library gives: files by name, those of each root below its own.
 *
 *     <sha256 of the pinned root>/root.json  timestamp.json  snapshot.json  targets.json  index.json
 */
import type { Digest } from "../base/digest.ts";
import type { Policy } from "../trust/tuf/trusted-set.ts";
import type { MetadataStore } from "../trust/tuf/update.ts";
import { isWholeRoot } from "../trust/tuf/whole-root.ts";
import type { TrustStore } from "./index.ts";

/** Begins with `pinned`; where the root that was kept is damaged, it begins anew. `id` as `storeId` gives it. */
export function namedStore(
  kept: TrustStore,
  id: Digest,
  pinned: Uint8Array,
  policy: Pick<Policy, "verify" | "hash">,
): MetadataStore {
  const name = (role: string) => `${id}/${encodeURIComponent(role)}.json`;
  return {
    async recall(role) {
      const bytes = await kept.get(name(role));
      if (role !== "root") return bytes;
      return bytes !== undefined && isWholeRoot(bytes, policy) ? bytes : pinned;
    },
    keep: async (role, bytes) => void (await kept.set(name(role), bytes)),
    forget: async (role) => void (await kept.delete(name(role))),
  };
}
