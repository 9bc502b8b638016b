/** The root that a call names or a place shows, where none was added: read, looked at, and perhaps asked about. */
import { sep } from "node:path";
import { equalBytes } from "../base/bytes.ts";
import { isDigest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { quoted } from "../base/shell-word.ts";
import { visible } from "../base/visible.ts";
import { isNoAnswer } from "../client/current-view.ts";
import { type GivenRoot, givenRoot, parsedRoot, readTrustFile, rootByDigest } from "../client/given-root.ts";
import { checkedPlace, isLocal, storeId } from "../client/place.ts";
import { isAddress, type Reader } from "../client/reader.ts";
import { clientTrustPorts } from "../node/crypto.ts";
import { homeFolders } from "../node/home.ts";
import { knownDevelopmentRoot, knownDevelopmentRoots } from "../node/known-development-roots.ts";
import { addedRegistries, addRegistry, isRegistryName } from "../node/registries.ts";
import { readRegularFile } from "../node/regular-file.ts";
import { tokenVariable } from "../node/tokens.ts";
import { TrustStore } from "../node/trust-store.ts";
import { registryOf } from "../trust/registry-trust.ts";
import { TRUST_FOLDER } from "../trust/trust-paths.ts";
import { METADATA_BYTES_MAX } from "../trust/tuf/roles.ts";
import type { Context } from "./command.ts";
import { explained, nothingKept, notSigned } from "./no-view.ts";
import type { TrustedRootFile } from "./trusted-root.ts";

/** What a registry shows to who knows none of its roots. */
const FIRST_ROOT = `${TRUST_FOLDER}/1.root.json`;

/** The root that the place itself shows, where it is this machine's own, or a person says that it is right. */
export async function rootShown(
  origin: Reader,
  offline: boolean,
  context: Context,
): Promise<TrustedRootFile> {
  const { location } = origin;
  const earlier = () => (isAddress(location) ? earlierDevelopmentRoot(location, context) : undefined);
  if (offline && isAddress(location)) {
    const root = earlier();
    if (root !== undefined) return root;
    throw nothingKept(location);
  }
  let first: Uint8Array;
  try {
    first = await firstRootOf(origin);
  } catch (error) {
    const root = isNoAnswer(error) ? earlier() : undefined;
    if (root !== undefined) return root;
    throw error;
  }
  const root = checkedPlace(fileOf(givenRoot(first, FIRST_ROOT, clientTrustPorts.hash)), origin);
  const { registry } = registryOf(parsedRoot(first, FIRST_ROOT));
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
    const root: TrustedRootFile = { id: clientTrustPorts.hash(bytes), read: () => bytes, development: true };
    const ago = new TrustStore(trust, storeId(root, location, clientTrustPorts.hash), root.read).askedAgoMs;
    return ago === undefined ? [] : [{ root, ago }];
  });
  return seen.sort((a, b) => a.ago - b.ago)[0]?.root;
}

/** Asks the person at the terminal, and adds the registry where they say yes. */
async function askToTrust(root: TrustedRootFile, reader: Reader, context: Context): Promise<boolean> {
  const { registry } = registryOf(parsedRoot(root.read(), "1.root.json"));
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
      name: freeName(
        nameFor(registry, reader.location),
        // What it calls itself must not get it a token that is another's.
        (name) => taken.has(name) || Boolean(environment[tokenVariable(name)]),
      ),
      ...{ location: reader.location, iri: registry, root: root.id, development: false },
    },
    root.read(),
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

function freeName(name: string, isTaken: (name: string) => boolean): string {
  let free = name;
  for (let number = 2; isTaken(free); number++) free = `${name}-${number}`;
  return free;
}

/** A root file, or the digest of one that the registry has. Throws BAD_ROOT. */
export async function rootGiven(given: string, reader: Reader): Promise<TrustedRootFile> {
  const { hash } = clientTrustPorts;
  return fileOf(
    isDigest(given) ? await rootByDigest(given, reader, hash) : givenRoot(readRootFile(given), given, hash),
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

function fileOf({ id, bytes, development }: GivenRoot): TrustedRootFile {
  return { id, read: () => bytes, development };
}

async function firstRootOf(origin: Reader): Promise<Uint8Array> {
  try {
    const first = await readTrustFile(origin, FIRST_ROOT);
    if (first === undefined) throw await notSigned(origin);
    parsedRoot(first, FIRST_ROOT);
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
