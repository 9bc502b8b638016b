/**
 * A ggen project as installation sees it: packs/<name>/ folders, [packs] in ggen.toml, our lock.
 * Everything is written beside its place first and moved in together: all of it or nothing.
 */
import { existsSync, lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Digest, Hash } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import type { Problem } from "../base/problem.ts";
import { utf8 } from "../base/bytes.ts";
import { compareText } from "../base/order.ts";
import { writeSha256Sums } from "../manifest/sha256sums.ts";
import type { VerifiedRelease } from "../trust/release.ts";
import { readFolderFiles } from "./folder-files.ts";
import { addPackEntries } from "./ggen-toml.ts";
import { type Lock, LOCK_FILE, type LockedPackage, readLock, writeLock } from "./lock.ts";
import { ProjectChange } from "./project-change.ts";

const GGEN_TOML = "ggen.toml";

export interface InstallOptions {
  /** What was asked for: name → range. */
  readonly roots: ReadonlyMap<string, string>;
  /** Replace packs whose files were changed by hand, or that we did not install. */
  readonly force: boolean;
  /** The registry's IRI. */
  readonly registry: string;
  readonly hash: Hash;
}

export interface Installed {
  readonly ggenToml: "changed" | "unchanged" | "absent";
  /** What was left as it was and why. */
  readonly notes: readonly string[];
}

/** Unpacks the releases to `packs/`. Throws CHANGED_BY_HAND, PACK_IN_THE_WAY, LOCK_UNREADABLE, UNSAFE_PATH; nothing is changed then. */
export function installReleases(project: string, releases: readonly VerifiedRelease[], options: InstallOptions): Installed {
  const lock = readLock(project);
  const change = new ProjectChange(project);
  for (const release of releases) {
    if (isInstalled(project, release, lock)) continue;
    if (!options.force) checkReplaceable(project, release.manifest.name, lock, options.hash);
    change.folder(packFolder(release.manifest.name), release.content);
  }
  const edit = editGgenToml(project, releases);
  if (edit.text !== undefined) change.file(GGEN_TOML, utf8(edit.text));
  change.file(LOCK_FILE, utf8(writeLock(lockWith(lock, releases, options))));
  change.commit();
  return { ggenToml: edit.ggenToml, notes: edit.notes };
}

export function packFolder(name: string): string {
  return `packs/${name}`;
}

function isInstalled(project: string, release: VerifiedRelease, lock: Lock): boolean {
  if (lock.packages.get(release.manifest.name)?.digest !== release.digest) return false;
  return existsSync(join(project, packFolder(release.manifest.name))) && compareInstalled(project, release).length === 0;
}

/** A folder may be replaced where its files are still those that we installed. */
function checkReplaceable(project: string, name: string, lock: Lock, hash: Hash): void {
  const folder = packFolder(name);
  if (!existsSync(join(project, folder))) return;
  const locked = lock.packages.get(name);
  if (locked === undefined)
    throw new RegistryError("PACK_IN_THE_WAY", `"${folder}" is there already, and was not installed by this program; nothing was changed`, "move it away, or replace it with --force");
  const found = contentDigest(readFolderFiles(join(project, folder), { lenient: true }).files, hash);
  if (found !== locked.content)
    throw new RegistryError("CHANGED_BY_HAND", `Files in "${folder}" were changed since ${name}@${locked.version} was installed; nothing was changed`, `see which with \`verify ${name}\`; replace them with --force`);
}

/** One digest for a set of files: sha256 of their checksum list. */
export function contentDigest(files: ReadonlyMap<string, Uint8Array>, hash: Hash): Digest {
  const entries = [...files].map(([path, bytes]) => ({ path: `content/${path}`, sha256: hash(bytes) }));
  return hash(writeSha256Sums(entries.sort((a, b) => compareText(a.path, b.path))));
}

function lockWith(lock: Lock, releases: readonly VerifiedRelease[], options: InstallOptions): Lock {
  const packages = new Map(lock.packages);
  for (const release of releases) {
    const locked: LockedPackage = {
      version: release.manifest.version,
      digest: release.digest,
      content: contentDigest(release.content, options.hash),
      registry: options.registry,
      dependencies: [...release.manifest.dependencies.keys()],
    };
    packages.set(release.manifest.name, locked);
  }
  return { roots: new Map([...lock.roots, ...options.roots]), packages };
}

function editGgenToml(project: string, releases: readonly VerifiedRelease[]): Installed & { text?: string } {
  const path = join(project, GGEN_TOML);
  if (!existsSync(path)) return { ggenToml: "absent", notes: [] };
  const entries = releases.map((release) => ({ name: release.manifest.name, path: packFolder(release.manifest.name) }));
  const edit = addPackEntries(readFileSync(path, "utf8"), entries);
  if (edit.outcome === "changed") return { ggenToml: "changed", notes: [], text: edit.text };
  const notes = edit.outcome === "left" ? [`ggen.toml was left as it is: ${edit.why}; add the packs to its [packs] table by hand`] : [];
  return { ggenToml: "unchanged", notes };
}

/** How the installed files differ from the release: changed, missing, and what is there besides. */
export function compareInstalled(project: string, release: VerifiedRelease): Problem[] {
  const folder = packFolder(release.manifest.name);
  const path = join(project, folder);
  const remedy = `install it again: ggen-marketplace install ${release.manifest.name}@${release.manifest.version} --force`;
  const problem = (code: string, file: string, message: string): Problem => ({ code, severity: "error", file: `${folder}/${file}`, message, remedy });
  if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) return [problem("INSTALLED_MISSING", "", "The folder is missing")];
  const { files, problems } = readFolderFiles(path, { lenient: true });
  const found: Problem[] = [];
  for (const [file, bytes] of release.content) {
    const there = files.get(file);
    if (there === undefined) found.push(problem("INSTALLED_MISSING", file, "The file is missing"));
    else if (Buffer.compare(there, bytes) !== 0) found.push(problem("INSTALLED_CHANGED", file, "The file is not the one that was signed"));
  }
  const content: ReadonlyMap<string, Uint8Array> = release.content;
  for (const file of files.keys()) if (!content.has(file)) found.push(problem("INSTALLED_EXTRA", file, "The release has no such file"));
  const strange = problems.filter((one) => one.code === "FOLDER_NOT_A_FILE" || one.code === "FOLDER_BAD_PATH");
  return [...found, ...strange.map((one) => problem("INSTALLED_EXTRA", one.file, one.message))];
}
