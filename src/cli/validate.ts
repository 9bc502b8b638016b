import { visible } from "../base/visible.ts";
import { type Assessment, assess } from "../quality/assess.ts";
import type { Evidence } from "../quality/evidence.ts";
import { type Placed, validationFields } from "../quality/fields.ts";
import {
  type GuardVerdict,
  improvementPlan,
  type Readiness,
  type Validation,
  validate,
} from "../quality/guards.ts";
import { isAtLeast, type MaturityLevel } from "../quality/levels.ts";
import type { Run } from "./command.ts";
import { levelOption } from "./level.ts";
import { judgeAll, judgeOne } from "./quality-evidence.ts";
import { beside } from "./quality-text.ts";
import { plural } from "./refused.ts";
import { type Terminal, table } from "./terminal.ts";

const READY = "ready";
const GUARD_WIDTH = 14;
const STYLES = { ready: "green", "needs improvement": "yellow", "not ready": "red" } as const;

/** Of one package. */
type Judged = Placed<{ readonly validation: Validation; readonly assessment: Assessment }>;

export const run: Run = async (args, options, context) => {
  const required = levelOption(options, "require-level", READY);
  const { terminal } = context;
  const judge = (evidence: Evidence): Judged => ({
    validation: validate(evidence),
    assessment: assess(evidence),
  });
  const [name] = args;
  const isOne = name !== undefined;
  const results = isOne
    ? [await judgeOne(name, options, context, judge)]
    : await judgeAll<Judged>(options, context, judge);
  const below = required === undefined ? [] : results.filter((result) => !meets(result, required));
  const withPlan = options.flag("improvement-plan");
  const report = {
    results: results.map(({ validation, assessment, ...place }) => ({
      validation: { ...validation, ...place },
      assessment,
    })),
    ...{ isOne, withPlan },
  };
  const verdict =
    required === undefined
      ? {}
      : { required_level: required, below_required_level: below.map(({ validation }) => validation.package) };
  terminal.result({ ...validationFields(report), ...verdict }, () =>
    isOne
      ? results.map(({ validation }) => one(validation, withPlan, terminal)).join("\n")
      : all(results, withPlan, terminal),
  );
  if (below.length === 0) return undefined;
  const names = below.map(({ validation }) => validation.package).join(", ");
  terminal.notice(`${plural(below.length, "package")} below ${required}: ${names}`);
  return 1;
};

function meets({ validation, assessment }: Judged, required: MaturityLevel | typeof READY): boolean {
  if (required === READY) return validation.readiness === READY;
  return validation.readiness !== "not ready" && isAtLeast(assessment.level, required);
}

function readinessText(readiness: Readiness, terminal: Terminal): string {
  return terminal.style(STYLES[readiness], readiness);
}

function one(validation: Validation, withPlan: boolean, terminal: Terminal): string {
  const { package: name, version, kind, score, readiness, guards } = validation;
  return [
    `${terminal.style("bold", `${name} ${version}`)}  ${terminal.style("dim", kind)}`,
    `${score} of 100: ${readinessText(readiness, terminal)}`,
    "",
    ...guards.map((guard) => guardLine(guard, terminal)),
    ...(withPlan ? ["", ...plan(validation, terminal)] : []),
  ].join("\n");
}

const MARKS = { passed: "ok     ", failed: "FAILED ", unknown: "unknown" } as const;

function guardLine({ guard, severity, weight, outcome, evidence }: GuardVerdict, terminal: Terminal): string {
  const head = `${MARKS[outcome]}  ${String(weight).padStart(2)}  ${guard.padEnd(GUARD_WIDTH)}`;
  const what = outcome === "failed" && severity === "critical" ? `critical: ${evidence}` : evidence;
  return beside(head, what, terminal);
}

function plan(validation: Validation, terminal: Terminal): string[] {
  const todo = improvementPlan(validation);
  if (todo.length === 0) return ["Nothing is left to do."];
  return [
    terminal.style("bold", "To do, in this order"),
    ...todo.map(({ guard, severity, weight, remedy }) =>
      beside(
        `  +${String(weight).padEnd(2)}  ${guard.padEnd(GUARD_WIDTH)}`,
        severity === "critical" ? `critical: ${remedy}` : remedy,
        terminal,
      ),
    ),
  ];
}

function all(results: readonly Judged[], withPlan: boolean, terminal: Terminal): string {
  if (results.length === 0) return "The registry has no packages yet.";
  const rows = results.map(({ validation, registry }) => {
    const failed = validation.guards.filter(({ outcome }) => outcome === "failed").map(({ guard }) => guard);
    return [
      validation.package,
      validation.version,
      validation.kind,
      ...(registry === undefined ? [] : [visible(registry)]),
      String(validation.score).padStart(3),
      validation.readiness,
      ...(failed.length === 0 ? [] : [failed.join(", ")]),
    ];
  });
  const count = (readiness: Readiness) =>
    results.filter(({ validation }) => validation.readiness === readiness).length;
  return [
    table(rows, terminal.width),
    "",
    `${plural(results.length, "package")}: ${count("ready")} ready, ${count("needs improvement")} in need of improvement, ${count("not ready")} not ready.`,
    ...(withPlan
      ? results
          .filter(({ validation }) => improvementPlan(validation).length > 0)
          .flatMap(({ validation }) => [
            "",
            terminal.style("bold", validation.package),
            ...plan(validation, terminal).slice(1),
          ])
      : []),
  ].join("\n");
}
