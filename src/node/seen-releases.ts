/**
 * When this machine first saw each release of a registry: what it can vouch for of a release's age, by its own clock
 * and nobody's word. Beside what else was seen under the registry's root, and no cache.
 *
 *   <data>/trust/<sha256 of the pinned root>/seen/<2 hex of sha256(name)>    lines "<release digest> <milliseconds since 1970>"
 *
 * Lines are only added, and the first one about a release counts. One that is damaged, or of a time that is yet to
 * come (the clock was wrong), counts as not there: a release is then new again, and never older than it is.
 */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { decodeUtf8, utf8 } from "../base/bytes.ts";
import type { Digest } from "../base/digest.ts";
import { startHash } from "./crypto.ts";
import { makeFolder } from "./make-folder.ts";
import { readRegularFile } from "./regular-file.ts";

/** Some forty thousand releases in one of 256 files. */
const FILE_BYTES_MAX = 4 * 1024 * 1024;
const LINE = /^([0-9a-f]{64}) (\d{1,15})$/;

/** The releases of packages, by name. */
export type ReleasesByName = ReadonlyMap<string, readonly { readonly digest: Digest }[]>;

export class SeenReleases {
  /** Where it could not be written: the next run will not know what this one saw. */
  notKept: string | undefined;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** When each was first seen; those that were not before are seen `now`. */
  firstSeen(releases: ReleasesByName, now: number): ReadonlyMap<Digest, number> {
    const found = new Map<Digest, number>();
    for (const [file, digests] of byFile(releases)) {
      const before = this.#read(file, now);
      const fresh = [...digests].filter((digest) => !before.known.has(digest));
      for (const digest of digests) found.set(digest, before.known.get(digest) ?? now);
      if (fresh.length === 0) continue;
      const lines = fresh.map((digest) => `${digest} ${now}\n`).join("");
      this.#append(file, before.isWhole ? lines : `\n${lines}`);
    }
    return found;
  }

  #read(file: string, now: number): { known: Map<Digest, number>; isWhole: boolean } {
    const known = new Map<Digest, number>();
    const text = this.#text(file);
    for (const line of text.split("\n")) {
      const [, digest, ms] = LINE.exec(line) ?? [];
      if (digest === undefined || Number(ms) > now || known.has(digest as Digest)) continue;
      known.set(digest as Digest, Number(ms));
    }
    return { known, isWhole: text === "" || text.endsWith("\n") };
  }

  #text(file: string): string {
    try {
      const read = readRegularFile(join(this.#folder, file), FILE_BYTES_MAX);
      return "fault" in read ? "" : (decodeUtf8(read.bytes) ?? "");
    } catch {
      // Not there, or not readable: nothing was seen.
      return "";
    }
  }

  #append(file: string, lines: string): void {
    try {
      makeFolder(this.#folder);
      appendFileSync(join(this.#folder, file), lines);
    } catch {
      // A full or read-only disk: what was asked for is answered all the same, and whoever cares is told.
      this.notKept = this.#folder;
    }
  }
}

function byFile(releases: ReleasesByName): ReadonlyMap<string, ReadonlySet<Digest>> {
  const files = new Map<string, Set<Digest>>();
  for (const [name, list] of releases) {
    const file = startHash(utf8(name)).slice(0, 2);
    const digests = files.get(file) ?? new Set();
    for (const { digest } of list) digests.add(digest);
    files.set(file, digests);
  }
  return files;
}
