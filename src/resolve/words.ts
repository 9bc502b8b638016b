/** Facts and conclusions of the solver as sentences. */
import type { PackageName } from "../manifest/name.ts";
import { compareVersions, type Range, type Version } from "../manifest/version.ts";
import { ABSENT, type Candidate, type ChoiceSet, type Choices, NOTHING } from "./choices.ts";
import type { Fact, Terms } from "./incompatibility.ts";

const VERSIONS_NAMED_MAX = 6;
export const YOU_ASKED_FOR = "you asked for ";

export class Words {
  readonly #choicesOf: (name: PackageName) => Choices;

  constructor(choicesOf: (name: PackageName) => Choices) {
    this.#choicesOf = choicesOf;
  }

  /** "you asked for b ^2.0.0", "a 2.0.0 and later needs b ^9.0.0 (there is only 1.0.0)". */
  fact(fact: Fact): string {
    const what = wanted(fact);
    if (fact.kind === "limits") return `${this.every(fact.by, fact.versions)} goes only with ${what}`;
    const who = fact.kind === "asked" ? YOU_ASKED_FOR : `${this.every(fact.by, fact.versions)} needs `;
    return `${who}${what}${this.#whyNothing(fact.on, fact.range)}`;
  }

  /** What a person asked for, in one phrase. */
  asked(facts: readonly Fact[]): string {
    return list(facts.map(wanted).sort());
  }

  /** What must not be, as what follows: "a 2.0.0 and later needs b 1.1.0", "a and c 1.0.0 do not go together". */
  conclusion(terms: Terms): string {
    const there: string[] = [];
    const instead: string[] = [];
    for (const { name, set } of terms) {
      const { all } = this.#choicesOf(name);
      if ((set & ABSENT) === NOTHING) there.push(this.every(name, set));
      else instead.push(this.any(name, all & ~set));
    }
    if (instead.length > 0) {
      const needed = instead.join(" or ");
      return there.length === 0 ? `${needed} is needed` : `${there.join(" with ")} needs ${needed}`;
    }
    if (there.length > 1) return `${list(there)} do not go together`;
    for (const { name, set } of terms) {
      const releases = this.#releases(name, set);
      return releases === undefined ? `no release of ${name} can be had` : `${releases} cannot be had`;
    }
    return "there is no such set";
  }

  /** The releases of `set` as a subject: "every release of a", "a 2.0.0 and later". */
  every(name: PackageName, set: ChoiceSet): string {
    return this.#releases(name, set) ?? `every release of ${name}`;
  }

  /** The releases of `set` as something that one of them would answer: "a", "a 2.0.0 and later". */
  any(name: PackageName, set: ChoiceSet): string {
    return this.#releases(name, set) ?? name;
  }

  /** `undefined` where it is all that there are, and more than one. */
  #releases(name: PackageName, set: ChoiceSet): string | undefined {
    const choices = this.#choicesOf(name);
    const those = new Set(choices.in(set).map(({ version }) => version));
    const known = ascending(choices.in(choices.all));
    if (those.size === known.length && known.length > 1) return undefined;
    return `${name} ${list(runs(known, those).slice(0, VERSIONS_NAMED_MAX))}`;
  }

  #whyNothing(name: PackageName, range: Range): string {
    const choices = this.#choicesOf(name);
    if (choices.fitting(range) !== NOTHING) return "";
    if (!choices.isKnown) return " (it is not in this registry)";
    const withheld = choices.withheldWithin(range).map((one) => `${one.version}, ${one.withheld}`);
    if (withheld.length > 0) return ` (what fits is withheld: ${some(withheld, "; ")})`;
    const there = choices.in(choices.all).map(({ version }) => version);
    if (there.length === 0) return " (there are no releases)";
    return ` (there ${there.length === 1 ? "is only" : "are"} ${some(there)})`;
  }
}

function wanted({ on, range }: Fact): string {
  return range === "*" ? on : `${on} ${range}`;
}

function ascending(candidates: readonly Candidate[]): Version[] {
  return candidates.map(({ version }) => version).sort(compareVersions);
}

/** `those` of `known`, which ascend, as runs without a gap: "1.0.0 and earlier", "1.2.0 to 1.4.0". */
function runs(known: readonly Version[], those: ReadonlySet<Version>): string[] {
  const found: Version[][] = [];
  for (const [at, version] of known.entries()) {
    if (!those.has(version)) continue;
    const before = known[at - 1];
    if (before !== undefined && those.has(before)) found.at(-1)?.push(version);
    else found.push([version]);
  }
  return found.map((run) => {
    const [first, last] = [run[0] as Version, run.at(-1) as Version];
    if (run.length === 1) return first;
    if (last === known.at(-1)) return `${first} and later`;
    if (first === known[0]) return `${last} and earlier`;
    return `${first} to ${last}`;
  });
}

function some(items: readonly string[], separator = ", "): string {
  const shown = items.slice(0, VERSIONS_NAMED_MAX).join(separator);
  return items.length > VERSIONS_NAMED_MAX ? `${shown} and ${items.length - VERSIONS_NAMED_MAX} more` : shown;
}

/** "a", "a and b", "a, b and c". */
export function list(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
