import { basename, dirname, resolve } from "node:path";
import { utf8 } from "../base/bytes.ts";
import { visible } from "../base/visible.ts";
import { replaceFiles } from "../node/replace-files.ts";
import { type Assessment, assess } from "../quality/assess.ts";
import { DIMENSION_NAMES } from "../quality/criteria.ts";
import { dashboardFields, type Placed } from "../quality/fields.ts";
import { isAtLeast, MATURITY_LEVELS } from "../quality/levels.ts";
import { statisticsOf } from "../quality/statistics.ts";
import { type Context, type Options, type Run, UsageError } from "./command.ts";
import { dashboardPage } from "./dashboard-page.ts";
import { levelOption } from "./level.ts";
import { judgeAll } from "./quality-evidence.ts";
import { bar, barLength, columns, levelText } from "./quality-text.ts";
import { plural } from "./refused.ts";
import { cut, Terminal } from "./terminal.ts";

const FORMATS = ["text", "json", "csv", "html"] as const;
type Format = (typeof FORMATS)[number];
const LABEL_WIDTH = 15;

type Found = readonly Placed<Assessment>[];

export const run: Run = async (_args, options, context) => {
  const { terminal } = context;
  const output = options.text("output");
  const format = formatOf(options, output, terminal);
  const least = levelOption(options, "min-maturity");
  const generatedAt = now(context);
  const all = await judgeAll<Assessment>(options, context, assess);
  const found = [...all]
    .filter(({ level }) => least === undefined || isAtLeast(level, least))
    .sort((a, b) => b.totalScore - a.totalScore);
  if (output === undefined) {
    terminal.result(dashboardFields(found, generatedAt), () => written(found, format, generatedAt, terminal));
    return undefined;
  }
  const path = resolve(output);
  const file = utf8(written(found, format, generatedAt, plain()));
  replaceFiles(dirname(path), new Map([[basename(path), file]]));
  const report = { status: "written", format, output_path: path, total_packages: found.length };
  terminal.result(
    report,
    () => `Wrote ${plural(found.length, "package")} to ${visible(output)} (${format}).`,
  );
  return undefined;
};

function formatOf(options: Options, output: string | undefined, terminal: Terminal): Format {
  const text = options.text("format") ?? (terminal.json ? "json" : "text");
  const format = FORMATS.find((one) => one === text);
  if (format === undefined)
    throw new UsageError(`--format takes one of ${FORMATS.join(", ")}; got "${text}"`);
  if (terminal.json && format !== "json" && output === undefined)
    throw new UsageError(`--json prints JSON, and --format ${format} something else`, "give one of the two");
  return format;
}

/** SOURCE_DATE_EPOCH (https://reproducible-builds.org/specs/source-date-epoch/) makes a report that can be made again. */
function now({ environment }: Context): Date {
  const epoch = environment.SOURCE_DATE_EPOCH ?? "";
  return /^\d{1,11}$/.test(epoch) ? new Date(Number(epoch) * 1000) : new Date();
}

/** What writes as a file is to have it: without colours, and as wide as where there is no terminal. */
function plain(): Terminal {
  const nowhere = { write: () => true };
  return new Terminal({
    ...{ stdout: nowhere, stderr: nowhere, json: false, quiet: true },
    environment: { NO_COLOR: "1" },
  });
}

function written(found: Found, format: Format, generatedAt: Date, terminal: Terminal): string {
  if (format === "json") return `${JSON.stringify(dashboardFields(found, generatedAt), null, 2)}\n`;
  if (format === "csv") return csv(found);
  return format === "html" ? dashboardPage(found, generatedAt) : `${text(found, generatedAt, terminal)}\n`;
}

/** RFC 4180, with a line feed at the end of a line. Unknown points are an empty field. */
function csv(found: Found): string {
  const head = [
    "registry",
    "package",
    "version",
    "kind",
    "total_score",
    "maturity_level",
    "known_points",
    ...DIMENSION_NAMES,
  ];
  const rows = found.map(({ registry, package: name, version, kind, totalScore, level, known, scores }) => [
    registry ?? "",
    ...[name, version, kind, String(totalScore), level, String(known)],
    ...DIMENSION_NAMES.map((one) => (scores[one].known === 0 ? "" : String(scores[one].points))),
  ]);
  return [head, ...rows].map((row) => `${row.map(field).join(",")}\n`).join("");
}

function field(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

function text(found: Found, generatedAt: Date, terminal: Terminal): string {
  if (found.length === 0) return "There is no package to show.";
  const { totalPackages, averageScore, levels, averagePercentages } = statisticsOf(found);
  const length = barLength(terminal, LABEL_WIDTH + 16);
  const line = (label: string, part: number, whole: number, count: string) =>
    `${label.padEnd(LABEL_WIDTH)}${bar(part, whole, length, terminal)}  ${count}`;
  return [
    terminal.style("bold", `${plural(totalPackages, "package")}, ${averageScore} of 100 on average`),
    terminal.style("dim", generatedAt.toISOString()),
    "",
    ...MATURITY_LEVELS.toReversed().map((level) =>
      line(level, levels[level], totalPackages, String(levels[level])),
    ),
    "",
    ...DIMENSION_NAMES.map((name) => {
      const percent = averagePercentages[name];
      return line(name, percent ?? 0, 100, percent === undefined ? "unknown" : `${percent} %`);
    }),
    "",
    ...rows(found, terminal),
  ].join("\n");
}

/** A line a package: its name is cut where the terminal is narrow, its score never. */
function rows(found: Found, terminal: Terminal): string[] {
  const words = found.map(({ package: name, version, registry }) =>
    visible(`${registry === undefined ? "" : `${registry}/`}${name} ${version}`),
  );
  const longest = Math.max(...words.map((word) => [...word].length));
  const width = Math.min(longest, Math.max(16, columns(terminal) - 32));
  return found.map(({ totalScore, level }, at) => {
    const name = cut(words[at] ?? "", width).padEnd(width);
    const length = barLength(terminal, width + 22);
    return `${name}  ${bar(totalScore, 100, length, terminal)}  ${String(totalScore).padStart(3)}  ${levelText(level, terminal)}`;
  });
}
