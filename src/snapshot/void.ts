/** `.well-known/void`: where the graph of the registry is, for machines that look there (W3C VoID, section 7.2). */

import { catalogQuads } from "../graph/catalog-quads.ts";
import { TURTLE_PREFIXES, writeTurtle } from "../graph/turtle.ts";
import type { RegistryConfig } from "../manifest/registry-toml.ts";

export function writeVoid(config: RegistryConfig, triples: number): string {
  return `${TURTLE_PREFIXES}${writeTurtle(catalogQuads(config, { categories: [], triples }).quads)}`;
}
