/** The threads of a registry's build, for a registry of which only the search index is made. */
import { utf8 } from "../../src/base/bytes.ts";
import type { Workshop } from "../../src/build/workshop.ts";
import { parseRegistryToml } from "../../src/manifest/registry-toml.ts";
import { openThreadedWorkshop } from "../../src/node/threaded-workshop.ts";

const REGISTRY = `
format = 1
name = "measured"
title = "Measured"
iri = "https://registry.example/"
`;

export function openIndexThreads(): Workshop {
  const config = parseRegistryToml(utf8(REGISTRY), "registry.toml");
  if (!config.ok) throw new Error("the registry to measure is not one");
  return openThreadedWorkshop({ config: config.value, publishers: new Map() });
}
