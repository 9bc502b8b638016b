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
import type { Digest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { quoted } from "../base/shell-word.ts";
import { checkedPlace } from "../client/place.ts";
import type { Reader } from "../client/reader.ts";
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
