/**
 * Writes the part of the graph that speaks of a package as a whole, and its JSON-LD, or takes them from
 * the cache where neither the package nor any of its releases changed.
 */
import { utf8 } from "../base/bytes.ts";
import { canonicalJson, type Json } from "../base/json.ts";
import type { Problem } from "../base/problem.ts";
import type { PackageView } from "../content/view.ts";
import { packageJsonLd } from "../graph/jsonld.ts";
import { writeNQuads } from "../graph/nquads.ts";
import { packageQuads } from "../graph/package-quads.ts";
import { writeTurtle } from "../graph/turtle.ts";
import { validateGraph } from "../graph/validate.ts";
import type { RegistryConfig } from "../manifest/registry-toml.ts";
import type { BuildPorts } from "./ports.ts";
import type { BuiltRelease } from "./release-compiler.ts";

export interface BuiltPackage {
  /** The package's own triples, without prefixes and without its releases' triples. */
  readonly turtle: Uint8Array;
  readonly nquads: Uint8Array;
  readonly jsonLd: Uint8Array;
  readonly triples: number;
  readonly problems: readonly Problem[];
}

export async function compilePackage(
  view: PackageView,
  releases: readonly BuiltRelease[],
  config: RegistryConfig,
  ports: BuildPorts,
): Promise<BuiltPackage> {
  const views = releases.map((release) => release.view);
  const made = JSON.stringify([ports.program, config, { ...view, latest: view.latest.version }, views]);
  const key = ports.hash(utf8(made));
  const cached = takeCached(key, ports);
  if (cached !== undefined) return cached;
  const part = packageQuads(view, config);
  const built: BuiltPackage = {
    turtle: utf8(writeTurtle(part.quads)),
    nquads: utf8(writeNQuads(part.quads)),
    jsonLd: canonicalJson(packageJsonLd(view, views, config)),
    triples: part.quads.length,
    problems: [...part.warnings, ...(await validateGraph(part.quads))],
  };
  keep(key, built, ports);
  return built;
}

function takeCached(key: string, { cache }: BuildPorts): BuiltPackage | undefined {
  const turtle = cache.get(`${key}.package.ttl`);
  const nquads = cache.get(`${key}.package.nq`);
  const jsonLd = cache.get(`${key}.package.jsonld`);
  const facts = cache.get(`${key}.package`);
  if (turtle === undefined || nquads === undefined || jsonLd === undefined || facts === undefined) return undefined;
  const { triples, problems } = JSON.parse(new TextDecoder().decode(facts)) as Pick<BuiltPackage, "triples" | "problems">;
  return { turtle, nquads, jsonLd, triples, problems };
}

function keep(key: string, built: BuiltPackage, { cache }: BuildPorts): void {
  cache.put(`${key}.package.ttl`, built.turtle);
  cache.put(`${key}.package.nq`, built.nquads);
  cache.put(`${key}.package.jsonld`, built.jsonLd);
  cache.put(`${key}.package`, canonicalJson({ triples: built.triples, problems: built.problems } as unknown as Json));
}
