/**
 * A manifest for a package that was made for ggen, from what its own files say.
 *
 *     pack.toml      [pack] name, version, description                                   the engine's packs
 *     package.toml   [package] name, version, description, author(s), license, tags …    the first marketplace's
 *
 * What cannot be carried over is told as a warning and left in the package's own file, which stays
 * in the content unchanged. Only what has no name, no version or no readable manifest is refused.
 */
import { decodeUtf8, utf8 } from "../base/bytes.ts";
import { type Problem, type Result, failed, ok } from "../base/problem.ts";
import { isLine } from "../manifest/fields.ts";
import { isSpdxExpression, NO_ASSERTION, suggestLicense } from "../manifest/license.ts";
import { LIMIT_CEILINGS } from "../manifest/limits.ts";
import { explainName, type PackageName, parsePackageName, type PublisherName, suggestName } from "../manifest/name.ts";
import { KEYWORD_BYTES_MAX, KEYWORDS_MAX } from "../manifest/package-schema.ts";
import type { PackageManifest } from "../manifest/package-toml.ts";
import { readToml, type TomlTable, isTable } from "../manifest/toml-document.ts";
import { parseRange, parseVersion, type Range, type Version } from "../manifest/version.ts";
import { isWebUrl } from "../manifest/web.ts";

export const PACK_FILE = "pack.toml";
export const PACKAGE_FILE = "package.toml";

export interface ForeignPackage {
  /** Name of the folder: what `[packs]` in a ggen.toml calls it. */
  readonly folder: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Notes on one package while it is read: each becomes a line of the report. */
class Notes {
  readonly problems: Problem[] = [];
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  warn(code: string, message: string, remedy: string, place?: string): void {
    this.problems.push({ code, severity: "warning", file: this.#file, message, remedy, ...(place === undefined ? {} : { place }) });
  }

  refuse(code: string, message: string, remedy: string): Result<never> {
    return failed([...this.problems, { code, severity: "error", file: this.#file, message, remedy }]);
  }
}

/** `known` are the names a dependency may lead to: the registry's and those of the same import. */
export function adaptManifest(
  foreign: ForeignPackage,
  publisher: PublisherName,
  known: ReadonlySet<string>,
): Result<PackageManifest> {
  const source = foreign.files.has(PACK_FILE) ? PACK_FILE : PACKAGE_FILE;
  const file = `${foreign.folder}/${source}`;
  const notes = new Notes(file);
  const bytes = foreign.files.get(source);
  if (bytes === undefined)
    return notes.refuse("IMPORT_NO_MANIFEST", "There is neither a pack.toml nor a package.toml", "add one with a name and a version");
  const parsed = readToml(bytes, file, { codes: "IMPORT", bytesMax: 1024 * 1024 });
  if (!parsed.ok || parsed.value.problems.some((problem) => problem.severity === "error"))
    return failed(parsed.ok ? parsed.value.problems : parsed.problems);
  const document = parsed.value.root;
  const table = document[source === PACK_FILE ? "pack" : "package"];
  if (!isTable(table))
    return notes.refuse("IMPORT_NO_TABLE", `The file has no [${source === PACK_FILE ? "pack" : "package"}] table`, "add it, with a name and a version");
  const name = nameOf(foreign.folder, table, notes);
  if (name === undefined)
    return notes.refuse("IMPORT_BAD_NAME", explainName(foreign.folder), "rename the folder");
  const version = versionOf(table.version, notes);
  if (version === undefined)
    return notes.refuse("IMPORT_BAD_VERSION", `"${String(table.version ?? "")}" cannot be read as a version`, "write a SemVer version such as 1.0.0");
  const description = descriptionOf(table, name, notes);
  return ok(
    {
      format: 1,
      name,
      version,
      publisher,
      summary: description.split("\n").find((line) => line.trim() !== "")?.trim() ?? description,
      description,
      license: licenseOf(table.license, notes),
      ...category(table.category),
      keywords: keywordsOf(table, notes),
      authors: authorsOf(table),
      ...address("repository", table.repository, notes),
      ...address("homepage", table.homepage, notes),
      dependencies: dependenciesOf(name, table.dependencies, document.dependencies, known, notes),
      optionalDependencies: new Map(),
      devDependencies: new Map(),
      requires: {},
    },
    notes.problems,
  );
}

function nameOf(folder: string, table: TomlTable, notes: Notes): PackageName | undefined {
  const name = parsePackageName(folder) ?? parsePackageName(suggestName(folder) ?? "");
  const own = table.name;
  if (name !== undefined && typeof own === "string" && own !== name)
    notes.warn("IMPORT_NAME_DIFFERS", `The file calls itself "${own}"; the folder's name counts, "${name}"`, "rename one of them", "name");
  return name;
}

/** Versions are taken as they are where they are SemVer; leading zeros, missing parts and build metadata are mended. */
function versionOf(found: unknown, notes: Notes): Version | undefined {
  const text = typeof found === "string" || typeof found === "number" ? String(found).trim() : "";
  const strict = parseVersion(text);
  if (strict !== undefined) return strict;
  const parts = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(-[0-9A-Za-z.-]+)?(?:\+.*)?$/.exec(text);
  if (parts === null) return undefined;
  const [, major = "0", minor = "0", patch = "0", prerelease = ""] = parts;
  const mended = parseVersion(`${[major, minor, patch].map((part) => part.replace(/^0+(?=\d)/, "")).join(".")}${prerelease.toLowerCase()}`);
  if (mended !== undefined) notes.warn("IMPORT_VERSION_MENDED", `Version "${text}" is not SemVer; taken as ${mended}`, `write ${mended}`, "version");
  return mended;
}

function descriptionOf(table: TomlTable, name: string, notes: Notes): string {
  const found = typeof table.description === "string" ? withoutControls(table.description).trim() : "";
  if (found === "") {
    notes.warn("IMPORT_NO_DESCRIPTION", "There is no description", "write one: it is what people search", "description");
    return name;
  }
  const max = LIMIT_CEILINGS.descriptionBytesMax;
  const bytes = utf8(found);
  if (bytes.length <= max) return found;
  notes.warn("IMPORT_DESCRIPTION_CUT", `The description has ${bytes.length} bytes; its first ${max} are taken`, "shorten it; the whole stays in the package's own file", "description");
  let end = max;
  while (end > 0 && decodeUtf8(bytes.subarray(0, end)) === undefined) end--;
  return (decodeUtf8(bytes.subarray(0, end)) ?? "").trim();
}

function withoutControls(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}

function licenseOf(found: unknown, notes: Notes): string {
  if (typeof found !== "string" || found.trim() === "") return NO_ASSERTION;
  // "MIT/Apache-2.0" is how Cargo once wrote an alternative.
  const text = found.trim().replace(/\s*\/\s*/g, " OR ");
  if (isSpdxExpression(text)) return text;
  const meant = suggestLicense(text);
  notes.warn("IMPORT_LICENSE", `Licence "${found}" is not an SPDX expression; taken as ${NO_ASSERTION}`, meant === undefined ? "write an SPDX identifier such as MIT" : `write ${meant}`, "license");
  return NO_ASSERTION;
}

function category(found: unknown): { category?: string } {
  if (typeof found !== "string") return {};
  const slug = found.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 64);
  return slug === "" ? {} : { category: slug };
}

/** `keywords` and `tags`, as lists or nested one table deeper (`package.tags.tags`). */
function keywordsOf(table: TomlTable, notes: Notes): string[] {
  const found = ["keywords", "tags"].flatMap((key) => textsIn(table[key], key));
  const kept = [...new Set(found.map((word) => word.trim().toLowerCase()))].filter((word) => isLine(word, KEYWORD_BYTES_MAX));
  if (kept.length > KEYWORDS_MAX) notes.warn("IMPORT_KEYWORDS_CUT", `Of ${kept.length} keywords the first ${KEYWORDS_MAX} are taken`, "keep the ones people search for", "keywords");
  return kept.slice(0, KEYWORDS_MAX);
}

function textsIn(value: unknown, key: string): string[] {
  if (Array.isArray(value)) return value.filter((item): item is string => typeof item === "string");
  return isTable(value) ? textsIn(value[key], key) : [];
}

function authorsOf(table: TomlTable): string[] {
  const found = [table.authors, table.author].flatMap((value) => (typeof value === "string" ? [value] : textsIn(value, "authors")));
  return [...new Set(found.map((author) => author.trim()))].filter((author) => isLine(author, 256)).slice(0, 32);
}

function address(key: "repository" | "homepage", found: unknown, notes: Notes): { repository?: string; homepage?: string } {
  if (typeof found !== "string" || found === "") return {};
  if (isWebUrl(found)) return { [key]: found };
  notes.warn("IMPORT_ADDRESS", `The ${key} "${found}" is not a web address; left out`, "write the whole address, beginning with https://", key);
  return {};
}

/** Of the many things `dependencies` has meant, only edges to packages that are there are taken. */
function dependenciesOf(
  self: PackageName,
  inner: unknown,
  outer: unknown,
  known: ReadonlySet<string>,
  notes: Notes,
): Map<PackageName, Range> {
  const edges = new Map<PackageName, Range>();
  for (const [target, wanted] of [...edgesIn(inner), ...edgesIn(outer)]) {
    const name = parsePackageName(target);
    const range = parseRange(wanted);
    if (name !== undefined && range !== undefined && known.has(name) && name !== self) edges.set(name, range);
    else notes.warn("IMPORT_DEPENDENCY_LEFT_OUT", `Dependency "${target}" ${wanted === "*" ? "" : `(${wanted}) `}is not a package of this registry; left out`, "a crate, a tool or a path is no dependency between packages", "dependencies");
  }
  return new Map([...edges].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function edgesIn(value: unknown): [target: string, range: string][] {
  if (Array.isArray(value)) {
    return value.flatMap((item): [string, string][] => {
      if (typeof item === "string") return [[item, "*"]];
      return isTable(item) && typeof item.name === "string" ? [[item.name, typeof item.version === "string" ? item.version : "*"]] : [];
    });
  }
  if (!isTable(value)) return [];
  return Object.entries(value).flatMap(([key, entry]): [string, string][] => {
    if (typeof entry === "string") return [[key, entry]];
    if (Array.isArray(entry)) return edgesIn(entry);
    if (!isTable(entry)) return [];
    return typeof entry.version === "string" ? [[key, entry.version]] : edgesIn(entry);
  });
}
