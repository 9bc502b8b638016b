/**
 * What a registry that stays open keeps in memory: the least recently used goes first, and each entry has a
 * lifetime and an idle time. Hits are counted, for who runs it.
 *
 *     const cache = new Cache<PackageRecord>(CACHE_LIMITS.packages, Date.now, (record) => JSON.stringify(record).length);
 *     const record = await cache.below("view").through("tool", () => read("tool"));
 *     cache.report().rate;
 */
import { LRUCache } from "lru-cache";
import type { CacheLimits, CacheReport } from "./index.ts";

/** A part of a cache that has keys of its own. */
export interface Kept<V> {
  /** What is kept for `key`, else what `make` gives; who asks meanwhile waits for the same. A failure is not kept. */
  through(key: string, make: () => Promise<V>): Promise<V>;
}

interface Entry<V> {
  readonly value: V;
  readonly made: number;
}

/** For the entry itself, beside its key and value. */
const ENTRY_BYTES = 64;

export class Cache<V> {
  readonly #limits: Required<CacheLimits>;
  readonly #now: () => number;
  readonly #entries: LRUCache<string, Entry<V>>;
  readonly #pending = new Map<string, Promise<V>>();
  #hits = 0;
  #misses = 0;

  /** `bytesOf` is how much a value counts. */
  constructor(limits: Required<CacheLimits>, now: () => number, bytesOf: (value: V) => number) {
    this.#limits = limits;
    this.#now = now;
    this.#entries = new LRUCache({
      max: limits.entriesMax,
      maxSize: limits.bytesMax,
      sizeCalculation: ({ value }, key) => ENTRY_BYTES + key.length + bytesOf(value),
      // Its time to live is what it may be idle: each use begins it anew.
      ttl: Math.min(limits.idleMs, limits.lifetimeMs),
      updateAgeOnGet: true,
      ttlResolution: 0,
      perf: { now },
    });
  }

  /** The part of it whose keys are below `prefix`. */
  below(prefix: string): Kept<V> {
    return { through: (key, make) => this.through(`${prefix}/${key}`, make) };
  }

  /** As `Kept` has it; what `isKept` denies is given, and not kept. */
  async through(key: string, make: () => Promise<V>, isKept: (value: V) => boolean = () => true): Promise<V> {
    const entry = this.#fresh(key);
    if (entry !== undefined) {
      this.#hits++;
      return entry.value;
    }
    const pending = this.#pending.get(key);
    if (pending !== undefined) {
      this.#hits++;
      return pending;
    }
    this.#misses++;
    const making = this.#make(key, make, isKept).finally(() => this.#pending.delete(key));
    this.#pending.set(key, making);
    return making;
  }

  clear(): void {
    this.#entries.clear();
  }

  report(): CacheReport {
    this.#entries.purgeStale();
    for (const [key, entry] of [...this.#entries.entries()])
      if (this.#isOver(entry)) this.#entries.delete(key);
    const [hits, misses] = [this.#hits, this.#misses];
    return {
      ...{ hits, misses, rate: hits + misses === 0 ? undefined : hits / (hits + misses) },
      ...{ entries: this.#entries.size, bytes: this.#entries.calculatedSize },
      limits: this.#limits,
    };
  }

  #fresh(key: string): Entry<V> | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || !this.#isOver(entry)) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  #isOver({ made }: Entry<V>): boolean {
    return this.#now() - made >= this.#limits.lifetimeMs;
  }

  async #make(key: string, make: () => Promise<V>, isKept: (value: V) => boolean): Promise<V> {
    const value = deepFrozen(await make());
    if (isKept(value)) this.#entries.set(key, { value, made: this.#now() });
    return value;
  }
}

/** Everybody is given the same value: nobody may change it for the others. */
function deepFrozen<V>(value: V): V {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value))
    return value;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFrozen(member);
  return value;
}
