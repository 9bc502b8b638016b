/**
 * Whether a new view keeps every statement of an older one: chains grow, and nothing that was said is taken back.
 *
 *     older   0001 ─ 0002 ─ 0003
 *     newer   0001 ─ 0002 ─ 0003 ─ 0004      each statement of the older one, byte for byte, in its place
 */
import type { Problem } from "../base/problem.ts";
import type { StatementRecord } from "../snapshot/records.ts";
import type { Registry } from "./registry.ts";

/**
 * Problems: STATEMENT_LOST, NAME_LOST. Views whose records are the same files are not read. `isClaimed` says whether
 * the source of the newer one has a package still, where all its releases were left out.
 */
export async function lostStatements(
  older: Registry,
  newer: Registry,
  isClaimed: (name: string) => boolean,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  const [was, is] = [older.root.sections, newer.root.sections];
  if (was.publishers.sha256 !== is.publishers.sha256) {
    const now = new Map(
      (await newer.publishers()).map((record) => [record.name as string, record.statements]),
    );
    for (const { name, statements } of await older.publishers())
      problems.push(...lost(`publishers/${name}`, statements, now.get(name)));
  }
  if (was.packages.sha256 !== is.packages.sha256) {
    for (const { name } of await older.resolveRecords()) {
      const before = await older.show(name);
      const now = await newer.show(name);
      if (before === undefined || (now === undefined && isClaimed(name))) continue;
      problems.push(...lost(`packages/${name}`, before.statements, now?.statements));
    }
  }
  return problems;
}

function lost(
  what: string,
  before: readonly StatementRecord[],
  now: readonly StatementRecord[] | undefined,
): Problem[] {
  if (now === undefined)
    return [
      problem("NAME_LOST", what, "It is published, and is not in the new view: a name never goes away"),
    ];
  const gone = before.findIndex(({ statement }, at) => now[at]?.statement !== statement);
  if (gone < 0) return [];
  const file = before[gone]?.file ?? what;
  return [
    problem(
      "STATEMENT_LOST",
      file,
      "It was said, and is not in the new view, or other words stand in its place",
    ),
  ];
}

function problem(code: string, file: string, message: string): Problem {
  const remedy =
    "bring the statement back; to go back to older releases, build these with the statements of today: build --releases-of COMMIT";
  return { code, severity: "error", file, message, remedy, rule: "T33" };
}
