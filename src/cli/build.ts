import { commitTree } from "../node/atomic-output.ts";
import { openSourceTree } from "../node/source-tree.ts";
import { outputStateFile } from "../node/home.ts";
import { refused } from "./refused.ts";
import type { Run } from "./command.ts";
import { judge } from "./judge.ts";

export const run: Run = async (_args, options, context) => {
  const folder = options.text("registry") ?? ".";
  const out = options.required("out", "where to write the published tree");
  const { result, keep } = await judge(await openSourceTree(folder), folder, !options.negated("cache"), context);
  if (!result.ok) throw refused("The registry has", result.problems);
  const written = await commitTree(out, result.value.files, { stateFile: outputStateFile(context.environment, out), signal: context.signal });
  keep();
  const { counts } = result.value;
  context.terminal.warnings(result.warnings);
  context.terminal.result({ out, counts, files: result.value.files.size, written: written.written, removed: written.removed, warnings: result.warnings }, () =>
    [
      `${out}: ${counts.packages} packages, ${counts.releases} releases, ${counts.triples} triples`,
      `${result.value.files.size} files, ${written.written} written, ${written.removed} removed`,
    ].join("\n"),
  );
  return undefined;
};
