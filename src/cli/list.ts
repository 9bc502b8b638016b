import { compareText } from "../base/order.ts";
import { visible } from "../base/visible.ts";
import { ratifiedNames } from "../client/ratified-names.ts";
import type { PackageSummary, Registry } from "../client/registry.ts";
import { isAtLeast, type MaturityLevel } from "../quality/levels.ts";
import { type Context, type Options, type Run, UsageError } from "./command.ts";
import { levelOption } from "./level.ts";
import { onRegistry } from "./open-registry.ts";
import { everyCall } from "./several-registries.ts";
import { table } from "./terminal.ts";

interface Entry extends PackageSummary {
  readonly registry?: string;
  readonly ratified: boolean;
  /** Only where it was asked for: it takes every record. */
  readonly total_score?: number;
  readonly maturity_level?: MaturityLevel;
}

export const run: Run = async (_args, options, context) => {
  const packages = await chosen(await entriesOf(options, context), options, context);
  // `title` and `description` are what other programs know these two by.
  const entries = packages.map((entry) => ({ ...entry, title: entry.name, description: entry.summary }));
  context.terminal.result({ packages: entries, total: packages.length }, () => {
    if (packages.length === 0)
      return asksForMaturity(options)
        ? "The registry has no package of that maturity."
        : "The registry has no packages yet.";
    const rows = packages.map((entry) => [
      visible(entry.name),
      visible(entry.version),
      visible(entry.kind),
      ...(entry.registry === undefined ? [] : [entry.registry]),
      ...(entry.maturity_level === undefined ? [] : [`${entry.total_score} ${entry.maturity_level}`]),
      `${entry.deprecated ? "(deprecated) " : ""}${entry.ratified ? "" : "(not ratified) "}${visible(entry.summary)}`,
    ]);
    return table(rows, context.terminal.width);
  });
  return undefined;
};

/** Every package, by name. */
async function entriesOf(options: Options, context: Context): Promise<Entry[]> {
  const packages: Entry[] = [];
  const calls = everyCall(options, context);
  for (const call of calls) {
    const from = calls.length > 1 ? { registry: call.text("registry") ?? "" } : {};
    const work = async (registry: Registry) => {
      const ratified = await ratifiedNames(registry);
      return (await registry.list()).map((entry) => ({
        ...entry,
        ratified: ratified?.has(entry.name) ?? false,
      }));
    };
    for (const entry of await onRegistry(call, context, work)) packages.push({ ...entry, ...from });
  }
  return packages.sort((a, b) => compareText(a.name, b.name));
}

function asksForMaturity(options: Options): boolean {
  return ["min-maturity", "maturity-level", "sort"].some((name) => options.text(name) !== undefined);
}

/** Those of the maturity that is asked for, in the order that is asked for. */
async function chosen(
  packages: readonly Entry[],
  options: Options,
  context: Context,
): Promise<readonly Entry[]> {
  const [least, only] = [levelOption(options, "min-maturity"), levelOption(options, "maturity-level")];
  const sort = options.text("sort") ?? "name";
  if (sort !== "name" && sort !== "maturity")
    throw new UsageError(`--sort takes name or maturity, got "${sort}"`);
  if (!asksForMaturity(options)) return packages;
  // Loaded only here, for `list` alone is to start at once.
  const { assessmentsByName } = await import("./list-by-maturity.ts");
  const assessmentOf = await assessmentsByName(options, context);
  const found = packages.flatMap((entry) => {
    const assessment = assessmentOf(entry);
    if (assessment === undefined) return [];
    const { totalScore, level } = assessment;
    return (least === undefined || isAtLeast(level, least)) && (only === undefined || level === only)
      ? [{ ...entry, total_score: totalScore, maturity_level: level }]
      : [];
  });
  return sort === "maturity" ? found.sort((a, b) => b.total_score - a.total_score) : found;
}
