/** A build's cache that ends with the build: for one that may keep nothing, and for tests. */
import type { BuildCache } from "./ports.ts";

export function memoryCache(): BuildCache {
  const kept = new Map<string, Uint8Array>();
  const put = (key: string, bytes: Uint8Array) => void kept.set(key, bytes);
  return { get: (key) => kept.get(key), has: (key) => kept.has(key), put, putForNow: put };
}
