import type { Problem } from "./problem.ts";

/**
 * The one error class: something outside the program stopped the work, and the person at the
 * terminal is told what and what to do. Bugs are left as plain errors.
 */
export class RegistryError extends Error {
  /** Stable, upper-case, such as `NOT_FOUND`: what tests and `--json` name. */
  readonly code: string;
  /** What to do next, as an instruction. */
  readonly hint: string;
  readonly problems: readonly Problem[];

  constructor(
    code: string,
    message: string,
    hint: string,
    more: { cause?: unknown; problems?: readonly Problem[] } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = "RegistryError";
    this.code = code;
    this.hint = hint;
    this.problems = more.problems ?? [];
  }
}
