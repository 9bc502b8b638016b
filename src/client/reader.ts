/**
 * The port through which a client reads a published tree, and the reader of one in memory.
 *
 *     const bytes = await reader.read("registry.json", { bytesMax: 4096 });
 *
 * A reader moves bytes and judges none of them. It fails with a RegistryError whose code is one of
 *
 *     NOT_FOUND        the tree has no such file
 *     NOT_A_REGISTRY   the place has no registry.json
 *     TOO_LARGE        more bytes than `bytesMax`
 *     UNREACHABLE      no answer, or one that says "later"; trying again may help
 *     TIMEOUT          no answer in time
 *     BAD_RESPONSE     an answer that cannot be the file
 *     TOKEN_NEEDED     the place is private, and no token was sent; TOKEN_REFUSED, FORBIDDEN: it does not let one in
 *     OFFLINE_MISSING  only the cache may answer, and it has no such file
 *     BAD_PATH         not a path of a published tree (a bug of the caller, or a hostile index)
 */
import { RegistryError } from "../base/error.ts";
import { visible } from "../base/visible.ts";

export interface ReadOptions {
  /** The most bytes the caller accepts; `READ_BYTES_MAX` where it does not say. */
  readonly bytesMax?: number;
  readonly signal?: AbortSignal;
  /** A cache need not keep it: what is in it is kept otherwise. */
  readonly passing?: boolean;
}

export interface Reader {
  /** What a person calls the place: a URL or a folder. */
  readonly location: string;
  /** The bytes of a file, by its path in the tree. Fails with the caller's reason where `signal` is aborted. */
  read(path: string, options?: ReadOptions): Promise<Uint8Array>;
  /** Takes a file that came otherwise than by its own name; whoever gives it has verified it. */
  readonly keep?: (path: string, bytes: Uint8Array) => void;
}

export const READ_BYTES_MAX = 64 * 1024 * 1024;
const PATH_LENGTH_MAX = 512;

/** The paths of a published tree need no escape in a URL or on any file system: others are refused with BAD_PATH. */
export function checkTreePath(path: string): void {
  const fits = path.length <= PATH_LENGTH_MAX && /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/.test(path);
  if (fits && !path.split("/").some((component) => /^\.+$/.test(component))) return;
  throw new RegistryError(
    "BAD_PATH",
    `Cannot read "${visible(path.slice(0, PATH_LENGTH_MAX))}": it is not a path of a published registry`,
    "tell the registry's operator: its index is damaged, or not to be trusted",
  );
}

/** The error for a file that is not there; without its registry.json a place is no registry at all. */
export function missing(path: string, location: string): RegistryError {
  if (path === "registry.json") {
    return new RegistryError(
      "NOT_A_REGISTRY",
      `Cannot read "${location}": it has no registry.json`,
      "give the folder or URL of a published registry; `build` makes one from a source (which has registry.toml)",
    );
  }
  return new RegistryError(
    "NOT_FOUND",
    `Cannot read "${path}": "${location}" has no such file`,
    howToMend(location),
  );
}

/** What to do about a file that is missing or not its index's: a folder holds still, an address may be half way. */
export function howToMend(location: string): string {
  return isAddress(location)
    ? "it may be being replaced: run `sync`; where it stays so, use another mirror, or tell its operator"
    : "the folder is damaged, or not copied whole: copy it anew, or build it again";
}

/** Whether it is to be asked for over a network; what is no address that can be is refused by the reader. */
export function isAddress(location: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(location);
}

export function tooLarge(path: string, location: string, bytesMax: number): RegistryError {
  return new RegistryError(
    "TOO_LARGE",
    `Cannot read "${path}" of "${location}": it has more than ${bytesMax} bytes`,
    howToMend(location),
  );
}

/** Reads a tree that is in memory: tests, and a snapshot that was just built. */
export function memoryReader(files: ReadonlyMap<string, Uint8Array>, location = "memory"): Reader {
  return {
    location,
    async read(path, options = {}) {
      options.signal?.throwIfAborted();
      checkTreePath(path);
      const bytes = files.get(path);
      if (bytes === undefined) throw missing(path, location);
      const bytesMax = options.bytesMax ?? READ_BYTES_MAX;
      if (bytes.length > bytesMax) throw tooLarge(path, location, bytesMax);
      return bytes;
    },
  };
}
