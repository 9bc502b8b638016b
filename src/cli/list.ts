import { visible } from "../base/visible.ts";
import type { Run } from "./command.ts";
import { openClientRegistry } from "./open-registry.ts";
import { table } from "./terminal.ts";

export const run: Run = async (_args, options, context) => {
  const registry = await openClientRegistry(options, context);
  const packages = await registry.list();
  context.terminal.result({ packages, total: packages.length }, () => {
    const rows = packages.map((entry) => [
      visible(entry.name),
      visible(entry.version),
      visible(entry.kind),
      `${entry.deprecated ? "(deprecated) " : ""}${visible(entry.summary)}`,
    ]);
    return packages.length === 0 ? "The registry has no packages yet." : table(rows, context.terminal.width);
  });
  return undefined;
};
