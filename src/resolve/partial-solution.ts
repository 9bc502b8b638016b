/** What the solver has decided and what followed from that, in the order it came: a stack that can be cut back. */
import type { PackageName } from "../manifest/name.ts";
import { ABSENT, type ChoiceSet, isWithin, NOTHING } from "./choices.ts";
import type { Incompatibility } from "./incompatibility.ts";

/** That a package's choice is in `set`: decided, or because of `cause`. */
export interface Assignment {
  readonly name: PackageName;
  readonly set: ChoiceSet;
  readonly cause: Incompatibility | undefined;
  /** Place in the stack. */
  readonly at: number;
  /** Decisions made up to here, this one too. */
  readonly level: number;
  /** What is left of the package's choices with this and all before. */
  readonly left: ChoiceSet;
}

/** Up to where the stack was looked through, for packages with one release left and for all that are open. */
interface Places {
  forced: number;
  open: number;
}

export class PartialSolution {
  readonly #stack: Assignment[] = [];
  readonly #ofPackage = new Map<PackageName, Assignment[]>();
  readonly #left = new Map<PackageName, ChoiceSet>();
  readonly #decided = new Map<PackageName, ChoiceSet>();
  readonly #places: Places = { forced: 0, open: 0 };
  /** What they were before each decision. */
  readonly #placesBefore: Places[] = [];
  readonly #allOf: (name: PackageName) => ChoiceSet;

  constructor(allOf: (name: PackageName) => ChoiceSet) {
    this.#allOf = allOf;
  }

  /** The choice of every package that is decided. */
  get decisions(): ReadonlyMap<PackageName, ChoiceSet> {
    return this.#decided;
  }

  /** What is left of a package's choices. */
  left(name: PackageName): ChoiceSet {
    return this.#left.get(name) ?? this.#allOf(name);
  }

  derive(name: PackageName, set: ChoiceSet, cause: Incompatibility): void {
    this.#push(name, set, cause);
  }

  decide(name: PackageName, only: ChoiceSet): void {
    this.#placesBefore.push({ ...this.#places });
    this.#decided.set(name, only);
    this.#push(name, only, undefined);
  }

  #push(name: PackageName, set: ChoiceSet, cause: Incompatibility | undefined): void {
    const left = this.left(name) & set;
    const [at, level] = [this.#stack.length, this.#placesBefore.length];
    const assignment: Assignment = { name, set, cause, at, level, left };
    this.#left.set(name, left);
    this.#stack.push(assignment);
    const ofPackage = this.#ofPackage.get(name);
    if (ofPackage === undefined) this.#ofPackage.set(name, [assignment]);
    else ofPackage.push(assignment);
  }

  /**
   * The next package to decide on: one of which a single release is left, since that is no choice at all and
   * may show soon that there is no way on, else the one that came up first.
   */
  nextOpen(): PackageName | undefined {
    const { forced, open } = this.#places;
    const isForced = (left: ChoiceSet) => (left & (left - 1n)) === NOTHING;
    return this.#scan(forced, isForced, "forced") ?? this.#scan(open, () => true, "open");
  }

  /** From a place in the stack on, which is moved: what is passed over comes up again where it changes. */
  #scan(from: number, isWanted: (left: ChoiceSet) => boolean, place: keyof Places): PackageName | undefined {
    for (let at = from; at < this.#stack.length; at++) {
      const { name } = this.#stack[at] as Assignment;
      const left = this.left(name);
      if ((left & ABSENT) === NOTHING && !this.#decided.has(name) && isWanted(left)) {
        this.#places[place] = at;
        return name;
      }
    }
    this.#places[place] = this.#stack.length;
    return undefined;
  }

  /** The first assignment with which a package's choice was within `set`, where it is. */
  satisfier(name: PackageName, set: ChoiceSet): Assignment | undefined {
    return this.#ofPackage.get(name)?.find(({ left }) => isWithin(left, set));
  }

  /** Takes back every decision after the first `level` ones, and what followed from it. */
  cutBack(level: number): void {
    for (let last = this.#stack.at(-1); last !== undefined && last.level > level; last = this.#stack.at(-1)) {
      this.#stack.pop();
      const { name, cause } = last;
      const ofPackage = this.#ofPackage.get(name);
      ofPackage?.pop();
      this.#left.set(name, ofPackage?.at(-1)?.left ?? this.#allOf(name));
      if (cause === undefined) this.#decided.delete(name);
    }
    Object.assign(this.#places, this.#placesBefore[level]);
    this.#placesBefore.length = Math.min(level, this.#placesBefore.length);
  }
}
