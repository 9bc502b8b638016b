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
import { compareText } from "../base/order.ts";
import { failed, type Problem, problemsOf, type Result, settle } from "../base/problem.ts";
import type { PackageName } from "../manifest/name.ts";
import type { SnapshotFile } from "../snapshot/snapshot-files.ts";
import { checkVersionsKnown } from "../trust/package-status.ts";
import { assemble, type Counts, type PackageToPublish } from "./assemble.ts";
import { type Authority, foldAuthority } from "./authority.ts";
import { checkDependencies, dependentsOf } from "./dependencies.ts";
import { mapInOrder } from "../base/in-order.ts";
import { packageView } from "./package-view.ts";
import type { BuildPorts } from "./ports.ts";
import { readRegistrySource, type RegistrySource } from "./registry-source.ts";
import { type BuiltRelease, ReleaseCompiler } from "./release-compiler.ts";
import type { SourceTree } from "./source.ts";
import type { WorkshopContext } from "./workshop.ts";

/** Enough to keep some threads busy, few enough to bound memory. */
const RELEASES_AT_ONCE_MAX = 16;

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
  const publishers = new Map([...authority.publishers].map(([name, folded]) => [name, folded.state]));
  const context: WorkshopContext = { config: source.value.config, publishers };
  const workshop = ports.openWorkshop(context);
  try {
    const compiler = new ReleaseCompiler(context, tree, workshop, ports);
    const built = await compileAll(source.value, authority, compiler, ports, problems);
    problems.push(...checkStatedVersions(source.value, authority));
    const views = new Map([...built].map(([name, releases]) => [name, releases.map((release) => release.view)]));
    problems.push(...checkDependencies(views));
    if (hasError(problems)) return failed(withSourceProblems(problems, tree));
    const packages = packagesOf(built, authority, dependentsOf(views));
    const assembled = await assemble({ source: source.value, authority, packages }, workshop, ports);
    problems.push(...assembled.problems);
    return settle({ files: assembled.files, counts: assembled.counts }, withSourceProblems(problems, tree));
  } finally {
    await workshop.close();
  }
}

function hasError(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === "error");
}

/** Reading can bring up problems of the source itself (files that vanished, links): they count like any other. */
function withSourceProblems(problems: readonly Problem[], tree: SourceTree): Problem[] {
  return [...new Set([...problems, ...tree.problems])];
}

/** What statements say of versions, against the releases that are there. */
function checkStatedVersions(source: RegistrySource, authority: Authority): Problem[] {
  return [...authority.packages].flatMap(([name, { state }]) => {
    const versions = new Set((source.packages.get(name)?.releases ?? []).map((release) => release.version));
    return checkVersionsKnown(state.events, name, versions);
  });
}

function packagesOf(
  built: ReadonlyMap<PackageName, readonly BuiltRelease[]>,
  authority: Authority,
  dependents: ReadonlyMap<PackageName, readonly PackageName[]>,
): PackageToPublish[] {
  return [...built].flatMap(([name, releases]) => {
    const folded = authority.packages.get(name);
    const [first, ...rest] = releases.map((release) => release.view);
    if (folded === undefined || first === undefined) return [];
    const view = packageView(folded.state, [first, ...rest], dependents.get(name) ?? []);
    return [{ view, releases, chain: folded.chain }];
  });
}

/** Every release of every package, packages by name, releases newest first. */
async function compileAll(
  source: RegistrySource,
  authority: Authority,
  compiler: ReleaseCompiler,
  ports: BuildPorts,
  problems: Problem[],
): Promise<Map<PackageName, BuiltRelease[]>> {
  const names = [...source.packages.keys()].sort(compareText);
  const all = names.flatMap((name) => {
    const state = authority.packages.get(name)?.state;
    const releases = source.packages.get(name)?.releases ?? [];
    return state === undefined ? [] : releases.map((release) => ({ name, state, ...release }));
  });
  let done = 0;
  const results = await mapInOrder(all, RELEASES_AT_ONCE_MAX, async ({ name, version, folder, state }) => {
    const result = await compiler.compile(name, version, folder, state);
    ports.progress?.(++done, all.length);
    return result;
  });
  const built = new Map<PackageName, BuiltRelease[]>();
  for (const [at, result] of results.entries()) {
    problems.push(...problemsOf(result));
    const { name } = all[at] as { name: PackageName };
    if (result.ok) built.set(name, [...(built.get(name) ?? []), result.value]);
  }
  return built;
}
