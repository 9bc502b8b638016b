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
import { TRUST_FOLDER } from "../trust/trust-paths.ts";
import type { MetadataSource, Trust } from "../trust/tuf/update.ts";
import type { Reader } from "./reader.ts";

/** How long a view that has run out is still worked on, with a word about it. */
export const GRACE_MS_DEFAULT = 30 * 24 * 60 * 60 * 1000;

export interface TrustedView {
  /** The snapshot's version. */
  readonly version: number;
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
  /** The time that it was judged at: this machine's clock, and never before the timestamp was signed. */
  readonly now: number;
  /** The metadata; absent of a view that was verified before, and has not changed since. */
  readonly trust: Trust | undefined;
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

export function freshnessOf({ expires, now }: TrustedView, graceMs: number): Freshness {
  if (expires > now) return { state: "fresh" };
  return { state: expires + graceMs > now ? "stale" : "expired", expired: expires };
}

/** The metadata of a view that was opened whole. */
export function trustOf({ trust }: TrustedView): Trust {
  if (trust === undefined) throw new Error("this view was not opened whole");
  return trust;
}
