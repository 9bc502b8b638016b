/**
 * What this person has seen of each registry that they trust, apart from the cache: deleting the cache never
 * makes an old view acceptable.
 *
 *   <data>/trust/<sha256 of the pinned root>/root.json …   trusted metadata by role (trust/tuf/update.ts)
 *                                            pinned.json   the root as it was pinned
 *                                            asked         its time: when the registry last answered with what is current
 *                                            verified.json the view that these metadata lead to, so that they need not be judged again
 *                                            synced.json   the view that `sync` took whole
 *                                            seen/         when each release was first seen (seen-releases.ts)
 *
 * A file that is damaged here counts as not kept; the pinned root then begins anew. Written whole or not at all.
 * Of a development root, what was seen is kept by root and place, in <sha256 of both>/.
 */
import { renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeUtf8, utf8 } from "../base/bytes.ts";
import { type Digest, isDigest } from "../base/digest.ts";
import { count, flag, matching, object, text } from "../base/shape.ts";
import type { Ref } from "../snapshot/layout.ts";
import { METADATA_BYTES_MAX } from "../trust/tuf/roles.ts";
import type { MetadataStore } from "../trust/tuf/update.ts";
import { clientTrustPorts, startHash } from "./crypto.ts";
import { makeFolder } from "./make-folder.ts";
import { readRegularFile } from "./regular-file.ts";
import { SeenReleases } from "./seen-releases.ts";

/** The files of a view that lead to all others. */
export interface SyncedView {
  /** The snapshot's version. */
  readonly version: number;
  readonly indexRoot: Ref;
  readonly ratified: Ref;
  /** When the first of the metadata that named it runs out, in milliseconds since 1970. */
  readonly expires: number;
}

/** A view that was verified whole, and what it was verified from: the same timestamp under the same root means the same view. */
export interface VerifiedView extends SyncedView {
  /** sha256 of timestamp.json. */
  readonly timestamp: Digest;
  readonly rootVersion: number;
  readonly registry: string;
  readonly development: boolean;
  readonly commit?: string;
  /** When the timestamp was signed, in milliseconds since 1970; 0 where it does not say. */
  readonly issued: number;
}

const SYNCED_FILE = "synced.json";
const VERIFIED_FILE = "verified.json";
/** The roles of a registry; another one is not kept, and could be called like one of our files. */
const ROLES = new Set(["root", "timestamp", "snapshot", "targets", "index"]);

const ref = object({ sha256: matching(isDigest), length: count });
const syncedShape = object({ version: count, indexRoot: ref, ratified: ref, expires: count });
const verifiedShape = object(
  {
    ...{ version: count, indexRoot: ref, ratified: ref, expires: count, timestamp: matching(isDigest) },
    ...{ rootVersion: count, registry: text, development: flag, issued: count },
  },
  { commit: text },
);

export class TrustStore implements MetadataStore {
  /** Where what was seen could not be written: an older view could be shown next time. */
  notKept: string | undefined;
  readonly seen: SeenReleases;
  readonly #folder: string;
  readonly #pinned: () => Uint8Array;

  /** `trust` as in `homeFolders(…).trust`; `pinned` gives the root that the user trusts, `id` is its sha256. */
  constructor(trust: string, id: Digest, pinned: () => Uint8Array) {
    this.#folder = join(trust, id);
    this.seen = new SeenReleases(join(this.#folder, "seen"));
    this.#pinned = pinned;
  }

  async recall(role: string): Promise<Uint8Array | undefined> {
    if (!ROLES.has(role)) return undefined;
    const kept = this.#read(`${encodeURIComponent(role)}.json`);
    if (role !== "root") return kept;
    return kept !== undefined && (await isWhole(kept)) ? kept : this.#pinned();
  }

  async keep(role: string, bytes: Uint8Array): Promise<void> {
    if (ROLES.has(role)) this.#write(`${encodeURIComponent(role)}.json`, bytes);
  }

  async forget(role: string): Promise<void> {
    if (ROLES.has(role)) drop(join(this.#folder, `${encodeURIComponent(role)}.json`));
  }

  /** Notes that the registry has just answered. */
  noteAsked(): void {
    const file = join(this.#folder, "asked");
    try {
      const now = new Date();
      utimesSync(file, now, now);
    } catch {
      this.#write("asked", new Uint8Array());
    }
  }

  /** How long ago the registry answered, in milliseconds; below 0 where a clock was wrong, `undefined` where it never did. */
  get askedAgoMs(): number | undefined {
    return agoMs(join(this.#folder, "asked"));
  }

  /** The same of the last `sync`. */
  get syncedAgoMs(): number | undefined {
    return agoMs(join(this.#folder, SYNCED_FILE));
  }

  /** What was verified last, as long as it is what the timestamp that is kept leads to. */
  get verified(): VerifiedView | undefined {
    const value = this.#json(VERIFIED_FILE);
    if (!verifiedShape(value)) return undefined;
    const verified = value as VerifiedView;
    const timestamp = this.#read("timestamp.json");
    return timestamp !== undefined && startHash(timestamp) === verified.timestamp ? verified : undefined;
  }

  keepVerified(view: VerifiedView): void {
    this.#write(VERIFIED_FILE, utf8(JSON.stringify(view)));
  }

  get synced(): SyncedView | undefined {
    const value = this.#json(SYNCED_FILE);
    return syncedShape(value) ? (value as SyncedView) : undefined;
  }

  keepSynced(view: SyncedView): void {
    this.#write(SYNCED_FILE, utf8(JSON.stringify(view)));
  }

  #json(name: string): unknown {
    const bytes = this.#read(name);
    return bytes === undefined ? undefined : parseJson(bytes);
  }

  #read(name: string): Uint8Array | undefined {
    try {
      const read = readRegularFile(join(this.#folder, name), METADATA_BYTES_MAX);
      return "fault" in read ? undefined : read.bytes;
    } catch {
      // Not kept, or not readable: both mean that it must be asked for.
      return undefined;
    }
  }

  #write(name: string, bytes: Uint8Array): void {
    const file = join(this.#folder, name);
    const aside = `${file}.${process.pid}.new`;
    try {
      makeFolder(this.#folder);
      // On the disk before it has its name: a crash leaves the last one, and no empty file.
      writeFileSync(aside, bytes, { flush: true });
      renameSync(aside, file);
    } catch {
      // A full or read-only disk: what was verified is good all the same, and whoever asked is told.
      this.notKept = this.#folder;
      drop(aside);
    }
  }
}

function agoMs(file: string): number | undefined {
  try {
    return Date.now() - statSync(file).mtimeMs;
  } catch {
    // Not there, or not to be looked at: nothing is known.
    return undefined;
  }
}

function drop(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Nothing was written.
  }
}

/** What judges a root is loaded where there is one to judge. */
async function isWhole(root: Uint8Array): Promise<boolean> {
  const [{ isWholeRoot }, { verifyEd25519 }] = await Promise.all([
    import("../trust/tuf/whole-root.ts"),
    import("../trust/tuf/threshold.ts"),
  ]);
  return isWholeRoot(root, { verify: verifyEd25519(clientTrustPorts.ed25519), hash: clientTrustPorts.hash });
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(bytes) ?? "");
  } catch {
    // Damaged: as if it were not there.
    return undefined;
  }
}
