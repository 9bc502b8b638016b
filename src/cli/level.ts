import { isLevel, MATURITY_LEVELS, type MaturityLevel } from "../quality/levels.ts";
import { type Options, UsageError } from "./command.ts";

/** The level that an option names, or one of `more`. Throws UsageError. */
export function levelOption<M extends string = never>(
  options: Options,
  name: string,
  ...more: readonly M[]
): MaturityLevel | M | undefined {
  const text = options.text(name);
  if (text === undefined || isLevel(text)) return text;
  const other = more.find((word) => word === text);
  if (other !== undefined) return other;
  throw new UsageError(`--${name} takes one of ${[...MATURITY_LEVELS, ...more].join(", ")}; got "${text}"`);
}
