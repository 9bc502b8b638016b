/**
 * Compiles releases, or takes the verdict of an earlier build where nothing it depended on changed
 * (verdict-keys.ts). A bounded number is in work at once, so that memory holds no more files than that.
 */
import { concat, utf8 } from "../base/bytes.ts";
import type { Digest } from "../base/digest.ts";
import { ok, type Problem, type Result } from "../base/problem.ts";
import type { PackageName } from "../manifest/name.ts";
import type { Version } from "../manifest/version.ts";
import type { PackageState } from "../trust/package-chain.ts";
import type { PackedView } from "./packed-view.ts";
import type { BuildPorts } from "./ports.ts";
import { Slots } from "./slots.ts";
import type { SourceTree } from "./source.ts";
import { VerdictKeys } from "./verdict-keys.ts";
import type { Workshop, WorkshopContext } from "./workshop.ts";

/** Enough to keep some threads busy, few enough to bound memory. */
const RELEASES_AT_ONCE_MAX = 16;

export interface BuiltRelease {
  readonly view: PackedView;
}

/** A kept verdict: length of the warnings (4, little-endian) · warnings (JSON) · the packed view. */
const WARNINGS_AT = 4;

export class ReleaseCompiler {
  readonly #tree: SourceTree;
  readonly #ports: BuildPorts;
  readonly #workshop: Workshop;
  readonly #keys: VerdictKeys;
  readonly #slots = new Slots(RELEASES_AT_ONCE_MAX);

  constructor(
    context: WorkshopContext,
    tree: SourceTree,
    workshop: Workshop,
    ports: BuildPorts,
    keys: VerdictKeys = new VerdictKeys(context, ports.program, ports.hash),
  ) {
    this.#tree = tree;
    this.#ports = ports;
    this.#workshop = workshop;
    this.#keys = keys;
  }

  /** `folder` holds the release in the source; `state` says who may release. */
  async compile(
    name: PackageName,
    version: Version,
    folder: string,
    state: PackageState,
  ): Promise<Result<BuiltRelease>> {
    const key = this.#keys.release(name, version, this.#tree.treeId(folder), state);
    const kept = key === undefined ? undefined : this.#kept(key);
    if (kept !== undefined) return kept;
    return this.#slots.use(async () => {
      const release = { name, version, where: folder, files: this.#tree.readFolder(folder) };
      const result = await this.#workshop.release({ release, package: state });
      if (!result.ok) return result;
      const { view, archive } = result.value;
      if (archive !== undefined) this.#ports.cache.putForNow(archiveKey(archive.sha256), archive.bytes);
      if (key !== undefined) this.#keep(key, view, result.warnings);
      return ok({ view }, result.warnings);
    });
  }

  #kept(key: string): Result<BuiltRelease> | undefined {
    const bytes = this.#ports.cache.get(key);
    if (bytes === undefined) return undefined;
    const viewAt = WARNINGS_AT + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    const warnings = JSON.parse(new TextDecoder().decode(bytes.subarray(WARNINGS_AT, viewAt))) as Problem[];
    return ok({ view: bytes.subarray(viewAt) as PackedView }, warnings);
  }

  #keep(key: string, view: PackedView, found: readonly Problem[]): void {
    const warnings = utf8(JSON.stringify(found));
    const head = new DataView(new ArrayBuffer(WARNINGS_AT));
    head.setUint32(0, warnings.length, true);
    this.#ports.cache.put(key, concat(new Uint8Array(head.buffer), warnings, view));
  }
}

/** Where the archive of a release that was compiled in this build lies until it is written out. */
export function archiveKey(sha256: Digest): string {
  return `archive ${sha256}`;
}
