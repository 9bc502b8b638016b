/**
 * package.toml, the manifest of a release: what its publisher says of it. Format 1.
 *
 *     format = 1
 *
 *     [package]
 *     name = "invoice-shapes"          # required, as are the five below
 *     version = "1.2.0"
 *     publisher = "acme"
 *     description = "Shapes for invoices"       # first line is the summary; at most 16 kB
 *     license = "MIT OR Apache-2.0"    # SPDX expression or NOASSERTION
 *     kind = "shapes"                  # PACKAGE_KINDS
 *     category = "finance"
 *     keywords = ["invoice", "shacl"]
 *     authors = ["A. Person <a@example.org>"]
 *     repository = "https://…"
 *     homepage = "https://…"
 *     published = 2026-01-31           # RFC 3339, date or string; decides nothing
 *
 *     [dependencies]                   # also [optional-dependencies], [dev-dependencies]
 *     currency-codes = "^2.0.0"
 *
 *     [requires]
 *     ggen = ">=6.0.0"
 *
 *     [x-anything]                     # free
 *
 * History: 1, the first.
 */
import { utf8 } from "../base/bytes.ts";
import { failed, ok, type Problem, type Result } from "../base/problem.ts";
import { withLineFeeds } from "./fields.ts";
import { deprecatedLicenses } from "./license.ts";
import { LIMIT_CEILINGS, type Limits } from "./limits.ts";
import type { PackageName, PublisherName } from "./name.ts";
import { checkDependencies, type DependencyTables } from "./package-dependencies.ts";
import type { PackageKind } from "./package-kind.ts";
import { PACKAGE_TOML, PackageTomlSchema, type PackageTomlValue } from "./package-schema.ts";
import { ProblemList } from "./problem-list.ts";
import { dateText } from "./shown.ts";
import { checkToml, problemAt } from "./toml.ts";
import { readToml, type TomlDocument } from "./toml-document.ts";
import { tomlLine, tomlList, tomlString, tomlText } from "./toml-text.ts";
import type { Range, Version } from "./version.ts";

export { PACKAGE_KINDS, type PackageKind } from "./package-kind.ts";

/** Characters of a summary; a longer first line is cut at a word and ends in "…". */
export const SUMMARY_CHARS_MAX = 300;

/** A package.toml that was read and found good. */
export interface PackageManifest {
  readonly format: 1;
  readonly name: PackageName;
  readonly version: Version;
  readonly publisher: PublisherName;
  /** First line of the description that is not blank, without surrounding white space, cut at `SUMMARY_CHARS_MAX`. */
  readonly summary: string;
  readonly description: string;
  /** SPDX licence expression, or `NOASSERTION`. */
  readonly license: string;
  readonly kind?: PackageKind;
  readonly category?: string;
  readonly keywords: readonly string[];
  readonly authors: readonly string[];
  readonly repository?: string;
  readonly homepage?: string;
  /** RFC 3339 date or date-time, as the author wrote it; it decides nothing. */
  readonly published?: string;
  readonly dependencies: ReadonlyMap<PackageName, Range>;
  readonly optionalDependencies: ReadonlyMap<PackageName, Range>;
  readonly devDependencies: ReadonlyMap<PackageName, Range>;
  readonly requires: { readonly ggen?: Range };
}

/** Limits of a registry that bear on a manifest; the ceilings where none are given. */
export type ManifestLimits = Pick<Limits, "descriptionBytesMax" | "dependenciesMax">;

/** The manifest in `bytes`, or every problem of it. Warns of licences that SPDX has replaced. */
export function parsePackageToml(
  bytes: Uint8Array,
  file: string,
  limits: ManifestLimits = LIMIT_CEILINGS,
): Result<PackageManifest> {
  const read = readToml(bytes, file, PACKAGE_TOML);
  if (!read.ok) return read;
  const document = read.value;
  const problems = new ProblemList();
  const value = checkToml(document, PackageTomlSchema, problems);
  const tables = checkDependencies(document, limits.dependenciesMax, problems);
  if (value !== undefined) {
    checkDescriptionLimit(document, value.package.description, limits.descriptionBytesMax, problems);
  }
  if (value === undefined || !problems.isEmpty) return failed(problems.sorted());
  const manifest = makeManifest(value, tables);
  return ok(manifest, licenseWarnings(document, manifest.license));
}

function makeManifest(
  { package: value, requires }: PackageTomlValue,
  tables: DependencyTables,
): PackageManifest {
  const description = withLineFeeds(value.description);
  const { kind, category, repository, homepage, published } = value;
  return {
    format: 1,
    // The schema has judged these texts: the brands say so.
    name: value.name as PackageName,
    version: value.version as Version,
    publisher: value.publisher as PublisherName,
    summary: summaryOf(description),
    description,
    license: value.license,
    ...(kind === undefined ? {} : { kind }),
    ...(category === undefined ? {} : { category }),
    keywords: value.keywords ?? [],
    authors: value.authors ?? [],
    ...(repository === undefined ? {} : { repository }),
    ...(homepage === undefined ? {} : { homepage }),
    ...(published === undefined
      ? {}
      : { published: published instanceof Date ? dateText(published) : String(published) }),
    ...tables,
    requires: requires?.ggen === undefined ? {} : { ggen: requires.ggen as Range },
  };
}

function summaryOf(description: string): string {
  const line = description.trimStart().split("\n", 1)[0]?.trim() ?? "";
  if (line.length <= SUMMARY_CHARS_MAX) return line;
  const cut = line
    .slice(0, SUMMARY_CHARS_MAX - 1)
    .toWellFormed()
    .replace(/\ufffd$/, "");
  return `${cut.replace(/\s+\S{0,40}$/, "")}…`;
}

function checkDescriptionLimit(
  document: TomlDocument,
  description: string,
  max: number,
  problems: ProblemList,
): void {
  if (description.length * 3 <= max) return;
  const length = utf8(description).length;
  if (length <= max) return;
  problems.add(() =>
    problemAt(document, ["package", "description"], {
      code: "MANIFEST_DESCRIPTION",
      message: `package.description is longer than this registry's limit of ${max} bytes`,
      expected: `at most ${max} bytes`,
      found: `${length} bytes`,
      remedy: "keep a few lines, and move the rest to content/README.md",
      rule: "M11",
    }),
  );
}

function licenseWarnings(document: TomlDocument, license: string): Problem[] {
  return deprecatedLicenses(license).map((id) =>
    problemAt(document, ["package", "license"], {
      severity: "warning",
      code: "MANIFEST_LICENSE_DEPRECATED",
      message: `package.license names ${id}, which SPDX has replaced`,
      found: id,
      remedy: `write the identifier that replaced it, such as ${id.replace(/\+$/, "")}-only or -or-later for the GNU licences`,
      rule: "M12",
    }),
  );
}

/** `manifest` as TOML in a fixed order; `parsePackageToml` gives the manifest back. */
export function writePackageToml(manifest: PackageManifest): string {
  const line = (key: string, value: string | undefined): string =>
    value === undefined ? "" : tomlLine(key, tomlString(value));
  const list = (key: string, items: readonly string[]): string =>
    items.length === 0 ? "" : tomlLine(key, tomlList(items));
  const table = (name: string, entries: Iterable<readonly [string, string]>): string => {
    const lines = [...entries].map(([key, value]) => tomlLine(key, tomlString(value))).join("");
    return lines === "" ? "" : `\n[${name}]\n${lines}`;
  };
  return [
    "format = 1\n\n[package]\n",
    line("name", manifest.name),
    line("version", manifest.version),
    line("publisher", manifest.publisher),
    tomlLine("description", tomlText(manifest.description)),
    line("license", manifest.license),
    line("kind", manifest.kind),
    line("category", manifest.category),
    list("keywords", manifest.keywords),
    list("authors", manifest.authors),
    line("repository", manifest.repository),
    line("homepage", manifest.homepage),
    line("published", manifest.published),
    table("dependencies", manifest.dependencies),
    table("optional-dependencies", manifest.optionalDependencies),
    table("dev-dependencies", manifest.devDependencies),
    table("requires", manifest.requires.ggen === undefined ? [] : [["ggen", manifest.requires.ggen]]),
  ].join("");
}
