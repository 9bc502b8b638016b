/** Whether one commit of a git checkout comes before another. */
import { resolve } from "node:path";
import { RegistryError } from "../base/error.ts";
import { errorText, run } from "./git-process.ts";

/** Throws COMMIT_UNKNOWN where git cannot tell: a shallow clone does not have what came before. */
export function isAncestor(folder: string, earlier: string, later: string): boolean {
  const asked = run(resolve(folder), ["merge-base", "--is-ancestor", earlier, later]);
  if (asked.status === 0) return true;
  if (asked.status === 1) return false;
  throw new RegistryError(
    "COMMIT_UNKNOWN",
    `Git cannot tell whether ${earlier}, which is published, comes before ${later}: ${errorText(asked)}`,
    "fetch the whole history (fetch-depth: 0), or find out what was published from a commit that is not here",
  );
}
