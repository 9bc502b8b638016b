/**
 * A registry's source as a build reads it (the port is build/source.ts).
 *
 *   in a git checkout     the commit, and on top of it what the work tree changed, added and removed
 *     unchanged files     as the blob that was committed: the file on disk where its bytes have the
 *                         blob's id, else (line endings converted, sparse checkout) out of git
 *     changed, untracked  from disk
 *   anywhere else         everything from disk
 *
 * So a checkout that converts line endings builds the same bytes as one that does not.
 */
import { hash } from "node:crypto";
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { RegistryError } from "../base/error.ts";
import { compareText, sortedTexts } from "../base/order.ts";
import type { Problem } from "../base/problem.ts";
import type { SourceTree } from "../build/source.ts";
import { type GitCheckout, openCheckout, type TreeEntry } from "./git.ts";
import {
  filesBelow,
  isRegistryData,
  isUtf8,
  readSourceFile,
  SOURCE_FILE_BYTES_MAX,
  sourceProblem,
  symlinkProblem,
  tooLargeProblem,
} from "./source-files.ts";
import { applyStatus, type Listing } from "./work-tree.ts";

export interface SourceTreeOptions {
  /** False: never ask git, read the folder as it is. */
  readonly git?: boolean;
  readonly fileBytesMax?: number;
}

/** Opens the source in `root`. Throws RegistryError NOT_FOUND where there is no such folder, GIT_FAILED where git breaks down. */
export async function openSourceTree(root: string, options: SourceTreeOptions = {}): Promise<SourceTree> {
  const folder = resolve(root);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new RegistryError(
      "NOT_FOUND",
      `Cannot read "${root}": there is no such folder`,
      "give the folder of a registry's source; it has registry.toml",
    );
  }
  const problems: Problem[] = [];
  const checkout = options.git === false ? {} : openCheckout(folder);
  if ("commit" in checkout) {
    const listing = await committedListing(folder, checkout, problems);
    if (listing !== undefined) return new ListedSource(folder, listing, options, checkout);
  } else if (checkout.reason !== undefined) {
    problems.push(gitRefused(checkout.reason, checkout.remedy));
  }
  const files = new Map(filesBelow(folder, "", problems).map((path) => [path, ""]));
  return new ListedSource(folder, { files, trees: new Map(), dirty: new Set(), problems }, options);
}

/** `undefined` where the commit holds no registry here: then nothing that git says of the folder is of use. */
async function committedListing(
  root: string,
  checkout: GitCheckout,
  problems: Problem[],
): Promise<Listing | undefined> {
  const status = checkout.status();
  // Git goes on looking at the work tree while its listing is read.
  const [listing] = await Promise.all([committedOf(checkout, problems), status]);
  if (!listing.files.has("registry.toml")) return undefined;
  applyStatus(root, await status, listing);
  return listing;
}

async function committedOf(checkout: GitCheckout, problems: Problem[]): Promise<Listing> {
  return listingOf(await checkout.committed(), problems);
}

function listingOf(committed: readonly TreeEntry[], problems: Problem[]): Listing {
  const listing: Listing = { files: new Map(), trees: new Map(), dirty: new Set(), problems };
  for (const { type, mode, id, path } of committed) {
    if (type === "tree") {
      listing.trees.set(path, id);
      continue;
    }
    if (!isRegistryData(path) || !isUtf8(path, problems)) continue;
    if (type === "commit") problems.push(sourceProblem("SOURCE_SUBMODULE", path, "it is a git submodule"));
    else if (mode === "120000") problems.push(symlinkProblem(path));
    else listing.files.set(path, id);
  }
  return listing;
}

/** The source as the checkout's commit has it, whatever the work tree has; empty where it has none. */
export async function openCommittedTree(folder: string, checkout: GitCheckout): Promise<SourceTree> {
  const listing = await committedOf(checkout, []);
  return new ListedSource(folder, listing, {}, checkout);
}

function gitRefused(reason: string, remedy?: string): Problem {
  return {
    code: "SOURCE_GIT_REFUSED",
    severity: "warning",
    file: ".",
    message: `Git is not asked about this checkout, and everything is read from disk: ${reason}`,
    remedy:
      remedy ??
      "mend what git says (for another owner's folder: `git config --global --add safe.directory <folder>`)",
    rule: "D4",
  };
}

/** Blobs that are asked of git at once, when one of them is not on disk as committed. */
const BLOBS_AT_ONCE = 2000;
const BLOB_BYTES_AT_ONCE = 64 * 1024 * 1024;

class ListedSource implements SourceTree {
  readonly commit?: string;
  readonly problems: Problem[];
  readonly #root: string;
  readonly #listing: Listing;
  readonly #paths: readonly string[];
  readonly #fileBytesMax: number;
  readonly #checkout: GitCheckout | undefined;
  /** Bytes that git gave ahead of their reading, until they are read. */
  #ahead = new Map<string, Uint8Array | Problem>();

  constructor(root: string, listing: Listing, options: SourceTreeOptions, checkout?: GitCheckout) {
    this.#root = root;
    this.#listing = listing;
    this.#paths = Object.freeze(sortedTexts(listing.files.keys()));
    this.#fileBytesMax = options.fileBytesMax ?? SOURCE_FILE_BYTES_MAX;
    this.#checkout = checkout;
    this.problems = listing.problems;
    if (checkout !== undefined) this.commit = checkout.commit;
  }

  paths(): readonly string[] {
    return this.#paths;
  }

  treeId(folder: string): string | undefined {
    return this.#listing.dirty.has(folder) ? undefined : this.#listing.trees.get(folder);
  }

  read(path: string): Uint8Array {
    const read = this.#read(path);
    if (read instanceof Uint8Array) return read;
    throw new RegistryError(read.code, read.message, read.remedy, { problems: [read] });
  }

  readFolder(folder: string): Map<string, Uint8Array> {
    const prefix = `${folder}/`;
    const files = new Map<string, Uint8Array>();
    for (let at = this.#firstAtOrAfter(prefix); at < this.#paths.length; at++) {
      const path = this.#paths[at] ?? "";
      if (!path.startsWith(prefix)) break;
      const read = this.#read(path);
      if (read instanceof Uint8Array) files.set(path.slice(prefix.length), read);
      else this.#note(read);
    }
    return files;
  }

  #note(problem: Problem): void {
    if (!this.problems.some(({ code, file }) => code === problem.code && file === problem.file))
      this.problems.push(problem);
  }

  #read(path: string): Uint8Array | Problem {
    const id = this.#listing.files.get(path);
    if (id === undefined) return sourceProblem("SOURCE_UNREADABLE", path, "the source has no such file");
    const ahead = this.#ahead.get(path);
    if (ahead !== undefined) {
      this.#ahead.delete(path);
      return ahead;
    }
    const read = readSourceFile(this.#root, path, this.#fileBytesMax);
    if (id === "" || this.#checkout === undefined) return read;
    if (read instanceof Uint8Array && blobId(read, this.#checkout.objectFormat) === id) return read;
    return this.#readFromGit(path, this.#checkout);
  }

  /** The blob of `path`; those of the files after it come along, since one that is converted is rarely alone. */
  #readFromGit(path: string, checkout: GitCheckout): Uint8Array | Problem {
    const first = this.#firstAtOrAfter(path);
    const wanted = this.#paths
      .slice(first, first + BLOBS_AT_ONCE)
      .filter((next) => this.#listing.files.get(next) !== "");
    const sizes = checkout.blobSizes(wanted.map((next) => this.#listing.files.get(next) ?? ""));
    const found = new Map<string, Uint8Array | Problem>();
    const fetched: string[] = [];
    let total = 0;
    for (const [at, next] of wanted.entries()) {
      const size = sizes[at] ?? 0;
      if (at > 0 && total + size > BLOB_BYTES_AT_ONCE) break;
      if (size > this.#fileBytesMax) {
        found.set(next, tooLargeProblem(next, size, this.#fileBytesMax));
        continue;
      }
      total += size;
      fetched.push(next);
    }
    const blobs = checkout.blobs(fetched.map((next) => this.#listing.files.get(next) ?? ""));
    for (const [at, next] of fetched.entries()) found.set(next, blobs[at] ?? new Uint8Array(0));
    this.#ahead = found;
    return this.#read(path);
  }

  #firstAtOrAfter(path: string): number {
    let low = 0;
    let high = this.#paths.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareText(this.#paths[middle] ?? "", path) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function blobId(bytes: Uint8Array, objectFormat: "sha1" | "sha256"): string {
  const head = Buffer.from(`blob ${bytes.length}\0`, "latin1");
  return hash(objectFormat, Buffer.concat([head, bytes]), "hex");
}
