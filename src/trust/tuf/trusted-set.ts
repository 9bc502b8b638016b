/**
 * The metadata that a client trusts: judges bytes, and moves none (update.ts does).
 *
 * Each method takes one file and either makes it trusted, after every check of its step in the client
 * workflow of the TUF specification 1.0 (section 5, cited at each check), or throws and changes nothing:
 *
 *     METADATA_INVALID    it is no such metadata
 *     METADATA_UNSIGNED   too few of the role's keys have signed it          arbitrary software attack
 *     METADATA_ROLLBACK   its version is below one that was trusted          rollback attack
 *     METADATA_DIFFERS    it is not what the role above it names             mix-and-match attack
 *     METADATA_EXPIRED    it ran out, longer ago than is put up with         freeze attack
 *
 * Time is fixed when the set is opened (5.1), and is never before the moment at which a timestamp that is
 * trusted was signed: a clock that was set back makes nothing fresh again. Nothing of the clock is kept, so
 * that one that was set forward does no harm once it is right. What has expired within the grace is taken,
 * and `expires` says when it did, for whoever must tell.
 */
import type { Hash } from "../../base/digest.ts";
import { RegistryError } from "../../base/error.ts";
import { visible } from "../../base/visible.ts";
import { dateText } from "./fields.ts";
import {
  type DelegatedRole,
  type Metadata,
  type MetadataForm,
  type MetaFile,
  parseMetadata,
  type Role,
  type Root,
  type Snapshot,
  type Target,
  type Targets,
  type Timestamp,
} from "./metadata.ts";
import { requireThreshold, type VerifySignature } from "./threshold.ts";

export interface Policy {
  readonly verify: VerifySignature;
  readonly hash: Hash;
  /** Other hashes than sha256 by name, for a repository of another program. */
  readonly hashes?: Readonly<Record<string, (bytes: Uint8Array) => string>>;
  /** What this machine's clock says, in milliseconds since 1970. */
  readonly now: number;
  /** How long after it has expired a file is still taken; 0 is the specification's word. */
  readonly graceMs: number;
  readonly form?: MetadataForm;
}

const ASK_ANOTHER = "nothing of it was used; ask another mirror, or tell the registry's operator";

export class TrustedSet {
  readonly policy: Policy;
  #root: Metadata<Root>;
  #timestamp: Metadata<Timestamp> | undefined;
  #snapshot: Metadata<Snapshot> | undefined;
  #targets: Metadata<Targets> | undefined;
  readonly #delegated = new Map<string, Metadata<Targets>>();

  /** 5.2: the root that the user trusts; it need not be in date, for the next step updates it. */
  constructor(root: Uint8Array, policy: Policy) {
    this.policy = policy;
    this.#root = parseMetadata(root, "root", "root.json", policy.form);
    this.#requireByRoot(this.#root, "root.json", "root", this.#root);
  }

  get root(): Metadata<Root> {
    return this.#root;
  }
  get timestamp(): Metadata<Timestamp> | undefined {
    return this.#timestamp;
  }
  get snapshot(): Metadata<Snapshot> | undefined {
    return this.#snapshot;
  }
  get targets(): Metadata<Targets> | undefined {
    return this.#targets;
  }
  delegated(role: string): Metadata<Targets> | undefined {
    return this.#delegated.get(role);
  }

  /** 5.3.4 to 5.3.7. Gives the root before it. */
  updateRoot(bytes: Uint8Array): Metadata<Root> {
    const before = this.#root;
    const expected = before.signed.version + 1;
    const file = `${expected}.root.json`;
    const root = this.#parse(bytes, "root", file);
    // 5.3.4: check for an arbitrary software attack, by the keys of the one before and by its own.
    this.#requireByRoot(root, file, "root", before);
    this.#requireByRoot(root, file, "root", root);
    // 5.3.5: check for a rollback attack.
    if (root.signed.version !== expected) throw otherVersion(file, root.signed.version, expected);
    this.#root = root;
    return before;
  }

  /** 5.3.10: check for a freeze attack. */
  checkRoot(): void {
    this.#checkExpiry("root.json", this.#root.signed.expires);
  }

  /** 5.4.2 to 5.4.4; false where the version is the one that is trusted already, which then stays (5.4.3.1). */
  updateTimestamp(bytes: Uint8Array): boolean {
    const timestamp = this.#parse(bytes, "timestamp", "timestamp.json");
    // 5.4.2: check for an arbitrary software attack.
    this.#requireByRoot(timestamp, "timestamp.json", "timestamp", this.#root);
    const trusted = this.#timestamp?.signed;
    if (trusted !== undefined) {
      // 5.4.3: check for a rollback attack.
      if (timestamp.signed.version < trusted.version)
        throw rolledBack("timestamp.json", timestamp.signed.version, trusted.version);
      if (timestamp.signed.version === trusted.version) return false;
      if (timestamp.signed.snapshot.version < trusted.snapshot.version)
        throw rolledBack("snapshot.json", timestamp.signed.snapshot.version, trusted.snapshot.version);
    }
    // 5.4.4: check for a freeze attack; by its own word on the time, for the last signer's clock may have been wrong.
    this.#checkExpiry("timestamp.json", timestamp.signed.expires, this.#timeOf(timestamp));
    this.#timestamp = timestamp;
    return true;
  }

  /** The timestamp of an earlier run: what a new one is held against, whether or not it is in date. */
  recallTimestamp(bytes: Uint8Array): void {
    const timestamp = this.#parse(bytes, "timestamp", "timestamp.json");
    this.#requireByRoot(timestamp, "timestamp.json", "timestamp", this.#root);
    this.#timestamp = timestamp;
  }

  /** 5.4.4, for a timestamp that stayed. */
  checkTimestamp(): void {
    this.#checkExpiry("timestamp.json", this.#current(this.#timestamp, "timestamp").expires);
  }

  /** The snapshot of an earlier run: what a new one is held against. */
  recallSnapshot(bytes: Uint8Array): void {
    const snapshot = this.#parse(bytes, "snapshot", "snapshot.json");
    this.#requireByRoot(snapshot, "snapshot.json", "snapshot", this.#root);
    this.#snapshot = snapshot;
  }

  /** 5.4.4, 5.5.4, 5.5.6: whether the snapshot that is there is the timestamp's, and in date. */
  hasCurrentSnapshot(): boolean {
    const named = this.#current(this.#timestamp, "timestamp").snapshot;
    const held = this.#snapshot;
    if (held === undefined || held.signed.version !== named.version) return false;
    if (this.#mismatch(held.bytes, named) !== undefined) return false;
    return !this.#hasExpired(held.signed.expires);
  }

  /** 5.5.2 to 5.5.6. */
  updateSnapshot(bytes: Uint8Array): void {
    const named = this.#current(this.#timestamp, "timestamp").snapshot;
    // 5.5.2: check against the timestamp role's snapshot hash.
    this.#requireNamed(bytes, named, "snapshot.json", "timestamp.json");
    const snapshot = this.#parse(bytes, "snapshot", "snapshot.json");
    // 5.5.3: check for an arbitrary software attack.
    this.#requireByRoot(snapshot, "snapshot.json", "snapshot", this.#root);
    // 5.5.4: check against the timestamp role's snapshot version.
    if (snapshot.signed.version !== named.version)
      throw otherVersion("snapshot.json", snapshot.signed.version, named.version);
    // 5.5.5: check for a rollback attack.
    for (const [name, file] of this.#snapshot?.signed.meta ?? []) {
      const now = snapshot.signed.meta.get(name);
      if (now === undefined)
        throw new RegistryError(
          "METADATA_ROLLBACK",
          `The trust metadata "snapshot.json" no longer lists "${visible(name)}"`,
          ASK_ANOTHER,
        );
      if (now.version < file.version) throw rolledBack(name, now.version, file.version);
    }
    // 5.5.6: check for a freeze attack.
    this.#checkExpiry("snapshot.json", snapshot.signed.expires);
    this.#snapshot = snapshot;
  }

  /** 5.6.2 to 5.6.5. */
  updateTargets(bytes: Uint8Array): void {
    const { targets } = this.#root.signed.roles;
    this.#targets = this.#targetsRole(bytes, "targets", {
      role: targets,
      keys: this.#root.signed.keys,
      named: "the root",
    });
  }

  /** 5.6.7.2: a role that targets delegates to, by the same checks under the keys that targets gives it. */
  updateDelegated(bytes: Uint8Array, role: DelegatedRole): Metadata<Targets> {
    const { keys } = this.#current(this.#targets, "targets");
    const metadata = this.#targetsRole(bytes, role.name, { role, keys, named: "targets" });
    this.#delegated.set(role.name, metadata);
    return metadata;
  }

  #targetsRole(
    bytes: Uint8Array,
    name: string,
    by: { readonly role: Role; readonly keys: Root["keys"]; readonly named: string },
  ): Metadata<Targets> {
    const file = `${name}.json`;
    const named = this.metaOf(name);
    if (named === undefined)
      throw new RegistryError(
        "METADATA_DIFFERS",
        `The trust metadata "snapshot.json" does not list "${visible(file)}"`,
        ASK_ANOTHER,
      );
    // 5.6.2: check against the snapshot role's hash.
    this.#requireNamed(bytes, named, file, "snapshot.json");
    const metadata = this.#parse(bytes, "targets", file);
    // 5.6.3: check for an arbitrary software attack.
    requireThreshold(metadata, file, by, this.policy.verify);
    // 5.6.4: check against the snapshot role's version.
    if (metadata.signed.version !== named.version)
      throw otherVersion(file, metadata.signed.version, named.version);
    // 5.6.5: check for a freeze attack.
    this.#checkExpiry(file, metadata.signed.expires);
    return metadata;
  }

  /** What the snapshot says of a targets role. */
  metaOf(role: string): MetaFile | undefined {
    return this.#current(this.#snapshot, "snapshot").meta.get(`${role}.json`);
  }

  /** 5.7.1, 5.7.3: whether `bytes` are `target`. */
  isTarget(bytes: Uint8Array, target: Target): boolean {
    return this.#mismatch(bytes, target) === undefined;
  }

  /** The time that everything is judged at, in milliseconds since 1970. */
  get now(): number {
    return this.#timeOf(this.#timestamp);
  }

  #timeOf(timestamp: Metadata<Timestamp> | undefined): number {
    return Math.max(this.policy.now, timestamp?.signed.issued ?? 0);
  }

  /** When the first of what is trusted runs out, or did: milliseconds since 1970. */
  get expires(): number {
    const all = [this.#root, this.#timestamp, this.#snapshot, this.#targets, ...this.#delegated.values()];
    return Math.min(...all.flatMap((metadata) => metadata?.signed.expires ?? []));
  }

  #parse<T extends "root" | "timestamp" | "snapshot" | "targets">(bytes: Uint8Array, type: T, file: string) {
    return parseMetadata(bytes, type, file, this.policy.form);
  }

  #requireByRoot(metadata: Metadata, file: string, role: keyof Root["roles"], root: Metadata<Root>): void {
    const { keys, roles, version } = root.signed;
    const named = metadata === root ? "it itself" : `root version ${version}`;
    requireThreshold(metadata, file, { role: roles[role], keys, named }, this.policy.verify);
  }

  #current<S extends Timestamp | Snapshot | Targets>(metadata: Metadata<S> | undefined, role: string): S {
    if (metadata === undefined) throw new Error(`there is no trusted ${role} yet`);
    return metadata.signed;
  }

  #hasExpired(expires: number, now = this.now): boolean {
    return expires + this.policy.graceMs <= now;
  }

  #checkExpiry(file: string, expires: number, now = this.now): void {
    if (!this.#hasExpired(expires, now)) return;
    throw new RegistryError(
      "METADATA_EXPIRED",
      `The trust metadata "${visible(file)}" ran out on ${dateText(expires)}`,
      "either somebody holds back the current one, or the registry is not renewed, or this machine's clock is wrong",
    );
  }

  #requireNamed(bytes: Uint8Array, named: MetaFile, file: string, by: string): void {
    const why = this.#mismatch(bytes, named);
    if (why === undefined) return;
    throw new RegistryError(
      "METADATA_DIFFERS",
      `The trust metadata "${visible(file)}" is not what "${by}" names: ${why}`,
      ASK_ANOTHER,
    );
  }

  /** Own members only: `toString` is no hash. */
  #otherHash(algorithm: string): ((bytes: Uint8Array) => string) | undefined {
    const { hashes = {} } = this.policy;
    return Object.hasOwn(hashes, algorithm) ? hashes[algorithm] : undefined;
  }

  /** Why `bytes` are not what length and hashes say; hashes of an unknown kind verify nothing. */
  #mismatch(bytes: Uint8Array, named: Pick<MetaFile, "length" | "hashes">): string | undefined {
    if (named.length !== undefined && bytes.length !== named.length)
      return `it has ${bytes.length} bytes instead of ${named.length}`;
    for (const [algorithm, expected] of named.hashes ?? []) {
      const hash = algorithm === "sha256" ? this.policy.hash : this.#otherHash(algorithm);
      if (hash === undefined) return `its hash "${visible(algorithm)}" is of a kind that is not known`;
      if (hash(bytes) !== expected) return `its ${algorithm} is another`;
    }
    return undefined;
  }
}

function rolledBack(file: string, found: number, trusted: number): RegistryError {
  return new RegistryError(
    "METADATA_ROLLBACK",
    `The trust metadata "${visible(file)}" has version ${found}, and version ${trusted} was seen before`,
    "somebody shows an old view, or the mirror lags behind; nothing of it was used",
  );
}

function otherVersion(file: string, found: number, expected: number): RegistryError {
  return new RegistryError(
    found < expected ? "METADATA_ROLLBACK" : "METADATA_DIFFERS",
    `The trust metadata "${visible(file)}" has version ${found} where ${expected} is due`,
    ASK_ANOTHER,
  );
}
