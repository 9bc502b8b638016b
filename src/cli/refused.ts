/** The error of a command that found its input bad: how many problems, in how many files, and each of them. */
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

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
