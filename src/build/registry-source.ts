/**
 * A registry source, sorted into what each file is. Reads registry.toml and the maintainers' keys;
 * everything else is grouped by the name it belongs to and read when its turn comes.
 *
 *   registry.toml  .gitattributes  README.md  stats.json        trust/…  bundles/*.toml  policy/…
 *   publishers/<publisher>/statements/0001.toml (+ .sig, .new.sig)
 *   packages/<name>/statements/0001.toml (+ .sig)
 *   packages/<name>/<version>/{package.toml, SHA256SUMS, SHA256SUMS.sig, content/…}
 */
import { RegistryError } from "../base/error.ts";
import { compareText, sortedBy, sortedTexts } from "../base/order.ts";
import { failed, type Problem, problemsOf, type Result, settle } from "../base/problem.ts";
import {
  explainName,
  type PackageName,
  type PublisherName,
  parsePackageName,
  parsePublisherName,
} from "../manifest/name.ts";
import { parseMaintainersToml, parseRegistryToml, type RegistryConfig } from "../manifest/registry-toml.ts";
import { parseStats, STATS_FILE, type Stats } from "../manifest/stats-json.ts";
import { compareVersions, parseVersion, type Version } from "../manifest/version.ts";
import { RATIFIED_FILE } from "../trust/ceremony.ts";
import type { PublicKey } from "../trust/public-key.ts";
import { parseRatification, type Ratification } from "../trust/ratification.ts";
import { readTrustRoot } from "../trust/trust-root.ts";
import type { SourceTree } from "./source.ts";

/** A chain of statements, as the files it is made of. */
export interface ChainFiles {
  /** Path of each `NNNN.toml`, in order. */
  readonly statements: string[];
  /** Paths of all files of the chain, signatures among them. */
  readonly paths: Set<string>;
}

export interface PackageSource {
  readonly chain: ChainFiles;
  /** Newest first. */
  readonly releases: { readonly version: Version; readonly folder: string }[];
}

export interface RegistrySource {
  readonly config: RegistryConfig;
  /** Who may override: those that were ratified, else those that trust/maintainers.toml lists. */
  readonly maintainers: readonly PublicKey[];
  /** Those of trust/maintainers.toml. */
  readonly listed: readonly PublicKey[];
  /** What the maintainers have ratified (trust/ratified.json). */
  readonly ratified?: Ratification;
  /** Publishers and packages by name, in code point order. */
  readonly publishers: ReadonlyMap<PublisherName, ChainFiles>;
  readonly packages: ReadonlyMap<PackageName, PackageSource>;
  /** How much packages are used, where somebody counted it. */
  readonly stats?: Stats;
}

export const REGISTRY_CONFIG_FILE = "registry.toml";
export const MAINTAINERS_FILE = "trust/maintainers.toml";

const ROOT_FILES = new Set([
  REGISTRY_CONFIG_FILE,
  "registry.json",
  ".gitattributes",
  "README.md",
  STATS_FILE,
]);
const FREE_FOLDERS = new Set(["trust", "bundles", "policy"]);
/** What follows them is the same mistake. */
const UNKNOWN_IN_STATS_MAX = 50;
const STATEMENT = /^\d{4}\.toml(?:\.sig|\.new\.sig)?$/;
const RELEASE_FILES = new Set(["package.toml", "SHA256SUMS", "SHA256SUMS.sig"]);

/** What a source folder is, as far as it can be told, and everything that stands against its files and folders. */
export interface SortedSource {
  /** Absent where registry.toml is missing or broken: nothing can be judged without it. */
  readonly source?: RegistrySource;
  readonly problems: readonly Problem[];
}

/** The source where nothing stands against it; SOURCE_*, REGISTRY_* and MAINTAINERS_* problems. */
export function readRegistrySource(tree: SourceTree): Result<RegistrySource> {
  const { source, problems } = sortSource(tree);
  return source === undefined ? failed(problems) : settle(source, problems);
}

export function sortSource(tree: SourceTree): SortedSource {
  const problems: Problem[] = [...tree.problems];
  const paths = tree.paths();
  if (!paths.includes(REGISTRY_CONFIG_FILE)) return { problems: [...problems, noRegistry(paths)] };
  const bytes = readFile(REGISTRY_CONFIG_FILE, tree, problems);
  const config = bytes === undefined ? undefined : parseRegistryToml(bytes, REGISTRY_CONFIG_FILE);
  if (config !== undefined) problems.push(...problemsOf(config));
  const iri = config?.ok ? config.value.iri : "";
  const ratified = readRatified(iri, tree, paths, problems);
  const listed = readMaintainers(iri, tree, paths, problems);
  const maintainers = maintainersOf(listed, ratified, problems);
  const stats = readStats(tree, paths, problems);
  const sorter = new Sorter(problems);
  for (const path of paths) sorter.place(path);
  sorter.finish();
  if (!config?.ok) return { problems };
  problems.push(...unknownInStats(stats, sorter.packages));
  const [publishers, packages] = [byName(sorter.publishers), byName(sorter.packages)];
  const source = {
    ...{ config: config.value, maintainers, listed, publishers, packages },
    ...(stats === undefined ? {} : { stats }),
    ...(ratified === undefined ? {} : { ratified }),
  };
  return { source, problems };
}

/** What is made of them must not depend on the order of the paths. */
function byName<Name extends string, T>(found: ReadonlyMap<Name, T>): Map<Name, T> {
  return new Map(sortedBy(found, ([name]) => name));
}

/** The bytes of a file of the source; where they cannot be read, that is a problem like any other. */
export function readFile(path: string, tree: SourceTree, problems: Problem[]): Uint8Array | undefined {
  try {
    return tree.read(path);
  } catch (error) {
    if (!(error instanceof RegistryError) || error.problems.length === 0) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

function noRegistry(paths: readonly string[]): Problem {
  const published = paths.includes("registry.json");
  return {
    code: published ? "SOURCE_IS_PUBLISHED_TREE" : "SOURCE_NOT_A_REGISTRY",
    severity: "error",
    file: REGISTRY_CONFIG_FILE,
    message: published
      ? "This folder is a published tree (it has registry.json); a registry source has registry.toml"
      : "This folder has no registry.toml",
    remedy: "give the folder that holds registry.toml, packages/ and publishers/",
    rule: "S5",
  };
}

function readMaintainers(
  iri: string,
  tree: SourceTree,
  paths: readonly string[],
  problems: Problem[],
): readonly PublicKey[] {
  if (!paths.includes(MAINTAINERS_FILE)) return [];
  const bytes = readFile(MAINTAINERS_FILE, tree, problems);
  if (bytes === undefined) return [];
  const parsed = parseMaintainersToml(bytes, MAINTAINERS_FILE);
  problems.push(...problemsOf(parsed));
  if (!parsed.ok) return [];
  const root = readTrustRoot(iri, parsed.value.keys, MAINTAINERS_FILE);
  problems.push(...problemsOf(root));
  return root.ok ? root.value.maintainers : [];
}

/** What was ratified, where it can be read; the faults of the ceremony's files are for ceremony-check.ts. */
function readRatified(
  iri: string,
  tree: SourceTree,
  paths: readonly string[],
  problems: Problem[],
): Ratification | undefined {
  const bytes = paths.includes(RATIFIED_FILE) ? readFile(RATIFIED_FILE, tree, problems) : undefined;
  const parsed = bytes === undefined ? undefined : parseRatification(bytes, RATIFIED_FILE);
  return parsed?.ok && parsed.value.registry === iri ? parsed.value : undefined;
}

/** Those that were ratified speak; a list that says otherwise is a wish. */
function maintainersOf(
  listed: readonly PublicKey[],
  ratified: Ratification | undefined,
  problems: Problem[],
): readonly PublicKey[] {
  if (ratified === undefined) return listed;
  const ids = (keys: readonly PublicKey[]) => sortedTexts(keys.map(({ id }) => id)).join(" ");
  if (ids(listed) !== ids(ratified.maintainers))
    problems.push({
      code: "MAINTAINERS_NOT_RATIFIED",
      severity: "warning",
      file: MAINTAINERS_FILE,
      message: "The maintainers listed here are not those that were ratified, and the ratified ones count",
      remedy: "let the holders of the offline keys ratify the list: trust ratify",
      rule: "T32",
    });
  return ratified.maintainers;
}

function readStats(tree: SourceTree, paths: readonly string[], problems: Problem[]): Stats | undefined {
  const bytes = paths.includes(STATS_FILE) ? readFile(STATS_FILE, tree, problems) : undefined;
  const stats = bytes === undefined ? undefined : parseStats(bytes, STATS_FILE);
  if (stats !== undefined) problems.push(...problemsOf(stats));
  return stats?.ok ? stats.value : undefined;
}

/** Counts of what is not there are a name that was misspelt, or a package that was never published here. */
function unknownInStats(stats: Stats | undefined, packages: ReadonlyMap<PackageName, unknown>): Problem[] {
  const unknown = [...(stats ?? new Map()).keys()].filter((name) => !packages.has(name));
  return unknown.slice(0, UNKNOWN_IN_STATS_MAX).map((name) => ({
    code: "STATS_UNKNOWN_PACKAGE",
    severity: "warning",
    file: STATS_FILE,
    place: `packages.${name}`,
    message: "The registry has no package of this name",
    remedy: "correct the name, or leave the line out",
    rule: "M38",
  }));
}

/** Puts each path where it belongs; what belongs nowhere is a problem. */
class Sorter {
  readonly publishers = new Map<PublisherName, ChainFiles>();
  readonly packages = new Map<PackageName, PackageSource>();
  readonly #problems: Problem[];
  readonly #refusedNames = new Set<string>();
  readonly #folders = new Set<string>();

  constructor(problems: Problem[]) {
    this.#problems = problems;
  }

  place(path: string): void {
    const [top, name, third, fourth, fifth] = path.split("/", 5);
    if (name === undefined && ROOT_FILES.has(path)) return;
    if (top !== undefined && name !== undefined && FREE_FOLDERS.has(top)) return;
    if (top === "publishers" && name !== undefined && third === "statements" && fifth === undefined)
      return this.#statement(path, this.#publisher(name, path), fourth);
    if (top === "packages" && name !== undefined && third !== undefined && fourth !== undefined) {
      const found = this.#package(name, path);
      if (third === "statements")
        return this.#statement(path, found?.chain, fifth === undefined ? fourth : undefined);
      return this.#release(path, found, name, third, fourth, fifth);
    }
    this.#unexpected(path);
  }

  finish(): void {
    for (const chain of this.publishers.values()) chain.statements.sort(compareText);
    for (const [name, found] of this.packages) {
      found.chain.statements.sort(compareText);
      found.releases.sort((a, b) => compareVersions(b.version, a.version));
      if (found.chain.statements.length === 0) this.#unclaimed(name);
    }
  }

  #publisher(name: string, path: string): ChainFiles | undefined {
    const parsed = parsePublisherName(name);
    if (parsed === undefined) return this.#refuseName(name, path);
    const known = this.publishers.get(parsed) ?? { statements: [], paths: new Set<string>() };
    this.publishers.set(parsed, known);
    return known;
  }

  #package(name: string, path: string): PackageSource | undefined {
    const parsed = parsePackageName(name);
    if (parsed === undefined) return this.#refuseName(name, path);
    const known = this.packages.get(parsed) ?? {
      chain: { statements: [], paths: new Set<string>() },
      releases: [],
    };
    this.packages.set(parsed, known);
    return known;
  }

  #refuseName(name: string, path: string): undefined {
    const folder = path.split("/", 2).join("/");
    if (this.#refusedNames.has(folder)) return;
    this.#refusedNames.add(folder);
    this.#add(
      "SOURCE_BAD_NAME",
      "S2",
      folder,
      explainName(name),
      "rename the folder, and the name in its files",
    );
  }

  #statement(path: string, chain: ChainFiles | undefined, file: string | undefined): void {
    if (file === undefined || !STATEMENT.test(file)) return this.#unexpected(path);
    chain?.paths.add(path);
    if (file.endsWith(".toml")) chain?.statements.push(path);
  }

  #release(
    path: string,
    found: PackageSource | undefined,
    name: string,
    version: string,
    file: string,
    rest?: string,
  ): void {
    const isContent = file === "content" && rest !== undefined;
    if (!isContent && (rest !== undefined || !RELEASE_FILES.has(file))) return this.#unexpected(path);
    const folder = `packages/${name}/${version}`;
    if (found === undefined || this.#folders.has(folder)) return;
    this.#folders.add(folder);
    const parsed = parseVersion(version);
    if (parsed === undefined)
      this.#add(
        "SOURCE_BAD_VERSION",
        "S2",
        folder,
        `"${version}" is not a SemVer 2.0 version`,
        "name the folder by the release's version, such as 1.2.0",
      );
    else found.releases.push({ version: parsed, folder });
  }

  #unclaimed(name: PackageName): void {
    this.#add(
      "SOURCE_UNCLAIMED_PACKAGE",
      "S3",
      `packages/${name}`,
      `Nobody has claimed the package "${name}"`,
      'add statements/0001.toml with action "claim"; `publish` does',
    );
  }

  #unexpected(path: string): void {
    this.#add(
      "SOURCE_UNEXPECTED_FILE",
      "S1",
      path,
      "This file has no place in a registry",
      "remove it, or put it below a release's content/",
    );
  }

  #add(code: string, rule: string, file: string, message: string, remedy: string): void {
    this.#problems.push({ code, severity: "error", file, message, remedy, rule });
  }
}
