/** What the build needs from the machine it runs on. */
import type { Digest } from "../base/digest.ts";
import type { TrustPorts } from "../trust/ed25519.ts";
import type { Workshop, WorkshopContext } from "./workshop.ts";

/**
 * Where a build puts what it has made: aside, until it is written out, and for the next build. Keys
 * name everything that the bytes were made from.
 */
export interface BuildCache {
  /**
   * `undefined` where nothing is kept under `key`, or not as it was put. Where `scratch` is given and
   * large enough, the bytes may be a part of it, for who looks at much and keeps nothing.
   */
  get(key: string, scratch?: Uint8Array): Uint8Array | undefined;
  /** Whether something is kept under `key`, which then is kept on; it may still turn out damaged. */
  has(key: string): boolean;
  put(key: string, bytes: Uint8Array): void;
  /** Keeps `bytes` until this build is written out, and no longer. */
  putForNow(key: string, bytes: Uint8Array): void;
}

/** A hash that is fed piece by piece. */
export interface RunningHash {
  update(bytes: Uint8Array): void;
  digest(): Digest;
}

export interface BuildPorts extends TrustPorts {
  readonly cache: BuildCache;
  readonly openHash: () => RunningHash;
  /** Names the code that makes the verdicts: a cached one of another program is never used. */
  readonly program: string;
  readonly openWorkshop: (context: WorkshopContext) => Workshop;
  /** Told of each release that was verified, or found verified: how many of how many. */
  readonly progress?: (done: number, total: number) => void;
  /** Told what is made of them then: "the graph", "the records", "the search index". */
  readonly stage?: (what: string) => void;
}
