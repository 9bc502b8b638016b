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
import {
  count,
  date,
  entries,
  Fault,
  faultText,
  isDate,
  type JsonObject,
  list,
  object,
  shown,
  text,
  version,
} from "./fields.ts";

import type {
  DelegatedRole,
  Metadata,
  MetaFile,
  Role,
  Root,
  SignedBase,
  SignedOf,
  Snapshot,
  Target,
  Targets,
  Timestamp,
  TopRole,
  TufKey,
} from "./roles.ts";
import { METADATA_BYTES_MAX, TOP_ROLES } from "./roles.ts";

export type * from "./roles.ts";

/** How a file may be written: as the canonical form alone, or as any JSON (another program's repository). */
export type MetadataForm = "canonical" | "any";

const SIGNATURES_MAX = 64;
const KEYS_MAX = 256;
/** Files that one role may list. */
const FILES_MAX = 4096;
const DELEGATIONS_MAX = 256;

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
    const why = error instanceof Fault ? faultText(error) : "it is nested too deeply";
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
    const text = canonicalize(value);
    // UTF-8 would write U+FFFD for each: one signature over many values.
    if (!text.isWellFormed()) throw new Fault("it holds half of a surrogate pair");
    return utf8(text);
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
    if (given.terminating !== undefined && typeof given.terminating !== "boolean")
      throw new Fault(`terminating of ${shown(name)} is neither true nor false`);
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

/** The sha256 among `hashes`, where there is one. */
export function sha256In(hashes: ReadonlyMap<string, string>): Digest | undefined {
  const sha256 = hashes.get("sha256");
  return sha256 !== undefined && isDigest(sha256) ? sha256 : undefined;
}
