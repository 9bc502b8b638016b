/** A registry source, or one release of it, judged by the statements that stand beside it. */
import { relative, resolve } from "node:path";
import { type Problem, problemsOf } from "../base/problem.ts";
import { foldAuthority } from "../build/authority.ts";
import { readRegistrySource } from "../build/registry-source.ts";
import { releaseNotices } from "../client/release-notices.ts";
import { nodeTrustPorts } from "../node/crypto.ts";
import { openSourceTree } from "../node/source-tree.ts";
import { verifyRelease } from "../trust/release.ts";
import type { Context } from "./command.ts";
import { judge } from "./judge.ts";
import { plural } from "./refused.ts";
import { proven, refuted, type Verdict } from "./verdict.ts";

/** What is verified are the files on this disk: git may be told to look away from one (`--assume-unchanged`). */
const FROM_DISK = { git: false };

export async function verifySource(folder: string, context: Context): Promise<Verdict> {
  const { result } = await judge(await openSourceTree(folder, FROM_DISK), folder, false, context);
  if (!result.ok) return refuted(folder, result.problems);
  const { counts } = result.value;
  return proven(
    folder,
    `${plural(counts.releases, "release")} of ${plural(counts.packages, "package")}`,
    result.warnings,
  );
}

export async function verifyInSource(folder: string, releaseFolder: string): Promise<Verdict> {
  const tree = await openSourceTree(folder, FROM_DISK);
  const source = readRegistrySource(tree);
  if (!source.ok) return refuted(releaseFolder, source.problems);
  const problems: Problem[] = [];
  const authority = foldAuthority(source.value, tree, nodeTrustPorts, problems);
  const where = relative(folder, resolve(releaseFolder)).split("\\").join("/");
  const [, name = "", version = ""] = where.split("/");
  const state = [...authority.packages.values()].find((folded) => folded.state.name === name)?.state;
  if (state === undefined)
    return refuted(releaseFolder, problems.length > 0 ? problems : [unclaimed(name, where)]);
  const publishers = new Map(
    [...authority.publishers].map(([publisher, folded]) => [publisher, folded.state]),
  );
  const release = { name, version, where, files: tree.readFolder(where) };
  const authorityOfIt = { package: state, publishers, limits: source.value.config.limits };
  const verified = verifyRelease(release, authorityOfIt, nodeTrustPorts);
  if (!verified.ok) return refuted(releaseFolder, problemsOf(verified));
  const { digest, signature } = verified.value;
  return proven(
    releaseFolder,
    `${name}@${version}, ${digest}, signed by ${signature.publisher} with ${signature.keyId}`,
    releaseNotices(verified.value, authorityOfIt),
  );
}

function unclaimed(name: string, where: string): Problem {
  return {
    code: "UNKNOWN_PACKAGE",
    severity: "error",
    file: where,
    message: `The registry has no statements of a package "${name}"`,
    remedy: "publish the release, which claims the name",
  };
}
