/**
 * Which root a registry is trusted by. Nothing of a registry is read before that is known.
 *
 *   --root FILE|SHA256      what the call says
 *   registry add            what this person pinned for that name or place
 *   development             a tree in a folder or on this very machine, signed by a build in this home
 *   a person at a terminal  is shown the fingerprint, and asked
 */
import { sep } from "node:path";
import { equalBytes, utf8 } from "../base/bytes.ts";
import { type Digest, isDigest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { quoted } from "../base/shell-word.ts";
import { visible } from "../base/visible.ts";
import { isAddress, type Reader } from "../client/reader.ts";
import { clientTrustPorts } from "../node/crypto.ts";
import { knownDevelopmentRoot, knownDevelopmentRoots } from "../node/development-root.ts";
import { homeFolders } from "../node/home.ts";
import {
  type AddedRegistry,
  addedRegistries,
  addRegistry,
  isRegistryName,
  pinnedRoot,
} from "../node/registries.ts";
import { readRegularFile } from "../node/regular-file.ts";
import { TrustStore } from "../node/trust-store.ts";
import { registryOf, rootByDigestPath, TRUST_FOLDER } from "../trust/registry-trust.ts";
import { METADATA_BYTES_MAX, parseMetadata } from "../trust/tuf/metadata.ts";
import type { Context, Options } from "./command.ts";
import { explained, isNoAnswer, nothingKept, notSigned } from "./no-view.ts";

/** What a registry shows to who knows none of its roots. */
const FIRST_ROOT = `${TRUST_FOLDER}/1.root.json`;

export interface TrustedRootFile {
  /** sha256 of the root that was pinned. */
  readonly id: Digest;
  readonly bytes: Uint8Array;
  readonly development: boolean;
}

export interface RootToFind {
  /** What reads the files of a view: a root by its digest may be in the cache. */
  readonly reader: Reader;
  /** What reads the place itself. */
  readonly origin: Reader;
  readonly added: AddedRegistry | undefined;
}

/** Throws BAD_ROOT, NOT_SIGNED, NO_TRUSTED_ROOT, DEVELOPMENT_ROOT, and what the readers say. */
export async function findTrustedRoot(
  { reader, origin, added }: RootToFind,
  options: Options,
  context: Context,
): Promise<TrustedRootFile> {
  const given = options.text("root");
  if (given !== undefined) return checked(await rootGiven(given, reader), reader);
  if (added !== undefined) {
    const bytes = pinnedRoot(homeFolders(context.environment).trust, added.root);
    if (bytes !== undefined) return checked(described(bytes, added.name), reader);
    throw new RegistryError(
      "BAD_ROOT",
      `The root that you pinned for "${added.name}" is missing or damaged on this machine`,
      `pin it again: ggen-marketplace registry add ${quoted(added.location)} --root ${added.root}`,
    );
  }
  return rootShown(origin, options.flag("offline"), context);
}

/** The root that the place itself shows, where it is this machine's own, or a person says that it is right. */
async function rootShown(origin: Reader, offline: boolean, context: Context): Promise<TrustedRootFile> {
  const { location } = origin;
  const earlier = isAddress(location) ? earlierDevelopmentRoot(location, context) : undefined;
  if (offline && isAddress(location)) {
    if (earlier !== undefined) return earlier;
    throw nothingKept(location);
  }
  let first: Uint8Array;
  try {
    first = await firstRootOf(origin);
  } catch (error) {
    if (isNoAnswer(error) && earlier !== undefined) return earlier;
    throw error;
  }
  const root = checked(described(first, FIRST_ROOT), origin);
  const { registry } = registryOf(parsed(first, FIRST_ROOT));
  const own = root.development ? knownDevelopmentRoot(context.environment, registry) : undefined;
  if (own !== undefined && equalBytes(own, first)) return root;
  if (!root.development && (await askToTrust(root, origin, context))) return root;
  throw noTrustedRoot(root, registry, origin);
}

/** The development root of this machine that was last seen at an address of it: the tree is not there to be asked. */
function earlierDevelopmentRoot(location: string, { environment }: Context): TrustedRootFile | undefined {
  if (!isLocal(location)) return undefined;
  const { trust } = homeFolders(environment);
  const seen = knownDevelopmentRoots(environment).flatMap((bytes) => {
    const root = described(bytes, "root.json");
    const ago = new TrustStore(trust, storeId(root, location), bytes).askedAgoMs;
    return ago === undefined ? [] : [{ root, ago }];
  });
  return seen.sort((a, b) => a.ago - b.ago)[0]?.root;
}

/**
 * What the trust store keeps what was seen under: the root alone. Trees of one development root stand side by
 * side on a machine, and none is an older state of another: there it is the root and the place.
 */
export function storeId({ id, development }: TrustedRootFile, location: string): Digest {
  return development ? clientTrustPorts.hash(utf8(`${id} ${location}`)) : id;
}

/** Asks the person at the terminal, and adds the registry where they say yes. */
async function askToTrust(root: TrustedRootFile, reader: Reader, context: Context): Promise<boolean> {
  const { registry } = registryOf(parsed(root.bytes, "1.root.json"));
  const { terminal, environment } = context;
  const question = [
    `You have not said yet that you trust ${reader.location}.`,
    `It says that it is ${visible(registry)}, signed from this root on:`,
    `  sha256 ${root.id}`,
    "Compare it with what the registry's operator publishes elsewhere: anybody can say so.",
    "Trust this root, now and from now on?",
  ].join("\n");
  if (!(await terminal.confirm(question))) return false;
  const { trust } = homeFolders(environment);
  const taken = new Set(addedRegistries(trust).map(({ name }) => name));
  addRegistry(
    trust,
    {
      name: freeName(nameFor(registry, reader.location), taken),
      ...{ location: reader.location, iri: registry, root: root.id },
    },
    root.bytes,
  );
  return true;
}

/** A name for a registry, from the first part of its address that can be one. */
export function nameFor(iri: string, location: string): string {
  const parts = [iri, location].flatMap((text) =>
    URL.canParse(text) ? [new URL(text).hostname.split(".")[0] ?? ""] : [],
  );
  return parts.find(isRegistryName) ?? "registry";
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name}-${number}`;
  return free;
}

/** A root file, or the digest of one that the registry has. Throws BAD_ROOT. */
export async function rootGiven(given: string, reader: Reader): Promise<TrustedRootFile> {
  if (!isDigest(given)) return described(readRootFile(given), given);
  const bytes = await readTrustFile(reader, rootByDigestPath(given));
  if (bytes !== undefined && clientTrustPorts.hash(bytes) === given) return described(bytes, given);
  throw new RegistryError(
    "BAD_ROOT",
    `${reader.location} has no root with the sha256 ${given}`,
    "it is another registry, or its copy is not whole; ask the operator, or give the root as a file",
  );
}

function readRootFile(file: string): Uint8Array {
  const refuse = (why: string) =>
    new RegistryError(
      "BAD_ROOT",
      `"${visible(file)}" is no root: ${why}`,
      "give the registry's root: a file that its operator publishes, or its sha256 (64 hex digits)",
    );
  try {
    const read = readRegularFile(file, METADATA_BYTES_MAX);
    if (!("fault" in read)) return read.bytes;
    throw refuse(`it ${read.what}`);
  } catch (error) {
    if (error instanceof RegistryError) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : "it cannot be read";
    throw refuse(code === "ENOENT" ? "there is no such file" : code);
  }
}

function described(bytes: Uint8Array, what: string): TrustedRootFile {
  const { development } = registryOf(parsed(bytes, what));
  return { id: clientTrustPorts.hash(bytes), bytes, development };
}

function parsed(bytes: Uint8Array, what: string) {
  try {
    return parseMetadata(bytes, "root", what).signed;
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    throw new RegistryError(
      "BAD_ROOT",
      error.message,
      "give the registry's root: a file that its operator publishes, or its sha256",
      {
        cause: error,
      },
    );
  }
}

/** Whoever signs with a development root is somebody's own machine: over a network it vouches for nothing. */
function checked(root: TrustedRootFile, reader: Reader): TrustedRootFile {
  if (!root.development || isLocal(reader.location)) return root;
  throw new RegistryError(
    "DEVELOPMENT_ROOT",
    `This is a development root, which a build on somebody's own machine made; ${reader.location} is not on this machine`,
    "give the registry's own root; its operator makes one with `trust init`",
  );
}

/** A folder, or an address of this very machine. */
export function isLocal(location: string): boolean {
  if (!isAddress(location)) return true;
  const { hostname } = new URL(location);
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

async function firstRootOf(origin: Reader): Promise<Uint8Array> {
  try {
    const first = await readTrustFile(origin, FIRST_ROOT);
    if (first === undefined) throw await notSigned(origin);
    parsed(first, FIRST_ROOT);
    return first;
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    if (error.code === "BAD_ROOT")
      throw new RegistryError(
        "NOT_A_REGISTRY",
        `${origin.location} has a ${FIRST_ROOT} that cannot be read`,
        "try again, for it may have come in half; else give the folder or URL of a published registry",
        { cause: error },
      );
    throw await explained(error, origin);
  }
}

async function readTrustFile(reader: Reader, path: string): Promise<Uint8Array | undefined> {
  try {
    return await reader.read(path, { bytesMax: METADATA_BYTES_MAX });
  } catch (error) {
    if (error instanceof RegistryError && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}

function noTrustedRoot(root: TrustedRootFile, registry: string, { location }: Reader): RegistryError {
  const { id, development } = root;
  const place = isAddress(location) ? location : location.split(sep).join("/");
  const what = development
    ? "a development root of another machine or home"
    : `the root ${id} of ${visible(registry)}`;
  return new RegistryError(
    "NO_TRUSTED_ROOT",
    `Nothing was read from ${place}: you have not said that you trust it. It says that it is signed by ${what}, and anybody can say so`,
    development
      ? `build it on this machine, or trust that one for this call: --root ${id}`
      : `compare the sha256 with what its operator publishes elsewhere, then: ggen-marketplace registry add ${quoted(place)} --root ${id}`,
  );
}
