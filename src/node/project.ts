/**
 * A ggen project as installation sees it: packs/<name>/ folders, [packs] in ggen.toml, our lock.
 * All of it changes together, or nothing does (folder-change.ts).
 */
import { existsSync, lstatSync } from "node:fs";
import { join } from "node:path";
import { equalBytes, utf8 } from "../base/bytes.ts";
import type { Digest, Hash } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { compareText } from "../base/order.ts";
import type { Problem } from "../base/problem.ts";
import type { PackageName } from "../manifest/name.ts";
import { writeSha256Sums } from "../manifest/sha256sums.ts";
import type { Range } from "../manifest/version.ts";
import type { VerifiedRelease } from "../trust/release.ts";
import { changeFolder } from "./folder-change.ts";
import { readFolderFiles } from "./folder-files.ts";
import { addPackEntries } from "./ggen-toml.ts";
import { LOCK_FILE, type Lock, type LockedPackage, readLock, writeLock } from "./lock.ts";
import { readRegularFile } from "./regular-file.ts";

const GGEN_TOML = "ggen.toml";
/** People write it by hand. */
const GGEN_TOML_BYTES_MAX = 4 * 1024 * 1024;

export interface InstallOptions {
  /** What was asked for: name → range. */
  readonly roots: ReadonlyMap<PackageName, Range>;
  /** What ggen can load, and is entered in ggen.toml: a pack that it cannot load there would stop it. */
  readonly packs: ReadonlySet<PackageName>;
  /** Replace packs whose files were changed by hand, that we did not install, or that came from another registry. */
  readonly force: boolean;
  /** The IRI of the registry that each comes from. */
  readonly registries: ReadonlyMap<PackageName, string>;
  readonly hash: Hash;
  /** The ends of the chains that were seen, of every package that was looked at. */
  readonly heads: ReadonlyMap<PackageName, LockedHeads>;
}

export type LockedHeads = Pick<LockedPackage, "statements" | "publisher-statements">;

export interface Installed {
  readonly ggenToml: "changed" | "unchanged" | "absent";
  /** What was left as it was and why. */
  readonly notes: readonly string[];
}

/**
 * Unpacks the releases to `packs/`, and notes them in the lock and in ggen.toml where there is one. Throws
 * CHANGED_BY_HAND, PACK_IN_THE_WAY, OTHER_REGISTRY, LOCK_DIFFERS, LOCK_UNREADABLE, GGEN_TOML_UNREADABLE,
 * UNSAFE_PATH; nothing is changed then.
 */
export function installReleases(
  project: string,
  releases: readonly VerifiedRelease[],
  options: InstallOptions,
): Installed {
  let installed: Installed = { ggenToml: "absent", notes: [] };
  changeFolder(project, (change) => {
    const lock = readLock(project);
    for (const release of releases) {
      checkLocked(release, lock, options);
      if (isInstalled(project, release, lock)) continue;
      if (!options.force) checkReplaceable(project, release.manifest.name, lock, options.hash);
      change.folder(packFolder(release.manifest.name), release.content);
    }
    const edit = editGgenToml(
      project,
      releases.filter(({ manifest }) => options.packs.has(manifest.name)),
    );
    if (edit.bytes !== undefined) change.file(GGEN_TOML, edit.bytes);
    change.file(LOCK_FILE, utf8(writeLock(lockWith(lock, releases, options))));
    installed = edit;
  });
  return installed;
}

export function packFolder(name: string): string {
  return `packs/${name}`;
}

/** A published release never changes, and a name of one registry is not that of another. */
function checkLocked({ manifest, digest }: VerifiedRelease, lock: Lock, options: InstallOptions): void {
  const locked = lock.packages.get(manifest.name);
  if (locked === undefined || options.force) return;
  const registry = registryOf(manifest.name, options);
  if (locked.registry !== registry)
    throw new RegistryError(
      "OTHER_REGISTRY",
      `${manifest.name} was installed from ${locked.registry}, and this registry is ${registry}; nothing was changed`,
      "use the registry it came from, or replace it with --force",
    );
  if (locked.version === manifest.version && locked.digest !== digest)
    throw new RegistryError(
      "LOCK_DIFFERS",
      `The lock has ${manifest.name}@${manifest.version} as ${locked.digest}, the registry as ${digest}: a release never changes; nothing was changed`,
      "find out which of the two is right before you use --force",
    );
}

function registryOf(name: PackageName, { registries }: InstallOptions): string {
  const iri = registries.get(name);
  if (iri === undefined) throw new Error(`no registry was named for ${name}`);
  return iri;
}

/** Whether the lock names the release and its folder has every signed byte, and none besides. */
export function isInstalled(project: string, release: VerifiedRelease, lock: Lock): boolean {
  if (lock.packages.get(release.manifest.name)?.digest !== release.digest) return false;
  return compareInstalled(project, release).length === 0;
}

/** Whether the folder of a locked package has the files that we installed, and no others. */
function isAsInstalled(project: string, name: string, locked: LockedPackage, hash: Hash): boolean {
  const folder = join(project, packFolder(name));
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return false;
  const { files, problems } = readFolderFiles(folder, { ...AS_IT_IS, shownAs: packFolder(name) });
  return !problems.some(isStrange) && contentDigest(files, hash) === locked.content;
}

/** A folder may be replaced where its files are still those that we installed. */
function checkReplaceable(project: string, name: PackageName, lock: Lock, hash: Hash): void {
  const folder = packFolder(name);
  if (!existsSync(join(project, folder))) return;
  const locked = lock.packages.get(name);
  if (locked === undefined)
    throw new RegistryError(
      "PACK_IN_THE_WAY",
      `"${folder}" is there already, and was not installed by this program; nothing was changed`,
      "move it away, or replace it with --force",
    );
  if (!isAsInstalled(project, name, locked, hash))
    throw new RegistryError(
      "CHANGED_BY_HAND",
      `Files in "${folder}" were changed since ${name}@${locked.version} was installed; nothing was changed`,
      `see which with \`verify ${name}\`; replace them with --force`,
    );
}

/** One digest for a set of files: sha256 of their checksum list. */
function contentDigest(files: ReadonlyMap<string, Uint8Array>, hash: Hash): Digest {
  const entries = [...files].map(([path, bytes]) => ({ path: `content/${path}`, sha256: hash(bytes) }));
  return hash(writeSha256Sums(entries.sort((a, b) => compareText(a.path, b.path))));
}

function lockWith(lock: Lock, releases: readonly VerifiedRelease[], options: InstallOptions): Lock {
  const packages = new Map(lock.packages);
  for (const { manifest, digest, content } of releases) {
    packages.set(manifest.name, {
      version: manifest.version,
      digest,
      content: contentDigest(content, options.hash),
      registry: registryOf(manifest.name, options),
      dependencies: [...manifest.dependencies.keys()],
    });
  }
  for (const [name, heads] of options.heads) {
    const entry = packages.get(name);
    if (entry !== undefined) packages.set(name, { ...entry, ...heads });
  }
  return { roots: new Map([...lock.roots, ...options.roots]), packages };
}

function editGgenToml(
  project: string,
  releases: readonly VerifiedRelease[],
): Installed & { readonly bytes?: Uint8Array } {
  const path = join(project, GGEN_TOML);
  if (!existsSync(path)) return { ggenToml: "absent", notes: [] };
  const entries = releases.map(({ manifest }) => ({ name: manifest.name, path: packFolder(manifest.name) }));
  const file = readRegularFile(path, GGEN_TOML_BYTES_MAX);
  if ("fault" in file)
    throw new RegistryError(
      "GGEN_TOML_UNREADABLE",
      `"${GGEN_TOML}" cannot be read: it ${file.what}; nothing was changed`,
      "put the project's own file in its place, or move it away",
    );
  const edit = addPackEntries(file.bytes, entries);
  const notes = edit.elsewhere.map(
    (name) =>
      `${GGEN_TOML} has "${name}" at another place, and that was left: ggen will not use ${packFolder(name)}`,
  );
  if (edit.outcome === "changed") return { ggenToml: "changed", notes, bytes: edit.bytes };
  if (edit.outcome === "left")
    notes.push(`${GGEN_TOML} was left as it is: ${edit.why}; add the packs to its [packs] table by hand`);
  return { ggenToml: "unchanged", notes };
}

/** Whether there is a ggen.toml in which an entry for this pack could be made. */
export function lacksPackEntry(project: string, name: string): boolean {
  const path = join(project, GGEN_TOML);
  if (!existsSync(path)) return false;
  const file = readRegularFile(path, GGEN_TOML_BYTES_MAX);
  return (
    !("fault" in file) && addPackEntries(file.bytes, [{ name, path: packFolder(name) }]).outcome === "changed"
  );
}

/** An installed folder is read with all that stands in it, whatever a release could hold. */
const AS_IT_IS = { lenient: true, everything: true };

/** How the installed files differ from the release: changed, missing, and what is there besides. */
export function compareInstalled(project: string, release: VerifiedRelease): Problem[] {
  const folder = packFolder(release.manifest.name);
  const path = join(project, folder);
  const remedy = `install it again: ggen-marketplace install ${release.manifest.name}@${release.manifest.version} --force`;
  const problem = (code: string, file: string, message: string): Problem => ({
    code,
    severity: "error",
    file,
    message,
    remedy,
  });
  if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory())
    return [problem("INSTALLED_MISSING", folder, "The folder is missing")];
  const { files, problems } = readFolderFiles(path, { ...AS_IT_IS, shownAs: folder });
  const found: Problem[] = [];
  for (const [file, bytes] of release.content) {
    const there = files.get(file);
    if (there === undefined)
      found.push(problem("INSTALLED_MISSING", `${folder}/${file}`, "The file is missing"));
    else if (!equalBytes(there, bytes))
      found.push(
        problem("INSTALLED_CHANGED", `${folder}/${file}`, "The file is not the one that was signed"),
      );
  }
  const content: ReadonlyMap<string, Uint8Array> = release.content;
  for (const file of files.keys())
    if (!content.has(file))
      found.push(problem("INSTALLED_EXTRA", `${folder}/${file}`, "The release has no such file"));
  return [
    ...found,
    ...problems
      .filter(isStrange)
      .map((one) => problem("INSTALLED_EXTRA", one.file, "No release holds such a thing")),
  ];
}

/** Of a file that a release can hold, and no sign that anything was changed. */
const HARMLESS = new Set(["FOLDER_NAME_NORMALISED", "FOLDER_EXECUTABLE"]);

/** What stands in a folder and can be no file of a release: links, special files, paths that are refused. */
function isStrange(problem: Problem): boolean {
  return !HARMLESS.has(problem.code);
}
