/**
 * A rule of docs/format.md as a check on one value: what the schemas of this stage are made of.
 *
 * valibot runs the checks and finds the key path; the rule beside each check says what a person is
 * told (code, number, expectation, remedy) and what JSON Schema can say of it.
 */
import * as v from "valibot";

export interface Rule {
  readonly code: string;
  /** Number in docs/format.md. */
  readonly rule: string;
  /** Completes "must be …". */
  readonly expected: string;
  /** What to do, as an instruction; it may look at what was found. */
  readonly remedy: string | ((found: unknown) => string);
  /** The same constraint, or a weaker one, as JSON Schema keywords. */
  readonly jsonSchema?: Readonly<Record<string, unknown>>;
}

const RULES = new WeakMap<object, Rule>();

/** The rule behind a valibot check's `requirement`; `undefined` for checks not made here. */
export function ruleOf(requirement: unknown): Rule | undefined {
  return typeof requirement === "function" ? RULES.get(requirement) : undefined;
}

/** A valibot check of a string that a `Rule` speaks for. */
export function mustBe(test: (text: string) => boolean, rule: Rule): v.CheckAction<string, undefined> {
  const requirement = (text: string): boolean => test(text);
  RULES.set(requirement, rule);
  return v.check(requirement);
}

/** A string that `test` accepts. */
export function textWhere(test: (text: string) => boolean, rule: Rule) {
  return v.pipe(v.string(), mustBe(test, rule));
}

/** A value of any type that `test` accepts: type and shape are one rule. */
export function valueWhere(test: (value: unknown) => boolean, rule: Rule) {
  const requirement = (value: unknown): boolean => test(value);
  RULES.set(requirement, rule);
  return v.pipe(v.unknown(), v.check(requirement));
}

/** A whole number from `min` to `max`. */
export function integerBetween(min: number, max: number, rule: Omit<Rule, "expected" | "jsonSchema">) {
  const requirement = (value: number): boolean => Number.isInteger(value) && value >= min && value <= max;
  RULES.set(requirement, {
    ...rule,
    expected: `a whole number from ${min} to ${max}`,
    jsonSchema: { type: "integer", minimum: min, maximum: max },
  });
  return v.pipe(v.number(), v.check(requirement));
}

/** At most `max` items, no two the same. */
export function listOf<T extends v.GenericSchema<string, string>>(
  item: T,
  max: number,
  rule: Omit<Rule, "expected" | "jsonSchema">,
) {
  const isShort = (value: unknown): boolean => !Array.isArray(value) || value.length <= max;
  const isSet = (items: v.InferOutput<T>[]): boolean => new Set(items).size === items.length;
  const expected = `a list of at most ${max}, each different`;
  RULES.set(isShort, { ...rule, expected });
  RULES.set(isSet, { ...rule, expected, jsonSchema: { maxItems: max, uniqueItems: true } });
  // The length first: a hostile list is refused before its items are looked at.
  return v.pipe(v.unknown(), v.check(isShort), v.array(item), v.check(isSet));
}
