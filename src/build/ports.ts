/** What the build needs from the machine it runs on. */
import type { TrustPorts } from "../trust/ed25519.ts";
import type { Workshop, WorkshopContext } from "./workshop.ts";

/** Bytes kept between builds, found by a key that names everything they were made from. */
export interface BuildCache {
  get(key: string): Uint8Array | undefined;
  put(key: string, bytes: Uint8Array): void;
}

export interface BuildPorts extends TrustPorts {
  readonly cache: BuildCache;
  /** Names the code that makes the verdicts: a cached one of another program is never used. */
  readonly program: string;
  readonly openWorkshop: (context: WorkshopContext) => Workshop;
  readonly progress?: (done: number, total: number) => void;
}
