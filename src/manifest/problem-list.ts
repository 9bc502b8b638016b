/** The problems of one file as a list that a person can work through. */
import type { Problem } from "../base/problem.ts";

/** Problems of one file that are listed; a file with more says how many more. */
export const PROBLEMS_MAX = 100;

/** The problems of one file as they are found. Beyond ten times what is listed they are only counted: a hostile file has many. */
export class ProblemList {
  readonly #problems: Problem[] = [];
  #dropped = 0;

  /** `make` is called only for a problem that is kept. */
  add(make: () => Problem): void {
    if (this.#problems.length < 10 * PROBLEMS_MAX) this.#problems.push(make());
    else this.#dropped++;
  }

  get isEmpty(): boolean {
    return this.#problems.length === 0;
  }

  /** In the order of the file, those without a line first; at most `PROBLEMS_MAX`, and one more that counts the rest. */
  sorted(): Problem[] {
    const sorted = [...this.#problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
    const [first] = sorted;
    const rest = sorted.length + this.#dropped - PROBLEMS_MAX;
    if (first === undefined || rest <= 0) return sorted;
    const more: Problem = {
      code: "TOO_MANY_PROBLEMS",
      severity: "error",
      file: first.file,
      message: `${rest} more problems are not listed`,
      remedy: "correct these first, then check again",
    };
    return [...sorted.slice(0, PROBLEMS_MAX), more];
  }
}
