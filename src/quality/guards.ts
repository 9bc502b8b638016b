/**
 * Validation: what a release has to have to be relied on, as guards that pass or fail. Each has a weight, and is
 * critical or not; which there are, and what they weigh, depends on the kind of package, so that each can pass all.
 *
 * docs/quality.md shows this table, and a test holds it to that.
 */
import type { PackageKind } from "../manifest/package-kind.ts";
import type { Evidence } from "./evidence.ts";
import { isKnown, MEASURES, type Measure, type MeasureId } from "./measures.ts";

export interface Guard {
  readonly measure: MeasureId;
  readonly severity: "critical" | "warning";
  /** Passed from this share of the measure's full mark on, in percent. */
  readonly from: number;
  /** 0 where the kind is not asked for it. */
  readonly weights: Readonly<Record<PackageKind, number>>;
}

export const GUARDS: readonly Guard[] = [
  //                                      from  ontology shapes gates templates pack project
  row("description", "critical", /*      */ 10, 10, 10, 10, 10, 10, 10),
  row("license", "critical", /*          */ 100, 8, 8, 8, 8, 8, 8),
  row("readme", "critical", /*           */ 100, 7, 7, 7, 7, 7, 7),
  row("substance", "critical", /*        */ 100, 10, 10, 10, 10, 10, 10),
  row("signature", "critical", /*        */ 50, 8, 8, 8, 8, 8, 8),
  row("advisories", "critical", /*       */ 50, 8, 8, 8, 8, 8, 8),
  row("in-service", "critical", /*       */ 100, 6, 6, 6, 6, 6, 6),
  row("outcomes", "warning", /*          */ 50, 0, 0, 0, 8, 8, 8),
  row("both-ways", "warning", /*         */ 100, 0, 8, 8, 0, 0, 0),
  row("constraints", "warning", /*       */ 100, 8, 0, 0, 0, 0, 0),
  row("bounded", "warning", /*           */ 100, 6, 6, 6, 6, 6, 6),
  row("no-shell", "warning", /*          */ 100, 5, 5, 5, 5, 5, 5),
  row("ranges", "warning", /*            */ 100, 4, 4, 4, 4, 4, 4),
  row("terms", "warning", /*             */ 75, 4, 4, 0, 0, 0, 0),
  row("loadable", "warning", /*          */ 100, 0, 0, 0, 4, 4, 0),
  row("keywords", "warning", /*          */ 100, 3, 3, 3, 3, 3, 3),
  row("examples", "warning", /*          */ 50, 3, 3, 3, 3, 3, 3),
  row("license-file", "warning", /*      */ 100, 2, 2, 2, 2, 2, 2),
];

function row(
  measure: MeasureId,
  severity: Guard["severity"],
  from: number,
  ...[ontology, shapes, gates, templates, pack, project]: [number, number, number, number, number, number]
): Guard {
  return { measure, severity, from, weights: { ontology, shapes, gates, templates, pack, project } };
}

/** Of a hundred; a release that is ready has at least this, and fails no critical guard. */
export const READY_SCORE = 95;

export interface GuardVerdict {
  readonly guard: MeasureId;
  readonly severity: Guard["severity"];
  readonly weight: number;
  readonly outcome: "passed" | "failed" | "unknown";
  /** What was found, or why it is unknown. */
  readonly evidence: string;
  /** What to do where it failed. */
  readonly remedy?: string;
}

export type Readiness = "ready" | "needs improvement" | "not ready";

export interface Validation {
  readonly package: string;
  readonly version: string;
  readonly kind: PackageKind;
  /** Of a hundred, whole: the weight that passed of the weight that is known. */
  readonly score: number;
  readonly readiness: Readiness;
  readonly guards: readonly GuardVerdict[];
}

export function validate(evidence: Evidence): Validation {
  const { name, version, kind } = evidence;
  const guards = GUARDS.filter(({ weights }) => weights[kind] > 0).map((guard) => verdictOf(guard, evidence));
  const weightOf = (those: readonly GuardVerdict[]) => those.reduce((sum, { weight }) => sum + weight, 0);
  const known = weightOf(guards.filter(({ outcome }) => outcome !== "unknown"));
  const passed = weightOf(guards.filter(({ outcome }) => outcome === "passed"));
  const score = known === 0 ? 0 : Math.floor((100 * passed) / known);
  return { package: name, version, kind, score, readiness: readinessOf(score, guards), guards };
}

function verdictOf({ measure: id, severity, from, weights }: Guard, evidence: Evidence): GuardVerdict {
  const measure: Measure = MEASURES[id];
  const reading = measure.read(evidence);
  const common = { guard: id, severity, weight: weights[evidence.kind] };
  if (!isKnown(reading)) return { ...common, outcome: "unknown", evidence: reading.unknown };
  if (100 * reading.held >= from * reading.of)
    return { ...common, outcome: "passed", evidence: reading.found };
  return { ...common, outcome: "failed", evidence: reading.found, remedy: measure.raise };
}

function readinessOf(score: number, guards: readonly GuardVerdict[]): Readiness {
  if (guards.some(({ severity, outcome }) => severity === "critical" && outcome === "failed"))
    return "not ready";
  return score >= READY_SCORE ? "ready" : "needs improvement";
}

/** What to do about guards that failed: critical ones first, then by weight. */
export function improvementPlan({ guards }: Validation): (GuardVerdict & { readonly remedy: string })[] {
  return guards
    .filter((one): one is GuardVerdict & { remedy: string } => one.remedy !== undefined)
    .sort(
      (a, b) => Number(b.severity === "critical") - Number(a.severity === "critical") || b.weight - a.weight,
    );
}
