import { RegistryError } from "../base/error.ts";
import type { Problem } from "../base/problem.ts";
import { openSourceTree } from "../node/source-tree.ts";
import type { Run } from "./command.ts";
import { judge } from "./judge.ts";

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

export function refused(what: string, problems: readonly Problem[]): RegistryError {
  const errors = problems.filter((problem) => problem.severity === "error");
  const files = new Set(errors.map((problem) => problem.file)).size;
  return new RegistryError(
    "REFUSED",
    `${what} ${plural(errors.length, "problem")} in ${plural(files, "file")}; nothing was written`,
    "mend them and run the command again: each line says how",
    { problems },
  );
}

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
