/** Trusted metadata in memory: of a page, or of one look at what is published. */
import type { MetadataStore } from "./update.ts";

/** Begins with `root`, the one that is trusted. */
export function memoryStore(root: Uint8Array): MetadataStore {
  const files = new Map<string, Uint8Array>([["root", root]]);
  return {
    recall: async (role) => files.get(role),
    keep: async (role, bytes) => void files.set(role, bytes),
    forget: async (role) => void files.delete(role),
  };
}
