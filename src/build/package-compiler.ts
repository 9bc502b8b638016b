/** What is published of a package as a whole, made in the workshop or taken from the cache where nothing it depends on changed. */
import { utf8 } from "../base/bytes.ts";
import type { Problem } from "../base/problem.ts";
import type { RegistryConfig } from "../manifest/registry-toml.ts";
import type { PackageView } from "../content/view.ts";
import type { BuildPorts } from "./ports.ts";
import type { BuiltRelease } from "./release-compiler.ts";
import type { Workshop } from "./workshop.ts";

/** `PackageParts` as bytes. */
export interface BuiltPackage {
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
  workshop: Workshop,
  ports: BuildPorts,
): Promise<BuiltPackage> {
  const views = releases.map((release) => release.view);
  const { latest, ...rest } = view;
  const key = ports.hash(utf8(JSON.stringify([ports.program, config, rest, latest.version, views])));
  const cached = takeCached(key, ports);
  if (cached !== undefined) return cached;
  const parts = await workshop.package({ view, releases: views });
  const { triples, problems } = parts;
  const built: BuiltPackage = { turtle: utf8(parts.turtle), nquads: utf8(parts.nquads), jsonLd: utf8(parts.jsonLd), triples, problems };
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
  cache.put(`${key}.package`, utf8(JSON.stringify({ triples: built.triples, problems: built.problems })));
}
