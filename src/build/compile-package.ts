/**
 * One package, from its statements and the views of its releases to what is published of it: its record,
 * its part of the graph (Turtle, N-Quads, JSON-LD), and what the registry's shapes say of that. Each quad
 * is made once.
 */
import { concat, utf8 } from "../base/bytes.ts";
import type { Problem } from "../base/problem.ts";
import { packageIri } from "../graph/iri.ts";
import { quadsToJsonLd } from "../graph/jsonld.ts";
import { writeNQuads } from "../graph/nquads.ts";
import { packageQuads } from "../graph/package-quads.ts";
import { releaseQuads } from "../graph/release-quads.ts";
import { writeTurtle } from "../graph/turtle.ts";
import { validateGraph } from "../graph/validate.ts";
import type { RegistryConfig } from "../manifest/registry-toml.ts";
import { gzipMember } from "../snapshot/gzip.ts";
import { packageRecordBody } from "../snapshot/records.ts";
import type { PackageState } from "../trust/package-chain.ts";
import type { SignedStatement } from "../trust/statement.ts";
import { type PackageSummary, summaryOf } from "./package-facts.ts";
import { packageView } from "./package-view.ts";
import { type PackedView, unpackView } from "./packed-view.ts";

export interface PackageWork {
  readonly state: PackageState;
  readonly chain: readonly SignedStatement[];
  /** Newest first. */
  readonly releases: readonly [PackedView, ...PackedView[]];
}

/** Of the graph: the package's own triples, then those of its releases, newest first. */
export interface PackageParts {
  readonly summary: PackageSummary;
  readonly recordBody: Uint8Array;
  /** Without prefixes, ready to be concatenated. */
  readonly turtle: Uint8Array;
  /** A gzip member. */
  readonly nquads: Uint8Array;
  readonly jsonLd: Uint8Array;
  readonly triples: number;
  readonly problems: readonly Problem[];
}

export async function compilePackage(work: PackageWork, config: RegistryConfig): Promise<PackageParts> {
  const [first, ...older] = work.releases;
  const releases = [unpackView(first), ...older.map(unpackView)] as const;
  const view = packageView(work.state, releases, []);
  const parts = [packageQuads(view, config), ...releases.map((release) => releaseQuads(release, config))];
  const quads = parts.flatMap((part) => part.quads);
  const nquads = utf8(parts.map((part) => writeNQuads(part.quads)).join(""));
  const jsonLd = quadsToJsonLd(quads, packageIri(config.iri, view.name));
  const shapes = await validateGraph(quads);
  return {
    summary: summaryOf(view, releases),
    recordBody: packageRecordBody(releases, work.chain),
    turtle: concat(...parts.map((part) => utf8(writeTurtle(part.quads)))),
    nquads: packNQuads(nquads),
    jsonLd: utf8(`${JSON.stringify(jsonLd, null, 1)}\n`),
    triples: countLines(nquads),
    problems: [
      ...parts.flatMap((part) => part.warnings),
      ...shapes.map((problem) => inSource(problem, config)),
    ],
  };
}

/** They pack to a tenth at the least effort, and hardly better with more. */
export function packNQuads(lines: Uint8Array): Uint8Array {
  return gzipMember(lines, 2);
}

/** A triple a line; a repeated quad is written once, so that quads cannot be counted. */
export function countLines(text: Uint8Array): number {
  let count = 0;
  for (let at = text.indexOf(10); at !== -1; at = text.indexOf(10, at + 1)) count++;
  return count;
}

/** Shapes name what is wrong by its IRI; people know the folder. */
export function inSource(problem: Problem, config: RegistryConfig): Problem {
  if (!problem.file.startsWith(config.iri)) return problem;
  return { ...problem, file: problem.file.slice(config.iri.length) };
}
