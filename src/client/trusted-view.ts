/**
 * The current view of a registry, as its TUF metadata name it: which index root, signed by whom, until when.
 *
 *     pinned root ─► root … ─► timestamp ─► snapshot ─► targets ─► index ─► index root ─► everything else
 *     known to        offline   online       online      offline    online   by digest
 *     the user
 *
 * Whoever serves the files decides nothing: neither a mirror, nor the cache, nor registry.json.
 */
import { RegistryError } from "../base/error.ts";
import type { Ref } from "../snapshot/layout.ts";
import { namedView, registryOf, TRUST_FOLDER } from "../trust/registry-trust.ts";
import { type Policy, TrustedSet } from "../trust/tuf/trusted-set.ts";
import { type MetadataSource, type MetadataStore, type Trust, updateTrust } from "../trust/tuf/update.ts";
import type { Reader } from "./reader.ts";

/** How long a view that has run out is still worked on, with a word about it. */
export const GRACE_MS_DEFAULT = 30 * 24 * 60 * 60 * 1000;

export interface TrustedView {
  readonly indexRoot: Ref;
  readonly ratified: Ref;
  /** The registry's IRI, as its root has it. */
  readonly registry: string;
  /** Signed by a build on this machine, for this machine. */
  readonly development: boolean;
  /** Of the source that it was built from, where the signer knew it. */
  readonly commit?: string;
  /** When the first of the metadata that name it runs out, or did: milliseconds since 1970. */
  readonly expires: number;
  readonly trust: Trust;
}

/** Opens what is current, or without `source` what was current. Throws as `updateTrust` and `findTarget` do, and BAD_ROOT. */
export async function openTrustedView(
  store: MetadataStore,
  policy: Policy,
  source?: MetadataSource,
): Promise<TrustedView> {
  const trust = await updateTrust(store, policy, source);
  const named = await namedView(trust);
  return { ...registryOf(trust.set.root.signed), ...named, expires: trust.set.expires, trust };
}

/** A view that was verified before, and of whose metadata the root alone is known to be there still. */
export type EarlierView = Pick<TrustedView, "indexRoot" | "ratified" | "expires">;

/** Opens what was verified before by the root that is trusted now. Throws as `TrustedSet` does, and BAD_ROOT. */
export function openEarlierView(
  root: Uint8Array,
  store: MetadataStore,
  policy: Policy,
  { indexRoot, ratified, expires }: EarlierView,
): TrustedView {
  const trust: Trust = { set: new TrustedSet(root, policy), store, source: undefined };
  return { ...registryOf(trust.set.root.signed), indexRoot, ratified, expires, trust };
}

/** The metadata of a published tree. */
export function metadataOf(reader: Reader): MetadataSource {
  return {
    async read(file, bytesMax) {
      try {
        return await reader.read(`${TRUST_FOLDER}/${file}`, { bytesMax });
      } catch (error) {
        if (error instanceof RegistryError && error.code === "NOT_FOUND") return undefined;
        throw error;
      }
    },
  };
}

/** How old a view is, and what may be done with it. */
export type Freshness =
  | { readonly state: "fresh" }
  /** Run out, and within the grace: works, and it is said. */
  | { readonly state: "stale"; readonly expired: number }
  /** Run out longer ago: nothing new is taken from it. */
  | { readonly state: "expired"; readonly expired: number };

export function freshnessOf({ expires, trust }: TrustedView, graceMs: number): Freshness {
  const { now } = trust.set;
  if (expires > now) return { state: "fresh" };
  return { state: expires + graceMs > now ? "stale" : "expired", expired: expires };
}
