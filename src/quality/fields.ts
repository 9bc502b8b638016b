/**
 * The results in JSON, by the field names that people know from the commands before these. What was not measured is
 * null, and `unknown` says why.
 */
import { type Assessment, missing, nextSteps } from "./assess.ts";
import { DIMENSION_NAMES, type Dimension } from "./criteria.ts";
import { improvementPlan, READY_SCORE, type Validation } from "./guards.ts";
import { LEVEL_DESCRIPTIONS } from "./levels.ts";
import { percentage, statisticsOf } from "./statistics.ts";

/** A result of one of several registries says which. */
export type Placed<T> = T & { readonly registry?: string };

export function assessmentFields(assessment: Placed<Assessment>) {
  const { criteria, scores } = assessment;
  return {
    package_id: assessment.package,
    package_name: assessment.package,
    version: assessment.version,
    kind: assessment.kind,
    ...placeOf(assessment),
    total_score: assessment.totalScore,
    maturity_level: assessment.level,
    description: LEVEL_DESCRIPTIONS[assessment.level],
    points: assessment.points,
    known_points: assessment.known,
    scores: byDimension((name) => (scores[name].known === 0 ? null : scores[name].points)),
    known: byDimension((name) => scores[name].known),
    percentages: byDimension((name) => percentage(assessment, name) ?? null),
    feedback: byDimension((name) =>
      criteria.filter((one) => one.dimension === name && missing(one) > 0).map((one) => one.evidence),
    ),
    next_steps: nextSteps(assessment).map((step) => ({
      criterion: step.measure,
      dimension: step.dimension,
      points: missing(step),
      step: step.raise,
    })),
    criteria: criteria.map(({ measure, dimension, points, max, evidence, raise }) => ({
      ...{ criterion: measure, dimension, points: points ?? null, max, evidence },
      ...(raise === undefined ? {} : { raise }),
    })),
    unknown: criteria
      .filter(({ points }) => points === undefined)
      .map(({ measure, dimension, max, evidence }) => ({
        criterion: measure,
        dimension,
        max,
        why: evidence,
      })),
  };
}

export function dashboardFields(assessments: readonly Placed<Assessment>[], generatedAt: Date) {
  const statistics = statisticsOf(assessments);
  return {
    generated_at: generatedAt.toISOString(),
    statistics: {
      total_packages: statistics.totalPackages,
      average_score: statistics.averageScore ?? null,
      level_distribution: statistics.levels,
      average_scores_by_dimension: byDimension((name) => statistics.averageScores[name] ?? null),
      average_percentages_by_dimension: byDimension((name) => statistics.averagePercentages[name] ?? null),
    },
    assessments: assessments.map(assessmentFields),
  };
}

export interface ValidationReport {
  readonly results: readonly { readonly validation: Placed<Validation>; readonly assessment: Assessment }[];
  /** Whether one package was asked for. */
  readonly isOne: boolean;
  readonly withPlan: boolean;
}

export function validationFields({ results, isOne, withPlan }: ValidationReport) {
  const all = results.map(({ validation, assessment }) => ({
    package: validation.package,
    version: validation.version,
    kind: validation.kind,
    ...placeOf(validation),
    score: validation.score,
    production_ready: validation.readiness === "ready",
    readiness: validation.readiness,
    maturity_level: assessment.level,
    total_score: assessment.totalScore,
    guards: validation.guards,
    ...(withPlan
      ? {
          improvement_plan: improvementPlan(validation).map(({ guard, severity, weight, remedy }) => ({
            ...{ guard, severity, weight, remedy },
          })),
        }
      : {}),
  }));
  const count = (readiness: Validation["readiness"]) =>
    all.filter((result) => result.readiness === readiness).length;
  const [one] = all;
  const details = isOne && one !== undefined ? one : undefined;
  return {
    package: details?.package ?? null,
    score: details?.score ?? null,
    production_ready: details?.production_ready ?? null,
    ready_score: READY_SCORE,
    total_packages: all.length,
    ready_count: count("ready"),
    needs_improvement_count: count("needs improvement"),
    not_ready_count: count("not ready"),
    details: details ?? null,
    all_results: all,
  };
}

function placeOf({ registry }: { readonly registry?: string }) {
  return registry === undefined ? {} : { registry };
}

function byDimension<T>(of: (name: Dimension) => T): Record<Dimension, T> {
  return Object.fromEntries(DIMENSION_NAMES.map((name) => [name, of(name)])) as Record<Dimension, T>;
}
