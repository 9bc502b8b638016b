import { openSourceTree } from "../node/source-tree.ts";
import type { Run } from "./command.ts";
import { judge } from "./judge.ts";
import { plural, refused } from "./refused.ts";

export const run: Run = async (_args, options, context) => {
  const folder = options.text("registry") ?? ".";
  const { result, keep } = await judge(await openSourceTree(folder), folder, true, context);
  if (!result.ok) throw refused("The registry has", result.problems);
  keep();
  const { counts } = result.value;
  context.terminal.warnings(result.warnings);
  context.terminal.result(
    { ok: true, counts, warnings: result.warnings },
    () => `${counts.packages} packages and ${counts.releases} releases of ${counts.publishers} publishers are good${result.warnings.length === 0 ? "" : `, with ${plural(result.warnings.length, "warning")}`}.`,
  );
  return undefined;
};
