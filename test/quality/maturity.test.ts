import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PACKAGE_KINDS, type PackageKind } from "../../src/manifest/package-kind.ts";
import { type Assessment, assess, nextSteps } from "../../src/quality/assess.ts";
import { CRITERIA, DIMENSION_NAMES, DIMENSIONS } from "../../src/quality/criteria.ts";
import type { Evidence } from "../../src/quality/evidence.ts";
import { GUARDS, improvementPlan, validate } from "../../src/quality/guards.ts";
import { isAtLeast, levelOf, MATURITY_LEVELS } from "../../src/quality/levels.ts";
import { isKnown, MEASURES, type Measure, type MeasureId } from "../../src/quality/measures.ts";
import { percentage, statisticsOf } from "../../src/quality/statistics.ts";
import { range } from "../graph/views.ts";
import { anAdvisory, bestOf, TAKINGS, worstOf } from "./evidence.ts";

const IDS = Object.keys(MEASURES) as MeasureId[];
const read = (id: MeasureId, evidence: Evidence) => (MEASURES[id] as Measure).read(evidence);
const unknownOf = ({ criteria }: Assessment) =>
  criteria.filter(({ points }) => points === undefined).map(({ measure }) => measure);
/** As of a folder that is not published. */
function asDraft({ signed: _, registered: __, ratified: ___, usage: ____, ...draft }: Evidence): Evidence {
  return draft;
}

describe("the tables", () => {
  test.each(PACKAGE_KINDS)("%s: a hundred points, divided among the dimensions as people know it", (kind) => {
    for (const dimension of DIMENSION_NAMES) {
      const those = CRITERIA.filter((criterion) => criterion.dimension === dimension);
      const sum = those.reduce((total, { points }) => total + points[kind], 0);
      expect(`${dimension} ${sum}`).toBe(`${dimension} ${DIMENSIONS[dimension]}`);
    }
    expect(Object.values<number>(DIMENSIONS).reduce((a, b) => a + b)).toBe(100);
  });

  test("every measure is used, and none twice", () => {
    const criteria = CRITERIA.map(({ measure }) => measure);
    const guards = GUARDS.map(({ measure }) => measure);
    expect([new Set(criteria).size, new Set(guards).size]).toEqual([criteria.length, guards.length]);
    expect(IDS.filter((id) => !criteria.includes(id) && !guards.includes(id))).toEqual([]);
  });
});

describe("every kind can reach the top, and has to do something for it", () => {
  test.each(PACKAGE_KINDS)("%s", (kind) => {
    const best = bestOf(kind);
    const top = assess(best);
    expect(top.criteria.filter(({ points, max }) => points !== max)).toEqual([]);
    expect([top.totalScore, top.known, top.level, nextSteps(top)]).toEqual([100, 100, "enterprise", []]);
    expect(validate(best)).toMatchObject({ score: 100, readiness: "ready" });

    const worst = assess(worstOf(kind));
    expect([worst.totalScore, worst.known, worst.level]).toEqual([0, 100, "experimental"]);
    expect(nextSteps(worst).length).toBe(worst.criteria.length);
    expect(validate(worstOf(kind))).toMatchObject({ score: 0, readiness: "not ready" });
    expect(improvementPlan(validate(worstOf(kind)))[0]).toMatchObject({ severity: "critical" });
  });

  test("no measure gives the same whatever it is shown", () => {
    const constant = IDS.filter((id) => {
      const kinds = PACKAGE_KINDS.filter((kind) =>
        [...CRITERIA.map((one) => [one.measure, one.points[kind]] as const)]
          .concat(GUARDS.map((one) => [one.measure, one.weights[kind]] as const))
          .some(([measure, worth]) => measure === id && worth > 0),
      );
      return !kinds.every((kind) => {
        const [best, worst] = [read(id, bestOf(kind)), read(id, worstOf(kind))];
        return isKnown(best) && isKnown(worst) && best.held === best.of && worst.held === 0;
      });
    });
    expect(constant).toEqual([]);
  });
});

describe("what is measured", () => {
  const ontology = bestOf("ontology");
  const withSaid = (change: Partial<Evidence["said"]>): Evidence => ({
    ...ontology,
    said: { ...ontology.said, ...change },
  });
  const withSizes = (size: number): Evidence => ({
    ...ontology,
    content: { ...ontology.content, files: ontology.content.files.map((file) => ({ ...file, size })) },
  });
  const KB = 1024;
  test.each<[MeasureId, Evidence, number, number]>([
    ["readme", withSizes(250), 250, 500],
    ["readme", withSizes(499), 499, 500],
    ["readme", withSizes(500), 500, 500],
    ["description", withSaid({ description: "é".repeat(50) }), 50, 100],
    ["keywords", withSaid({ keywords: ["a", "a", "b"] }), 2, 3],
    ["links", withSaid({ homepage: "https://shop.example/" }), 1, 1],
    ["license", withSaid({ license: "LicenseRef-Own" }), 1, 1],
    ["known-license", withSaid({ license: "MIT OR LicenseRef-Own" }), 0, 1],
    ["terms", { ...ontology, content: { ...ontology.content, defined: [] } }, 0, 1],
    ["terms", TAKINGS["labels of terms"]?.(ontology) ?? ontology, 2, 4],
    ["both-ways", TAKINGS["bad data"]?.(ontology) ?? ontology, 1, 2],
    ["data", TAKINGS["bad data"]?.(ontology) ?? ontology, 1, 2],
    ["outcomes", TAKINGS["one test"]?.(ontology) ?? ontology, 1, 2],
    [
      "ranges",
      withSaid({
        needs: [
          ["a", range("^1")],
          ["b", range(">=1.0.0")],
          ["c", range("1.x || 2.x")],
          ["d", range("*")],
        ],
      }),
      2,
      4,
    ],
    ["ranges", withSaid({ needs: [] }), 1, 1],
    ["read-size", withSizes(32 * KB), 3, 3],
    ["read-size", withSizes(33 * KB), 2, 3],
    ["read-size", withSizes(513 * KB), 0, 3],
    ["largest-file", withSizes(33 * KB), 2, 3],
    ["stable", { ...ontology, version: "1.0.0-rc.1" }, 0, 1],
    ["stable", { ...ontology, version: "0.9.0" }, 0, 1],
    ["stable", { ...ontology, version: "10.0.0" }, 1, 1],
    ["usage", { ...ontology, usage: 100 }, 2, 3],
    ["usage", { ...ontology, usage: 0 }, 0, 3],
    ["releases", TAKINGS["its standing"]?.(ontology) ?? ontology, 2, 3],
    ["owners", TAKINGS["an owner"]?.(ontology) ?? ontology, 1, 2],
    ["dependents", TAKINGS["a dependent"]?.(ontology) ?? ontology, 2, 3],
    ["signature", TAKINGS["an active key"]?.(ontology) ?? ontology, 1, 2],
    ["advisories", TAKINGS["being without advisories"]?.(ontology) ?? ontology, 0, 2],
  ])("%s: case %#", (id, evidence, held, of) => {
    expect(read(id, evidence)).toMatchObject({ held, of });
  });

  test("an advisory counts where it is about this version, by how grave it is", () => {
    const about = (severity: "low" | "high", ids: readonly string[]): Evidence => ({
      ...ontology,
      registered: {
        ...ontology.registered,
        advisories: [anAdvisory(severity)],
        versions: ontology.registered.versions.map((one) => ({ ...one, advisories: ids })),
      },
    });
    expect(read("advisories", about("high", ["GM-1"]))).toMatchObject({ held: 0, found: "GM-1 (high)" });
    expect(read("advisories", about("low", ["GM-1"]))).toMatchObject({ held: 1 });
    expect(read("advisories", about("high", []))).toMatchObject({ held: 2 });
  });

  test("points are whole and never rounded up: 499 of 500 bytes do not make all of five points", () => {
    const points = (size: number) =>
      assess(withSizes(size)).criteria.find((one) => one.measure === "readme")?.points;
    expect([99, 100, 499, 500].map(points)).toEqual([0, 1, 4, 5]);
  });
});

describe("what is unknown", () => {
  test("is not counted, and said: the score is out of what is known", () => {
    const { usage: _, ...uncounted } = bestOf("pack");
    const found = assess(uncounted);
    expect([found.totalScore, found.points, found.known]).toEqual([100, 97, 97]);
    expect(found.scores.adoption).toEqual({ points: 12, known: 12, max: 15 });
    expect(found.criteria.find(({ measure }) => measure === "usage")).toEqual({
      dimension: "adoption",
      measure: "usage",
      points: undefined,
      max: 3,
      evidence: "nobody has counted how much it is used",
    });
  });

  test("a folder that is not published is judged by its files alone", () => {
    const found = assess(asDraft(bestOf("templates")));
    expect(unknownOf(found)).toEqual([
      ...["signature", "ratified", "advisories", "dependents", "usage", "releases", "in-service", "owners"],
    ]);
    expect([found.totalScore, found.known]).toEqual([100, 74]);
    const verdict = validate(asDraft(bestOf("templates")));
    expect(verdict).toMatchObject({ score: 100, readiness: "ready" });
    expect(verdict.guards.filter(({ outcome }) => outcome === "unknown").map(({ guard }) => guard)).toEqual([
      ...["signature", "advisories", "in-service"],
    ]);
  });

  test("a dimension of which nothing is known has no percentage, and no part in an average", () => {
    const found = assess(bestOf("gates"));
    const blind = { ...found, scores: { ...found.scores, adoption: { points: 0, known: 0, max: 15 } } };
    expect(percentage(blind, "adoption")).toBeUndefined();
    expect(statisticsOf([blind]).averageScores.adoption).toBeUndefined();
    expect(statisticsOf([blind, found]).averageScores.adoption).toBe(15);
  });

  test("nothing that a package has or lacks makes anything unknown", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PACKAGE_KINDS),
        fc.subarray(Object.values(TAKINGS)),
        fc.boolean(),
        (kind, takings, isDraft) => {
          const whole = isDraft ? asDraft(bestOf(kind)) : bestOf(kind);
          const less = takings.reduce((evidence, take) => take(evidence), whole);
          expect(unknownOf(assess(less))).toEqual(unknownOf(assess(whole)));
        },
      ),
    );
  });
});

const BESTS = new Map<PackageKind, Evidence>(PACKAGE_KINDS.map((kind) => [kind, bestOf(kind)]));

describe("to take away what speaks for a package", () => {
  test("never raises a score, whatever was taken before", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PACKAGE_KINDS),
        fc.shuffledSubarray(Object.entries(TAKINGS)),
        fc.boolean(),
        (kind, takings, isDraft) => {
          const best = BESTS.get(kind) as Evidence;
          let evidence = isDraft ? asDraft(best) : best;
          let [before, verdict] = [assess(evidence), validate(evidence)];
          for (const [what, take] of takings) {
            evidence = take(evidence);
            const [after, next] = [assess(evidence), validate(evidence)];
            for (const name of DIMENSION_NAMES)
              if (after.scores[name].points > before.scores[name].points)
                throw new Error(`without ${what}, ${name} rises`);
            expect(after.totalScore).toBeLessThanOrEqual(before.totalScore);
            expect(next.score).toBeLessThanOrEqual(verdict.score);
            [before, verdict] = [after, next];
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test.each(Object.keys(TAKINGS).filter((what) => what !== "a stable version"))(
    "%s lowers a kind's score or verdict",
    (what) => {
      const taken = TAKINGS[what] as (evidence: Evidence) => Evidence;
      const lowered = PACKAGE_KINDS.filter((kind) => {
        const best = BESTS.get(kind) as Evidence;
        return assess(taken(best)).points < 100 || validate(taken(best)).score < 100;
      });
      expect(lowered.length).toBeGreaterThan(0);
    },
  );
});

describe("levels", () => {
  test.each([
    [0, "experimental"],
    [40, "experimental"],
    [41, "beta"],
    [60, "beta"],
    [61, "production"],
    [80, "production"],
    [81, "enterprise"],
    [100, "enterprise"],
  ] as const)("%i of 100 is %s", (score, level) => {
    expect(levelOf(score)).toBe(level);
  });

  test("are in order", () => {
    expect(MATURITY_LEVELS.map((level) => isAtLeast(level, "production"))).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });
});
