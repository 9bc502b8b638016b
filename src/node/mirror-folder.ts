/**
 * The folder of a mirror while it is filled: what a digest names is kept as it is read, and read from here where it
 * is here already. So an interrupted copy goes on where it stopped, and an update fetches only what changed.
 *
 *   <folder>/<path in the tree>       digest-named files, each proven by its name before it has it
 *   trust/timestamp.json, registry.json   last: before, the old copy is whole, or a new one is none yet
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Digest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { visible } from "../base/visible.ts";
import { checkTreePath, READ_BYTES_MAX, type Reader } from "../client/reader.ts";
import { GRAPH_BYTES_MAX } from "../client/sync.ts";
import { nativeSha256 } from "./crypto.ts";
import { isDigestNamed, isOwned, LOCK_FILE, ownedFiles } from "./output-tree.ts";
import { takeLock } from "./process-lock.ts";
import { readRegularFile } from "./regular-file.ts";
import { replaceFiles } from "./replace-files.ts";

/** What else a mirror may hold at its top. */
const OF_A_MIRROR = new Set([
  "registry.json",
  "mirror.json",
  "index",
  "search",
  "archives",
  "graph",
  "v1",
  "trust",
]);

export class MirrorFolder {
  readonly folder: string;
  /** Bytes that were fetched in this run. */
  fetchedBytes = 0;
  fetchedFiles = 0;
  /** A copy was complete here before. */
  readonly isUpdate: boolean;
  readonly #used = new Set<string>();
  readonly #release: () => void;

  /** Throws NOT_A_MIRROR for a folder with other things in it, UNSAFE_PATH for one with links, LOCKED while another copy is made there. */
  constructor(folder: string) {
    this.folder = folder;
    const strange = existsSync(folder)
      ? readdirSync(folder).find((name) => !OF_A_MIRROR.has(name) && !name.startsWith(LOCK_FILE))
      : undefined;
    if (strange !== undefined)
      throw new RegistryError(
        "NOT_A_MIRROR",
        `Cannot mirror into "${visible(folder)}": it has "${visible(strange)}", which no mirror holds; nothing was changed`,
        "choose an empty folder, or one that `mirror` made",
      );
    mkdirSync(folder, { recursive: true });
    refuseLinks(folder);
    this.isUpdate = existsSync(join(folder, "registry.json"));
    this.#release = takeLock(join(folder, LOCK_FILE), `mirror into "${folder}"`);
  }

  close(): void {
    this.#release();
  }

  /** Reads by way of the folder: what is in it is not asked for again. */
  reader(inner: Reader): Reader {
    return {
      location: inner.location,
      read: async (path, options = {}) => {
        checkTreePath(path);
        const digest = isDigestNamed(path) ? digestIn(path) : undefined;
        const held = digest === undefined ? undefined : this.#held(path, digest);
        if (held !== undefined && held.length <= (options.bytesMax ?? READ_BYTES_MAX))
          return this.#use(path, held);
        const bytes = await inner.read(path, options);
        this.fetchedFiles++;
        this.fetchedBytes += bytes.length;
        if (digest === undefined) return bytes;
        // Not its digest's: whoever reads it refuses it too, and it must not stand here.
        if (nativeSha256(bytes) === digest) this.#keep(path, bytes);
        return this.#use(path, bytes);
      },
      keep: (path, bytes) => {
        this.#keep(path, bytes);
        this.#use(path, bytes);
      },
    };
  }

  /** Puts files in their places, in this order; they count as part of the copy. */
  put(files: ReadonlyMap<string, Uint8Array>): void {
    for (const path of files.keys()) this.#used.add(path);
    replaceFiles(this.folder, files);
  }

  /** Removes what an earlier copy held and this one does not; gives how many. */
  sweep(): number {
    const stale = ownedFiles(this.folder).filter((path) => isOwned(path) && !this.#used.has(path));
    for (const path of stale) rmSync(join(this.folder, path), { force: true });
    return stale.length;
  }

  #use(path: string, bytes: Uint8Array): Uint8Array {
    this.#used.add(path);
    return bytes;
  }

  #held(path: string, digest: Digest): Uint8Array | undefined {
    try {
      const read = readRegularFile(join(this.folder, path), GRAPH_BYTES_MAX, { noFollow: true });
      return "fault" in read || nativeSha256(read.bytes) !== digest ? undefined : read.bytes;
    } catch {
      // Not there, or not to be read: it is fetched.
      return undefined;
    }
  }

  #keep(path: string, bytes: Uint8Array): void {
    const file = join(this.folder, path);
    const aside = `${file}.new`;
    try {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(aside, bytes);
      renameSync(aside, file);
    } catch (cause) {
      rmSync(aside, { force: true });
      const code = cause instanceof Error && "code" in cause ? String(cause.code) : "it cannot be written";
      throw new RegistryError(
        "FILE_UNWRITABLE",
        `Cannot write "${visible(file)}": ${code}`,
        "see that the disk is not full, and run it again: it goes on where it stopped",
        { cause },
      );
    }
  }
}

function digestIn(path: string): Digest | undefined {
  return /([0-9a-f]{64})\.[^/]+$/.exec(path)?.[1] as Digest | undefined;
}

/** Through a link a copy would write, and remove, what is somewhere else. */
function refuseLinks(folder: string): void {
  const link = readdirSync(folder, { recursive: true, withFileTypes: true }).find((entry) =>
    entry.isSymbolicLink(),
  );
  if (link === undefined) return;
  throw new RegistryError(
    "UNSAFE_PATH",
    `Cannot mirror into "${visible(folder)}": "${visible(join(link.parentPath, link.name))}" is a symbolic link; nothing was changed`,
    "remove the link, or choose another folder",
  );
}
