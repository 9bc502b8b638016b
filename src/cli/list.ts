import { visible } from "../base/visible.ts";
import type { Run } from "./command.ts";
import { onRegistry } from "./open-registry.ts";
import { table } from "./terminal.ts";

export const run: Run = async (_args, options, context) => {
  const packages = await onRegistry(options, context, (registry) => registry.list());
  // `title` and `description` are what other programs know these two by.
  const entries = packages.map((entry) => ({ ...entry, title: entry.name, description: entry.summary }));
  context.terminal.result({ packages: entries, total: packages.length }, () => {
    if (packages.length === 0) return "The registry has no packages yet.";
    const rows = packages.map((entry) => [
      visible(entry.name),
      visible(entry.version),
      visible(entry.kind),
      `${entry.deprecated ? "(deprecated) " : ""}${visible(entry.summary)}`,
    ]);
    return table(rows, context.terminal.width);
  });
  return undefined;
};
