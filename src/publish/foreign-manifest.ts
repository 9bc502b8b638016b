/**
 * A manifest for a package that was made for ggen, from what its own files say.
 *
 *     pack.toml      [pack] name, version, description                                   the engine's packs
 *     package.toml   [package] name, version, description, author(s), license, tags …    the first marketplace's
 *
 * What cannot be carried over is told as a warning and stays in the package's own file, which is part of
 * the content, unchanged. Only what has no readable manifest, no usable name or no version is refused.
 */
import { failed, ok, type Problem, type Result } from "../base/problem.ts";
import type { Limits } from "../manifest/limits.ts";
import {
  explainName,
  NAME_CHARS_MAX,
  type PackageName,
  type PublisherName,
  parsePackageName,
  suggestName,
} from "../manifest/name.ts";
import type { PackageManifest } from "../manifest/package-toml.ts";
import { isTable, readToml, type TomlTable } from "../manifest/toml-document.ts";
import { explainVersion, parseVersion, type Version } from "../manifest/version.ts";
import { foreignDependencies, type KnownPackages } from "./foreign-dependencies.ts";
import { addressOf, authorsOf, categoryOf, descriptionOf, keywordsOf, licenseOf } from "./foreign-fields.ts";
import { Notes } from "./notes.ts";

export const PACK_FILE = "pack.toml";
export const PACKAGE_FILE = "package.toml";

/** The packs of today carry essays in their description. */
const FOREIGN_MANIFEST_BYTES_MAX = 1024 * 1024;

export interface ForeignPackage {
  /** Name of the folder: what `[packs]` in a ggen.toml calls it. */
  readonly folder: string;
  /** By path below the folder. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What was left out or changed when the folder was read. */
  readonly notes: readonly Problem[];
}

export interface Adapting {
  readonly publisher: PublisherName;
  readonly limits: Pick<Limits, "descriptionBytesMax">;
  readonly known: KnownPackages;
}

/** Refuses with IMPORT_NO_MANIFEST, IMPORT_NO_TABLE, IMPORT_BAD_NAME, IMPORT_BAD_VERSION, or what makes the file no TOML. */
export function adaptManifest(foreign: ForeignPackage, adapting: Adapting): Result<PackageManifest> {
  const source = foreign.files.has(PACK_FILE) ? PACK_FILE : PACKAGE_FILE;
  const file = `${foreign.folder}/${source}`;
  const notes = new Notes(file);
  const bytes = foreign.files.get(source);
  if (bytes === undefined) return failed([noManifest(foreign.folder)]);
  const parsed = readToml(bytes, file, { codes: "IMPORT", bytesMax: FOREIGN_MANIFEST_BYTES_MAX });
  if (!parsed.ok) return parsed;
  if (parsed.value.problems.length > 0) return failed(parsed.value.problems);
  const { root } = parsed.value;
  const header = source === PACK_FILE ? "pack" : "package";
  const table = root[header];
  if (!isTable(table))
    return notes.refuse(
      "IMPORT_NO_TABLE",
      `The file has no [${header}] table`,
      "add it, with a name and a version",
    );
  const name = nameOf(foreign.folder, table, notes);
  if (name === undefined)
    return notes.refuse(
      "IMPORT_BAD_NAME",
      `No package can be called "${foreign.folder}": ${explainName(foreign.folder)}`,
      "rename the folder, or give the package a name of a to z, digits and hyphens",
    );
  const version = versionOf(table.version, notes);
  if (version === undefined) {
    const found =
      table.version === undefined
        ? "There is no version"
        : `"${String(table.version)}" cannot be read as a version: ${explainVersion(String(table.version))}`;
    return notes.refuse("IMPORT_BAD_VERSION", found, "write a SemVer version such as 1.0.0");
  }
  const description = descriptionOf(table.description, name, adapting.limits.descriptionBytesMax, notes);
  const manifest: PackageManifest = {
    format: 1,
    name,
    version,
    publisher: adapting.publisher,
    summary: description.split("\n", 1)[0] ?? "",
    description,
    license: licenseOf(table.license, notes),
    ...categoryOf(table.category),
    keywords: keywordsOf(table, notes),
    authors: authorsOf(table),
    ...addressOf("repository", table.repository, notes),
    ...addressOf("homepage", table.homepage, notes),
    devDependencies: new Map(),
    ...foreignDependencies(name, [table.dependencies, root.dependencies], adapting.known, notes),
  };
  return ok(manifest, notes.problems);
}

export function noManifest(folder: string): Problem {
  return {
    code: "IMPORT_NO_MANIFEST",
    severity: "error",
    file: folder,
    message: "There is neither a pack.toml nor a package.toml",
    remedy: "add one with a name and a version",
  };
}

/** The name that the folder of a package gives it, where that is one or can be mended to one. */
export function nameOfFolder(folder: string): PackageName | undefined {
  return parsePackageName(folder) ?? (losesLetters(folder) ? undefined : mendedName(folder));
}

/** The folder's name counts, as it does for the engine; what the file calls itself, where the folder's is no use. */
function nameOf(folder: string, table: TomlTable, notes: Notes): PackageName | undefined {
  const own = typeof table.name === "string" ? table.name : "";
  const name =
    nameOfFolder(folder) ?? parsePackageName(own) ?? (losesLetters(own) ? undefined : mendedName(own));
  if (name === undefined) return undefined;
  if (name !== folder)
    notes.warn(
      "IMPORT_NAME_MENDED",
      "name",
      `The folder "${folder}" cannot be the name of a package; taken as "${name}"`,
      `rename the folder to ${name}`,
    );
  else if (own !== "" && own !== name)
    notes.warn(
      "IMPORT_NAME_DIFFERS",
      "name",
      `The file calls itself "${own}"; the folder's name counts, "${name}"`,
      "rename one of them",
    );
  return name;
}

function mendedName(text: string): PackageName | undefined {
  return parsePackageName(suggestName(text) ?? "");
}

/** A name in another script, or one that has to be cut, would be mended to one that nobody recognises. */
function losesLetters(text: string): boolean {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "");
  return (
    text === "" ||
    text.length > NAME_CHARS_MAX ||
    /[^\u0000-\u007f]/.test(plain.replace(/[\p{P}\p{Z}\p{S}]/gu, ""))
  );
}

/** Versions are taken as they are where they are SemVer; leading zeros, missing parts and build metadata are mended. */
function versionOf(found: unknown, notes: Notes): Version | undefined {
  const text = typeof found === "string" || typeof found === "number" ? String(found).trim() : "";
  const strict = parseVersion(text);
  if (strict !== undefined) return strict;
  const parts = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]*)?$/.exec(text);
  if (parts === null) return undefined;
  const [, major = "0", minor = "0", patch = "0", prerelease = ""] = parts;
  const core = [major, minor, patch].map(withoutZeros).join(".");
  const mended = parseVersion(core + prerelease.toLowerCase().split(".").map(withoutZeros).join("."));
  if (mended !== undefined)
    notes.warn(
      "IMPORT_VERSION_MENDED",
      "version",
      `Version "${text}" is not SemVer 2.0 without build metadata; taken as ${mended}`,
      `write ${mended}`,
    );
  return mended;
}

function withoutZeros(part: string): string {
  return part.replace(/^(-?)0+(?=\d+$)/, "$1");
}
