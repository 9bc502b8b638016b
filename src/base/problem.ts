/**
 * What is wrong with an input, in a form that a person and a program can use.
 *
 * Parsers and verifiers collect every problem of every file and return them; they throw only for
 * bugs. `code` is stable and is what tests assert; `rule` is the number in docs/format.md.
 */
export interface Problem {
  readonly code: string;
  readonly severity: "error" | "warning";
  /** Path of the file, as the reader of the message would type it. */
  readonly file: string;
  /** Where in the file: a key path (`package.license`) or nothing for the whole file. */
  readonly place?: string;
  /** Counted from 1. */
  readonly line?: number;
  readonly message: string;
  readonly expected?: string;
  readonly found?: string;
  /** What to do next, as an instruction. */
  readonly remedy: string;
  /** Number of the rule in docs/format.md, such as `F12`. */
  readonly rule?: string;
}

/** A value with the warnings met on the way, or every problem that stands against it (at least one an error). */
export type Result<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function ok<T>(value: T, warnings: readonly Problem[] = []): Result<T> {
  return { ok: true, value, warnings };
}

export function failed<T = never>(problems: readonly Problem[]): Result<T> {
  return { ok: false, problems };
}

/** `value` where no problem is an error, else the problems. */
export function settle<T>(value: T, problems: readonly Problem[]): Result<T> {
  return problems.some((problem) => problem.severity === "error") ? failed(problems) : ok(value, problems);
}

export function problemsOf(result: Result<unknown>): readonly Problem[] {
  return result.ok ? result.warnings : result.problems;
}
