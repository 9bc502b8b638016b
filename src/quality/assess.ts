/**
 * The maturity of a release: points for what was measured, out of those that could be measured at all.
 *
 *     Evidence ─► each criterion of its kind ─► points, or unknown ─► dimensions ─► score ─► level
 *
 * What is unknown is neither held against a package nor for it: the score is out of the points that are known, and
 * every assessment says how many those are. Parts of points and of the score are dropped: a level is never reached
 * by rounding.
 */
import type { PackageKind } from "../manifest/package-kind.ts";
import { CRITERIA, DIMENSION_NAMES, type Dimension } from "./criteria.ts";
import type { Evidence } from "./evidence.ts";
import { levelOf, type MaturityLevel } from "./levels.ts";
import { isKnown, MEASURES, type Measure, type MeasureId } from "./measures.ts";

export interface AssessedCriterion {
  readonly dimension: Dimension;
  readonly measure: MeasureId;
  /** `undefined` where it is unknown. */
  readonly points: number | undefined;
  readonly max: number;
  /** What was found, or why it is unknown. */
  readonly evidence: string;
  /** What to do for the points that are missing. */
  readonly raise?: string;
}

export interface DimensionScore {
  readonly points: number;
  /** Points of the dimension that are known. */
  readonly known: number;
  readonly max: number;
}

export interface Assessment {
  readonly package: string;
  readonly version: string;
  readonly kind: PackageKind;
  readonly criteria: readonly AssessedCriterion[];
  readonly scores: Readonly<Record<Dimension, DimensionScore>>;
  /** Of a hundred, whole: `points` of `known`. */
  readonly totalScore: number;
  readonly points: number;
  readonly known: number;
  readonly level: MaturityLevel;
}

export function assess(evidence: Evidence): Assessment {
  const { kind } = evidence;
  const criteria = CRITERIA.filter(({ points }) => points[kind] > 0).map(({ dimension, measure, points }) =>
    assessed(dimension, measure, points[kind], evidence),
  );
  const scores = Object.fromEntries(
    DIMENSION_NAMES.map((name) => [name, sumOf(criteria.filter(({ dimension }) => dimension === name))]),
  ) as Record<Dimension, DimensionScore>;
  const { points, known } = sumOf(criteria);
  const totalScore = known === 0 ? 0 : Math.floor((100 * points) / known);
  const { name, version } = evidence;
  return {
    ...{ package: name, version, kind, criteria, scores, totalScore, points, known },
    level: levelOf(totalScore),
  };
}

function assessed(dimension: Dimension, id: MeasureId, max: number, evidence: Evidence): AssessedCriterion {
  const measure: Measure = MEASURES[id];
  const reading = measure.read(evidence);
  const common = { dimension, measure: id, max };
  if (!isKnown(reading)) return { ...common, points: undefined, evidence: reading.unknown };
  const points = Math.floor((max * reading.held) / reading.of);
  return { ...common, points, evidence: reading.found, ...(points < max ? { raise: measure.raise } : {}) };
}

function sumOf(criteria: readonly AssessedCriterion[]): DimensionScore {
  let [points, known, max] = [0, 0, 0];
  for (const criterion of criteria) {
    max += criterion.max;
    if (criterion.points === undefined) continue;
    points += criterion.points;
    known += criterion.max;
  }
  return { points, known, max };
}

/** What would raise the score, the most first. */
export function nextSteps({ criteria }: Assessment): (AssessedCriterion & { readonly raise: string })[] {
  return criteria
    .filter((one): one is AssessedCriterion & { raise: string } => one.raise !== undefined)
    .sort((a, b) => missing(b) - missing(a));
}

export function missing({ max, points }: AssessedCriterion): number {
  return points === undefined ? 0 : max - points;
}
