/**
 * The choices there are for a package, and sets of them.
 *
 * A set of choices is an integer whose bits say what is in it: bit 0, that the package is not there at all;
 * bit i + 1, its i-th candidate. So "at least 2.0.0", "none of 1.x" and "not needed" are one kind of thing,
 * and whatever the solver asks of two of them is one operation on integers.
 */
import SemverRange from "semver/classes/range.js";
import Semver from "semver/classes/semver.js";
import type { PackageName } from "../manifest/name.ts";
import type { Range, Version } from "../manifest/version.ts";

/** One release as the resolver sees it. */
export interface Candidate {
  readonly version: Version;
  readonly dependencies: readonly Dependency[];
  /** What is not needed, and must fit where it is there. */
  readonly optional?: readonly Dependency[];
  /** Why it may not be chosen: `yanked: …`, `fallen`, `needs ggen …`. */
  readonly withheld?: string;
}

type Table = "dependencies" | "optional";

export type Dependency = readonly [PackageName, Range];

/** The releases of a package, the ones to prefer first; `undefined` where there is no such package. */
export type Catalogue = (name: PackageName) => readonly Candidate[] | undefined;

export type ChoiceSet = bigint;

export const NOTHING: ChoiceSet = 0n;
export const ABSENT: ChoiceSet = 1n;

export function isWithin(inner: ChoiceSet, outer: ChoiceSet): boolean {
  return (inner & ~outer) === NOTHING;
}

/** What one candidate says of a package. */
interface Said {
  readonly range: Range;
  readonly by: ChoiceSet;
}

export class Choices {
  readonly isKnown: boolean;
  readonly candidates: readonly Candidate[];
  /** Whatever may be chosen, absence too. */
  readonly all: ChoiceSet;
  readonly #versions: readonly Semver[];
  readonly #fitting = new Map<Range, ChoiceSet>();
  readonly #said: { [table in Table]?: Map<PackageName, Said[]> } = {};

  constructor(candidates: readonly Candidate[] | undefined) {
    this.isKnown = candidates !== undefined;
    this.candidates = candidates ?? [];
    this.#versions = this.candidates.map(({ version }) => new Semver(version));
    this.all = this.#setOf((at) => this.candidates[at]?.withheld === undefined) | ABSENT;
  }

  /** The candidates that may be chosen within `range`. Ranges are npm's: a pre-release only where one of its version is named. */
  fitting(range: Range): ChoiceSet {
    let found = this.#fitting.get(range);
    if (found === undefined) {
      const parsed = new SemverRange(range);
      found = this.all & this.#setOf((at) => parsed.test(this.#versions[at] as Semver));
      this.#fitting.set(range, found);
    }
    return found;
  }

  /** What fits and may not be chosen. */
  withheldWithin(range: Range): Candidate[] {
    const parsed = new SemverRange(range);
    return this.candidates.filter(({ withheld, version }) => withheld !== undefined && parsed.test(version));
  }

  /** The candidates of `set`, the ones to prefer first. */
  in(set: ChoiceSet): Candidate[] {
    return this.candidates.filter((_, at) => ((set >> BigInt(at + 1)) & 1n) === 1n);
  }

  /** The candidate that `set` prefers, with the set of it alone. */
  best(set: ChoiceSet): { readonly candidate: Candidate; readonly only: ChoiceSet } | undefined {
    for (const [at, candidate] of this.candidates.entries()) {
      const only = choice(at);
      if ((set & only) !== NOTHING) return { candidate, only };
    }
    return undefined;
  }

  /** The candidates that may be chosen and say the same of `on` in `table`. */
  thatSay(table: Table, on: PackageName, range: Range): ChoiceSet {
    let set = NOTHING;
    for (const said of this.#saidIn(table).get(on) ?? []) if (said.range === range) set |= said.by;
    return set;
  }

  #saidIn(table: Table): ReadonlyMap<PackageName, readonly Said[]> {
    let about = this.#said[table];
    if (about !== undefined) return about;
    about = new Map();
    for (const [at, candidate] of this.candidates.entries()) {
      if (candidate.withheld !== undefined) continue;
      const by = choice(at);
      for (const [on, range] of candidate[table] ?? []) {
        const said = { range, by };
        const before = about.get(on);
        if (before === undefined) about.set(on, [said]);
        else before.push(said);
      }
    }
    this.#said[table] = about;
    return about;
  }

  #setOf(isIn: (at: number) => boolean): ChoiceSet {
    let set = NOTHING;
    for (let at = 0; at < this.candidates.length; at++) if (isIn(at)) set |= choice(at);
    return set;
  }
}

function choice(at: number): ChoiceSet {
  return ABSENT << BigInt(at + 1);
}
