/**
 * Which release of which package: one version of a package in a solution, the newest that fits.
 *
 * PubGrub (N. Weizenbaum, 2018, https://nex3.medium.com/pubgrub-2fb6470504f), over the known candidates of
 * each package instead of over ranges: whatever cannot be together is an incompatibility; what follows from
 * one is derived at once; where a choice fails, the reason is worked out, kept, and the choices go back to
 * where it matters.
 *
 * It is complete (a solution that exists is found), deterministic, and prefers in the order of asking: what
 * is asked for first gets the best release of it that any solution has, the next one the best beside that,
 * and what they need is chosen in the order in which it comes up. `WORK_MAX` bounds the time on hostile graphs.
 *
 * Candidates that are withheld (yanked, fallen) are never chosen; what is locked may be given without that mark.
 */
import satisfies from "semver/functions/satisfies.js";
import { compareText } from "../base/order.ts";
import type { PackageName } from "../manifest/name.ts";
import type { Range, Version } from "../manifest/version.ts";
import {
  ABSENT,
  type Candidate,
  type Catalogue,
  type ChoiceSet,
  Choices,
  isWithin,
  NOTHING,
} from "./choices.ts";
import { explainFailure, type Stopped, type Unresolved } from "./explain.ts";
import { type Fact, type Incompatibility, resolvent, type Term } from "./incompatibility.ts";
import { type Assignment, PartialSolution } from "./partial-solution.ts";

export type { Candidate, Catalogue } from "./choices.ts";
export type { Unresolved } from "./explain.ts";

export interface Requirement {
  readonly name: PackageName;
  readonly range: Range;
}

/** Terms looked at before the search is given up: a second or two. */
export const WORK_MAX = 10_000_000;
export const PACKAGES_MAX = 10_000;

export type Solution =
  | { readonly ok: true; readonly versions: ReadonlyMap<PackageName, Version> }
  | { readonly ok: false; readonly failure: Unresolved };

/** One version of every package that is needed, by name; or why there is none. */
export function resolve(wanted: readonly Requirement[], catalogue: Catalogue): Solution {
  const search = new Search(catalogue);
  const stopped = search.run(wanted);
  if (stopped !== undefined) return { ok: false, failure: explainFailure(stopped, search.choicesOf) };
  return { ok: true, versions: search.versions() };
}

/** Whether a dependency on `range` may be answered with `version`. */
export function fits(version: Version, range: Range): boolean {
  return satisfies(version, range);
}

/** An incompatibility against the partial solution: every term holds; all but one, which is open; or neither. */
type Relation = "holds" | "fails" | Term;

class Search {
  readonly #catalogue: Catalogue;
  readonly #choices = new Map<PackageName, Choices>();
  readonly #solution = new PartialSolution((name) => this.choicesOf(name).all);
  readonly #about = new Map<PackageName, Incompatibility[]>();
  /** Releases of which all that they say is among the incompatibilities. */
  readonly #heard = new Map<PackageName, ChoiceSet>();
  #work = 0;

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  readonly choicesOf = (name: PackageName): Choices => {
    let choices = this.#choices.get(name);
    if (choices === undefined) {
      choices = new Choices(this.#catalogue(name));
      this.#choices.set(name, choices);
    }
    return choices;
  };

  readonly #allOf = (name: PackageName): ChoiceSet => this.choicesOf(name).all;

  versions(): Map<PackageName, Version> {
    const found = new Map<PackageName, Version>();
    for (const [name, only] of [...this.#solution.decisions].sort(([a], [b]) => compareText(a, b))) {
      const chosen = this.choicesOf(name).best(only);
      if (chosen !== undefined) found.set(name, chosen.candidate.version);
    }
    return found;
  }

  /** Solves, or says why not. */
  run(wanted: readonly Requirement[]): Stopped | undefined {
    for (const { name, range } of wanted) {
      const fact = this.#state({ kind: "asked", on: name, range });
      if (fact?.terms.length === 0) return fact;
    }
    for (const { name } of wanted) {
      const stopped = this.#propagate(name);
      if (stopped !== undefined) return stopped;
    }
    const solution = this.#solution;
    for (let open = solution.nextOpen(); open !== undefined; open = solution.nextOpen()) {
      if (solution.decisions.size >= PACKAGES_MAX) return { limit: "packages", max: PACKAGES_MAX };
      this.#choose(open);
      const stopped = this.#propagate(open);
      if (stopped !== undefined) return stopped;
    }
    return undefined;
  }

  /** Adds what a fact forbids; `undefined` where that is nothing. */
  #state(fact: Fact): Incompatibility | undefined {
    const target = this.choicesOf(fact.on);
    const others = target.all & ~target.fitting(fact.range);
    const wrong = fact.kind === "limits" ? others & ~ABSENT : others;
    const terms: Term[] = [];
    if (fact.kind !== "asked" && fact.by !== fact.on) terms.push({ name: fact.by, set: fact.versions });
    // A release that needs itself is itself there.
    const set = fact.kind !== "asked" && fact.by === fact.on ? wrong & fact.versions : wrong;
    if (set === NOTHING) return undefined;
    if (set !== target.all) terms.push({ name: fact.on, set });
    return this.#keep({ terms, cause: fact });
  }

  #keep(incompatibility: Incompatibility): Incompatibility {
    for (const { name } of incompatibility.terms) {
      const about = this.#about.get(name);
      if (about === undefined) this.#about.set(name, [incompatibility]);
      else about.push(incompatibility);
    }
    return incompatibility;
  }

  /** Decides on the best that is left of a package, unless what it needs says at once that it cannot be. */
  #choose(name: PackageName): void {
    const choices = this.choicesOf(name);
    const best = choices.best(this.#solution.left(name));
    if (best === undefined) throw new Error(`nothing is left of ${name}, and nobody noticed`);
    const { candidate, only } = best;
    let isPossible = true;
    for (const fact of this.#newFacts(name, candidate, only)) {
      const added = this.#state(fact);
      if (added !== undefined && this.#leavesOnly(name, added)) isPossible = false;
    }
    if (isPossible) this.#solution.decide(name, only);
  }

  /** What a release says that is not among the incompatibilities, together with all releases that say the same. */
  #newFacts(name: PackageName, candidate: Candidate, only: ChoiceSet): Fact[] {
    const choices = this.choicesOf(name);
    const heard = this.#heard.get(name) ?? NOTHING;
    if (isWithin(only, heard)) return [];
    this.#heard.set(name, heard | only);
    const facts: Fact[] = [];
    for (const [kind, table] of TABLES)
      for (const [on, range] of candidate[table] ?? []) {
        const versions = choices.thatSay(table, on, range);
        if ((versions & heard) === NOTHING) facts.push({ kind, by: name, versions, on, range });
      }
    return facts;
  }

  /** Whether every term holds but that of `name`. */
  #leavesOnly(name: PackageName, { terms }: Incompatibility): boolean {
    return terms.every(({ name: of, set }) => of === name || isWithin(this.#solution.left(of), set));
  }

  /** Derives all that follows from a change to `first`. */
  #propagate(first: PackageName): Stopped | undefined {
    const changed = [first];
    for (let name = changed.pop(); name !== undefined; name = changed.pop()) {
      const about = this.#about.get(name) ?? [];
      // The newest first: they are the most telling.
      for (let at = about.length - 1; at >= 0; at--) {
        let incompatibility = about[at] as Incompatibility;
        let relation = this.#relation(incompatibility);
        if (relation === "fails") continue;
        if (relation === "holds") {
          incompatibility = this.#learn(incompatibility);
          if (incompatibility.terms.length === 0) return incompatibility;
          changed.length = 0;
          relation = this.#relation(incompatibility);
          if (typeof relation === "string") throw new Error("what was learned must leave one term open");
          at = -1;
        }
        this.#solution.derive(relation.name, this.#allOf(relation.name) & ~relation.set, incompatibility);
        changed.push(relation.name);
      }
      if (this.#work > WORK_MAX) return { limit: "work", max: WORK_MAX };
    }
    return undefined;
  }

  #relation({ terms }: Incompatibility): Relation {
    let open: Relation = "holds";
    for (const term of terms) {
      this.#work++;
      const { name, set } = term;
      const left = this.#solution.left(name);
      if ((left & set) === NOTHING) return "fails";
      if (isWithin(left, set)) continue;
      if (open !== "holds") return "fails";
      open = term;
    }
    return open;
  }

  /** Why an incompatibility that holds came to hold: one from which, before the last decision, something follows. */
  #learn(violated: Incompatibility): Incompatibility {
    let learned = violated;
    while (learned.terms.length > 0) {
      const { latest, before } = this.#satisfiers(learned);
      const { cause } = latest;
      if (cause === undefined || before < latest.level) {
        this.#solution.cutBack(before);
        return learned === violated ? learned : this.#keep(learned);
      }
      learned = resolvent(learned, cause, latest.name, this.#allOf);
      this.#work += learned.terms.length;
    }
    return learned;
  }

  /** The assignment that made the last term hold, and the level at which all else held already. */
  #satisfiers({ terms }: Incompatibility): { readonly latest: Assignment; readonly before: number } {
    let latest: Assignment | undefined;
    let before = 0;
    for (const { name, set } of terms) {
      const satisfier = this.#solution.satisfier(name, set);
      if (satisfier === undefined) throw new Error("a term that holds has no satisfier");
      const [earlier, later] =
        latest === undefined || latest.at < satisfier.at ? [latest, satisfier] : [satisfier, latest];
      before = Math.max(before, earlier?.level ?? 0);
      latest = later;
    }
    if (latest === undefined) throw new Error("an incompatibility without terms has no satisfiers");
    // What it took besides this assignment for its own term to hold.
    const own = terms.find(({ name }) => name === latest?.name)?.set ?? NOTHING;
    const rest = own | (this.#allOf(latest.name) & ~latest.set);
    if (!isWithin(this.#allOf(latest.name), rest))
      before = Math.max(before, this.#solution.satisfier(latest.name, rest)?.level ?? 0);
    return { latest, before };
  }
}

const TABLES = [
  ["needs", "dependencies"],
  ["limits", "optional"],
] as const;
