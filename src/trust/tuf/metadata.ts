/**
 * TUF metadata (The Update Framework, specification 1.0, section 4): signed statements about a repository.
 *
 *     { "signatures": [{ "keyid", "sig" }],
 *       "signed": { "_type", "spec_version", "version", "expires", … } }
 *
 *     root        which keys speak for which role, and how many of them must agree
 *     timestamp   the current snapshot
 *     snapshot    the current version of every targets role: together one view
 *     targets     files by length and digest; delegations of names to other roles
 *
 * What is signed is the canonical form (OLPC) of `signed`. Fields that this program does not know are
 * signed like the others, and have no meaning here. Where the form must be `canonical`, the file itself
 * is the canonical form of what it holds, so that keys that are there twice, numbers that were rounded,
 * white space and any second spelling are refused, since writing it again gives other bytes.
 */
import { canonicalize } from "@tufjs/canonical-json";
import { decodeUtf8, equalBytes, utf8 } from "../../base/bytes.ts";
import { type Digest, isDigest, sha256 } from "../../base/digest.ts";
import { RegistryError } from "../../base/error.ts";
import { visible } from "../../base/visible.ts";

/** Roles that every repository has, in the order in which a client updates them. */
export const TOP_ROLES = ["root", "timestamp", "snapshot", "targets"] as const;
export type TopRole = (typeof TOP_ROLES)[number];

/** How a file may be written: as the canonical form alone, or as any JSON (another program's repository). */
export type MetadataForm = "canonical" | "any";

/** Of any one metadata file: those of a registry have about one kilobyte. */
export const METADATA_BYTES_MAX = 256 * 1024;
const SIGNATURES_MAX = 64;
const KEYS_MAX = 256;
/** Files that one role may list. */
const FILES_MAX = 4096;
const DELEGATIONS_MAX = 256;

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

export type JsonObject = Readonly<Record<string, unknown>>;

interface SignedOf {
  readonly root: Root;
  readonly timestamp: Timestamp;
  readonly snapshot: Snapshot;
  readonly targets: Targets;
}

/** What stands in a metadata file instead of what should: turned into METADATA_INVALID with the file's name. */
class Fault extends Error {}

/** The file of `type` in `bytes`, called `file` in messages; nothing of it is verified. Throws METADATA_INVALID. */
export function parseMetadata<T extends TopRole>(
  bytes: Uint8Array,
  type: T,
  file: string,
  form: MetadataForm = "canonical",
): Metadata<SignedOf[T]> {
  try {
    return read(bytes, type, form);
  } catch (error) {
    // A value too deep for the stack is no metadata either.
    if (!(error instanceof Fault || error instanceof RangeError)) throw error;
    const why = error instanceof Fault ? error.message : "it is nested too deeply";
    throw new RegistryError(
      "METADATA_INVALID",
      `Cannot read the trust metadata "${visible(file)}": ${why}`,
      "nothing of it was used; ask another mirror, or tell the registry's operator",
    );
  }
}

function read<T extends TopRole>(bytes: Uint8Array, type: T, form: MetadataForm): Metadata<SignedOf[T]> {
  if (bytes.length > METADATA_BYTES_MAX) throw new Fault(`it has more than ${METADATA_BYTES_MAX} bytes`);
  const value = parseJson(bytes);
  const envelope = object(value, "the file");
  if (form === "canonical" && !equalBytes(canonicalBytes(value), bytes))
    throw new Fault("it is not canonical JSON, each key once and in order, without white space");
  const all = object(envelope.signed, "signed");
  if (all._type !== type) throw new Fault(`it is of the type ${shown(all._type)}, not "${type}"`);
  return {
    bytes,
    signedBytes: canonicalBytes(all),
    signatures: signatures(envelope.signatures),
    signed: READ[type](all) as SignedOf[T],
  };
}

/** The canonical form (OLPC) of `value`. */
export function canonicalBytes(value: unknown): Uint8Array {
  try {
    return utf8(canonicalize(value));
  } catch (error) {
    // What the library says of a fraction, for which the form has no spelling.
    if (error instanceof TypeError) throw new Fault("it holds a number that is not whole");
    throw error;
  }
}

/** 4.3: the id of a key is the sha256 of its canonical form, whatever fields it has. */
export function keyIdOf(key: unknown): string {
  return sha256(canonicalBytes(key));
}

function parseJson(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes);
  if (text === undefined) throw new Fault("it is not UTF-8");
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault("it is not JSON");
  }
}

function signatures(value: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const item of list(value, "signatures", SIGNATURES_MAX)) {
    const { keyid, sig } = object(item, "a signature");
    const id = text(keyid, "keyid");
    // 4.2.1: "multiple signatures with the same keyid are not allowed".
    if (found.has(id)) throw new Fault(`it has two signatures of the key ${shown(id)}`);
    found.set(id, text(sig, "sig"));
  }
  return found;
}

const READ: { readonly [T in TopRole]: (all: JsonObject) => SignedOf[T] } = {
  root: readRoot,
  timestamp: readTimestamp,
  snapshot: readSnapshot,
  targets: readTargets,
};

function base(all: JsonObject): SignedBase {
  if (!/^1(\.\d+){1,2}$/.test(text(all.spec_version, "spec_version")))
    throw new Fault(`its spec_version is ${shown(all.spec_version)}; this program knows 1.x`);
  return { version: version(all.version, "version"), expires: date(all.expires, "expires"), all };
}

function readRoot(all: JsonObject): Root {
  const keys = keysOf(all.keys);
  const roles = object(all.roles, "roles");
  const role = (name: TopRole): Role => readRole(roles[name], `roles.${name}`);
  if (all.consistent_snapshot !== undefined && typeof all.consistent_snapshot !== "boolean")
    throw new Fault("consistent_snapshot is neither true nor false");
  return {
    type: "root",
    ...base(all),
    consistentSnapshot: all.consistent_snapshot === true,
    keys,
    roles: {
      root: role("root"),
      timestamp: role("timestamp"),
      snapshot: role("snapshot"),
      targets: role("targets"),
    },
  };
}

function readTimestamp(all: JsonObject): Timestamp {
  const meta = object(all.meta, "meta");
  const about = base(all);
  const issued = isDate(all.issued) ? Date.parse(all.issued) : undefined;
  return {
    type: "timestamp",
    ...about,
    snapshot: metaFile(meta["snapshot.json"], "meta.snapshot.json"),
    ...(issued === undefined || issued > about.expires ? {} : { issued }),
  };
}

function readSnapshot(all: JsonObject): Snapshot {
  const meta = entries(all.meta, "meta", FILES_MAX);
  return {
    type: "snapshot",
    ...base(all),
    meta: new Map(meta.map(([name, file]) => [name, metaFile(file, `meta.${name}`)])),
  };
}

function readTargets(all: JsonObject): Targets {
  const targets = entries(all.targets, "targets", FILES_MAX);
  const given = all.delegations === undefined ? undefined : object(all.delegations, "delegations");
  return {
    type: "targets",
    ...base(all),
    targets: new Map(targets.map(([path, target]) => [path, readTarget(target, path)])),
    keys: given === undefined ? new Map() : keysOf(given.keys),
    // 4.5: path_hash_prefixes and succinct roles are other ways to delegate; a registry has neither.
    delegations:
      given?.roles === undefined ? [] : delegations(list(given.roles, "delegations.roles", DELEGATIONS_MAX)),
  };
}

function delegations(values: readonly unknown[]): DelegatedRole[] {
  const roles = values.map((value): DelegatedRole => {
    const given = object(value, "a delegated role");
    const name = text(given.name, "a delegated role's name");
    const paths = given.paths === undefined ? [] : list(given.paths, `paths of ${shown(name)}`, FILES_MAX);
    return {
      ...readRole(given, `the role ${shown(name)}`),
      name,
      terminating: given.terminating === true,
      paths: paths.map((path) => text(path, "a delegated path")),
    };
  });
  if (new Set(roles.map(({ name }) => name)).size < roles.length)
    throw new Fault("it delegates twice to one role");
  const taken = roles.find(({ name }) => name === "" || (TOP_ROLES as readonly string[]).includes(name));
  if (taken !== undefined) throw new Fault(`no delegated role may be called ${shown(taken.name)}`);
  return roles;
}

function readTarget(value: unknown, path: string): Target {
  const { length, hashes, custom } = object(value, `the target ${shown(path)}`);
  return {
    length: count(length, `the length of ${shown(path)}`),
    hashes: readHashes(hashes, path),
    ...(custom === undefined ? {} : { custom: object(custom, `custom of ${shown(path)}`) }),
  };
}

function metaFile(value: unknown, what: string): MetaFile {
  const file = object(value, what);
  return {
    version: version(file.version, `the version of ${shown(what)}`),
    ...(file.length === undefined ? {} : { length: count(file.length, `the length of ${shown(what)}`) }),
    ...(file.hashes === undefined ? {} : { hashes: readHashes(file.hashes, what) }),
  };
}

function readHashes(value: unknown, what: string): ReadonlyMap<string, string> {
  const hashes = entries(value, `hashes of ${what}`, 8);
  if (hashes.length === 0) throw new Fault(`hashes of ${shown(what)}: there is none`);
  return new Map(hashes.map(([algorithm, hash]) => [algorithm, text(hash, `a hash of ${shown(what)}`)]));
}

function keysOf(value: unknown): ReadonlyMap<string, TufKey> {
  const keys = entries(value, "keys", KEYS_MAX).map(([id, key]): [string, TufKey] => {
    const { keytype, scheme, keyval } = object(key, `the key ${shown(id)}`);
    if (keyIdOf(key) !== id) throw new Fault(`the key id ${shown(id)} is not the sha256 of its key`);
    return [
      id,
      {
        keytype: text(keytype, "keytype"),
        scheme: text(scheme, "scheme"),
        public: text(object(keyval, "keyval").public, "keyval.public"),
      },
    ];
  });
  return new Map(keys);
}

function readRole(value: unknown, what: string): Role {
  const { keyids, threshold } = object(value, what);
  const ids = list(keyids, `keyids of ${what}`, KEYS_MAX).map((id) => text(id, "keyid"));
  if (new Set(ids).size < ids.length) throw new Fault(`keyids of ${what}: a key is listed twice`);
  return { keyids: new Set(ids), threshold: version(threshold, `threshold of ${what}`) };
}

function object(value: unknown, what: string): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new Fault(`${what} is not an object`);
}

/** The members of an object, of which there may be `max`; a Map never takes a name for a method. */
function entries(value: unknown, what: string, max: number): [string, unknown][] {
  const found = Object.entries(object(value, what));
  if (found.length > max) throw new Fault(`${shown(what)} has more than ${max} members`);
  return found;
}

function list(value: unknown, what: string, max: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new Fault(`${what} is not a list`);
  if (value.length > max) throw new Fault(`${what} has more than ${max} members`);
  return value;
}

function text(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  throw new Fault(`${what} is not a text`);
}

function count(value: unknown, what: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new Fault(`${what} is not a whole number up to 2^53 - 1`);
}

function version(value: unknown, what: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 1) return value as number;
  throw new Fault(`${what} is not a whole number from 1 to 2^53 - 1`);
}

/** 4.2.1: ISO 8601 in UTC, to the second, in this one form. */
function date(value: unknown, what: string): number {
  if (isDate(value)) return Date.parse(value);
  throw new Fault(`${what} is ${shown(value)}, and not a date such as "2030-01-31T00:00:00Z"`);
}

function isDate(value: unknown): value is string {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)) return false;
  const time = Date.parse(value);
  // 30 February and hour 24 are read by Date.parse as other days: writing it again tells.
  return !Number.isNaN(time) && dateText(time) === value;
}

/** The one way a date is written in metadata. `time` in milliseconds since 1970; parts of a second are left off. */
export function dateText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

function shown(value: unknown): string {
  return `"${visible(String(value).slice(0, 80))}"`;
}

/** The sha256 among `hashes`, where there is one. */
export function sha256In(hashes: ReadonlyMap<string, string>): Digest | undefined {
  const sha256 = hashes.get("sha256");
  return sha256 !== undefined && isDigest(sha256) ? sha256 : undefined;
}
