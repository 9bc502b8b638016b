/**
 * The tables of docs/quality.md are those of the code. `UPDATE=1 npm test -- test/docs/quality.test.ts` writes them
 * into the page.
 */
import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { PACKAGE_KINDS, type PackageKind } from "../../src/manifest/package-kind.ts";
import { CRITERIA, DIMENSION_NAMES, DIMENSIONS } from "../../src/quality/criteria.ts";
import { GUARDS, READY_SCORE } from "../../src/quality/guards.ts";
import { LEVEL_BOUNDS } from "../../src/quality/levels.ts";
import { MEASURES } from "../../src/quality/measures.ts";
import { document } from "./documents.ts";

const PAGE = "quality.md";

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

const byKind = (worth: Readonly<Record<PackageKind, number>>) =>
  PACKAGE_KINDS.map((kind) => (worth[kind] === 0 ? "–" : String(worth[kind])));

const TABLES: Readonly<Record<string, () => string>> = {
  criteria: () =>
    markdown(
      ["dimension", "measure", ...PACKAGE_KINDS],
      DIMENSION_NAMES.flatMap((name) => [
        [`**${name}**`, "", ...PACKAGE_KINDS.map(() => `**${DIMENSIONS[name]}**`)],
        ...CRITERIA.filter(({ dimension }) => dimension === name).map(({ measure, points }) => [
          ...["", measure],
          ...byKind(points),
        ]),
      ]),
    ),
  guards: () =>
    markdown(
      ["guard", "severity", "passes from", ...PACKAGE_KINDS],
      GUARDS.map(({ measure, severity, from, weights }) => [
        ...[measure, severity, `${from} %`],
        ...byKind(weights),
      ]),
    ),
  measures: () =>
    markdown(
      ["measure", "full mark"],
      Object.entries(MEASURES).map(([id, { full }]) => [id, full]),
    ),
};

test.each(Object.entries(TABLES))("the table of %s is that of the code", (name, table) => {
  const page = document(PAGE);
  const [open, close] = [`<!-- ${name} -->\n`, `\n<!-- /${name} -->`];
  const expected = page.replace(
    new RegExp(`${open}[\\s\\S]*?<!-- /${name} -->`),
    () => `${open}${table()}${close}`,
  );
  expect(expected).toContain(table());
  if (process.env.UPDATE === "1") writeFileSync(`docs/${PAGE}`, expected);
  else expect(page, "run with UPDATE=1 to write the table into the page").toBe(expected);
});

test("the bounds that the page names are those of the code", () => {
  const page = document(PAGE);
  const { experimental, beta, production } = LEVEL_BOUNDS;
  for (const [level, bound] of Object.entries({ experimental, beta, production }))
    expect(page).toContain(`| ${level} | up to ${bound} |`);
  expect(page).toContain(`a score of at least ${READY_SCORE}`);
});
