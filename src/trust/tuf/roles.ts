/** What the roles of TUF say (specification 1.0, section 4), once it was read (metadata.ts). */
import type { JsonObject } from "./fields.ts";

/** Of any one metadata file: those of a registry have about one kilobyte. */
export const METADATA_BYTES_MAX = 256 * 1024;

/** Roles that every repository has, in the order in which a client updates them. */
export const TOP_ROLES = ["root", "timestamp", "snapshot", "targets"] as const;
export type TopRole = (typeof TOP_ROLES)[number];

/** A key as root and delegations list it; whether it can verify anything is for the one who verifies. */
export interface TufKey {
  readonly keytype: string;
  readonly scheme: string;
  /** For `ed25519`: 64 hex digits. */
  readonly public: string;
}

/** The keys that may speak for a role, by id, and how many of them must. */
export interface Role {
  readonly keyids: ReadonlySet<string>;
  readonly threshold: number;
}

export interface SignedBase {
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly expires: number;
  /** The signed object whole, with what this program does not know. */
  readonly all: JsonObject;
}

export interface Root extends SignedBase {
  readonly type: "root";
  readonly consistentSnapshot: boolean;
  readonly keys: ReadonlyMap<string, TufKey>;
  readonly roles: Readonly<Record<TopRole, Role>>;
}

/** What one metadata file says of another. */
export interface MetaFile {
  readonly version: number;
  readonly length?: number;
  /** By algorithm. */
  readonly hashes?: ReadonlyMap<string, string>;
}

export interface Timestamp extends SignedBase {
  readonly type: "timestamp";
  readonly snapshot: MetaFile;
  /** When it was signed, where it says so (a field of our own): time was never before that. */
  readonly issued?: number;
}

export interface Snapshot extends SignedBase {
  readonly type: "snapshot";
  /** By file name: `targets.json`. */
  readonly meta: ReadonlyMap<string, MetaFile>;
}

export interface Target {
  readonly length: number;
  /** By algorithm. */
  readonly hashes: ReadonlyMap<string, string>;
  readonly custom?: JsonObject;
}

export interface DelegatedRole extends Role {
  readonly name: string;
  readonly terminating: boolean;
  /** Patterns of target paths. */
  readonly paths: readonly string[];
}

export interface Targets extends SignedBase {
  readonly type: "targets";
  readonly targets: ReadonlyMap<string, Target>;
  readonly keys: ReadonlyMap<string, TufKey>;
  /** In the order in which they are asked. */
  readonly delegations: readonly DelegatedRole[];
}

export type Signed = Root | Timestamp | Snapshot | Targets;

export interface Metadata<S extends Signed = Signed> {
  /** The file as it came. */
  readonly bytes: Uint8Array;
  /** What the signatures are over. */
  readonly signedBytes: Uint8Array;
  /** Hex, by key id. */
  readonly signatures: ReadonlyMap<string, string>;
  readonly signed: S;
}

/** What each role signs. */
export interface SignedOf {
  readonly root: Root;
  readonly timestamp: Timestamp;
  readonly snapshot: Snapshot;
  readonly targets: Targets;
}
