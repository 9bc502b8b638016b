import { visible } from "../base/visible.ts";
import { type AssessedCriterion, type Assessment, assess, missing, nextSteps } from "../quality/assess.ts";
import { DIMENSION_NAMES } from "../quality/criteria.ts";
import { assessmentFields } from "../quality/fields.ts";
import { isAtLeast, LEVEL_DESCRIPTIONS } from "../quality/levels.ts";
import type { Run } from "./command.ts";
import { levelOption } from "./level.ts";
import { judgeOne } from "./quality-evidence.ts";
import { bar, barLength, beside, levelText } from "./quality-text.ts";
import { plural } from "./refused.ts";
import type { Terminal } from "./terminal.ts";

/** Steps that are shown without --detailed. */
const STEPS_SHOWN_MAX = 5;
const LABEL_WIDTH = 15;
const MEASURE_WIDTH = 15;

export const run: Run = async (args, options, context) => {
  const wanted = levelOption(options, "verify");
  const { terminal } = context;
  const assessment = await judgeOne(args[0] ?? "", options, context, assess);
  const isReached = wanted === undefined || isAtLeast(assessment.level, wanted);
  const verified = wanted === undefined ? {} : { required_level: wanted, verified: isReached };
  terminal.result({ ...assessmentFields(assessment), ...verified }, () =>
    text(assessment, options.flag("detailed"), terminal),
  );
  if (isReached) return undefined;
  terminal.notice(`${assessment.package} is ${assessment.level}, which is below ${wanted}`);
  return 1;
};

function text(assessment: Assessment, isDetailed: boolean, terminal: Terminal): string {
  const { package: name, version, kind, totalScore, level, known } = assessment;
  const outOf = known === 100 ? "" : `, out of ${known} points that are known`;
  return [
    `${terminal.style("bold", `${name} ${version}`)}  ${terminal.style("dim", kind)}`,
    beside("", LEVEL_DESCRIPTIONS[level], terminal),
    "",
    `${totalScore} of 100: ${levelText(level, terminal)}${outOf}`,
    ...bars(assessment, terminal),
    ...(isDetailed ? evidence(assessment, terminal) : []),
    ...steps(assessment, isDetailed, terminal),
    ...unknown(assessment, terminal),
  ].join("\n");
}

function bars({ scores }: Assessment, terminal: Terminal): string[] {
  const length = barLength(terminal, LABEL_WIDTH + 18);
  return DIMENSION_NAMES.map((name) => {
    const { points, known, max } = scores[name];
    const count = known === 0 ? "unknown" : `${points}/${known}`;
    const rest = known === max || known === 0 ? "" : `, ${max - known} unknown`;
    return `${name.padEnd(LABEL_WIDTH)}${bar(points, known, length, terminal)}  ${count}${rest}`;
  });
}

function evidence({ criteria }: Assessment, terminal: Terminal): string[] {
  return DIMENSION_NAMES.flatMap((name) => [
    "",
    terminal.style("bold", name),
    ...criteria
      .filter(({ dimension }) => dimension === name)
      .map((one) =>
        beside(`${pointsText(one)}  ${one.measure.padEnd(MEASURE_WIDTH)}`, one.evidence, terminal),
      ),
  ]);
}

function pointsText({ points, max }: AssessedCriterion): string {
  return `${String(points ?? "?").padStart(3)}/${max}`;
}

function steps(assessment: Assessment, isDetailed: boolean, terminal: Terminal): string[] {
  const all = nextSteps(assessment);
  if (all.length === 0) return [];
  const listed = isDetailed ? all : all.slice(0, STEPS_SHOWN_MAX);
  const more = all.length - listed.length;
  return [
    "",
    terminal.style("bold", "Next steps"),
    ...listed.flatMap((step) => [
      beside(`  +${missing(step)}  ${step.dimension.padEnd(LABEL_WIDTH)}`, step.raise, terminal),
      ...(isDetailed ? [] : [beside(" ".repeat(LABEL_WIDTH + 6), `now: ${step.evidence}`, terminal)]),
    ]),
    ...(more > 0 ? [`  … and ${more} more (--detailed has them all)`] : []),
  ];
}

function unknown({ criteria }: Assessment, terminal: Terminal): string[] {
  const those = criteria.filter(({ points }) => points === undefined);
  if (those.length === 0) return [];
  const why = [...new Set(those.map((one) => one.evidence))].map((reason) => {
    const of = those.filter((one) => one.evidence === reason);
    const points = of.reduce((sum, { max }) => sum + max, 0);
    const head = `  ${of.map(({ measure }) => measure).join(", ")} (${plural(points, "point")}): `;
    return beside("  ", `${head.trimStart()}${visible(reason)}`, terminal);
  });
  return ["", terminal.style("bold", "Unknown, and not counted"), ...why];
}
