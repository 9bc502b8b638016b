/** What a registry's packages are like together. Averages are rounded to a tenth, and absent where there is nothing to average. */
import type { Assessment } from "./assess.ts";
import { DIMENSION_NAMES, type Dimension } from "./criteria.ts";
import { MATURITY_LEVELS, type MaturityLevel } from "./levels.ts";

export interface Statistics {
  readonly totalPackages: number;
  readonly averageScore: number | undefined;
  readonly levels: Readonly<Record<MaturityLevel, number>>;
  /** Of a hundred: points of those that are known. */
  readonly averagePercentages: Readonly<Record<Dimension, number | undefined>>;
  /** Points, as they are divided among the dimensions. */
  readonly averageScores: Readonly<Record<Dimension, number | undefined>>;
}

export function statisticsOf(assessments: readonly Assessment[]): Statistics {
  const levels = Object.fromEntries(
    MATURITY_LEVELS.map((name) => [name, assessments.filter(({ level }) => level === name).length]),
  ) as Record<MaturityLevel, number>;
  const byDimension = (of: (assessment: Assessment, dimension: Dimension) => number | undefined) =>
    Object.fromEntries(
      DIMENSION_NAMES.map((name) => [name, average(assessments.map((assessment) => of(assessment, name)))]),
    ) as Record<Dimension, number | undefined>;
  return {
    totalPackages: assessments.length,
    averageScore: average(assessments.map(({ totalScore }) => totalScore)),
    levels,
    averagePercentages: byDimension(percentage),
    averageScores: byDimension(({ scores }, dimension) =>
      scores[dimension].known === 0 ? undefined : scores[dimension].points,
    ),
  };
}

/** Points of the dimension out of a hundred of those that are known, to a tenth. */
export function percentage({ scores }: Assessment, dimension: Dimension): number | undefined {
  const { points, known } = scores[dimension];
  return known === 0 ? undefined : tenth((100 * points) / known);
}

function average(numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((number) => number !== undefined);
  return known.length === 0
    ? undefined
    : tenth(known.reduce((sum, number) => sum + number, 0) / known.length);
}

function tenth(number: number): number {
  return Math.round(number * 10) / 10;
}
