/**
 * Changes of a ggen project: packages come to packs/<name>/ and go from there, their adapted forms beside them, and
 * the lock and ggen's own files say so. All of it changes together, or nothing does (folder-change.ts).
 */
import { utf8 } from "../base/bytes.ts";
import type { Hash } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import type { PackageName } from "../manifest/name.ts";
import type { Range } from "../manifest/version.ts";
import type { VerifiedRelease } from "../trust/release.ts";
import { changeFolder, type Successors, takeBackLeftover } from "./folder-change.ts";
import { editGgenFiles, type GgenFiles } from "./ggen-files.ts";
import { importFiles, importNotes, importsIn } from "./import-catalog.ts";
import {
  adaptedFolder,
  checkReplaceable,
  compareAdapted,
  contentDigest,
  isInstalled,
  packFolder,
} from "./installed-pack.ts";
import { LOCK_FILE, type Lock, type LockedPackage, reachable, readLock, writeLock } from "./lock.ts";

export type LockedHeads = Pick<LockedPackage, "publisher" | "statements" | "publisher-statements">;
/** Where a release came from. */
export type LockedOrigin = Pick<LockedPackage, "registry" | "root" | "view">;

/** What comes, beside the releases themselves. */
export interface Installation {
  readonly releases: readonly VerifiedRelease[];
  /** The lock that was read before: where another program has changed it since, something else may be right. */
  readonly plannedOn: Lock;
  /** What was asked for: name → range. */
  readonly roots: ReadonlyMap<PackageName, Range>;
  /** The files of forms that ggen loads, of packages that it would not load as they are (content/adapt.ts). */
  readonly adapted: ReadonlyMap<PackageName, Files>;
  /** What ggen can load, adapted or as it is, and is entered in ggen.toml: a pack that it cannot load there would stop it. */
  readonly packs: ReadonlySet<PackageName>;
  readonly origins: ReadonlyMap<PackageName, LockedOrigin>;
  /** The ends of the chains that were seen, of every package that was looked at. */
  readonly heads: ReadonlyMap<PackageName, LockedHeads>;
  /** What each may do, and was agreed to, by kind. */
  readonly consent: ReadonlyMap<PackageName, readonly string[]>;
}

type Files = ReadonlyMap<string, Uint8Array>;

export interface Removal {
  /** What is asked for no longer. */
  readonly roots: ReadonlySet<PackageName>;
}

export interface ChangeOptions {
  /** Replace packs whose files were changed by hand, that we did not install, or that came from another registry. */
  readonly force: boolean;
  readonly hash: Hash;
  /** Milliseconds since 1970, for the one file of ggen's that has times. */
  readonly now: number;
}

export interface Changed extends Pick<GgenFiles, "ggenToml" | "notes"> {
  /** What nothing needs any more, and was removed. */
  readonly removed: readonly PackageName[];
}

/**
 * Unpacks the releases to `packs/`, removes what nothing needs any more, and notes both in the lock and in ggen's
 * files. Throws CHANGED_BY_HAND, PACK_IN_THE_WAY, OTHER_REGISTRY, LOCK_DIFFERS, LOCK_UNREADABLE,
 * GGEN_TOML_UNREADABLE, UNSAFE_PATH, PROJECT_CHANGED; nothing is changed then.
 */
export function installReleases(
  project: string,
  installation: Installation,
  options: ChangeOptions,
): Changed {
  const { releases } = installation;
  return changeProject(project, options, (lock, change) => {
    if (writeLock(lock) !== writeLock(installation.plannedOn)) throw projectChanged();
    for (const release of releases) {
      checkLocked(release, lock, installation, options);
      if (!isInstalled(project, release, lock)) {
        if (!options.force) checkReplaceable(project, release.manifest.name, lock, options);
        change.folder(packFolder(release.manifest.name), release.content);
      }
      bringAdapted(project, release, installation.adapted.get(release.manifest.name), lock, options, change);
    }
    return { lock: lockWith(lock, installation, options.hash), installation };
  });
}

function projectChanged(): RegistryError {
  return new RegistryError(
    "PROJECT_CHANGED",
    `Another program changed ${LOCK_FILE} meanwhile; nothing was changed`,
    "run it again",
  );
}

/** The lock of a project, after a change that was killed was taken back. Throws as `readLock` does. */
export function readProject(project: string): Lock {
  takeBackLeftover(project);
  return readLock(project);
}

/** The adapted form of a release comes, stays, or goes where there is none any more. */
function bringAdapted(
  project: string,
  release: VerifiedRelease,
  files: Files | undefined,
  lock: Lock,
  { force, hash }: ChangeOptions,
  change: Folders,
): void {
  const { name } = release.manifest;
  if (files === undefined && lock.packages.get(name)?.adapted === undefined) return;
  const isThere = files !== undefined && compareAdapted(project, release, files).length === 0;
  if (!isThere && !force) checkReplaceable(project, name, lock, { hash, form: "adapted" });
  if (files === undefined) change.gone(adaptedFolder(name));
  else if (!isThere) change.folder(adaptedFolder(name), files);
}

/** Removes packages that were asked for, and what only they needed. Throws as `installReleases` does. */
export function removePackages(project: string, { roots }: Removal, options: ChangeOptions): Changed {
  return changeProject(project, options, (lock) => ({
    lock: { ...lock, roots: new Map([...lock.roots].filter(([name]) => !roots.has(name))) },
  }));
}

/** Removes folders of packs/ that the lock does not name. Throws PROJECT_CHANGED where it does by now. */
export function pruneFolders(project: string, names: readonly string[]): void {
  changeFolder(project, (change) => {
    const { packages } = readLock(project);
    if (names.some((name) => packages.has(name as PackageName))) throw projectChanged();
    for (const name of names) change.gone(packFolder(name));
  });
}

type Folders = Pick<Successors, "folder" | "gone">;
type Next = { readonly lock: Lock; readonly installation?: Installation };

function changeProject(
  project: string,
  options: ChangeOptions,
  plan: (lock: Lock, change: Folders) => Next,
): Changed {
  let changed: Changed = { ggenToml: "absent", notes: [], removed: [] };
  changeFolder(project, (change) => {
    const before = readLock(project);
    const { lock, installation } = plan(before, change);
    const needed = reachable(lock);
    const removed = [...lock.packages.keys()].filter((name) => !needed.has(name));
    for (const name of removed) {
      if (!options.force) checkReplaceable(project, name, before, options);
      change.gone(packFolder(name));
      if (before.packages.get(name)?.adapted === undefined) continue;
      if (!options.force) checkReplaceable(project, name, before, { hash: options.hash, form: "adapted" });
      change.gone(adaptedFolder(name));
    }
    const packages = new Map([...lock.packages].filter(([name]) => needed.has(name)));
    const edit = editGgenFiles(project, {
      installed: installedIn(installation, packages),
      loadable: foldersOf(installation),
      gone: new Set(removed),
      now: options.now,
    });
    for (const [path, bytes] of edit.files) change.file(path, bytes);
    const arriving = new Map<string, ReadonlyMap<string, Uint8Array>>(
      installation?.releases.map(({ manifest, content }) => [manifest.name, content]),
    );
    const imports = importsIn(project, packages, arriving);
    for (const [path, bytes] of importFiles(imports))
      if (imports.ontologies.size > 0) change.file(path, bytes);
      else change.gone(path);
    change.file(LOCK_FILE, utf8(writeLock({ ...lock, packages })));
    changed = { ggenToml: edit.ggenToml, notes: [...edit.notes, ...importNotes(imports)], removed };
  });
  return changed;
}

/** Where ggen loads what it can load. */
function foldersOf(installation: Installation | undefined): ReadonlyMap<PackageName, string> {
  const { packs = [], adapted } = installation ?? {};
  return new Map(
    [...packs].map((name) => [name, adapted?.has(name) === true ? adaptedFolder(name) : packFolder(name)]),
  );
}

function installedIn(installation: Installation | undefined, packages: Lock["packages"]) {
  const { releases = [], adapted } = installation ?? {};
  return new Map(
    releases.flatMap(({ manifest, digest, content }) => {
      const locked = packages.get(manifest.name);
      if (locked === undefined) return [];
      const { version, registry, dependencies } = locked;
      const files = adapted?.get(manifest.name) ?? content;
      return [[manifest.name, { version, registry, digest, dependencies, files }] as const];
    }),
  );
}

/** A published release never changes, and a name of one registry is not that of another. */
function checkLocked(
  { manifest, digest }: VerifiedRelease,
  lock: Lock,
  installation: Installation,
  options: ChangeOptions,
): void {
  const locked = lock.packages.get(manifest.name);
  if (locked === undefined || options.force) return;
  const { registry } = originOf(manifest.name, installation);
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

function originOf(name: PackageName, { origins }: Installation): LockedOrigin {
  const origin = origins.get(name);
  if (origin === undefined) throw new Error(`no registry was named for ${name}`);
  return origin;
}

function lockWith(lock: Lock, installation: Installation, hash: Hash): Lock {
  const packages = new Map(lock.packages);
  for (const { manifest, digest, content } of installation.releases) {
    const adapted = installation.adapted.get(manifest.name);
    packages.set(manifest.name, {
      version: manifest.version,
      digest,
      content: contentDigest(content, hash),
      ...(adapted === undefined ? {} : { adapted: contentDigest(adapted, hash) }),
      ...originOf(manifest.name, installation),
      dependencies: [...manifest.dependencies.keys()],
    });
  }
  for (const [name, heads] of installation.heads) {
    const entry = packages.get(name);
    if (entry !== undefined) packages.set(name, { ...entry, ...heads });
  }
  for (const [name, consent] of installation.consent) {
    const entry = packages.get(name);
    if (entry !== undefined) packages.set(name, { ...entry, consent });
  }
  return { roots: new Map([...lock.roots, ...installation.roots]), packages };
}
