/** The dashboard as a page of its own: no script, nothing fetched, what strangers wrote escaped. */
import { visible } from "../base/visible.ts";
import type { Assessment } from "../quality/assess.ts";
import { DIMENSION_NAMES } from "../quality/criteria.ts";
import type { Placed } from "../quality/fields.ts";
import { MATURITY_LEVELS } from "../quality/levels.ts";
import { statisticsOf } from "../quality/statistics.ts";

const STYLE =
  ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}" +
  "table{border-collapse:collapse;width:100%}th,td{text-align:left;font-weight:inherit;padding:.25rem .5rem;border-bottom:1px solid #8884}" +
  "td{font-variant-numeric:tabular-nums}meter{width:8rem}";

export function dashboardPage(assessments: readonly Placed<Assessment>[], generatedAt: Date): string {
  const { totalPackages, averageScore, levels, averagePercentages } = statisticsOf(assessments);
  const isPlaced = assessments.some(({ registry }) => registry !== undefined);
  const heads = [
    "Package",
    "Version",
    "Kind",
    ...(isPlaced ? ["Registry"] : []),
    "Score",
    "Level",
    ...DIMENSION_NAMES,
  ];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Maturity of ${totalPackages} packages</title>
<style>${STYLE}</style>
<h1>Maturity of ${totalPackages} packages</h1>
<p>On average ${averageScore ?? "unknown"} of 100. Generated at <time>${generatedAt.toISOString()}</time>.</p>
<h2>Levels</h2>
<table>
${MATURITY_LEVELS.toReversed()
  .map((level) => tr([level, meter(levels[level], totalPackages), String(levels[level])]))
  .join("\n")}
</table>
<h2>Dimensions, on average</h2>
<table>
${DIMENSION_NAMES.map((name) =>
  tr([
    name,
    meter(averagePercentages[name] ?? 0, 100),
    averagePercentages[name] === undefined ? "unknown" : `${averagePercentages[name]} %`,
  ]),
).join("\n")}
</table>
<h2>Packages</h2>
<table>
<tr>${heads.map((head) => `<th scope="col">${head}</th>`).join("")}</tr>
${assessments.map((one) => tr(cells(one, isPlaced))).join("\n")}
</table>
<p>Points of those that are known; what is unknown is not counted.</p>
</html>
`;
}

function cells(assessment: Placed<Assessment>, isPlaced: boolean): string[] {
  const { package: name, version, kind, registry, totalScore, level, scores } = assessment;
  return [
    text(name),
    text(version),
    text(kind),
    ...(isPlaced ? [text(registry ?? "")] : []),
    `${meter(totalScore, 100)} ${totalScore}`,
    level,
    ...DIMENSION_NAMES.map((dimension) => {
      const { points, known } = scores[dimension];
      return known === 0 ? "unknown" : `${points}/${known}`;
    }),
  ];
}

/** The first cell names the row. */
function tr([first = "", ...rest]: readonly string[]): string {
  return `<tr><th scope="row">${first}</th>${rest.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
}

/** The number stands beside it, in words that are read aloud. */
function meter(part: number, whole: number): string {
  return `<meter aria-hidden="true" min="0" max="${Math.max(1, whole)}" value="${part}"></meter>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function text(words: string): string {
  return visible(words).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
