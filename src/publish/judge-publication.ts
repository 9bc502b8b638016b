/**
 * Whether a registry would be as good with a publication as it is without: what is judged is what the
 * publication adds and what that can change, not the rest of the registry again.
 *
 *     chains     the statements of the new publisher and of the names claimed
 *     releases   every new one: verified and described, as a build does it
 *     edges      among the packages that new releases lead to; a new circle passes through a new release
 *     graph      of each package that gets a release
 *
 * Adding releases cannot make an old one worse, so a registry that `check` found good stays good.
 * A release is verified once however often it is judged: an import asks again after each refusal.
 */
import type { Digest } from "../base/digest.ts";
import { nearest } from "../base/nearest.ts";
import { type Problem, problemsOf, type Result } from "../base/problem.ts";
import type { Authority } from "../build/authority.ts";
import { checkDependencies, type Releases } from "../build/dependencies.ts";
import { overlay } from "../build/overlay.ts";
import { packView, unpackView } from "../build/packed-view.ts";
import type { BuildPorts } from "../build/ports.ts";
import { type BuiltRelease, ReleaseCompiler } from "../build/release-compiler.ts";
import type { SourceTree } from "../build/source.ts";
import type { Workshop, WorkshopContext } from "../build/workshop.ts";
import type { ReleaseView } from "../content/view.ts";
import type { PackageName } from "../manifest/name.ts";
import { compareVersions, type Version } from "../manifest/version.ts";
import { foldPackage } from "../trust/package-chain.ts";
import { checkKeysUnique, foldPublisher } from "../trust/publisher-chain.ts";
import type { SignedStatement, TrustRoot } from "../trust/statement.ts";
import { type Publication, type Publishing, releaseFolder } from "./publication.ts";

/** The registry that is published into, as it lies there. */
export interface PublishingInto extends Publishing {
  readonly tree: SourceTree;
}

interface ReleasePlace {
  readonly name: PackageName;
  readonly version: Version;
}

type Verdict = Promise<Result<BuiltRelease>>;

export class PublicationJudge {
  readonly #into: PublishingInto;
  readonly #ports: BuildPorts;
  /** By release folder and, for a new release, its digest. */
  readonly #verdicts = new Map<string, Verdict>();
  #workshop: Workshop | undefined;

  constructor(into: PublishingInto, ports: BuildPorts) {
    this.#into = into;
    this.#ports = ports;
  }

  /** Every problem of the publication, warnings among them; of the rest of the registry, none. */
  async judge(publication: Publication): Promise<readonly Problem[]> {
    const problems: Problem[] = [];
    const authority = this.#authorityWith(publication, problems);
    const tree = overlay(this.#into.tree, publication.additions);
    const compile = this.#compilerFor(authority, tree, publication);
    const added = await this.#compileAll(publication.releases, compile);
    for (const result of added) problems.push(...problemsOf(result));
    const releases = await this.#withReachable(publication, added, compile);
    problems.push(...checkDependencies(releases.views).map((problem) => this.#withSuggestion(problem)));
    problems.push(...(await this.#checkGraphs(publication, releases, authority)));
    return problems;
  }

  /** Ends the threads, where there are any. */
  async close(): Promise<void> {
    await this.#workshop?.close();
  }

  /** The registry's chains, and those that the publication begins. */
  #authorityWith(publication: Publication, problems: Problem[]): Authority {
    const { source, authority, publisher } = this.#into;
    const root: TrustRoot = { registry: source.config.iri, maintainers: source.maintainers };
    const publishers = new Map(authority.publishers);
    if (publication.registered) {
      const chain = chainOf(`publishers/${publisher}`, publication);
      const folded = foldPublisher(root, publisher, chain, this.#ports);
      problems.push(...problemsOf(folded));
      if (folded.ok) publishers.set(publisher, { state: folded.value, chain });
    }
    const states = new Map([...publishers].map(([name, folded]) => [name, folded.state]));
    problems.push(...checkKeysUnique(states));
    const packages = new Map(authority.packages);
    for (const name of publication.claimed) {
      const chain = chainOf(`packages/${name}`, publication);
      const folded = foldPackage(root, name, chain, states, this.#ports);
      problems.push(...problemsOf(folded));
      if (folded.ok) packages.set(name, { state: folded.value, chain });
    }
    return { publishers, packages };
  }

  #compilerFor(authority: Authority, tree: SourceTree, publication: Publication) {
    const publishers = new Map([...authority.publishers].map(([name, folded]) => [name, folded.state]));
    const context: WorkshopContext = { config: this.#into.source.config, publishers };
    // The publisher's chain is the same in every publication of one judge, so one workshop serves all.
    this.#workshop ??= this.#ports.openWorkshop(context);
    const compiler = new ReleaseCompiler(context, tree, this.#workshop, this.#ports);
    return (place: ReleasePlace): Verdict | undefined => {
      const state = authority.packages.get(place.name)?.state;
      if (state === undefined) return undefined;
      const folder = releaseFolder(place);
      const key = `${folder} ${digestOf(folder, publication, this.#ports) ?? ""}`;
      const known = this.#verdicts.get(key) ?? compiler.compile(place.name, place.version, folder, state);
      this.#verdicts.set(key, known);
      return known;
    };
  }

  /** All at once: the compiler bounds what is in work. */
  async #compileAll(places: readonly ReleasePlace[], compile: (place: ReleasePlace) => Verdict | undefined) {
    let done = 0;
    const results = places.map(async (place) => {
      const result = await compile(place);
      this.#ports.progress?.(++done, places.length);
      return result;
    });
    return (await Promise.all(results)).filter((result) => result !== undefined);
  }

  /** The new releases, the older ones of their packages, and those of every package they lead to. */
  async #withReachable(
    publication: Publication,
    added: readonly Result<BuiltRelease>[],
    compile: (place: ReleasePlace) => Verdict | undefined,
  ): Promise<ReachableReleases> {
    const found = new ReachableReleases();
    for (const result of added) if (result.ok) found.add(result.value);
    const waiting = publication.releases.map(({ name }) => name);
    const seen = new Set<PackageName>();
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      if (seen.has(name)) continue;
      seen.add(name);
      for (const { version } of this.#into.source.packages.get(name)?.releases ?? []) {
        const result = await compile({ name, version });
        if (result?.ok) found.add(result.value);
      }
      waiting.push(...found.targetsOf(name));
    }
    return found;
  }

  /** Only what new releases lead to was looked at; a name that was meant may be any of the registry's. */
  #withSuggestion(problem: Problem): Problem {
    if (problem.code !== "DEPENDENCY_UNKNOWN" || problem.expected !== undefined) return problem;
    const meant = nearest(problem.found ?? "", this.#into.source.packages.keys());
    if (meant === undefined) return problem;
    return { ...problem, expected: meant, remedy: `did you mean "${meant}"? Else publish it first` };
  }

  async #checkGraphs(
    publication: Publication,
    releases: ReachableReleases,
    authority: Authority,
  ): Promise<Problem[]> {
    const workshop = this.#workshop;
    const names = [...new Set(publication.releases.map(({ name }) => name))];
    const found = names.map(async (name) => {
      const state = authority.packages.get(name)?.state;
      const [first, ...rest] = releases.views.get(name) ?? [];
      if (state === undefined || first === undefined || workshop === undefined) return [];
      const packed = [packView(first), ...rest.map(packView)] as const;
      return (await workshop.package({ state, chain: [], releases: packed })).problems;
    });
    return (await Promise.all(found)).flat();
  }
}

/** Views by package, newest first. */
class ReachableReleases {
  readonly #views = new Map<PackageName, ReleaseView[]>();

  get views(): Releases {
    return this.#views;
  }

  add(release: BuiltRelease): void {
    const view = unpackView(release.view);
    const views = [...(this.#views.get(view.name) ?? []), view];
    this.#views.set(
      view.name,
      views.sort((a, b) => compareVersions(b.version, a.version)),
    );
  }

  targetsOf(name: PackageName): PackageName[] {
    return (this.#views.get(name) ?? []).flatMap(({ dependencies, optionalDependencies }) =>
      [...dependencies, ...optionalDependencies].map(([target]) => target),
    );
  }
}

/** The first statement of a chain that the publication begins. */
function chainOf(subject: string, { additions }: Publication): SignedStatement[] {
  const file = `${subject}/statements/0001.toml`;
  const bytes = additions.get(file);
  const signature = additions.get(`${file}.sig`);
  return bytes === undefined || signature === undefined ? [] : [{ file, bytes, signature }];
}

function digestOf(folder: string, { additions }: Publication, ports: BuildPorts): Digest | undefined {
  const sums = additions.get(`${folder}/SHA256SUMS`);
  return sums === undefined ? undefined : ports.hash(sums);
}
