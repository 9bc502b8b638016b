/**
 * Why there is no solution: the proof that the solver found, one conclusion to a line, each from facts that a
 * person can look up (who asked, which release needs what) or from a line before it.
 */
import type { PackageName } from "../manifest/name.ts";
import type { Range, Version } from "../manifest/version.ts";
import { type Choices, NOTHING } from "./choices.ts";
import type { Conclusion, Fact, Incompatibility } from "./incompatibility.ts";
import { list, Words, YOU_ASKED_FOR } from "./words.ts";

/** What stopped the solver: an incompatibility without terms, or a limit. */
export type Stopped = Incompatibility | { readonly limit: "work" | "packages"; readonly max: number };

export interface Unresolved {
  readonly code:
    | "RESOLVE_CONFLICT"
    | "RESOLVE_UNKNOWN_PACKAGE"
    | "RESOLVE_NOTHING_FITS"
    | "RESOLVE_TOO_HARD"
    | "RESOLVE_TOO_MANY";
  readonly message: string;
  /** The proof to read, a sentence to a line; none where the message says it all. */
  readonly lines: readonly string[];
  readonly remedy: string;
  /** The proof for programs: the last step is that there is no such set. None where a limit was met. */
  readonly steps: readonly Step[];
}

/** What follows (`so`) from up to three premises: steps before it, by number from 1, and facts. */
export interface Step {
  readonly because: readonly Premise[];
  readonly so: string;
}

export type Premise = { readonly step: number } | SaidFact;

export interface SaidFact {
  readonly text: string;
  /** `limits`: only where the package is there. */
  readonly kind: Fact["kind"];
  /** Whose releases need it; absent where a person asked. */
  readonly by?: { readonly package: PackageName; readonly versions: readonly Version[] };
  readonly package: PackageName;
  readonly range: Range;
}

type ChoicesOf = (name: PackageName) => Choices;

/** Conclusions of a proof that somebody may still want to read. */
const STEPS_MAX = 200;

export function explainFailure(stopped: Stopped, choicesOf: ChoicesOf): Unresolved {
  if ("limit" in stopped) return { ...explainLimit(stopped), lines: [], steps: [] };
  const words = new Words(choicesOf);
  const { facts, uses } = survey(stopped);
  const verdict = judge(facts, choicesOf);
  const dead = facts.filter((fact) => isDead(fact, choicesOf));
  const tooLong = uses.size - facts.length > STEPS_MAX;
  const steps = tooLong ? [] : new Proof(uses, words, choicesOf).steps(stopped);
  if (verdict.code !== "RESOLVE_CONFLICT" && dead.length === 1)
    return { ...verdict, message: dead.map((fact) => words.fact(fact)).join(""), lines: [], steps };
  const asked = words.asked(facts.filter(({ kind }) => kind === "asked"));
  const why = tooLong ? `: what ${new Set(facts.map(({ on }) => on)).size} packages need excludes it` : "";
  return { ...verdict, message: `No set of releases gives ${asked}${why}`, lines: linesOf(steps), steps };
}

function explainLimit({ limit, max }: Extract<Stopped, { limit: unknown }>) {
  if (limit === "packages")
    return {
      code: "RESOLVE_TOO_MANY",
      message: `More than ${max} packages would be needed`,
      remedy: "install fewer packages at once",
    } as const;
  return {
    code: "RESOLVE_TOO_HARD",
    message: "What needs what is so entangled that no answer was found in a reasonable time",
    remedy: "ask for exact versions of some of the packages",
  } as const;
}

interface Survey {
  readonly facts: readonly Fact[];
  /** In how many conclusions each stands. */
  readonly uses: ReadonlyMap<Incompatibility, number>;
}

/** The facts of a proof, each once, in its order. */
function survey(failure: Incompatibility): Survey {
  const facts: Fact[] = [];
  const uses = new Map<Incompatibility, number>();
  const open = [failure];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    const before = uses.get(one) ?? 0;
    uses.set(one, before + 1);
    if (before > 0) continue;
    if (one.cause.kind === "concluded") open.push(...one.cause.from.toReversed());
    else facts.push(one.cause);
  }
  return { facts, uses };
}

/** A fact that no release answers is the whole matter, unless others disagree too. */
function judge(facts: readonly Fact[], choicesOf: ChoicesOf): Pick<Unresolved, "code" | "remedy"> {
  const dead = facts.filter((fact) => isDead(fact, choicesOf));
  const others = facts.filter((fact) => !isDead(fact, choicesOf)).map(({ on }) => on);
  if (dead.length === 0 || new Set(others).size < others.length)
    return {
      code: "RESOLVE_CONFLICT",
      remedy: "a project holds one version of a package: ask for other versions of what needs it",
    };
  if (dead.some(({ on }) => !choicesOf(on).isKnown))
    return {
      code: "RESOLVE_UNKNOWN_PACKAGE",
      remedy: "look for it with `search`; where it is gone from the registry, `remove` what asks for it",
    };
  return {
    code: "RESOLVE_NOTHING_FITS",
    remedy: "ask for a range that one of the releases satisfies",
  };
}

function isDead({ kind, on, range }: Fact, choicesOf: ChoicesOf): boolean {
  return kind !== "limits" && choicesOf(on).fitting(range) === NOTHING;
}

/** Conclusions, numbered, each after those that it is drawn from. */
class Proof {
  readonly #uses: ReadonlyMap<Incompatibility, number>;
  readonly #words: Words;
  readonly #choicesOf: ChoicesOf;
  readonly #steps: Step[] = [];
  readonly #numbers = new Map<Incompatibility, number>();

  constructor(uses: ReadonlyMap<Incompatibility, number>, words: Words, choicesOf: ChoicesOf) {
    this.#uses = uses;
    this.#words = words;
    this.#choicesOf = choicesOf;
  }

  steps(failure: Incompatibility): readonly Step[] {
    if (!isConcluded(failure))
      return [{ because: [this.#premise(failure)], so: this.#words.conclusion(failure.terms) }];
    const open = [failure];
    for (let one = open.at(-1); one !== undefined; one = open.at(-1)) {
      const premises = this.#numbers.has(one) ? [] : this.#premises(one);
      const unproven = premises.filter((each) => isConcluded(each) && !this.#numbers.has(each));
      if (unproven.length > 0) {
        // The last is proven first, so that the first stands right before what follows from it.
        open.push(...unproven);
        continue;
      }
      open.pop();
      if (premises.length === 0) continue;
      const because = premises.map((each) => this.#premise(each));
      this.#steps.push({ because, so: this.#words.conclusion(one.terms) });
      this.#numbers.set(one, this.#steps.length);
    }
    return this.#steps;
  }

  /** What a conclusion is drawn from; what only leads on to it, with one more fact, is passed over. */
  #premises({ cause }: Incompatibility): Incompatibility[] {
    if (cause.kind !== "concluded") return [];
    const [first, second] = concludedFirst(cause);
    if (isConcluded(second) || !this.#isInPassing(first)) return [first, second];
    return [...concludedFirst(first.cause as Conclusion), second];
  }

  /** Drawn from one conclusion and one fact, and used once. */
  #isInPassing(one: Incompatibility): boolean {
    if (one.cause.kind !== "concluded" || this.#uses.get(one) !== 1) return false;
    const [first, second] = concludedFirst(one.cause);
    return isConcluded(first) && !isConcluded(second);
  }

  #premise(one: Incompatibility): Premise {
    const { cause } = one;
    if (cause.kind === "concluded") return { step: this.#numbers.get(one) ?? 0 };
    const { on, range } = cause;
    const said = { text: this.#words.fact(cause), kind: cause.kind, package: on, range };
    if (cause.kind === "asked") return said;
    const versions = this.#choicesOf(cause.by)
      .in(cause.versions)
      .map(({ version }) => version);
    return { ...said, by: { package: cause.by, versions } };
  }
}

function isConcluded({ cause }: Incompatibility): boolean {
  return cause.kind === "concluded";
}

function concludedFirst({ from: [left, right] }: Conclusion): [Incompatibility, Incompatibility] {
  return isConcluded(right) && !isConcluded(left) ? [right, left] : [left, right];
}

/** The steps as sentences; a number stands where another line than the next one needs it. */
function linesOf(steps: readonly Step[]): string[] {
  const cited = new Set(
    steps.flatMap(({ because }, at) =>
      because.flatMap((premise) => ("step" in premise && premise.step !== at ? [premise.step] : [])),
    ),
  );
  return steps.map(({ because, so }, at) => {
    const goesOn = because.some((premise) => "step" in premise && premise.step === at);
    const number = cited.has(at + 1) ? ` (${at + 1})` : "";
    const reasons = reasonsOf(because.filter((premise) => !("step" in premise && premise.step === at)));
    return `${goesOn ? "And because" : "Because"} ${reasons}, ${so}${number}.`;
  });
}

function reasonsOf(premises: readonly Premise[]): string {
  const steps = premises.flatMap((premise) => ("step" in premise ? [`of (${premise.step})`] : []));
  const facts = premises.flatMap((premise) => ("step" in premise ? [] : [premise]));
  const said = facts.filter(({ by }) => by !== undefined).map(({ text }) => text);
  const asked = facts
    .filter(({ by }) => by === undefined)
    .map(({ text }) => text)
    .sort();
  return list([
    ...steps,
    ...said,
    ...asked.map((text, at) => (at === 0 ? text : text.replace(YOU_ASKED_FOR, ""))),
  ]);
}
