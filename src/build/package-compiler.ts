/**
 * Compiles packages: statements folded, releases verified, the graph written and held to its shapes.
 * Or takes what an earlier build found, where nothing it depended on changed (verdict-keys.ts).
 */
import { utf8 } from "../base/bytes.ts";
import { failed, ok, type Problem, problemsOf, type Result, settle } from "../base/problem.ts";
import type { PackageName, PublisherName } from "../manifest/name.ts";
import type { Version } from "../manifest/version.ts";
import type { PackageState } from "../trust/package-chain.ts";
import { checkVersionsKnown } from "../trust/package-status.ts";
import type { PublisherState } from "../trust/publisher-chain.ts";
import { type Folded, foldPackageChain } from "./authority.ts";
import { Blobs } from "./blobs.ts";
import { hasBlobs, type PackageFacts, packageFacts } from "./package-facts.ts";
import type { PackedView } from "./packed-view.ts";
import type { BuildPorts } from "./ports.ts";
import type { PackageSource, RegistrySource } from "./registry-source.ts";
import { ReleaseCompiler } from "./release-compiler.ts";
import type { SourceTree } from "./source.ts";
import { emptyRanges } from "./statement-aims.ts";
import { type Marks, VerdictKeys } from "./verdict-keys.ts";
import type { Workshop } from "./workshop.ts";

export interface CompileRoom {
  readonly source: RegistrySource;
  readonly publishers: ReadonlyMap<PublisherName, PublisherState>;
  readonly tree: SourceTree;
  readonly workshop: Workshop;
  readonly ports: BuildPorts;
}

interface KeptPackage {
  readonly owners: Marks;
  /** The keys of the releases' own verdicts, which are kept on for when only one of them changes. */
  readonly releases: readonly string[];
  readonly facts: PackageFacts;
  readonly warnings: readonly Problem[];
}

export class PackageCompiler {
  readonly #room: CompileRoom;
  readonly #keys: VerdictKeys;
  readonly #blobs: Blobs;
  readonly #releases: ReleaseCompiler;

  constructor(room: CompileRoom) {
    const { source, publishers, tree, workshop, ports } = room;
    const { config } = source;
    this.#room = room;
    this.#keys = new VerdictKeys({ ...source, publishers }, ports.program, ports.hash);
    this.#blobs = new Blobs(ports.cache, ports.hash);
    this.#releases = new ReleaseCompiler({ config, publishers }, tree, workshop, ports, this.#keys);
  }

  /**
   * Nothing for a name that was claimed and has no release yet. All problems of all files of the package
   * are told together; `onRelease` is called for each release, when it was judged.
   */
  async compile(
    name: PackageName,
    source: PackageSource,
    onRelease: () => void,
  ): Promise<Result<PackageFacts | undefined>> {
    const key = this.#keys.package(name, this.#room.tree.treeId(`packages/${name}`));
    const kept = key === undefined ? undefined : this.#kept(key);
    if (kept !== undefined) {
      for (const _ of source.releases) onRelease();
      return ok(kept.facts, kept.warnings);
    }
    const folded = this.#fold(name, source);
    const state = folded?.ok ? folded.value.state : ownedByAll(name, this.#room.publishers);
    const releases = await this.#compileReleases(name, source, state, onRelease);
    const problems = [...(folded === undefined ? [] : problemsOf(folded)), ...releases.problems];
    if (!folded?.ok) return failed(problems);
    problems.push(...unknownVersions(name, source, state, this.#room.tree.leftOut ?? []));
    const [first, ...rest] = releases.views;
    if (releases.isRefused || first === undefined) return settle(undefined, problems);
    const finished = await this.#finish(folded.value, [first, ...rest]);
    const result = settle(finished.facts, [...problems, ...finished.problems]);
    if (key !== undefined && result.ok) this.#keep(key, state, source, result.value, result.warnings);
    return result;
  }

  /** `undefined` for a package that nobody claimed, which the source's own problems say already. */
  #fold(name: PackageName, { chain }: PackageSource): Result<Folded<PackageState>> | undefined {
    if (chain.statements.length === 0) return undefined;
    const { source, publishers, tree, ports } = this.#room;
    return foldPackageChain(name, chain, source, publishers, tree, ports);
  }

  async #compileReleases(
    name: PackageName,
    { releases }: PackageSource,
    state: PackageState,
    onRelease: () => void,
  ): Promise<{ views: readonly PackedView[]; problems: readonly Problem[]; isRefused: boolean }> {
    const results = await Promise.all(
      releases.map(async ({ version, folder }) => {
        const result = await this.#releases.compile(name, version, folder, state);
        onRelease();
        return result;
      }),
    );
    return {
      views: results.flatMap((result) => (result.ok ? [result.value.view] : [])),
      problems: results.flatMap(problemsOf),
      isRefused: results.some((result) => !result.ok),
    };
  }

  async #finish(
    folded: Folded<PackageState>,
    releases: readonly [PackedView, ...PackedView[]],
  ): Promise<{ facts: PackageFacts; problems: readonly Problem[] }> {
    const parts = await this.#room.workshop.package({ ...folded, releases });
    return {
      facts: packageFacts(parts, this.#blobs, this.#room.ports.hash),
      problems: parts.problems,
    };
  }

  #kept(key: string): KeptPackage | undefined {
    const bytes = this.#room.ports.cache.get(key);
    if (bytes === undefined) return undefined;
    const kept = JSON.parse(new TextDecoder().decode(bytes)) as KeptPackage;
    for (const release of kept.releases) this.#room.ports.cache.has(release);
    return this.#keys.areCurrent(kept.owners) && hasBlobs(kept.facts, this.#blobs) ? kept : undefined;
  }

  #keep(
    key: string,
    state: PackageState,
    source: PackageSource,
    facts: PackageFacts,
    warnings: readonly Problem[],
  ): void {
    const owners = this.#keys.marksOf([...state.owners, ...state.formerOwners]);
    const releases = source.releases.flatMap(
      ({ version, folder }) =>
        this.#keys.release(state.name, version, this.#room.tree.treeId(folder), state) ?? [],
    );
    const kept: KeptPackage = { owners, releases, facts, warnings };
    this.#room.ports.cache.put(key, utf8(JSON.stringify(kept)));
  }
}

/** Where the statements say nothing, the releases are still looked at: for all that is wrong with them but their owner. */
function ownedByAll(name: PackageName, publishers: ReadonlyMap<PublisherName, PublisherState>): PackageState {
  const none = "" as PackageState["head"];
  return {
    name,
    ratified: false,
    owners: [...publishers.keys()],
    ...{ formerOwners: [], claim: none, head: none, length: 0, yanked: new Map(), deprecated: [] },
    ...{ advisories: [], events: [] },
  };
}

/** What statements say of versions, against the releases that are there, in this build or only in its source. */
function unknownVersions(
  name: PackageName,
  { releases }: PackageSource,
  state: PackageState,
  leftOut: readonly string[],
): Problem[] {
  const prefix = `packages/${name}/`;
  const others = leftOut
    .filter((folder) => folder.startsWith(prefix))
    .map((folder) => folder.slice(prefix.length));
  const versions = [...releases.map((release) => release.version), ...(others as Version[])];
  return [
    ...checkVersionsKnown(state.events, name, new Set(versions)),
    ...emptyRanges(name, state, versions),
  ];
}
