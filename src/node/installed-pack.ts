/**
 * A package as it is installed: the folder packs/<name>/, held against what was signed, or against what the lock says
 * that we put there; and beside it packs/<name>.adapted/, the form that ggen loads, where one was made. No name of a
 * package has a dot, so that no package's folder is another's form.
 */
import { existsSync, lstatSync } from "node:fs";
import { join } from "node:path";
import { equalBytes } from "../base/bytes.ts";
import type { Digest, Hash } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { compareText } from "../base/order.ts";
import type { Problem } from "../base/problem.ts";
import { writeSha256Sums } from "../manifest/sha256sums.ts";
import type { VerifiedRelease } from "../trust/release.ts";
import { readFolderFiles } from "./folder-files.ts";
import type { Lock, LockedPackage } from "./lock.ts";

export function packFolder(name: string): string {
  return `packs/${name}`;
}

export function adaptedFolder(name: string): string {
  return `${packFolder(name)}.adapted`;
}

/** Whether the lock names the release and its folder has every signed byte, and none besides. */
export function isInstalled(project: string, release: VerifiedRelease, lock: Lock): boolean {
  if (lock.packages.get(release.manifest.name)?.digest !== release.digest) return false;
  return compareInstalled(project, release).length === 0;
}

/** Whether the folder has the files of this digest, and no others. */
function hasFiles(project: string, folder: string, digest: Digest, hash: Hash): boolean {
  const path = join(project, folder);
  if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) return false;
  const { files, problems } = readFolderFiles(path, { ...AS_IT_IS, shownAs: folder });
  return !problems.some(isStrange) && contentDigest(files, hash) === digest;
}

/** Whether the folder of a locked package's adapted form has its files; or there is none, and none is locked. */
export function isAdaptedAsLocked(project: string, name: string, locked: LockedPackage, hash: Hash): boolean {
  return locked.adapted === undefined || hasFiles(project, adaptedFolder(name), locked.adapted, hash);
}

/** The package's folder, or its adapted form's, may be replaced where its files are still those that we wrote. */
export function checkReplaceable(
  project: string,
  name: string,
  lock: Lock,
  { hash, form = "signed" }: { readonly hash: Hash; readonly form?: "signed" | "adapted" },
): void {
  const folder = form === "signed" ? packFolder(name) : adaptedFolder(name);
  if (!existsSync(join(project, folder))) return;
  const locked = lock.packages.get(name as never);
  const digest = form === "signed" ? locked?.content : locked?.adapted;
  if (locked === undefined || digest === undefined)
    throw new RegistryError(
      "PACK_IN_THE_WAY",
      `"${folder}" is there already, and was not installed by this program; nothing was changed`,
      "move it away, or replace it with --force",
    );
  if (!hasFiles(project, folder, digest, hash))
    throw new RegistryError(
      "CHANGED_BY_HAND",
      `Files in "${folder}" were changed since ${name}@${locked.version} was installed; nothing was changed`,
      `see which with \`verify ${name}\`; replace them with --force`,
    );
}

/** One digest for a set of files: sha256 of their checksum list. */
export function contentDigest(files: ReadonlyMap<string, Uint8Array>, hash: Hash): Digest {
  const entries = [...files].map(([path, bytes]) => ({ path: `content/${path}`, sha256: hash(bytes) }));
  return hash(writeSha256Sums(entries.sort((a, b) => compareText(a.path, b.path))));
}

/** An installed folder is read with all that stands in it, whatever a release could hold. */
const AS_IT_IS = { lenient: true, everything: true };

/** How the installed files differ from the release: changed, missing, and what is there besides. */
export function compareInstalled(project: string, release: VerifiedRelease): Problem[] {
  return compareFolder(project, packFolder(release.manifest.name), release, {
    files: release.content,
    changed: "The file is not the one that was signed",
    extra: "The release has no such file",
  });
}

/** The same of its adapted form, whose files follow from the release. */
export function compareAdapted(
  project: string,
  release: VerifiedRelease,
  files: ReadonlyMap<string, Uint8Array>,
): Problem[] {
  return compareFolder(project, adaptedFolder(release.manifest.name), release, {
    files,
    changed: "The file is not the one that follows from the release",
    extra: "The form that follows from the release has no such file",
  });
}

interface Wanted {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What is said of a file with other bytes. */
  readonly changed: string;
  readonly extra: string;
}

function compareFolder(
  project: string,
  folder: string,
  { manifest }: VerifiedRelease,
  wanted: Wanted,
): Problem[] {
  const path = join(project, folder);
  const remedy = `install it again: ggen-marketplace install ${manifest.name}@${manifest.version} --force`;
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
  for (const [file, bytes] of wanted.files) {
    const there = files.get(file);
    if (there === undefined)
      found.push(problem("INSTALLED_MISSING", `${folder}/${file}`, "The file is missing"));
    else if (!equalBytes(there, bytes))
      found.push(problem("INSTALLED_CHANGED", `${folder}/${file}`, wanted.changed));
  }
  for (const file of files.keys())
    if (!wanted.files.has(file)) found.push(problem("INSTALLED_EXTRA", `${folder}/${file}`, wanted.extra));
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
