/** What there is to ratify in a registry source: the first statement of every name. */

import type { Digest, Hash } from "../base/digest.ts";
import { sortedBy } from "../base/order.ts";
import type { ChainFiles, RegistrySource } from "../build/registry-source.ts";
import type { SourceTree } from "../build/source.ts";
import type { Ratification } from "../trust/ratification.ts";

/** Every name of the source, with the maintainers that it lists. */
export function everythingRatified(source: RegistrySource, tree: SourceTree, hash: Hash): Ratification {
  const { config, maintainers, packages, publishers } = source;
  return {
    registry: config.iri,
    maintainers,
    claims: firstStatements(
      [...packages].map(([name, { chain }]) => [name, chain] as const),
      tree,
      hash,
    ),
    publishers: firstStatements([...publishers], tree, hash),
  };
}

function firstStatements<Name extends string>(
  chains: readonly (readonly [Name, ChainFiles])[],
  tree: SourceTree,
  hash: Hash,
): ReadonlyMap<Name, Digest> {
  const found = chains.flatMap(([name, { statements }]): [Name, Digest][] => {
    const [first] = statements;
    return first === undefined ? [] : [[name, hash(tree.read(first))]];
  });
  return new Map(sortedBy(found, ([name]) => name));
}
