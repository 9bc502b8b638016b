/**
 * What the build holds of a package while it goes on: what is judged and written across packages. All
 * that is large is a blob (blobs.ts), so that memory grows with the number of packages and not with
 * what is in them. Plain JSON-able values, kept from build to build.
 */
import { concat, utf8 } from "../base/bytes.ts";
import type { Hash } from "../base/digest.ts";
import type { PackageView, ReleaseView } from "../content/view.ts";
import { TURTLE_PREFIXES } from "../graph/turtle.ts";
import { type ResolveRecord, resolveRecord } from "../snapshot/records.ts";
import type { BlobRef, Blobs } from "./blobs.ts";
import type { PackageParts } from "./compile-package.ts";
import type { ReleaseEdges } from "./dependencies.ts";

export interface ReleaseFacts extends ReleaseEdges {
  /** Absent where the release has fallen. */
  readonly archive: ReleaseView["archive"] | undefined;
}

/** What is small of a package. */
export interface PackageSummary {
  /** `dependents` is empty here: other packages decide it. */
  readonly view: Omit<PackageView, "latest">;
  readonly latest: Omit<ReleaseView, "content">;
  /** Newest first. */
  readonly releases: readonly ReleaseFacts[];
  readonly resolve: ResolveRecord;
}

export interface PackageFacts extends PackageSummary {
  readonly recordBody: BlobRef;
  /** The package's part of the graph, without prefixes. */
  readonly turtle: BlobRef;
  /** The same with prefixes: what its page is. */
  readonly turtlePage: BlobRef;
  /** A gzip member. */
  readonly nquads: BlobRef;
  readonly jsonLd: BlobRef;
  readonly triples: number;
}

/** `releases` newest first. */
export function summaryOf(whole: PackageView, releases: readonly ReleaseView[]): PackageSummary {
  const { latest, ...view } = whole;
  const { content: _, ...latestFacts } = latest;
  return {
    view: { ...view, dependents: [] },
    latest: latestFacts,
    releases: releases.map(({ version, standing, dependencies, optionalDependencies, archive }) => ({
      version,
      standing,
      dependencies,
      optionalDependencies,
      archive,
    })),
    resolve: resolveRecord(whole, releases),
  };
}

const PREFIXES = utf8(TURTLE_PREFIXES);

/** Puts what is large of a package into `blobs`, and says the rest. */
export function packageFacts(parts: PackageParts, blobs: Blobs, hash: Hash): PackageFacts {
  const turtlePage = turtlePageOf(parts.turtle);
  return {
    ...parts.summary,
    recordBody: blobs.put(parts.recordBody),
    turtle: blobs.put(parts.turtle),
    turtlePage: { sha256: hash(turtlePage), length: turtlePage.length },
    nquads: blobs.put(parts.nquads),
    jsonLd: blobs.put(parts.jsonLd),
    triples: parts.triples,
  };
}

/** A file of its own, from a part that is to be concatenated. */
export function turtlePageOf(turtle: Uint8Array): Uint8Array {
  return concat(PREFIXES, turtle);
}

/** Whether everything that the facts name is still kept; it is kept on then. */
export function hasBlobs(facts: PackageFacts, blobs: Blobs): boolean {
  const { recordBody, turtle, nquads, jsonLd } = facts;
  return [recordBody, turtle, nquads, jsonLd].map((ref) => blobs.has(ref)).every(Boolean);
}
