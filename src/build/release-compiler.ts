/**
 * Compiles releases, or takes the verdict of an earlier build where nothing it depended on changed.
 *
 * The key of a verdict names all of it: the program, the release's own bytes (git's tree id, where git
 * vouches for the folder; without that there is no key and the release is verified anew), the
 * registry's configuration, the head of the package's chain and of every publisher's chain.
 */
import { utf8 } from "../base/bytes.ts";
import type { Digest } from "../base/digest.ts";
import { canonicalJson, type Json } from "../base/json.ts";
import { ok, type Problem, type Result } from "../base/problem.ts";
import { compareText } from "../base/order.ts";
import type { ReleaseView } from "../content/view.ts";
import type { PackageName } from "../manifest/name.ts";
import type { Version } from "../manifest/version.ts";
import { writeArchive } from "../snapshot/archive.ts";
import type { PackageState } from "../trust/package-chain.ts";
import type { CompiledRelease } from "./compile-release.ts";
import type { BuildPorts } from "./ports.ts";
import type { SourceTree } from "./source.ts";
import type { Workshop, WorkshopContext } from "./workshop.ts";

/** A release with everything that is published of it. */
export interface BuiltRelease {
  readonly view: ReleaseView;
  readonly turtle: Uint8Array;
  readonly nquads: Uint8Array;
  readonly triples: number;
  /** Made again from the source where it was not kept and the published tree does not hold it yet. */
  readonly archive: () => Uint8Array;
}

interface CachedVerdict {
  readonly view: ReleaseView;
  readonly triples: number;
  readonly warnings: readonly Problem[];
}

/** Archives beyond this are made a second time when they are written, rather than kept in memory. */
const ARCHIVE_BYTES_KEPT_MAX = 192 * 1024 * 1024;

export class ReleaseCompiler {
  readonly #tree: SourceTree;
  readonly #ports: BuildPorts;
  readonly #workshop: Workshop;
  readonly #base: Digest;
  #archiveBytesKept = 0;

  constructor(context: WorkshopContext, tree: SourceTree, workshop: Workshop, ports: BuildPorts) {
    this.#tree = tree;
    this.#ports = ports;
    this.#workshop = workshop;
    const heads = [...context.publishers].map(([name, state]) => [name, state.head] as const);
    const publishers = heads.sort(([a], [b]) => compareText(a, b));
    const config = context.config as unknown as Json;
    this.#base = ports.hash(canonicalJson({ program: ports.program, config, publishers }));
  }

  async compile(name: PackageName, version: Version, folder: string, state: PackageState): Promise<Result<BuiltRelease>> {
    const key = this.#key(name, version, folder, state);
    const cached = key === undefined ? undefined : this.#cached(key, folder);
    if (cached !== undefined) return cached;
    const files = this.#tree.readFolder(folder);
    const result = await this.#workshop.release({ release: { name, version, where: folder, files }, package: state });
    if (!result.ok) return result;
    const compiled = result.value;
    const turtle = utf8(compiled.turtle);
    const nquads = utf8(compiled.nquads);
    if (key !== undefined) this.#keep(key, compiled, result.warnings, turtle, nquads);
    const { view, triples } = compiled;
    return ok({ view, triples, turtle, nquads, archive: this.#archive(compiled.archive, folder) }, result.warnings);
  }

  #key(name: PackageName, version: Version, folder: string, state: PackageState): Digest | undefined {
    const tree = this.#tree.treeId(folder);
    return tree === undefined ? undefined : this.#ports.hash(utf8([this.#base, name, version, tree, state.head].join("\n")));
  }

  #archive(bytes: Uint8Array | undefined, folder: string): () => Uint8Array {
    if (bytes !== undefined && this.#archiveBytesKept + bytes.length <= ARCHIVE_BYTES_KEPT_MAX) {
      this.#archiveBytesKept += bytes.length;
      return () => bytes;
    }
    return () => writeArchive(this.#tree.readFolder(folder));
  }

  #cached(key: Digest, folder: string): Result<BuiltRelease> | undefined {
    const { cache } = this.#ports;
    const verdict = cache.get(`${key}.verdict`);
    const turtle = cache.get(`${key}.ttl`);
    const nquads = cache.get(`${key}.nq`);
    if (verdict === undefined || turtle === undefined || nquads === undefined) return undefined;
    const { view, triples, warnings } = JSON.parse(new TextDecoder().decode(verdict)) as CachedVerdict;
    return ok({ view, triples, turtle, nquads, archive: this.#archive(undefined, folder) }, warnings);
  }

  #keep(key: Digest, compiled: CompiledRelease, warnings: readonly Problem[], turtle: Uint8Array, nquads: Uint8Array): void {
    const { view, triples } = compiled;
    this.#ports.cache.put(`${key}.verdict`, utf8(JSON.stringify({ view, triples, warnings } satisfies CachedVerdict)));
    this.#ports.cache.put(`${key}.ttl`, turtle);
    this.#ports.cache.put(`${key}.nq`, nquads);
  }
}
