/** Registries to build, told so that a later one is the earlier one and something more. */
import { aRegistry, type RegistryOptions, type RegistryStory } from "../support/a-registry.ts";
import { alice, aliceNext, bob } from "../support/fixture-keys.ts";

/** Two publishers; dependencies, a pre-release, a yank, a deprecation, an advisory; two keys of one publisher. */
export function twoPublishers(options: RegistryOptions = {}): RegistryStory {
  const registry = aRegistry(options);
  registry.publisher(alice, { title: "Alice" }).addKey(aliceNext);
  registry.publisher(bob);
  const core = registry.package("core");
  core.release("1.0.0", { category: "models", keywords: ["base"], published: "2024-01-02" }).signedBy(alice);
  core.release("1.1.0", { category: "models", published: "2024-03-01" }).signedBy(aliceNext);
  core.release("2.0.0-rc.1").signedBy(alice);
  core.advise("A-1", { versions: "<1.1.0" }).signedBy(alice);
  const shapes = registry.package("shapes");
  shapes
    .release("0.1.0", { dependencies: { core: "^1.0.0" }, files: { "shapes/s.ttl": SHAPE } })
    .signedBy(bob);
  shapes.release("0.2.0", { dependencies: { core: "^1.1.0" } }).signedBy(bob);
  shapes.yank("0.1.0", "wrong shape").signedBy(bob);
  registry.package("old").release("1.0.0").deprecate("use core", { replacement: "core" }).signedBy(bob);
  return registry;
}

const SHAPE = `@prefix sh: <http://www.w3.org/ns/shacl#> .
<https://example.org/shapes#S> a sh:NodeShape ; sh:targetClass <https://example.org/core#Thing> .
`;
