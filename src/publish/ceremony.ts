/**
 * The steps of a ceremony: each makes the next version of what the offline keys sign, without signatures.
 *
 *     init ─► root 1, targets 1, ratified.json          rotate ─► root n + 1, and targets where they must follow
 *     ratify ─► targets n + 1, ratified.json            sign ─► a signature more in what still lacks it
 *
 * Pure: files in, files out. What is signed holds from `now` for the days that registry.toml says.
 */
import type { Hash } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { visible } from "../base/visible.ts";
import type { TrustLifetimes } from "../manifest/registry-toml.ts";
import { type CeremonyState, newestRoot, RATIFIED_FILE, rootFile, targetsFile } from "../trust/ceremony.ts";
import type { PublicKey } from "../trust/public-key.ts";
import { publicKeyFromBytes } from "../trust/public-key.ts";
import { type Ratification, writeRatification } from "../trust/ratification.ts";
import { type KeysOfRole, rootSaying, targetsSaying } from "../trust/registry-trust.ts";
import type { Signer } from "../trust/sshsig.ts";
import { INDEX_ROLE } from "../trust/trust-paths.ts";
import type { Metadata, Role, TufKey } from "../trust/tuf/metadata.ts";
import { ed25519Bytes } from "../trust/tuf/threshold.ts";
import { addSignature, tufKeyId, unsigned } from "../trust/tuf/write.ts";
import { DAY_MS } from "./sign-view.ts";

/** Keys of a role that nobody could reach a threshold with are a mistake. */
export const HOLDERS_MAX = 32;

/** Who holds what. Root and targets are signed offline, by the holders; the rest online, by CI. */
export interface Holders {
  readonly root: KeysOfRole;
  readonly targets: KeysOfRole;
  /** Index and snapshot. */
  readonly online: readonly PublicKey[];
  readonly timestamp: readonly PublicKey[];
}

export interface CeremonyClock {
  readonly lifetimes: TrustLifetimes;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export type CeremonyFiles = ReadonlyMap<string, Uint8Array>;

/** Root 1 and targets 1 of a registry that had none. Throws BAD_HOLDERS. */
export function initCeremony(
  holders: Holders,
  ratification: Ratification,
  clock: CeremonyClock,
  hash: Hash,
): CeremonyFiles {
  checkHolders(holders);
  return new Map([
    [rootFile(1), rootOf(1, holders, ratification.registry, clock)],
    ...targetsOf(1, holders, writeRatification(ratification), clock, hash),
  ]);
}

/**
 * The next root, for other holders or for more time; and the next targets, where those who sign the index or
 * targets are others. Throws BAD_HOLDERS, CEREMONY_OPEN where the last step is not signed yet.
 */
export function rotate(
  state: CeremonyState,
  holders: Holders,
  clock: CeremonyClock,
  hash: Hash,
): CeremonyFiles {
  requireClosed(state);
  checkHolders(holders);
  const { registry } = state.ratified.value;
  const version = newestRoot(state).signed.version + 1;
  const files = new Map([[rootFile(version), rootOf(version, holders, registry, clock)]]);
  const before = holdersOf(state);
  if (sameKeys(before.targets.keys, holders.targets.keys) && sameKeys(before.online, holders.online))
    return files;
  const next = state.targets.signed.version + 1;
  for (const [path, bytes] of targetsOf(next, holders, state.ratified.bytes, clock, hash))
    files.set(path, bytes);
  return files;
}

/** The next targets, with what is ratified now. Throws CEREMONY_OPEN. */
export function ratify(
  state: CeremonyState,
  ratification: Ratification,
  clock: CeremonyClock,
  hash: Hash,
): CeremonyFiles {
  requireClosed(state);
  const next = state.targets.signed.version + 1;
  return new Map(targetsOf(next, holdersOf(state), writeRatification(ratification), clock, hash));
}

/** What `signer` adds to: files that lack a signature of a key like this, and do not have it yet. Throws NOTHING_TO_SIGN. */
export function signCeremony(state: CeremonyState, signer: Signer): CeremonyFiles {
  const id = tufKeyId(signer.publicKey);
  const wanted = new Set(
    state.lacking
      .filter(({ role, signed }) => role.keyids.has(id) && !signed.includes(id))
      .map(({ file }) => file),
  );
  if (wanted.size === 0) throw nothingToSign(state, id, signer.publicKey);
  const all: (readonly [string, Metadata])[] = [
    ...state.roots.map((root, at) => [rootFile(at + 1), root] as const),
    [targetsFile(state.targets.signed.version), state.targets],
  ];
  return new Map(
    all
      .filter(([file]) => wanted.has(file))
      .map(([file, metadata]) => [file, addSignature(metadata, signer)]),
  );
}

function nothingToSign({ lacking }: CeremonyState, id: string, key: PublicKey): RegistryError {
  const hasSigned = lacking.some(({ signed }) => signed.includes(id));
  const [message, hint] =
    lacking.length === 0
      ? ["Everything is signed by as many as must", "`trust status` says what is next"]
      : hasSigned
        ? ["This key has signed already", "let the other holders sign"]
        : [`The key ${key.id} is not one of those that are asked`, "`trust status` lists them"];
  return new RegistryError("NOTHING_TO_SIGN", message, hint);
}

/** Who holds what now, as the newest root and targets say. */
export function holdersOf(state: CeremonyState): Holders {
  const root = newestRoot(state).signed;
  const index = state.targets.signed.delegations.find(({ name }) => name === INDEX_ROLE);
  const role = ({ keyids, threshold }: Role, keys: ReadonlyMap<string, TufKey>): KeysOfRole => ({
    keys: keysIn(keyids, keys),
    threshold,
  });
  return {
    root: role(root.roles.root, root.keys),
    targets: role(root.roles.targets, root.keys),
    online: index === undefined ? [] : role(index, state.targets.signed.keys).keys,
    timestamp: role(root.roles.timestamp, root.keys).keys,
  };
}

/** The keys of a role, as people know them. Keys of other kinds than Ed25519 are left out. */
export function keysIn(ids: Iterable<string>, keys: ReadonlyMap<string, TufKey>): PublicKey[] {
  return [...ids].flatMap((id) => {
    const key = keys.get(id);
    const bytes = key === undefined ? undefined : ed25519Bytes(key);
    const read = bytes === undefined ? undefined : publicKeyFromBytes(bytes, "root");
    return read?.ok ? [read.value] : [];
  });
}

function rootOf(
  version: number,
  holders: Holders,
  registry: string,
  { lifetimes, now }: CeremonyClock,
): Uint8Array {
  const { root, targets, online, timestamp } = holders;
  return unsigned(
    rootSaying({
      version,
      expires: now + lifetimes.root * DAY_MS,
      registry,
      roles: {
        root,
        targets,
        snapshot: { keys: online, threshold: 1 },
        timestamp: { keys: timestamp, threshold: 1 },
      },
    }),
  );
}

function targetsOf(
  version: number,
  { online }: Pick<Holders, "online">,
  ratified: Uint8Array,
  { lifetimes, now }: CeremonyClock,
  hash: Hash,
): [string, Uint8Array][] {
  const said = targetsSaying({
    version,
    expires: now + lifetimes.targets * DAY_MS,
    ratified: { sha256: hash(ratified), length: ratified.length },
    index: { keys: online, threshold: 1 },
  });
  return [
    [targetsFile(version), unsigned(said)],
    [RATIFIED_FILE, ratified],
  ];
}

function checkHolders({ root, targets, online, timestamp }: Holders): void {
  for (const [role, { keys, threshold }] of [
    ["root", root],
    ["targets", targets],
  ] as const) {
    const distinct = new Set(keys.map(({ id }) => id)).size;
    if (distinct < keys.length) throw badHolders(`a key holds "${role}" twice`, "name each holder once");
    if (distinct > HOLDERS_MAX)
      throw badHolders(`"${role}" has ${distinct} holders`, `name at most ${HOLDERS_MAX}`);
    if (threshold < 1 || threshold > distinct)
      throw badHolders(
        `${threshold} of the ${distinct} holders of "${role}" cannot sign`,
        "the threshold is at least 1 and at most the number of holders",
      );
  }
  const offline = new Set([...root.keys, ...targets.keys].map(({ id }) => id));
  const both = [...online, ...timestamp].find(({ id }) => offline.has(id));
  if (both !== undefined)
    throw badHolders(
      `the key ${both.id} would be online and offline`,
      "make another key for CI: whoever steals that one must not be a holder",
    );
  if (online.length === 0 || timestamp.length === 0)
    throw badHolders("nobody would sign online", "name the public key of CI: --online-key");
}

function badHolders(what: string, hint: string): RegistryError {
  return new RegistryError("BAD_HOLDERS", `This cannot be: ${visible(what)}`, hint);
}

function requireClosed({ lacking }: CeremonyState): void {
  const [open] = lacking;
  if (open === undefined) return;
  throw new RegistryError(
    "CEREMONY_OPEN",
    `"${open.file}" is not signed by as many as must: ${open.signed.length} of ${open.role.threshold}`,
    "finish that first: trust sign; or take it back with git",
  );
}

function sameKeys(a: readonly PublicKey[], b: readonly PublicKey[]): boolean {
  const ids = (keys: readonly PublicKey[]) => new Set(keys.map(({ id }) => id));
  const [left, right] = [ids(a), ids(b)];
  return left.size === right.size && [...left].every((id) => right.has(id));
}
