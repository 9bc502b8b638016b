/** Terms that two packages define: in one project each says what the other says besides. */
import { compareText, sortedBy } from "../base/order.ts";
import type { Term } from "./content.ts";

export interface SharedTerms {
  /** The names of both, in order. */
  readonly first: string;
  readonly second: string;
  readonly iris: readonly string[];
}

/**
 * By pair of packages, in order of their names. A term counts where a package describes it, with a label or a
 * comment: many only declare what they use of others. What a release lists of its terms is bounded (terms.ts).
 */
export function sharedTerms(defined: ReadonlyMap<string, readonly Term[]>): SharedTerms[] {
  const owners = new Map<string, string[]>();
  for (const [name, terms] of sortedBy(defined, ([name]) => name))
    for (const { iri, kind, label, comment } of terms) {
      if (kind === "ontology" || (label === undefined && comment === undefined)) continue;
      const there = owners.get(iri);
      if (there === undefined) owners.set(iri, [name]);
      else there.push(name);
    }
  const pairs = new Map<string, { first: string; second: string; iris: string[] }>();
  // Of many that define a term, each is told with the first.
  for (const [iri, names] of owners)
    for (const second of names.slice(1)) {
      const first = names[0] as string;
      const key = `${first}\n${second}`;
      const pair = pairs.get(key) ?? { first, second, iris: [] };
      pairs.set(key, pair);
      pair.iris.push(iri);
    }
  return sortedBy(pairs, ([key]) => key).map(([, { iris, ...pair }]) => ({
    ...pair,
    iris: iris.sort(compareText),
  }));
}
