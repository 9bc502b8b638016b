import { expect } from "vitest";
import { type Problem, problemsOf, type Result } from "../../src/base/problem.ts";

/** The codes of a refused input, sorted, each as often as it was found. */
export function codesOf(result: Result<unknown>): string[] {
  expect(result.ok).toBe(false);
  return problemsOf(result)
    .map((problem) => problem.code)
    .sort();
}

/** The problem with `code`; the test fails where there is none, or it lacks what every problem has. */
export function problemOf(result: Result<unknown>, code: string): Problem {
  const problem = problemsOf(result).find((candidate) => candidate.code === code);
  if (problem === undefined)
    throw new Error(
      `no ${code} among ${problemsOf(result)
        .map((p) => p.code)
        .join(", ")}`,
    );
  expect(problem.file).not.toBe("");
  expect(problem.message).toMatch(/[^.]$/);
  // It goes on from the message, in lower case.
  expect(problem.remedy).toMatch(/^(?!(?!Windows )[A-Z][a-z]+ ).*[^.]$/s);
  expect(problem.rule).toMatch(/^M[0-9]+$/);
  return problem;
}

export function accepted<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 1));
  return result.value;
}
