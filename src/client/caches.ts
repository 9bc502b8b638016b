/**
 * The caches of a registry that stays open, and how much of what they keep.
 *
 * Entries and times are those of ggen's marketplace v2; the bytes share the 10 MiB that it may take. Its fourth
 * cache, of download counts, is of nothing here: no server counts them. `files` is ours, since there is no server.
 */

import { type Hash, isDigest } from "../base/digest.ts";
import type { SearchResults } from "../search/query.ts";
import type { PackageRecord, PublisherRecord, ResolveRecord } from "../snapshot/records.ts";
import { Cache } from "./cache.ts";
import type { CacheLimits, CacheName, CacheReport, OpenOptions } from "./index.ts";
import { READ_BYTES_MAX, type Reader, tooLarge } from "./reader.ts";
import type { Keeping } from "./registry.ts";

const MINUTE_MS = 60_000;
const MIB = 1024 * 1024;

export const CACHE_LIMITS: Readonly<Record<CacheName, Required<CacheLimits>>> = {
  packages: {
    ...{ entriesMax: 10_000, bytesMax: 4 * MIB },
    ...{ lifetimeMs: 60 * MINUTE_MS, idleMs: 30 * MINUTE_MS },
  },
  versions: {
    ...{ entriesMax: 10_000, bytesMax: 1 * MIB },
    ...{ lifetimeMs: 30 * MINUTE_MS, idleMs: 30 * MINUTE_MS },
  },
  searches: {
    ...{ entriesMax: 5_000, bytesMax: 1 * MIB },
    ...{ lifetimeMs: 10 * MINUTE_MS, idleMs: 5 * MINUTE_MS },
  },
  files: {
    ...{ entriesMax: 10_000, bytesMax: 2 * MIB },
    ...{ lifetimeMs: 60 * MINUTE_MS, idleMs: 30 * MINUTE_MS },
  },
};

export class Caches {
  readonly #packages: Cache<PackageRecord | PublisherRecord | null>;
  readonly #versions: Cache<ResolveRecord | null>;
  readonly #files: Cache<Uint8Array>;
  readonly searches: Cache<SearchResults>;
  readonly #indexBytesMax: number;

  /** Throws RangeError for limits that are no whole numbers above 0, TypeError for a cache or limit that there is not. */
  constructor(asked: OpenOptions["caches"], now: () => number) {
    const limits = limitsOf(asked ?? {});
    this.#packages = new Cache<PackageRecord | PublisherRecord | null>(limits.packages, now, jsonLength);
    this.#versions = new Cache<ResolveRecord | null>(limits.versions, now, jsonLength);
    this.searches = new Cache<SearchResults>(limits.searches, now, jsonLength);
    this.#files = new Cache(limits.files, now, (bytes) => bytes.length);
    // What the search index keeps unpacked is of the same files.
    this.#indexBytesMax = limits.files.bytesMax;
  }

  /** For the view whose index root is `view`: records of another one answer nothing about it. */
  of(view: string): Keeping {
    return {
      // Both in one cache, each below a prefix of its own.
      packages: this.#packages.below(`${view}/packages`) as Keeping["packages"],
      publishers: this.#packages.below(`${view}/publishers`) as Keeping["publishers"],
      versions: this.#versions.below(view),
      indexBytesMax: this.#indexBytesMax,
    };
  }

  /** Forgets what was of a view that is not current any more. Files are what their digests say, in any view. */
  forgetViews(): void {
    for (const cache of [this.#packages, this.#versions, this.searches]) cache.clear();
  }

  report(): Readonly<Record<CacheName, CacheReport>> {
    return {
      packages: this.#packages.report(),
      versions: this.#versions.report(),
      searches: this.searches.report(),
      files: this.#files.report(),
    };
  }

  /**
   * `reader`, with files kept that a digest names, and that are what it names. Archives are not: they are large, and
   * read once. Trust metadata have names that a digest does not decide, and are always asked for.
   */
  reading(reader: Reader, hash: Hash): Reader {
    return {
      location: reader.location,
      read: async (path, options = {}) => {
        const digest = digestNaming(path);
        if (digest === undefined) return reader.read(path, options);
        const bytes = await this.#files.through(
          path,
          () => reader.read(path, options),
          (read) => hash(read) === digest,
        );
        const bytesMax = options.bytesMax ?? READ_BYTES_MAX;
        if (bytes.length > bytesMax) throw tooLarge(path, reader.location, bytesMax);
        return bytes;
      },
    };
  }
}

function digestNaming(path: string): string | undefined {
  if (path.startsWith("archives/")) return undefined;
  const [name = ""] = path.slice(path.lastIndexOf("/") + 1).split(".");
  return isDigest(name) ? name : undefined;
}

function jsonLength(value: unknown): number {
  return JSON.stringify(value).length;
}

function limitsOf(asked: NonNullable<OpenOptions["caches"]>): Record<CacheName, Required<CacheLimits>> {
  const limits = { ...CACHE_LIMITS };
  for (const [name, changed] of Object.entries(asked) as [CacheName, CacheLimits | undefined][]) {
    if (!Object.hasOwn(CACHE_LIMITS, name)) throw new TypeError(`There is no cache "${name}"`);
    const known = CACHE_LIMITS[name];
    const { lifetimeMs } = changed ?? {};
    // Who shortens a lifetime need not name the idle time, which is never the longer of the two.
    const idleMs = Math.min(known.idleMs, lifetimeMs ?? known.idleMs);
    limits[name] = { ...known, idleMs, ...changed };
    for (const [limit, value] of Object.entries(limits[name])) {
      if (!Object.hasOwn(known, limit)) throw new TypeError(`The cache "${name}" has no limit "${limit}"`);
      if (!Number.isSafeInteger(value) || value <= 0)
        throw new RangeError(`${limit} of the cache "${name}" is a whole number above 0, got ${value}`);
    }
  }
  return limits;
}
