/** Errors as a person at the terminal reads them, and the exit code each gives. */
import { RegistryError } from "../base/error.ts";
import { UsageError } from "./command.ts";
import type { Terminal } from "./terminal.ts";

export function report(error: unknown, terminal: Terminal): number {
  if (error instanceof RegistryError) {
    terminal.failure(error.code, error.message, error.hint, error.problems);
    return 1;
  }
  if (error instanceof UsageError || (error instanceof Error && error.name === "CACError")) {
    terminal.failure("USAGE", error.message, "see `ggen-marketplace --help`, or `ggen-marketplace <command> --help`", []);
    return 2;
  }
  const known = systemError(error);
  if (known !== undefined) {
    terminal.failure(known.code, known.message, known.hint, []);
    return 1;
  }
  terminal.failure("BUG", error instanceof Error ? (error.stack ?? error.message) : String(error), "this is a bug: please report it with the command you ran", []);
  return 1;
}

const SYSTEM: ReadonlyMap<string, readonly [message: string, hint: string]> = new Map([
  ["ENOENT", ["There is no", "check the path"]],
  ["EACCES", ["No permission for", "change its permissions, or choose another folder"]],
  ["EPERM", ["Not permitted:", "change its permissions, or choose another folder"]],
  ["EROFS", ["A read-only file system holds", "choose a folder that can be written"]],
  ["ENOSPC", ["The disk is full; nothing was changed at", "free some space and try again"]],
  ["ENOTDIR", ["Not a folder:", "check the path"]],
  ["EISDIR", ["This is a folder:", "give a file"]],
  ["EADDRINUSE", ["The port is taken:", "choose another with --port or PORT"]],
]);

function systemError(error: unknown): { code: string; message: string; hint: string } | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  const known = SYSTEM.get(error.code);
  if (known === undefined) return undefined;
  const path = "path" in error && typeof error.path === "string" ? ` "${error.path}"` : ` ${error.message}`;
  return { code: error.code, message: `${known[0]}${path}`, hint: known[1] };
}
