/**
 * All files of a folder that someone wants to publish, as bytes by path, with what could not be taken.
 *
 * No link is ever followed. A file is read where a release can hold it: its path is one for every system,
 * no other path is the same where case or Unicode form is ignored, and it is within the limits.
 */
import { type Dirent, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compareText } from "../base/order.ts";
import type { Problem } from "../base/problem.ts";
import { LIMIT_CEILINGS, type Limits } from "../manifest/limits.ts";
import { checkPath, checkPathSet } from "../manifest/path.ts";

export interface FolderFiles {
  /** By path with `/`, in Unicode normal form C, in code point order. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly problems: readonly Problem[];
}

export interface FolderReadingOptions {
  /** Files that no release can hold are left out with a warning; else they are errors. */
  readonly lenient?: boolean;
  /** What messages call the folder; else its path as given. */
  readonly shownAs?: string;
  /** Everything that is there is told: also a repository's own folder, and folders without a file. */
  readonly everything?: boolean;
  readonly limits?: Pick<Limits, "releaseFilesMax" | "releaseBytesMax" | "fileBytesMax">;
}

/** A repository's own folder; nobody means to publish it. */
const SKIPPED_FOLDER = ".git";

/** What the limits forbid and what cannot be read are errors, lenient or not: the package would not be what it was. */
export function readFolderFiles(folder: string, options: FolderReadingOptions = {}): FolderFiles {
  const reading = new FolderReading(folder, options);
  reading.walk();
  const files = new Map([...reading.files].sort(([a], [b]) => compareText(a, b)));
  return { files, problems: reading.problems };
}

class FolderReading {
  readonly files = new Map<string, Uint8Array>();
  readonly problems: Problem[] = [];
  readonly #folder: string;
  readonly #lenient: boolean;
  readonly #shownAs: string;
  readonly #everything: boolean;
  readonly #limits: Required<FolderReadingOptions>["limits"];
  #bytes = 0;
  #isOver = false;

  constructor(
    folder: string,
    { lenient = false, shownAs = folder, everything = false, limits = LIMIT_CEILINGS }: FolderReadingOptions,
  ) {
    this.#folder = folder;
    this.#lenient = lenient;
    this.#shownAs = shownAs;
    this.#everything = everything;
    this.#limits = limits;
  }

  walk(): void {
    const found = this.#pathsBelow();
    // One order on every machine, and of two spellings of one name the composed one first.
    found.sort((a, b) => compareText(a.normalize("NFC"), b.normalize("NFC")) || compareText(b, a));
    const clashes = new Map<string, string>();
    for (const { path, clashesWith } of checkPathSet(found.map((path) => path.normalize("NFC"))))
      if (path !== clashesWith) clashes.set(path, clashesWith);
    for (const path of found) {
      if (this.#isOver) return;
      const normal = path.normalize("NFC");
      const other = this.files.has(normal) ? normal : clashes.get(normal);
      if (other === undefined) this.#take(path, normal);
      else
        this.#leave(
          "FOLDER_NAMES_CLASH",
          path,
          `Where case or Unicode form is ignored this is the same file as "${other}"`,
          "rename one of them",
        );
    }
  }

  /** Paths of regular files, as the file system spells them. */
  #pathsBelow(): string[] {
    const found: string[] = [];
    const waiting = [""];
    for (let at = waiting.pop(); at !== undefined && !this.#isOver; at = waiting.pop()) {
      const entries = this.#entriesOf(at);
      if (this.#everything && entries?.length === 0 && at !== "")
        this.#leave("FOLDER_EMPTY", at, "The folder is empty", "remove it");
      for (const entry of entries ?? []) {
        const path = at === "" ? entry.name : `${at}/${entry.name}`;
        if (path.includes("\ufffd"))
          this.#leave("FOLDER_NAME_NOT_UTF8", path, "The name is not UTF-8", "rename it");
        else if (entry.isFile()) found.push(path);
        else if (!entry.isDirectory())
          this.#leave(
            "FOLDER_NOT_A_FILE",
            path,
            "Links and special files cannot be published",
            "replace it by a copy of the file",
          );
        else if (entry.name !== SKIPPED_FOLDER) waiting.push(path);
        else if (this.#everything)
          this.#leave("FOLDER_REPOSITORY", path, "It is a git repository", "move it away");
      }
      if (found.length > this.#limits.releaseFilesMax)
        this.#stop(
          "FOLDER_TOO_MANY_FILES",
          `The folder has more than ${this.#limits.releaseFilesMax} files, the most a release may have`,
        );
    }
    return found;
  }

  #entriesOf(relative: string): Dirent[] | undefined {
    try {
      return readdirSync(join(this.#folder, relative), { withFileTypes: true });
    } catch (error) {
      this.#unreadable(relative, error);
      return undefined;
    }
  }

  #take(path: string, normal: string): void {
    const reason = checkPath(normal);
    if (reason !== undefined) {
      const message = `A release cannot hold this file: its path ${reason}`;
      this.#leave("FOLDER_BAD_PATH", path, message, "rename the file, or leave it out");
      return;
    }
    try {
      const { size, mode } = lstatSync(join(this.#folder, path));
      if (this.#exceeds(path, size)) return;
      this.files.set(normal, readFileSync(join(this.#folder, path)));
      if (normal !== path)
        this.#note(
          "FOLDER_NAME_NORMALISED",
          path,
          "The name is not in Unicode normal form C; it is published in that form",
          "rename the file",
        );
      if ((mode & 0o111) !== 0)
        this.#note(
          "FOLDER_EXECUTABLE",
          path,
          "The file is executable here; a release keeps bytes and names, not modes",
          "say in the README how it is run",
        );
    } catch (error) {
      this.#unreadable(path, error);
    }
  }

  #exceeds(path: string, size: number): boolean {
    const { fileBytesMax, releaseBytesMax } = this.#limits;
    if (size > fileBytesMax) {
      const message = `The file has ${size} bytes; a file of a release has at most ${fileBytesMax}`;
      this.#add("error", "FOLDER_FILE_TOO_LARGE", path, message, "leave it out, or make it smaller");
      return true;
    }
    this.#bytes += size;
    if (this.#bytes <= releaseBytesMax) return false;
    const message = `The files have more than ${releaseBytesMax} bytes together, the most a release may have`;
    this.#stop("FOLDER_TOO_LARGE", message);
    return true;
  }

  #unreadable(path: string, error: unknown): void {
    if (!(error instanceof Error && "code" in error)) throw error;
    this.#add(
      "error",
      "FOLDER_UNREADABLE",
      path,
      `It cannot be read (${String(error.code)})`,
      "make it readable, or leave it out",
    );
  }

  #stop(code: string, message: string): void {
    this.#isOver = true;
    this.#add(
      "error",
      code,
      "",
      message,
      "leave out what a consumer does not need, or ask the registry's maintainers",
    );
  }

  #leave(code: string, path: string, message: string, remedy: string): void {
    if (this.#lenient) this.#add("warning", code, path, `${message}; left out`, remedy);
    else this.#add("error", code, path, message, remedy);
  }

  #note(code: string, path: string, message: string, remedy: string): void {
    this.#add("warning", code, path, message, remedy);
  }

  #add(severity: Problem["severity"], code: string, path: string, message: string, remedy: string): void {
    const file = path === "" ? this.#shownAs : `${this.#shownAs}/${path}`;
    this.problems.push({ code, severity, file, message, remedy });
  }
}
