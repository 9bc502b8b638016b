/**
 * The registry that this project ships, as its tests see it: the folder `registry/`, read from disk.
 *
 *     for (const release of RELEASES) release.text("ontology.ttl")
 *     closureOf(release)        the releases that come with it, dependencies of dependencies too
 *     graphOf(release)          what the engine loads: its ontology, theirs, and its good example
 */
import { Parser, type Quad } from "n3";
import { Store, type Term } from "oxigraph";
import semver from "semver";
import { decodeUtf8 } from "../../src/base/bytes.ts";
import type { Problem } from "../../src/base/problem.ts";
import { foldAuthority } from "../../src/build/authority.ts";
import { readRegistrySource } from "../../src/build/registry-source.ts";
import type { PackageName } from "../../src/manifest/name.ts";
import { type PackageManifest, parsePackageToml } from "../../src/manifest/package-toml.ts";
import { nodeTrustPorts } from "../../src/node/crypto.ts";
import { openSourceTree } from "../../src/node/source-tree.ts";
import type { UnverifiedRelease } from "../../src/trust/release.ts";

const tree = await openSourceTree("registry", { git: false });
const source = readRegistrySource(tree);
if (!source.ok) throw new Error(JSON.stringify(source.problems, null, 2));

export const CONFIG = source.value.config;
/** What is wrong with the source and its statements. */
export const PROBLEMS: Problem[] = [...source.warnings];
export const AUTHORITY = foldAuthority(source.value, tree, nodeTrustPorts, PROBLEMS);

export interface ShippedRelease {
  /** `name@version` */
  readonly id: string;
  readonly manifest: PackageManifest;
  readonly unverified: UnverifiedRelease;
  /** Paths of the content files, in order. */
  readonly paths: readonly string[];
  /** A content file; throws where it is missing or not UTF-8. */
  readonly text: (path: string) => string;
}

export const RELEASES: readonly ShippedRelease[] = [...source.value.packages].flatMap(
  ([name, { releases }]) => releases.map(({ version, folder }) => shipped(name, version, folder)),
);

function shipped(name: string, version: string, folder: string): ShippedRelease {
  const files = tree.readFolder(folder);
  const manifest = parsePackageToml(files.get("package.toml") ?? new Uint8Array(), `${folder}/package.toml`);
  if (!manifest.ok) throw new Error(JSON.stringify(manifest.problems, null, 2));
  return {
    id: `${name}@${version}`,
    manifest: manifest.value,
    unverified: { name, version, where: folder, files },
    paths: [...files.keys()].flatMap((path) => (path.startsWith("content/") ? [path.slice(8)] : [])).sort(),
    text(path) {
      const bytes = files.get(`content/${path}`);
      const text = bytes && decodeUtf8(bytes);
      if (text === undefined) throw new Error(`${name}@${version} has no text "${path}"`);
      return text;
    },
  };
}

/** The release called `name@version`. */
export function releaseOf(id: string): ShippedRelease {
  const found = RELEASES.find((release) => release.id === id);
  if (found === undefined) throw new Error(`the registry has no release "${id}"`);
  return found;
}

/** The highest release of `name` in `range` that is not yanked. */
export function newestOf(name: PackageName, range: string): ShippedRelease | undefined {
  const yanked = AUTHORITY.packages.get(name)?.state.yanked;
  const fitting = RELEASES.filter(({ manifest }) => manifest.name === name && !yanked?.has(manifest.version));
  const best = semver.maxSatisfying(
    fitting.map(({ manifest }) => manifest.version),
    range,
  );
  return fitting.find(({ manifest }) => manifest.version === best);
}

/** Every release that comes with `release`, itself left out. */
export function closureOf(
  release: ShippedRelease,
  found = new Map<string, ShippedRelease>(),
): ShippedRelease[] {
  for (const [name, range] of release.manifest.dependencies) {
    const dependency = newestOf(name, range);
    if (dependency === undefined) throw new Error(`${release.id}: nothing fits ${name} ${range}`);
    if (found.has(name)) continue;
    found.set(name, dependency);
    closureOf(dependency, found);
  }
  return [...found.values()];
}

/** `gates/`, `templates/` and so on: the files below `folder` that end in `ending`. */
export function filesIn(release: ShippedRelease, folder: string, ending: string): string[] {
  return release.paths.filter((path) => path.startsWith(`${folder}/`) && path.endsWith(ending));
}

/** The vocabulary: `ontology.ttl` that the engine loads, or a project's own `ontology/`. */
export function ontologiesOf(release: ShippedRelease): string[] {
  return release.paths.includes("ontology.ttl") ? ["ontology.ttl"] : filesIn(release, "ontology", ".ttl");
}

export function goodExamplesOf(release: ShippedRelease): string[] {
  return filesIn(release, "examples", ".ttl").filter((path) => !path.startsWith("examples/bad"));
}

export function badExamplesOf(release: ShippedRelease): string[] {
  return filesIn(release, "examples", ".ttl").filter((path) => path.startsWith("examples/bad"));
}

/** What the engine queries in a project that has `release`, what comes with it, and `examples` of it. */
export function graphOf(
  release: ShippedRelease,
  examples: readonly string[] = goodExamplesOf(release),
): Store {
  const store = new Store();
  const load = (from: ShippedRelease, path: string) =>
    store.load(from.text(path), { format: "text/turtle", base_iri: "https://example.com/" });
  for (const each of [...closureOf(release), release])
    for (const path of ontologiesOf(each)) load(each, path);
  for (const path of examples) load(release, path);
  return store;
}

export type Row = Map<string, Term>;

/** The rows of a SELECT; throws where `query` is not one or cannot run. */
export function rowsOf(store: Store, query: string): Row[] {
  const rows: unknown = store.query(query);
  if (!Array.isArray(rows)) throw new Error(`no SELECT: ${query}`);
  return rows as Row[];
}

export function quadsOf(text: string): Quad[] {
  return new Parser({ baseIRI: "https://example.com/" }).parse(text);
}

const NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

/** The number that the README writes as a word before `noun`, such as `six` in "six results". */
export function saidIn(readme: string, pattern: RegExp): number | undefined {
  const word = pattern.exec(readme)?.[1]?.toLowerCase();
  return word === undefined || !NUMBERS.includes(word) ? undefined : NUMBERS.indexOf(word);
}
