/** All files of a folder that someone wants to publish, as bytes by path, with what could not be taken. */
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compareText } from "../base/order.ts";
import type { Problem } from "../base/problem.ts";
import { LIMIT_CEILINGS } from "../manifest/limits.ts";
import { checkPath } from "../manifest/path.ts";

export interface FolderFiles {
  /** By path with `/`, in Unicode normal form C, in code point order. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly problems: readonly Problem[];
}

/** Folders that belong to tools, not to a package. */
const SKIPPED_FOLDERS = new Set([".git"]);

/**
 * Never follows a link. With `lenient`, files that a release cannot hold are left out with a warning;
 * else they are errors. What the limits' ceilings forbid is an error either way.
 */
export function readFolderFiles(folder: string, options: { lenient?: boolean; shownAs?: string } = {}): FolderFiles {
  const reading = new FolderReading(folder, options.lenient ?? false, options.shownAs ?? "");
  reading.read("");
  const files = new Map([...reading.files].sort(([a], [b]) => compareText(a, b)));
  return { files, problems: reading.problems };
}

class FolderReading {
  readonly files = new Map<string, Uint8Array>();
  readonly problems: Problem[] = [];
  readonly #folder: string;
  readonly #lenient: boolean;
  readonly #shownAs: string;
  #bytes = 0;

  constructor(folder: string, lenient: boolean, shownAs: string) {
    this.#folder = folder;
    this.#lenient = lenient;
    this.#shownAs = shownAs;
  }

  read(relative: string): void {
    for (const entry of readdirSync(join(this.#folder, relative), { withFileTypes: true })) {
      const path = relative === "" ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!SKIPPED_FOLDERS.has(entry.name)) this.read(path);
      } else if (entry.isFile()) this.#take(path);
      else this.#leave("FOLDER_NOT_A_FILE", path, "Links and special files cannot be published", "replace it by a copy of the file");
    }
  }

  #take(path: string): void {
    const normal = path.normalize("NFC");
    const reason = checkPath(normal);
    if (reason !== undefined) return this.#leave("FOLDER_BAD_PATH", path, `This path cannot be published: ${reason}`, "rename the file, or leave it out");
    const stat = lstatSync(join(this.#folder, path));
    this.#bytes += stat.size;
    if (this.files.size >= LIMIT_CEILINGS.releaseFilesMax) return this.#once("FOLDER_TOO_MANY_FILES", `More than ${LIMIT_CEILINGS.releaseFilesMax} files`);
    if (stat.size > LIMIT_CEILINGS.fileBytesMax || this.#bytes > LIMIT_CEILINGS.releaseBytesMax)
      return this.#once("FOLDER_TOO_LARGE", `"${path}" makes the package larger than a release may be`);
    if (normal !== path) this.#note("FOLDER_NAME_NORMALISED", path, "The name is not in Unicode normal form C; it is published in that form", "rename the file");
    if ((stat.mode & 0o111) !== 0) this.#note("FOLDER_EXECUTABLE", path, "The file is executable here; a release keeps bytes and names, not modes", "say in the README how it is run");
    this.files.set(normal, readFileSync(join(this.#folder, path)));
  }

  #once(code: string, message: string): void {
    if (this.problems.some((problem) => problem.code === code)) return;
    this.problems.push({ code, severity: "error", file: this.#shownAs || ".", message, remedy: "leave out what a consumer does not need" });
  }

  #leave(code: string, path: string, message: string, remedy: string): void {
    const severity = this.#lenient ? "warning" : "error";
    this.problems.push({ code, severity, file: this.#at(path), message: this.#lenient ? `${message}; left out` : message, remedy });
  }

  #note(code: string, path: string, message: string, remedy: string): void {
    this.problems.push({ code, severity: "warning", file: this.#at(path), message, remedy });
  }

  #at(path: string): string {
    return this.#shownAs === "" ? path : `${this.#shownAs}/${path}`;
  }
}
