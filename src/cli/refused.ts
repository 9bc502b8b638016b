/** Errors of commands that found their input bad: how many problems, in how many files, and each of them. */
import { RegistryError } from "../base/error.ts";
import type { Problem } from "../base/problem.ts";

export function refused(what: string, problems: readonly Problem[]): RegistryError {
  const errors = problems.filter((problem) => problem.severity === "error");
  const files = new Set(errors.map((problem) => problem.file)).size;
  return new RegistryError(
    "REFUSED",
    `${what} ${plural(errors.length, "problem")} in ${plural(files, "file")}; nothing was written`,
    "mend them and run the command again: each line says how",
    { problems },
  );
}

/** No set of releases answers what was asked for. The first problem says it all. */
export function unresolved(problems: readonly Problem[]): RegistryError {
  const [first] = problems;
  return new RegistryError(
    first?.code ?? "RESOLVE_FAILED",
    `${first?.message ?? "No solution"}; nothing was written`,
    first?.remedy ?? "",
  );
}

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
