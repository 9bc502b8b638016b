import type { Problem } from "./problem.ts";

/** How what a message says came about, where that takes more than a sentence. */
export interface Reasons {
  /** For people, a sentence to a line. */
  readonly lines: readonly string[];
  /** The same for programs. */
  readonly steps: readonly object[];
}

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
  readonly reasons: Reasons | undefined;

  /** By its name: the shipped program holds this class in several of its files (scripts/cli-bundle.ts). */
  static override [Symbol.hasInstance](value: unknown): value is RegistryError {
    return value instanceof Error && value.name === "RegistryError";
  }

  constructor(
    code: string,
    message: string,
    hint: string,
    more: { cause?: unknown; problems?: readonly Problem[]; reasons?: Reasons } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = "RegistryError";
    this.code = code;
    this.hint = hint;
    this.problems = more.problems ?? [];
    this.reasons = more.reasons;
  }
}
