/**
 * Choices that cannot all hold, and why: what the solver starts from (somebody asks, a release needs) and
 * what it concludes from two of them.
 */
import type { PackageName } from "../manifest/name.ts";
import type { Range } from "../manifest/version.ts";
import type { ChoiceSet } from "./choices.ts";

/** That a package's choice is in the set. */
export interface Term {
  readonly name: PackageName;
  readonly set: ChoiceSet;
}

/** What cannot all hold, one term to a package. Without terms: there is no answer. */
export type Terms = readonly Term[];

export interface Incompatibility {
  readonly terms: Terms;
  readonly cause: Cause;
}

export type Cause = Fact | Conclusion;

export type Fact =
  | { readonly kind: "asked"; readonly on: PackageName; readonly range: Range }
  | {
      readonly kind: "needs" | "limits";
      readonly by: PackageName;
      readonly versions: ChoiceSet;
      readonly on: PackageName;
      readonly range: Range;
    };

export interface Conclusion {
  readonly kind: "concluded";
  readonly from: readonly [Incompatibility, Incompatibility];
}

/**
 * What follows from both for every package but `pivot` (the rule of resolution): where the other terms of
 * both hold, `pivot` is in neither set. A term that always holds is left out.
 */
export function resolvent(
  left: Incompatibility,
  right: Incompatibility,
  pivot: PackageName,
  allOf: (name: PackageName) => ChoiceSet,
): Incompatibility {
  const sets = new Map<PackageName, ChoiceSet>();
  for (const { name, set } of left.terms) sets.set(name, set);
  for (const { name, set } of right.terms) {
    const other = sets.get(name);
    if (other === undefined) sets.set(name, set);
    else sets.set(name, name === pivot ? other | set : other & set);
  }
  const terms: Term[] = [];
  for (const [name, set] of sets) if (set !== allOf(name)) terms.push({ name, set });
  return { terms, cause: { kind: "concluded", from: [left, right] } };
}
