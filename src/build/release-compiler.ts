/**
 * Compiles releases, or takes the verdict of an earlier build where nothing it depended on changed.
 *
 * The key of a verdict names all of it: the program, the release's own bytes (git's tree id, where git
 * vouches for the folder; without that there is no key and the release is verified anew), the
 * registry's configuration, the head of the package's chain and of every publisher's chain.
 */
import { utf8 } from "../base/bytes.ts";
import { canonicalJson, type Json } from "../base/json.ts";
import { type Problem, type Result, ok } from "../base/problem.ts";
import type { ReleaseView } from "../content/view.ts";
import type { PackageName } from "../manifest/name.ts";
import type { RegistryConfig } from "../manifest/registry-toml.ts";
import type { Version } from "../manifest/version.ts";
import { writeArchive } from "../snapshot/archive.ts";
import type { ReleaseAuthority } from "../trust/release.ts";
import { type CompiledRelease, compileRelease } from "./compile-release.ts";
import type { BuildPorts } from "./ports.ts";
import type { SourceTree } from "./source.ts";

/** A release with everything that is published of it. */
export interface BuiltRelease {
  readonly view: ReleaseView;
  readonly turtle: Uint8Array;
  readonly nquads: Uint8Array;
  readonly triples: number;
  /** Made again from the source where the published tree does not hold it yet. */
  readonly archive: () => Uint8Array;
}

interface CachedVerdict {
  readonly view: ReleaseView;
  readonly triples: number;
  readonly warnings: readonly Problem[];
}

export class ReleaseCompiler {
  readonly #config: RegistryConfig;
  readonly #tree: SourceTree;
  readonly #ports: BuildPorts;
  readonly #base: string;

  constructor(config: RegistryConfig, tree: SourceTree, ports: BuildPorts) {
    this.#config = config;
    this.#tree = tree;
    this.#ports = ports;
    this.#base = ports.hash(canonicalJson({ program: ports.program, config: config as unknown as Json }));
  }

  compile(name: PackageName, version: Version, folder: string, authority: ReleaseAuthority): Result<BuiltRelease> {
    const key = this.#key(name, version, folder, authority);
    const cached = key === undefined ? undefined : this.#cached(key, folder);
    if (cached !== undefined) return cached;
    const files = this.#tree.readFolder(folder);
    const release = { name, version, where: folder, files };
    const result = compileRelease({ release, authority, config: this.#config }, this.#ports);
    if (!result.ok) return result;
    const { compiled, archive } = result.value;
    const turtle = utf8(compiled.turtle);
    const nquads = utf8(compiled.nquads);
    if (key !== undefined) this.#keep(key, compiled, turtle, nquads);
    return ok(
      { view: compiled.view, triples: compiled.triples, turtle, nquads, archive: () => archive ?? new Uint8Array() },
      compiled.warnings,
    );
  }

  #key(name: PackageName, version: Version, folder: string, authority: ReleaseAuthority): string | undefined {
    const tree = this.#tree.treeId(folder);
    if (tree === undefined) return undefined;
    const publishers = authority.package.owners.map((owner) => authority.publishers.get(owner)?.head ?? "");
    return this.#ports.hash(utf8([this.#base, name, version, tree, authority.package.head, ...publishers].join("\n")));
  }

  #cached(key: string, folder: string): Result<BuiltRelease> | undefined {
    const { cache } = this.#ports;
    const verdict = cache.get(`${key}.verdict`);
    const turtle = cache.get(`${key}.ttl`);
    const nquads = cache.get(`${key}.nq`);
    if (verdict === undefined || turtle === undefined || nquads === undefined) return undefined;
    const { view, triples, warnings } = JSON.parse(new TextDecoder().decode(verdict)) as CachedVerdict;
    const archive = () => writeArchive(this.#tree.readFolder(folder));
    return ok({ view: { ...view, archive: view.archive }, triples, turtle, nquads, archive }, warnings);
  }

  #keep(key: string, compiled: CompiledRelease, turtle: Uint8Array, nquads: Uint8Array): void {
    const { view, triples, warnings } = compiled;
    this.#ports.cache.put(`${key}.verdict`, utf8(JSON.stringify({ view, triples, warnings } satisfies CachedVerdict)));
    this.#ports.cache.put(`${key}.ttl`, turtle);
    this.#ports.cache.put(`${key}.nq`, nquads);
  }
}
