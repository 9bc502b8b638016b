/** Errors of commands that found their input bad: how many problems, in how many files, and each of them. */
import { RegistryError } from "../base/error.ts";
import type { Problem } from "../base/problem.ts";

export function refused(what: string, problems: readonly Problem[]): RegistryError {
  return badInput(`${summaryOf(what, problems)}; nothing was written`, problems);
}

/** The same of a command that only looks. */
export function judgedBad(what: string, problems: readonly Problem[]): RegistryError {
  return badInput(summaryOf(what, problems), problems);
}

/** The same of a command that signs: what git has of files that it has nothing to do with is left out. */
export function refusedToSign(what: string, problems: readonly Problem[]): RegistryError {
  return refused(
    what,
    problems.filter(({ code }) => !UNCOMMITTED.has(code)),
  );
}

/** D5: of files that wait for the next commit, as everything does that was just signed. */
const UNCOMMITTED = new Set(["SOURCE_FILE_UNTRACKED", "SOURCE_FILE_IGNORED"]);

function summaryOf(what: string, problems: readonly Problem[]): string {
  const errors = problems.filter((problem) => problem.severity === "error");
  const files = new Set(errors.map((problem) => problem.file)).size;
  return `${what} ${plural(errors.length, "problem")} in ${plural(files, "file")}`;
}

function badInput(message: string, problems: readonly Problem[]): RegistryError {
  return new RegistryError("REFUSED", message, "mend them and run the command again: each line says how", {
    problems,
  });
}

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
