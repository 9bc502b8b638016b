/**
 * A TUF repository in memory, shaped as a registry's and signed with real keys, to tell attack stories with:
 *
 *     const repository = aTufRepository().publish({ index: "first" });
 *     const client = aClient(repository);
 *     repository.with("timestamp", { version: 9 }).signedBy(mallory);
 *
 *     files   1.root.json  1.targets.json  1.index.json  1.snapshot.json  timestamp.json       metadata
 *             index/<sha256>.root.json     trust/<sha256>.ratified.json                        targets
 *
 * root and targets are signed by two of three offline keys, index, snapshot and timestamp by one online key.
 * Nothing here is written by the code under test: the form is the specification's.
 */
import { createHash } from "node:crypto";
import { canonicalize } from "@tufjs/canonical-json";
import { toHex, utf8 } from "../../src/base/bytes.ts";
import { RegistryError } from "../../src/base/error.ts";
import type { MetadataSource, MetadataStore } from "../../src/trust/tuf/update.ts";
import { type TestKey, testKey } from "./fixture-keys.ts";

/** The clock of these tests, in milliseconds since 1970. */
export const NOW = Date.UTC(2030, 0, 15, 12);
export const DAY = 24 * 60 * 60 * 1000;

export const ROLES = ["root", "timestamp", "snapshot", "targets", "index"] as const;
export type RoleName = (typeof ROLES)[number];

/** The `signed` part of a file, or a part of it. */
export type Said = { [name: string]: unknown };
export type Change = Said | ((said: Said) => Said);

export interface Signers {
  readonly keys: readonly TestKey[];
  readonly threshold: number;
}

export interface Publication {
  /** Text of the target index/root.json. */
  readonly index?: string;
  /** Text of the target trust/ratified.json. */
  readonly ratified?: string;
  /** Days until a role's metadata expire; naming root or targets here publishes a new one. */
  readonly days?: Partial<Record<RoleName, number>>;
}

export interface TufOptions {
  /** Two repositories of other names have other keys. */
  readonly name?: string;
  /** Holders of the offline keys, and how many of them must sign. */
  readonly offline?: number;
  readonly threshold?: number;
  readonly now?: number;
  /** Whether the snapshot lists lengths and hashes of targets and index, as a registry's does not. */
  readonly snapshotHashes?: boolean;
  readonly consistent?: boolean;
}

const LIFETIMES: Readonly<Record<RoleName, number>> = {
  root: 365,
  targets: 365,
  snapshot: 30,
  index: 30,
  timestamp: 7,
};

export const aTufRepository = (options: TufOptions = {}): TufRepository => new TufRepository(options);

export const INDEX = "index/root.json";
export const RATIFIED = "trust/ratified.json";

export class TufRepository {
  readonly files = new Map<string, Uint8Array>();
  /** Who signs what from the next publication on. */
  readonly signers: Record<RoleName, Signers>;
  now: number;
  readonly #options: TufOptions;
  readonly #said = new Map<RoleName, Said>();
  /** Those of the current root and of the one before it, who both sign it. */
  #signersOfRoot: readonly [Signers, Signers];
  #isRootStale = true;
  #areTargetsStale = true;

  constructor(options: TufOptions) {
    const { name = "registry", offline = 3, threshold = 2, now = NOW } = options;
    const holders = (role: string) =>
      Array.from({ length: offline }, (_, at) => testKey(`${name} ${role} ${at}`));
    const online = { keys: [testKey(`${name} online`)], threshold: 1 };
    this.#options = options;
    this.now = now;
    this.signers = {
      root: { keys: holders("root"), threshold },
      targets: { keys: holders("targets"), threshold },
      ...{ snapshot: online, timestamp: online, index: online },
    };
    this.#signersOfRoot = [this.signers.root, this.signers.root];
  }

  /** Publishes a new view: what has changed of the offline roles, and every online role anew. */
  publish({ index = `view ${this.version("index") + 1}`, ratified, days = {} }: Publication = {}): this {
    if (this.#isRootStale || days.root !== undefined) this.publishRoot(days.root);
    if (this.#areTargetsStale || ratified !== undefined || days.targets !== undefined)
      this.publishTargets(ratified ?? "ratified", days.targets);
    this.publishIndex(index, days.index);
    return this.publishSnapshot(days.snapshot).publishTimestamp(days.timestamp);
  }

  /** Signed by enough of the keys of the root before it and of its own. */
  publishRoot(days = LIFETIMES.root): this {
    const { root, targets, snapshot, timestamp } = this.signers;
    const roles = { root, targets, snapshot, timestamp };
    this.#signersOfRoot = [this.#signersOfRoot[1], root];
    this.#write("root", {
      ...this.#header("root", days),
      consistent_snapshot: this.#options.consistent ?? true,
      keys: keyTable(Object.values(roles).flatMap(({ keys }) => keys)),
      roles: Object.fromEntries(Object.entries(roles).map(([name, role]) => [name, roleOf(role)])),
    });
    this.#isRootStale = false;
    return this;
  }

  publishTargets(ratified: string, days = LIFETIMES.targets): this {
    const { index } = this.signers;
    this.#write("targets", {
      ...this.#header("targets", days),
      targets: { [RATIFIED]: this.target(RATIFIED, ratified) },
      delegations: {
        keys: keyTable(index.keys),
        roles: [{ ...roleOf(index), name: "index", paths: ["index/*"], terminating: true }],
      },
    });
    this.#areTargetsStale = false;
    return this;
  }

  publishIndex(text: string, days = LIFETIMES.index): this {
    return this.#write("index", {
      ...this.#header("index", days),
      targets: { [INDEX]: this.target(INDEX, text) },
    });
  }

  /** Of the current targets and index. */
  publishSnapshot(days = LIFETIMES.snapshot): this {
    const ref = (role: RoleName) =>
      this.#options.snapshotHashes === true ? this.ref(role) : { version: this.version(role) };
    const meta = { "targets.json": ref("targets"), "index.json": ref("index") };
    return this.#write("snapshot", { ...this.#header("snapshot", days), meta });
  }

  /** Of the current snapshot. */
  publishTimestamp(days = LIFETIMES.timestamp): this {
    const meta = { "snapshot.json": this.ref("snapshot") };
    return this.#write("timestamp", { ...this.#header("timestamp", days), meta });
  }

  /** Snapshot and timestamp after something that they lead to was changed. */
  renew(): this {
    return this.publishSnapshot().publishTimestamp();
  }

  /** Other keys for roles from the next publication on. */
  rotate(change: Partial<Record<RoleName, Signers>>): this {
    Object.assign(this.signers, change);
    if (change.index !== undefined) this.#areTargetsStale = true;
    this.#isRootStale ||= Object.keys(change).some((role) => role !== "index");
    return this;
  }

  /** The current file of `role` with a change, to be signed by whoever tells the story, and published in its place. */
  with(role: RoleName, change: Change) {
    const said = this.said(role);
    const changed = typeof change === "function" ? change(structuredClone(said)) : { ...said, ...change };
    return {
      signedBy: (...keys: TestKey[]): this => this.#publishAs(role, changed, keys),
      /** By those who rightly sign `role`. */
      signed: (): this => this.#publishAs(role, changed, this.#rightful(role)),
    };
  }

  /** Publishes `bytes` as the current file of `role`, whatever they are. */
  put(role: RoleName, bytes: Uint8Array): this {
    this.files.set(this.pathOf(role), bytes);
    return this;
  }

  /** A copy that goes its own way. */
  fork(): TufRepository {
    const copy = new TufRepository(this.#options);
    copy.now = this.now;
    for (const [path, bytes] of this.files) copy.files.set(path, bytes);
    for (const [role, said] of this.#said) copy.#said.set(role, structuredClone(said));
    Object.assign(copy.signers, this.signers);
    copy.#signersOfRoot = this.#signersOfRoot;
    copy.#isRootStale = this.#isRootStale;
    copy.#areTargetsStale = this.#areTargetsStale;
    return copy;
  }

  said(role: RoleName): Said {
    const said = this.#said.get(role);
    if (said === undefined) throw new Error(`no ${role} was published yet`);
    return structuredClone(said);
  }

  version(role: RoleName): number {
    return Number(this.#said.get(role)?.version ?? 0);
  }

  file(role: RoleName): Uint8Array {
    const bytes = this.files.get(this.pathOf(role));
    if (bytes === undefined) throw new Error(`there is no ${this.pathOf(role)}`);
    return bytes;
  }

  pathOf(role: RoleName): string {
    const isPlain = role === "timestamp" || (role !== "root" && this.#options.consistent === false);
    return isPlain ? `${role}.json` : `${this.version(role)}.${role}.json`;
  }

  /** What a file that names `role` says of its current file. */
  ref(role: RoleName): Said {
    return { version: this.version(role), ...refOf(this.file(role)) };
  }

  /** Publishes `text` as the target `path`; gives what metadata say of it. */
  target(path: string, text: string): Said {
    const bytes = utf8(text);
    this.files.set(hashedPath(path, sha256Hex(bytes)), bytes);
    return refOf(bytes);
  }

  /** Gives what is published at the time of asking, and counts what it was asked for. */
  source(): CountingSource {
    return new CountingSource(this.files);
  }

  #rightful(role: RoleName): readonly TestKey[] {
    if (role !== "root") return enough(this.signers[role]);
    return [...new Set(this.#signersOfRoot.flatMap(enough))];
  }

  #header(role: RoleName, days: number): Said {
    return {
      _type: role === "index" ? "targets" : role,
      spec_version: "1.0.34",
      version: this.version(role) + 1,
      expires: dateIn(days, this.now),
    };
  }

  #write(role: RoleName, said: Said): this {
    return this.#publishAs(role, said, this.#rightful(role));
  }

  #publishAs(role: RoleName, said: Said, keys: readonly TestKey[]): this {
    this.#said.set(role, structuredClone(said));
    return this.put(role, signedFile(said, keys));
  }
}

/** A metadata source that counts what it was asked for, and keeps the contract of never giving more. */
export class CountingSource implements MetadataSource {
  readonly requests: { readonly file: string; readonly bytesMax: number }[] = [];
  bytes = 0;
  readonly #files: ReadonlyMap<string, Uint8Array>;

  constructor(files: ReadonlyMap<string, Uint8Array>) {
    this.#files = files;
  }

  get asked(): string[] {
    return this.requests.map(({ file }) => file);
  }

  async read(file: string, bytesMax: number): Promise<Uint8Array | undefined> {
    this.requests.push({ file, bytesMax });
    const bytes = this.#files.get(file);
    if (bytes !== undefined && bytes.length > bytesMax)
      throw new RegistryError("TOO_LARGE", `"${file}" has more than ${bytesMax} bytes`, "ask another mirror");
    this.bytes += bytes?.length ?? 0;
    return bytes;
  }
}

/** Trusted metadata in memory, which a test can look into. */
export function memoryStore(root: Uint8Array): MetadataStore & { readonly files: Map<string, Uint8Array> } {
  const files = new Map([["root", root]]);
  return {
    files,
    recall: async (role) => files.get(role),
    keep: async (role, bytes) => void files.set(role, bytes),
    forget: async (role) => void files.delete(role),
  };
}

export const enough = ({ keys, threshold }: Signers): readonly TestKey[] => keys.slice(0, threshold);

export const keyOf = ({ publicKey }: TestKey, more: Said = {}): Said => ({
  keytype: "ed25519",
  scheme: "ed25519",
  keyval: { public: toHex(publicKey.bytes) },
  ...more,
});

export const keyIdOf = (key: Said): string => sha256Hex(utf8(canonicalize(key)));
export const idOf = (key: TestKey): string => keyIdOf(keyOf(key));

export const keyTable = (keys: readonly TestKey[]): Said =>
  Object.fromEntries(keys.map((key) => [idOf(key), keyOf(key)]));

export const roleOf = ({ keys, threshold }: Signers): Said => ({ keyids: keys.map(idOf).sort(), threshold });

export type SignatureEntry = { readonly keyid: string; readonly sig: string };

export function signature(said: Said, key: TestKey, keyid = idOf(key)): SignatureEntry {
  return { keyid, sig: toHex(key.sign(utf8(canonicalize(said)))) };
}

/** A metadata file as `keys` sign it. */
export function signedFile(said: Said, keys: readonly TestKey[]): Uint8Array {
  return fileOf(
    said,
    keys.map((key) => signature(said, key)),
  );
}

export const fileOf = (said: Said, signatures: readonly unknown[]): Uint8Array =>
  utf8(canonicalize({ signatures, signed: said }));

export const refOf = (bytes: Uint8Array): Said => ({
  length: bytes.length,
  hashes: { sha256: sha256Hex(bytes) },
});

/** `index/root.json` is published as `index/<hash>.root.json`. */
export function hashedPath(path: string, hash: string): string {
  const name = path.lastIndexOf("/") + 1;
  return `${path.slice(0, name)}${hash}.${path.slice(name)}`;
}

export const dateIn = (days: number, now = NOW): string => dateAt(now + days * DAY);

export const dateAt = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;

export const sha256Hex = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
