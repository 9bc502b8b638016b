/**
 * The pieces of work that a build has many of, each pure and each independent of the others, so that
 * they can be done in this thread or in several.
 *
 *     release   files ─► verified, described, packed            (compile-release.ts)
 *     package   views ─► record, Turtle, N-Quads, JSON-LD, shapes kept   (compile-package.ts)
 *     invert…, deflate   what a search index is made by          (search/index-workshop.ts)
 */
import type { Result } from "../base/problem.ts";
import type { PublisherName } from "../manifest/name.ts";
import type { RegistryConfig } from "../manifest/registry-toml.ts";
import { type IndexWorkshop, localIndexWorkshop } from "../search/index-workshop.ts";
import { deflate } from "../snapshot/deflate.ts";
import type { TrustPorts } from "../trust/ed25519.ts";
import type { PackageState } from "../trust/package-chain.ts";
import type { PublisherState } from "../trust/publisher-chain.ts";
import type { UnverifiedRelease } from "../trust/release.ts";
import { compilePackage, type PackageParts, type PackageWork } from "./compile-package.ts";
import { type CompiledRelease, compileRelease } from "./compile-release.ts";

/** What all work of one build shares. */
export interface WorkshopContext {
  readonly config: RegistryConfig;
  readonly publishers: ReadonlyMap<PublisherName, PublisherState>;
}

export interface ReleaseWork {
  readonly release: UnverifiedRelease;
  readonly package: PackageState;
}

/** Plain values in and out, so that they can go from thread to thread. */
export interface Workshop extends IndexWorkshop {
  release(work: ReleaseWork): Promise<Result<CompiledRelease>>;
  package(work: PackageWork): Promise<PackageParts>;
  /** Ends the threads, where there are any. */
  close(): Promise<void>;
}

/** Does the work in this thread. */
export function localWorkshop(context: WorkshopContext, ports: TrustPorts): Workshop {
  const { config, publishers } = context;
  return {
    ...localIndexWorkshop(deflate),
    release: async (work) => {
      const authority = { package: work.package, publishers, limits: config.limits };
      return compileRelease({ release: work.release, authority, config }, ports);
    },
    package: (work) => compilePackage(work, config),
    close: async () => undefined,
  };
}
