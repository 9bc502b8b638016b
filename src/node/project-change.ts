/**
 * Folders and files of a project, changed together: all of them or none.
 *
 * Everything is written to `.ggen-marketplace-<pid>/` in the project first, on the same file system.
 * Then each thing that is replaced moves there and its successor moves out, by renaming; where one
 * cannot, or the program is interrupted, what had moved moves back. No path leads through a symbolic link.
 */
import { lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { RegistryError } from "../base/error.ts";
import { onInterrupt } from "./interrupt.ts";

interface Move {
  readonly target: string;
  readonly staged: string;
  readonly aside: string;
}

export class ProjectChange {
  readonly #project: string;
  readonly #staging: string;
  readonly #folders = new Map<string, ReadonlyMap<string, Uint8Array>>();
  readonly #files = new Map<string, Uint8Array>();

  constructor(project: string) {
    this.#project = project;
    this.#staging = join(project, `.ggen-marketplace-${process.pid}`);
  }

  /** The folder will hold exactly these files. Paths are relative, and were judged by manifest/path.ts. */
  folder(path: string, files: ReadonlyMap<string, Uint8Array>): void {
    this.#folders.set(path, files);
  }

  file(path: string, bytes: Uint8Array): void {
    this.#files.set(path, bytes);
  }

  /** Throws UNSAFE_PATH, or the error of the file system; the project is then as it was. */
  commit(): void {
    const targets = [...this.#folders.keys(), ...this.#files.keys()];
    for (const path of targets) this.#refuseLinks(path);
    const done: Move[] = [];
    const withdraw = onInterrupt(() => this.#undo(done));
    try {
      this.#stage();
      for (const path of targets) this.#move(path, done);
    } catch (error) {
      this.#undo(done);
      throw error;
    } finally {
      withdraw();
      rmSync(this.#staging, { recursive: true, force: true });
    }
  }

  #stage(): void {
    mkdirSync(this.#project, { recursive: true });
    for (const [folder, files] of this.#folders) {
      mkdirSync(join(this.#staging, "new", folder), { recursive: true });
      for (const [path, bytes] of files) this.#write(join(this.#staging, "new", folder, path), bytes);
    }
    for (const [path, bytes] of this.#files) this.#write(join(this.#staging, "new", path), bytes);
  }

  #write(path: string, bytes: Uint8Array): void {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes, { flag: "wx", mode: 0o644 });
  }

  #move(path: string, done: Move[]): void {
    const move: Move = { target: join(this.#project, path), staged: join(this.#staging, "new", path), aside: join(this.#staging, "old", path) };
    mkdirSync(dirname(move.target), { recursive: true });
    if (lstatSync(move.target, { throwIfNoEntry: false }) !== undefined) {
      mkdirSync(dirname(move.aside), { recursive: true });
      renameSync(move.target, move.aside);
    }
    done.push(move);
    renameSync(move.staged, move.target);
  }

  #undo(done: readonly Move[]): void {
    for (const move of [...done].reverse()) {
      rmSync(move.target, { recursive: true, force: true });
      if (lstatSync(move.aside, { throwIfNoEntry: false }) !== undefined) renameSync(move.aside, move.target);
    }
    rmSync(this.#staging, { recursive: true, force: true });
  }

  /** A link on the way would let a project write somewhere else. */
  #refuseLinks(path: string): void {
    let at = this.#project;
    for (const part of path.split("/")) {
      at = join(at, part);
      if (lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() !== true) continue;
      throw new RegistryError("UNSAFE_PATH", `"${at}" is a symbolic link; nothing was changed`, "replace the link by a folder or file of its own");
    }
  }
}
