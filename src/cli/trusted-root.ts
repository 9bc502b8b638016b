/**
 * Which root a registry is trusted by. Nothing of a registry is read before that is known.
 *
 *   --root FILE|SHA256      what the call says
 *   registry add            what this person pinned for that name or place
 *   development             a tree in a folder or on this very machine, signed by a build in this home
 *   a person at a terminal  is shown the fingerprint, and asked
 *
 * All but the second is in shown-root.ts, which reads metadata: a registry that was added is opened without.
 */
import { utf8 } from "../base/bytes.ts";
import type { Digest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { quoted } from "../base/shell-word.ts";
import { isAddress, type Reader } from "../client/reader.ts";
import { clientTrustPorts } from "../node/crypto.ts";
import { homeFolders } from "../node/home.ts";
import { type AddedRegistry, pinnedRoot } from "../node/registries.ts";
import type { Context, Options } from "./command.ts";

export interface TrustedRootFile {
  /** sha256 of the root that was pinned. */
  readonly id: Digest;
  /** Its bytes. Throws BAD_ROOT where they are kept and damaged. */
  readonly read: () => Uint8Array;
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
  if (given === undefined && added !== undefined) return checkedPlace(rootOf(added, context), reader);
  const { rootGiven, rootShown } = await import("./shown-root.ts");
  if (given !== undefined) return checkedPlace(await rootGiven(given, reader), reader);
  return rootShown(origin, options.flag("offline"), context);
}

function rootOf(added: AddedRegistry, { environment }: Context): TrustedRootFile {
  const read = () => {
    const bytes = pinnedRoot(homeFolders(environment).trust, added.root);
    if (bytes !== undefined) return bytes;
    throw new RegistryError(
      "BAD_ROOT",
      `The root that you pinned for "${added.name}" is missing or damaged on this machine`,
      `pin it again: ggen-marketplace registry add ${quoted(added.location)} --root ${added.root}`,
    );
  };
  return { id: added.root, read, development: added.development };
}

/**
 * What the trust store keeps what was seen under: the root alone. Trees of one development root stand side by
 * side on a machine, and none is an older state of another: there it is the root and the place.
 */
export function storeId({ id, development }: TrustedRootFile, location: string): Digest {
  return development ? clientTrustPorts.hash(utf8(`${id} ${location}`)) : id;
}

/** Whoever signs with a development root is somebody's own machine: over a network it vouches for nothing. */
export function checkedPlace(root: TrustedRootFile, reader: Reader): TrustedRootFile {
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
