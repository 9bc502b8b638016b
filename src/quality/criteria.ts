/**
 * Maturity: what each measure is worth, by dimension and kind of package. A hundred points for every kind, divided
 * among the dimensions as people know it; within a dimension a kind has the measures that mean something for it, so
 * that no kind is asked for what belongs to another.
 *
 * docs/quality.md shows this table, and a test holds it to that.
 */
import type { PackageKind } from "../manifest/package-kind.ts";
import type { MeasureId } from "./measures.ts";

/** Points of a hundred. */
export const DIMENSIONS = {
  documentation: 20,
  testing: 20,
  security: 20,
  performance: 15,
  adoption: 15,
  maintenance: 10,
} as const;
export type Dimension = keyof typeof DIMENSIONS;
export const DIMENSION_NAMES = Object.keys(DIMENSIONS) as readonly Dimension[];

export interface Criterion {
  readonly dimension: Dimension;
  readonly measure: MeasureId;
  /** In the order of `PACKAGE_KINDS`; 0 where the kind is not asked for it. */
  readonly points: Readonly<Record<PackageKind, number>>;
}

export const CRITERIA: readonly Criterion[] = [
  //                                    ontology shapes gates templates pack project
  row("documentation", "readme", /*          */ 5, 5, 7, 7, 6, 9),
  row("documentation", "description", /*     */ 2, 2, 3, 3, 3, 3),
  row("documentation", "keywords", /*        */ 3, 3, 3, 3, 3, 3),
  row("documentation", "category", /*        */ 1, 1, 1, 1, 1, 1),
  row("documentation", "links", /*           */ 1, 1, 1, 1, 1, 1),
  row("documentation", "authors", /*         */ 1, 1, 1, 1, 1, 1),
  row("documentation", "examples", /*        */ 2, 2, 4, 4, 3, 2),
  row("documentation", "terms", /*           */ 5, 5, 0, 0, 2, 0),
  row("testing", "substance", /*             */ 4, 4, 4, 4, 4, 4),
  row("testing", "data", /*                  */ 4, 4, 4, 4, 4, 4),
  row("testing", "outcomes", /*              */ 6, 4, 4, 8, 7, 8),
  row("testing", "both-ways", /*             */ 0, 8, 8, 0, 0, 0),
  row("testing", "constraints", /*           */ 6, 0, 0, 4, 5, 4),
  row("security", "signature", /*            */ 6, 6, 6, 6, 6, 6),
  row("security", "ratified", /*             */ 2, 2, 2, 2, 2, 2),
  row("security", "advisories", /*           */ 4, 4, 4, 4, 4, 4),
  row("security", "no-shell", /*             */ 3, 3, 3, 3, 3, 3),
  row("security", "bounded", /*              */ 3, 3, 3, 3, 3, 3),
  row("security", "ranges", /*               */ 2, 2, 2, 2, 2, 2),
  row("performance", "read-size", /*         */ 6, 6, 5, 5, 5, 5),
  row("performance", "largest-file", /*      */ 3, 3, 3, 3, 3, 3),
  row("performance", "files-read", /*        */ 3, 3, 3, 3, 3, 3),
  row("performance", "piece-size", /*        */ 0, 0, 4, 4, 4, 4),
  row("performance", "imports", /*           */ 3, 3, 0, 0, 0, 0),
  row("adoption", "dependents", /*           */ 5, 5, 5, 3, 3, 0),
  row("adoption", "usage", /*                */ 3, 3, 3, 3, 3, 6),
  row("adoption", "loadable", /*             */ 0, 0, 0, 3, 3, 0),
  row("adoption", "reuse", /*                */ 3, 3, 0, 0, 0, 0),
  row("adoption", "stable", /*               */ 2, 2, 3, 2, 2, 3),
  row("adoption", "known-license", /*        */ 2, 2, 2, 2, 2, 3),
  row("adoption", "engine", /*               */ 0, 0, 2, 2, 2, 3),
  row("maintenance", "releases", /*          */ 3, 3, 3, 3, 3, 3),
  row("maintenance", "in-service", /*        */ 3, 3, 3, 3, 3, 3),
  row("maintenance", "changelog", /*         */ 2, 2, 2, 2, 2, 2),
  row("maintenance", "owners", /*            */ 2, 2, 2, 2, 2, 2),
];

function row(
  dimension: Dimension,
  measure: MeasureId,
  ...[ontology, shapes, gates, templates, pack, project]: [number, number, number, number, number, number]
): Criterion {
  return { dimension, measure, points: { ontology, shapes, gates, templates, pack, project } };
}
