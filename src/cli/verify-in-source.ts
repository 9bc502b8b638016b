/** One release of a registry source, judged by the statements that stand beside it. */
import { relative } from "node:path";
import { type Problem, problemsOf } from "../base/problem.ts";
import { foldAuthority } from "../build/authority.ts";
import { readRegistrySource } from "../build/registry-source.ts";
import { nodeTrustPorts } from "../node/crypto.ts";
import { openSourceTree } from "../node/source-tree.ts";
import { verifyRelease } from "../trust/release.ts";

interface Verdict {
  readonly ok: boolean;
  readonly detail: string;
  readonly problems: readonly Problem[];
}

export async function verifyInSource(folder: string, releaseFolder: string): Promise<Verdict> {
  const tree = await openSourceTree(folder);
  const source = readRegistrySource(tree);
  if (!source.ok) return { ok: false, detail: "", problems: source.problems };
  const problems: Problem[] = [];
  const authority = foldAuthority(source.value, tree, nodeTrustPorts, problems);
  const where = relative(folder, releaseFolder).split("\\").join("/");
  const [, name = "", version = ""] = where.split("/");
  const state = [...authority.packages.values()].find((folded) => folded.state.name === name)?.state;
  if (state === undefined) return { ok: false, detail: "", problems };
  const publishers = new Map([...authority.publishers].map(([publisher, folded]) => [publisher, folded.state]));
  const release = { name, version, where, files: tree.readFolder(where) };
  const verified = verifyRelease(release, { package: state, publishers, limits: source.value.config.limits }, nodeTrustPorts);
  if (!verified.ok) return { ok: false, detail: "", problems: problemsOf(verified) };
  const { digest, signature, standing } = verified.value;
  const fell = standing === "fallen" ? "; it has FALLEN: its key was revoked" : "";
  return { ok: standing === "good", detail: `${name}@${version}, ${digest}, signed by ${signature.publisher} with ${signature.keyId}${fell}`, problems: verified.warnings };
}
