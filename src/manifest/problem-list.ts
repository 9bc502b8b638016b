/** The problems of one file as a list that a person can work through. */
import type { Problem } from "../base/problem.ts";

/** Problems of one file that are listed; a file with more says how many more. */
export const PROBLEMS_MAX = 100;

/** Problems in the order of the file, those without a line first; at most `PROBLEMS_MAX`, with the rest counted. */
export function sortByLine(problems: readonly Problem[]): Problem[] {
  const sorted = [...problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const [first] = sorted;
  const rest = sorted.length - PROBLEMS_MAX;
  if (first === undefined || rest <= 0) return sorted;
  const more: Problem = {
    code: "TOO_MANY_PROBLEMS",
    severity: "error",
    file: first.file,
    message: `${rest} more problems are not listed`,
    remedy: "Correct these first, then check again",
  };
  return [...sorted.slice(0, PROBLEMS_MAX), more];
}
