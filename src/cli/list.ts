import { compareText } from "../base/order.ts";
import { visible } from "../base/visible.ts";
import type { PackageSummary } from "../client/registry.ts";
import type { Run } from "./command.ts";
import { onRegistry } from "./open-registry.ts";
import { everyCall } from "./several-registries.ts";
import { table } from "./terminal.ts";

export const run: Run = async (_args, options, context) => {
  const packages: (PackageSummary & { readonly registry?: string })[] = [];
  const calls = everyCall(options, context);
  for (const call of calls) {
    const from = calls.length > 1 ? { registry: call.text("registry") ?? "" } : {};
    for (const entry of await onRegistry(call, context, (registry) => registry.list()))
      packages.push({ ...entry, ...from });
  }
  packages.sort((a, b) => compareText(a.name, b.name));
  // `title` and `description` are what other programs know these two by.
  const entries = packages.map((entry) => ({ ...entry, title: entry.name, description: entry.summary }));
  context.terminal.result({ packages: entries, total: packages.length }, () => {
    if (packages.length === 0) return "The registry has no packages yet.";
    const rows = packages.map((entry) => [
      visible(entry.name),
      visible(entry.version),
      visible(entry.kind),
      ...(entry.registry === undefined ? [] : [entry.registry]),
      `${entry.deprecated ? "(deprecated) " : ""}${visible(entry.summary)}`,
    ]);
    return table(rows, context.terminal.width);
  });
  return undefined;
};
