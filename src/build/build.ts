/**
 * The build: a registry source becomes a snapshot, the files of the published tree.
 *
 *     source ─► publishers ─► each package ─► edges ─► assemble ─► files
 *     sorted    chains        statements,     between   records, search,
 *               folded        releases,       packages  graph, v1
 *                             graph; or from
 *                             the cache
 *
 * Pure and unsigned: no clock, no randomness, no directory order; the same source gives the same
 * bytes, cold or incremental. All problems of all files are collected; with one error there are no
 * files at all.
 */
import { mapInOrder } from "../base/in-order.ts";
import { sortedBy } from "../base/order.ts";
import { failed, type Problem, problemsOf, type Result, settle } from "../base/problem.ts";
import type { PackageName } from "../manifest/name.ts";
import type { Ref } from "../snapshot/layout.ts";
import type { SnapshotFile } from "../snapshot/snapshot-files.ts";
import { assemble, type Counts } from "./assemble.ts";
import { foldPublishers, statesOf } from "./authority.ts";
import { ceremonyOf, incomplete } from "./ceremony-check.ts";
import { checkDependencies } from "./dependencies.ts";
import { type CompileRoom, PackageCompiler } from "./package-compiler.ts";
import type { PackageFacts } from "./package-facts.ts";
import type { BuildPorts } from "./ports.ts";
import { type RegistrySource, sortSource } from "./registry-source.ts";
import type { SourceTree } from "./source.ts";
import { unknownReplacement } from "./statement-aims.ts";

/** Enough to keep some threads busy, few enough to bound memory. */
const PACKAGES_AT_ONCE_MAX = 16;

export interface Snapshot {
  /** Path → file, for the whole published tree. */
  readonly files: ReadonlyMap<string, SnapshotFile>;
  readonly counts: Counts;
  /** The index root. */
  readonly root: Ref;
  /** What it was built from. */
  readonly source: RegistrySource;
}

export async function buildSnapshot(tree: SourceTree, ports: BuildPorts): Promise<Result<Snapshot>> {
  const sorted = sortSource(tree);
  const problems: Problem[] = [...sorted.problems];
  const { source } = sorted;
  if (source === undefined) return failed(inOrder(problems, tree));
  const ceremony = ceremonyOf(tree, source.config.iri, ports, problems);
  if (ceremony !== undefined) problems.push(...incomplete(ceremony));
  const publishers = foldPublishers(source, tree, ports, problems);
  const states = statesOf(publishers);
  const workshop = ports.openWorkshop({ config: source.config, publishers: states });
  try {
    const room: CompileRoom = { source, publishers: states, tree, workshop, ports };
    const packages = await compileAll(room, problems);
    if (hasError([...problems, ...tree.problems])) return failed(inOrder(problems, tree));
    const assembled = await assemble({ source, publishers, packages, tree }, workshop, ports);
    problems.push(...assembled.problems);
    const { files, counts, root } = assembled;
    return settle({ files, counts, root, source }, inOrder(problems, tree));
  } finally {
    await workshop.close();
  }
}

/** Every package that has releases, by name. What is wrong with them, and between them, is added to `problems`. */
async function compileAll(room: CompileRoom, problems: Problem[]): Promise<PackageFacts[]> {
  const { source, ports } = room;
  const compiler = new PackageCompiler(room);
  const all = [...source.packages];
  const total = all.reduce((sum, [, { releases }]) => sum + releases.length, 0);
  let done = 0;
  const results = await mapInOrder(all, PACKAGES_AT_ONCE_MAX, ([name, files]) =>
    compiler.compile(name, files, () => ports.progress?.(++done, total)),
  );
  const packages: PackageFacts[] = [];
  const refused = new Set<PackageName>();
  for (const [at, result] of results.entries()) {
    problems.push(...problemsOf(result));
    const [name] = all[at] as (typeof all)[number];
    if (!result.ok) refused.add(name);
    else if (result.value !== undefined) packages.push(result.value);
  }
  const releases = new Map(packages.map((facts) => [facts.view.name, facts.releases]));
  problems.push(...checkDependencies(releases, refused));
  for (const { view } of packages) problems.push(...unknownReplacements(view, source.packages));
  return packages;
}

function unknownReplacements(
  { name, deprecated, versions }: PackageFacts["view"],
  packages: ReadonlyMap<PackageName, unknown>,
): Problem[] {
  const named = [deprecated, ...versions.map((version) => version.deprecated)];
  return [...new Set(named.map((said) => said?.replacement))].flatMap(
    (replacement) => unknownReplacement(`packages/${name}/statements`, replacement, packages) ?? [],
  );
}

function hasError(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === "error");
}

/**
 * Errors first, then by file. Reading can bring up problems of the source itself (files that vanished,
 * links): they count like any other.
 */
function inOrder(problems: readonly Problem[], tree: SourceTree): Problem[] {
  const all = new Set([...problems, ...tree.problems]);
  return sortedBy(
    all,
    ({ severity, file, place = "", line = 0, code }) =>
      `${severity}\n${file}\n${String(line).padStart(9, "0")}\n${place}\n${code}`,
  );
}
