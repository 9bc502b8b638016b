/**
 * Which view of a registry this machine last saw, and which it last took whole.
 *
 *   <cache>/views/<sha256 of location>/current.json   registry.json as it was when its index root was last opened
 *   <cache>/views/<sha256 of location>/synced.json    the same, when `sync` had fetched everything it leads to
 *
 * A registry.json that leads nowhere is never kept, so that an answer that came in half harms nothing, and
 * the network may go at any time: what was synced stays readable, whatever was looked at since. A file that
 * is damaged here counts as not kept, and says nothing of the registry.
 */
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { utf8 } from "../base/bytes.ts";
import { POINTER_BYTES_MAX, parsePointer } from "../client/pointer.ts";
import type { Ref } from "../snapshot/layout.ts";
import { startHash } from "./crypto.ts";
import { makeFolder } from "./make-folder.ts";
import { readRegularFile } from "./regular-file.ts";

export type Kept = "current" | "synced";

export interface KeptPointer {
  readonly root: Ref;
  /** When it was kept, in milliseconds since 1970, as the file system tells: it may be wrong. */
  readonly since: number;
}

export class KeptPointers {
  readonly #location: string;
  readonly #folder: string;

  /** `cache` as in `homeFolders(…).cache`; `location` is the registry's address. */
  constructor(cache: string, location: string) {
    this.#location = location;
    this.#folder = join(cache, "views", startHash(utf8(location)));
  }

  read(kept: Kept): KeptPointer | undefined {
    try {
      const read = readRegularFile(this.#file(kept), POINTER_BYTES_MAX);
      if ("fault" in read) return undefined;
      return { root: parsePointer(read.bytes, this.#location), since: read.stat.mtimeMs };
    } catch {
      // Not there, not to be read, damaged, or of a later program: it must be asked for.
      return undefined;
    }
  }

  /** A full or read-only disk is no error: the pointer is only not kept. */
  keep(kept: Kept, bytes: Uint8Array): void {
    const file = this.#file(kept);
    const aside = `${file}.${process.pid}.new`;
    try {
      makeFolder(dirname(file));
      // On the disk before it has its name: a crash leaves the last one, and no empty file.
      writeFileSync(aside, bytes, { flag: "wx", flush: true });
      renameSync(aside, file);
    } catch {
      drop(aside);
    }
  }

  #file(kept: Kept): string {
    return join(this.#folder, `${kept}.json`);
  }
}

function drop(file: string): void {
  try {
    rmSync(file);
  } catch {
    // Nothing was written: a full or read-only disk.
  }
}
