/** What there is to ratify in a registry source: the first statement of every name, and who may override. */

import type { Digest, Hash } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { sortedBy } from "../base/order.ts";
import type { ChainFiles, RegistrySource } from "../build/registry-source.ts";
import type { SourceTree } from "../build/source.ts";
import type { Ratification } from "../trust/ratification.ts";

/** Every name of the source, with the maintainers that it lists. */
export function everythingRatified(source: RegistrySource, tree: SourceTree, hash: Hash): Ratification {
  const { config, listed, packages, publishers } = source;
  return {
    registry: config.iri,
    maintainers: listed,
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

export interface RatifiedMore {
  readonly next: Ratification;
  /** Names that were not ratified before. */
  readonly added: readonly string[];
}

/**
 * What was ratified, with what is new in the source: all of it, or the packages and publishers of `names` (and
 * every publisher, without whom a package is of no use). What was once ratified stays. Throws
 * UNKNOWN_NAME, RATIFIED_CHANGED where the source has another first statement of a ratified name.
 */
export function ratifiedBesides(
  before: Ratification,
  all: Ratification,
  names: readonly string[],
): RatifiedMore {
  const known = new Set<string>([...all.claims.keys(), ...all.publishers.keys()]);
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new RegistryError(
      "UNKNOWN_NAME",
      `There is no package and no publisher "${unknown}" in this source`,
      "check the name; a name is claimed before it is ratified",
    );
  const wanted = new Set(names);
  const isWanted = (name: string) => wanted.size === 0 || wanted.has(name);
  const claims = joined(before.claims, new Map([...all.claims].filter(([name]) => isWanted(name))));
  const publishers = joined(before.publishers, all.publishers);
  return {
    next: {
      registry: all.registry,
      maintainers: all.maintainers,
      claims: claims.all,
      publishers: publishers.all,
    },
    added: [...claims.added, ...publishers.added],
  };
}

function joined<Name extends string>(before: ReadonlyMap<Name, Digest>, now: ReadonlyMap<Name, Digest>) {
  const added: Name[] = [];
  const all = new Map(before);
  for (const [name, digest] of now) {
    const ratified = all.get(name);
    if (ratified === undefined) added.push(name);
    else if (ratified !== digest) throw changed(name);
    all.set(name, digest);
  }
  return { all: new Map(sortedBy(all, ([name]) => name)), added };
}

function changed(name: string): RegistryError {
  return new RegistryError(
    "RATIFIED_CHANGED",
    `"${name}" was ratified with another first statement than this source has`,
    "bring back the statement 0001.toml that was ratified: a name is never given to somebody else",
  );
}
