/** The commit that a change of a registry is held against: `check --base REF`. */
import { resolve } from "node:path";
import { RegistryError } from "../base/error.ts";
import { visible } from "../base/visible.ts";
import type { SourceTree } from "../build/source.ts";
import { openCheckout } from "./git.ts";
import { openCommittedTree } from "./source-tree.ts";

const REVISION_CHARS_MAX = 250;

/**
 * The registry in `root` as it was at `revision`, a branch, tag or commit; empty where that commit has none.
 * Throws BASE_UNKNOWN where git does not know it, or there is no git.
 */
export async function openBaseTree(root: string, revision: string): Promise<SourceTree> {
  const folder = resolve(root);
  // What begins with "-" is an option to git; of the rest, whatever names no commit is refused by git itself.
  const isName = /^[^-\s\0][^\s\0]*$/.test(revision) && revision.length <= REVISION_CHARS_MAX;
  const checkout = isName ? openCheckout(folder, revision) : {};
  if ("commit" in checkout) return openCommittedTree(folder, checkout);
  const why = checkout.reason === undefined ? "" : ` (${checkout.reason})`;
  throw new RegistryError(
    "BASE_UNKNOWN",
    `There is no commit "${visible(revision)}" in the git checkout of "${root}"${why}`,
    "fetch it first (a shallow clone does not have it), or name another branch, tag or commit",
  );
}
