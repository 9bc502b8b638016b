/**
 * The build: a registry source becomes a snapshot, the files of the published tree.
 *
 *     source ─► authority ─► compile each release ─► check edges ─► assemble ─► files
 *               chains        (or take it from        between       records, search,
 *               folded         the cache)             packages      graph, v1
 *
 * Pure and unsigned: no clock, no randomness, no directory order; the same source gives the same
 * bytes, cold or incremental. All problems of all files are collected; with one error there are no
 * files at all.
 */
import { type Problem, type Result, failed, settle } from "../base/problem.ts";
import type { PackageName } from "../manifest/name.ts";
import type { SnapshotFile } from "../snapshot/snapshot-files.ts";
import type { ReleaseAuthority } from "../trust/release.ts";
import { assemble, type Counts } from "./assemble.ts";
import { type Authority, foldAuthority } from "./authority.ts";
import { checkDependencies, dependentsOf } from "./dependencies.ts";
import { packageView } from "./package-view.ts";
import type { BuildPorts } from "./ports.ts";
import { readRegistrySource, type RegistrySource } from "./registry-source.ts";
import { type BuiltRelease, ReleaseCompiler } from "./release-compiler.ts";
import type { SourceTree } from "./source.ts";

export interface Snapshot {
  /** Path → file, for the whole published tree. */
  readonly files: ReadonlyMap<string, SnapshotFile>;
  readonly counts: Counts;
}

export async function buildSnapshot(tree: SourceTree, ports: BuildPorts): Promise<Result<Snapshot>> {
  const source = readRegistrySource(tree);
  if (!source.ok) return source;
  const problems: Problem[] = [...source.warnings];
  const authority = foldAuthority(source.value, tree, ports, problems);
  const built = await compileAll(source.value, authority, tree, ports, problems);
  const views = new Map([...built].map(([name, releases]) => [name, releases.map((release) => release.view)]));
  problems.push(...checkDependencies(views));
  if (problems.some((problem) => problem.severity === "error")) return failed(problems);

  const dependents = dependentsOf(views);
  const packages = [...built].flatMap(([name, releases]) => {
    const folded = authority.packages.get(name);
    const [first, ...rest] = releases.map((release) => release.view);
    if (folded === undefined || first === undefined) return [];
    return [{ view: packageView(folded.state, [first, ...rest], dependents.get(name) ?? []), releases, chain: folded.chain }];
  });
  const assembled = await assemble({ source: source.value, authority, packages }, ports);
  problems.push(...assembled.problems);
  return settle({ files: assembled.files, counts: assembled.counts }, problems);
}

/** Every release of every package, packages by name, releases newest first. */
async function compileAll(
  source: RegistrySource,
  authority: Authority,
  tree: SourceTree,
  ports: BuildPorts,
  problems: Problem[],
): Promise<Map<PackageName, BuiltRelease[]>> {
  const publishers = new Map([...authority.publishers].map(([name, folded]) => [name, folded.state]));
  const compiler = new ReleaseCompiler(source.config, tree, ports);
  const total = [...source.packages.values()].reduce((sum, found) => sum + found.releases.length, 0);
  const built = new Map<PackageName, BuiltRelease[]>();
  const names = [...source.packages.keys()].sort();
  let done = 0;
  for (const name of names) {
    const found = source.packages.get(name);
    const state = authority.packages.get(name)?.state;
    if (found === undefined || state === undefined) continue;
    const releaseAuthority: ReleaseAuthority = { package: state, publishers, limits: source.config.limits };
    const releases: BuiltRelease[] = [];
    for (const release of found.releases) {
      const result = compiler.compile(name, release.version, release.folder, releaseAuthority);
      problems.push(...(result.ok ? result.warnings : result.problems));
      if (result.ok) releases.push(result.value);
      ports.progress?.(++done, total);
    }
    if (releases.length > 0) built.set(name, releases);
  }
  return built;
}
