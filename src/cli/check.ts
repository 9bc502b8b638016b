import { nodeTrustPorts } from "../node/crypto.ts";
import { openSourceTree } from "../node/source-tree.ts";
import type { Run } from "./command.ts";
import { judge } from "./judge.ts";
import { judgedBad, plural } from "./refused.ts";

export const run: Run = async (_args, options, context) => {
  const folder = options.text("registry") ?? ".";
  const base = options.text("base");
  const tree = await openSourceTree(folder);
  const history = base === undefined ? [] : await historyOf(base);
  const { result } = await judge(tree, folder, true, context);
  if (!result.ok) throw judgedBad("The registry has", [...history, ...result.problems]);
  const { counts } = result.value;
  const warnings = [...history, ...result.warnings];
  if (warnings.some(({ severity }) => severity === "error"))
    throw judgedBad(`Held against ${base}, the registry has`, warnings);
  const packages = `${plural(counts.packages, "package")} and ${plural(counts.releases, "release")} of ${plural(counts.publishers, "publisher")}`;
  context.terminal.warnings(warnings);
  context.terminal.result(
    { ok: true, counts, warnings },
    () =>
      `${packages} are good${warnings.length === 0 ? "" : `, with ${plural(warnings.length, "warning")}`}.`,
  );
  return undefined;

  async function historyOf(revision: string) {
    const { openBaseTree } = await import("../node/git-base.ts");
    const { judgeHistory } = await import("../publish/judge-history.ts");
    return judgeHistory(await openBaseTree(folder, revision), tree, nodeTrustPorts);
  }
};
