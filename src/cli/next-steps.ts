/** What is left to do after files were added to a registry source: put them into git, all of them. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { quoted } from "../base/shell-word.ts";
import type { Signing } from "./signer.ts";

/** More packages than these are added by their common folder. */
const PACKAGES_NAMED_MAX = 3;

export function nextSteps(
  into: Signing,
  registered: boolean,
  packages: readonly string[],
  message: string,
): string[] {
  const folders =
    packages.length > PACKAGES_NAMED_MAX ? ["packages"] : packages.map((name) => `packages/${name}`);
  return gitSteps(into, [...(registered ? [`publishers/${into.publisher}`] : []), ...folders], message);
}

/** `--force`, because packages carry .gitignore files that would leave out what was signed. */
export function gitSteps(into: Signing, paths: readonly string[], message: string): string[] {
  if (!isInGit(into.folder))
    return ["Next: put the new files into the registry's git repository, and open a pull request"];
  const git = `git -C ${quoted(into.folder)}`;
  return [
    "Next:",
    `  ${git} add --force ${paths.join(" ")}`,
    `  ${git} commit -m "${message}"`,
    "  then open a pull request",
  ];
}

function isInGit(folder: string): boolean {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return true;
    if (dirname(at) === at) return false;
  }
}
