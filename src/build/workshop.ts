/**
 * The two pieces of work that a build has many of, each pure and each independent of the others, so
 * that they can be done in this thread or in several.
 */
import type { Problem, Result } from "../base/problem.ts";
import type { PackageView, ReleaseView } from "../content/view.ts";
import { packageJsonLd } from "../graph/jsonld.ts";
import { writeNQuads } from "../graph/nquads.ts";
import { packageGraph, packageQuads } from "../graph/package-quads.ts";
import { writeTurtle } from "../graph/turtle.ts";
import { validateGraph } from "../graph/validate.ts";
import type { PublisherName } from "../manifest/name.ts";
import type { RegistryConfig } from "../manifest/registry-toml.ts";
import type { TrustPorts } from "../trust/ed25519.ts";
import type { PackageState } from "../trust/package-chain.ts";
import type { PublisherState } from "../trust/publisher-chain.ts";
import type { UnverifiedRelease } from "../trust/release.ts";
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

export interface PackageWork {
  readonly view: PackageView;
  /** Newest first. */
  readonly releases: readonly ReleaseView[];
}

/** A package's own triples, without prefixes and without its releases' triples; its JSON-LD; what the shapes say. */
export interface PackageParts {
  readonly turtle: string;
  readonly nquads: string;
  readonly jsonLd: string;
  readonly triples: number;
  readonly problems: readonly Problem[];
}

/** Plain values in and out, so that they can go from thread to thread. */
export interface Workshop {
  release(work: ReleaseWork): Promise<Result<CompiledRelease>>;
  package(work: PackageWork): Promise<PackageParts>;
  /** Ends the threads, where there are any. */
  close(): Promise<void>;
}

/** Does the work in this thread. */
export function localWorkshop(context: WorkshopContext, ports: TrustPorts): Workshop {
  const { config, publishers } = context;
  return {
    async release(work) {
      const authority = { package: work.package, publishers, limits: config.limits };
      return compileRelease({ release: work.release, authority, config }, ports);
    },
    async package({ view, releases }) {
      const part = packageQuads(view, config);
      return {
        turtle: writeTurtle(part.quads),
        nquads: writeNQuads(part.quads),
        jsonLd: `${JSON.stringify(packageJsonLd(view, releases, config), null, 1)}\n`,
        triples: part.quads.length,
        problems: [...part.warnings, ...(await validateGraph(packageGraph(view, releases, config).quads))],
      };
    },
    close: async () => undefined,
  };
}
