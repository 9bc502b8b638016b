import { openSourceTree } from "../node/source-tree.ts";
import type { Run } from "./command.ts";
import { judge } from "./judge.ts";
import { plural, refused } from "./refused.ts";

export const run: Run = async (_args, options, context) => {
  const folder = options.text("registry") ?? ".";
  const { result } = await judge(await openSourceTree(folder), folder, true, context);
  if (!result.ok) throw refused("The registry has", result.problems);
  const { counts } = result.value;
  const { warnings } = result;
  const packages = `${plural(counts.packages, "package")} and ${plural(counts.releases, "release")} of ${plural(counts.publishers, "publisher")}`;
  context.terminal.warnings(warnings);
  context.terminal.result(
    { ok: true, counts, warnings },
    () =>
      `${packages} are good${warnings.length === 0 ? "" : `, with ${plural(warnings.length, "warning")}`}.`,
  );
  return undefined;
};
