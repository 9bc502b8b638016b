import { commitTree } from "../node/atomic-output.ts";
import { outputStateFile } from "../node/home.ts";
import { checkOutputPlace } from "../node/output-place.ts";
import { openSourceTree } from "../node/source-tree.ts";
import type { Run } from "./command.ts";
import { judge } from "./judge.ts";
import { plural, refused } from "./refused.ts";

export const run: Run = async (_args, options, context) => {
  const folder = options.text("registry") ?? ".";
  const out = options.required("out", "where to write the published tree");
  const stateFile = outputStateFile(context.environment, out);
  const tree = await openSourceTree(folder);
  checkOutputPlace(out, folder);
  const { result, used } = await judge(tree, folder, !options.flag("no-cache"), context, ({ files }) =>
    commitTree(out, files, { stateFile }),
  );
  if (!result.ok) throw refused("The registry has", result.problems);
  const { counts, files } = result.value;
  const { written = 0, removed = 0 } = used ?? {};
  const { warnings } = result;
  context.terminal.warnings(warnings);
  context.terminal.result({ out, counts, files: files.size, written, removed, warnings }, () =>
    [
      `${out}: ${plural(counts.packages, "package")}, ${plural(counts.releases, "release")}, ${plural(counts.triples, "triple")}`,
      `${plural(files.size, "file")}, ${written} written, ${removed} removed`,
    ].join("\n"),
  );
  return undefined;
};
