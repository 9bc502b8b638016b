/** Errors as a person at the terminal reads them, and the exit code each gives. */
import type { RegistryError } from "../base/error.ts";
import { type Command, helpHint, type UsageError } from "./command.ts";
import type { Failure, Terminal } from "./terminal.ts";

/** `command` is the one that was called, with its words, where the call came that far. */
export function report(
  error: unknown,
  terminal: Terminal,
  command?: Command,
  words: readonly string[] = [],
): number {
  if (isNamed<UsageError>(error, "UsageError")) {
    const hint = error.hint ?? helpHint(command, words);
    terminal.failure({ code: "USAGE", message: error.message, hint, problems: [] });
    return 2;
  }
  const told: Failure | undefined = isNamed<RegistryError>(error, "RegistryError")
    ? error
    : systemError(error);
  if (told !== undefined) {
    terminal.failure(told);
    return 1;
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const hint = "this is a bug: please report it with the command you ran";
  terminal.failure({ code: "BUG", message, hint, problems: [] });
  return 1;
}

/** By name: the shipped program holds each class twice, in its first file and in those that it loads later. */
function isNamed<E extends Error>(error: unknown, name: string): error is E {
  return error instanceof Error && error.name === name;
}

const SYSTEM: ReadonlyMap<string, readonly [message: string, hint: string]> = new Map([
  ["ENOENT", ["There is no", "check the path"]],
  ["EACCES", ["No permission for", "change its permissions, or choose another folder"]],
  ["EPERM", ["Not permitted:", "change its permissions, or choose another folder"]],
  ["EROFS", ["A read-only file system holds", "choose a folder that can be written"]],
  ["ENOSPC", ["The disk is full:", "free some space and try again; what was there is as it was"]],
  ["EDQUOT", ["Your quota is used up:", "free some space and try again; what was there is as it was"]],
  ["ENOTDIR", ["Not a folder:", "check the path"]],
  ["EISDIR", ["This is a folder:", "give a file"]],
  ["ELOOP", ["Links that lead in a circle:", "check the path"]],
  ["ENAMETOOLONG", ["The path is too long:", "choose a shorter one"]],
  ["EMFILE", ["Too many files are open:", "close other programs, or raise the limit (ulimit -n)"]],
]);

function systemError(error: unknown): Failure | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  const known = SYSTEM.get(error.code);
  if (known === undefined) return undefined;
  const what = "path" in error && typeof error.path === "string" ? `"${error.path}"` : error.message;
  return { code: error.code, message: `${known[0]} ${what}`, hint: known[1], problems: [] };
}
