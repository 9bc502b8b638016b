/**
 * The large things that a build makes, out of memory: kept in the build's cache under their own digest.
 *
 * What is said of a package (package-facts.ts) names them, and is taken from the cache only where all
 * of them are there. One that then cannot be read was damaged since: `CACHE_DAMAGED` is thrown, and
 * the caller builds again without the cache.
 */
import type { Digest, Hash } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import type { BuildCache } from "./ports.ts";

export interface BlobRef {
  readonly sha256: Digest;
  readonly length: number;
}

export const CACHE_DAMAGED = "CACHE_DAMAGED";

export class Blobs {
  readonly #cache: BuildCache;
  readonly #hash: Hash;
  #scratch = new Uint8Array(0);

  constructor(cache: BuildCache, hash: Hash) {
    this.#cache = cache;
    this.#hash = hash;
  }

  put(bytes: Uint8Array): BlobRef {
    const sha256 = this.#hash(bytes);
    if (!this.#cache.has(keyOf(sha256))) this.#cache.put(keyOf(sha256), bytes);
    return { sha256, length: bytes.length };
  }

  has(ref: BlobRef): boolean {
    return this.#cache.has(keyOf(ref.sha256));
  }

  /** Throws CACHE_DAMAGED. */
  get(ref: BlobRef): Uint8Array {
    return whole(ref, this.#cache.get(keyOf(ref.sha256)));
  }

  /** The same, good until the next call. Throws CACHE_DAMAGED. */
  glance(ref: BlobRef): Uint8Array {
    if (this.#scratch.length < ref.length) this.#scratch = new Uint8Array(2 * ref.length);
    return whole(ref, this.#cache.get(keyOf(ref.sha256), this.#scratch));
  }
}

function whole(ref: BlobRef, bytes: Uint8Array | undefined): Uint8Array {
  if (bytes !== undefined && bytes.length === ref.length) return bytes;
  throw new RegistryError(
    CACHE_DAMAGED,
    "Cannot read the build's cache: it was damaged while it was in use",
    "run the command again with --no-cache",
  );
}

function keyOf(sha256: Digest): string {
  return `blob ${sha256}`;
}
