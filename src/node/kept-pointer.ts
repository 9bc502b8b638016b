/**
 * Which view of a registry this machine last saw, and which it last took whole.
 *
 *   <cache>/views/<sha256 of location>/current.json   registry.json as it was when its index root was last opened
 *   <cache>/views/<sha256 of location>/synced.json    the same, when `sync` had fetched everything it leads to
 *
 * A registry.json that leads nowhere is never kept, so that an answer that came in half harms nothing, and
 * the network may go at any time: what was synced stays readable, whatever was looked at since.
 */
import { renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { utf8 } from "../base/bytes.ts";
import { POINTER_BYTES_MAX } from "../client/pointer.ts";
import { startHash } from "./crypto.ts";
import { makeFolder } from "./make-folder.ts";
import { readRegularFile } from "./regular-file.ts";

export type Kept = "current" | "synced";

export class KeptPointers {
  readonly #folder: string;

  /** `cache` as in `homeFolders(…).cache`; `location` is the registry's address. */
  constructor(cache: string, location: string) {
    this.#folder = join(cache, "views", startHash(utf8(location)));
  }

  read(kept: Kept): Uint8Array | undefined {
    try {
      const read = readRegularFile(this.#file(kept), POINTER_BYTES_MAX);
      return "fault" in read ? undefined : read.bytes;
    } catch {
      // Not there, or not to be read: it must be asked for.
      return undefined;
    }
  }

  /** When it was kept, in milliseconds since 1970. */
  since(kept: Kept): number | undefined {
    try {
      return statSync(this.#file(kept)).mtimeMs;
    } catch {
      // As in `read`.
      return undefined;
    }
  }

  /** A full or read-only disk is no error: the pointer is only not kept. */
  keep(kept: Kept, bytes: Uint8Array): void {
    const file = this.#file(kept);
    const aside = `${file}.${process.pid}.new`;
    let isWritten = false;
    try {
      makeFolder(dirname(file));
      writeFileSync(aside, bytes);
      isWritten = true;
      renameSync(aside, file);
    } catch {
      // As said above; nothing is left lying about.
      if (isWritten) rmSync(aside, { force: true });
    }
  }

  #file(kept: Kept): string {
    return join(this.#folder, `${kept}.json`);
  }
}
