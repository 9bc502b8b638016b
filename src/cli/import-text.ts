/** The report of an import as people read it: every folder with what became of it, and why. */
import type { Problem } from "../base/problem.ts";
import { visible } from "../base/visible.ts";
import type { ImportEntry, ImportOutcome } from "../publish/import.ts";
import { nextSteps } from "./next-steps.ts";
import { plural } from "./refused.ts";
import type { Signing } from "./signer.ts";
import type { Terminal } from "./terminal.ts";

export interface ImportReport {
  readonly folders: number;
  readonly taken: number;
  readonly published: number;
  readonly refused: number;
  readonly registered: boolean;
  readonly dryRun: boolean;
  readonly entries: readonly ImportEntry[];
}

/** Files that one line names; --json has them all. */
const FILES_SHOWN_MAX = 3;

export function importText(report: ImportReport, into: Signing, terminal: Terminal): string {
  const { folders, taken, published, refused, dryRun } = report;
  const sum = `${plural(folders, "folder")}: ${taken} ${dryRun ? "would be taken" : "taken"}, ${published} published already, ${refused} refused`;
  const names = report.entries.flatMap((entry) => (entry.outcome === "taken" ? (entry.package ?? []) : []));
  const next =
    taken === 0
      ? []
      : dryRun
        ? ["Nothing was written."]
        : nextSteps(into, report.registered, names, `import ${plural(taken, "package")}`);
  return [...report.entries.flatMap((entry) => linesOf(entry, terminal)), "", sum, ...next].join("\n");
}

function linesOf({ folder, outcome, problems, ...entry }: ImportEntry, terminal: Terminal): string[] {
  const marks: Record<ImportOutcome, string> = {
    taken: terminal.style("green", "taken  "),
    "already published": terminal.style("dim", "known  "),
    refused: terminal.style("red", "refused"),
  };
  const name = entry.package === undefined || entry.package === folder ? "" : ` as ${entry.package}`;
  const version = entry.version === undefined ? "" : ` ${entry.version}`;
  return [`${marks[outcome]}  ${visible(folder)}${name}${version}`, ...reasonLines(folder, problems)];
}

/** Problems that say the same of several files share a line. */
function reasonLines(folder: string, problems: readonly Problem[]): string[] {
  const groups = new Map<string, Problem[]>();
  for (const problem of problems) {
    const key = `${problem.severity} ${problem.message}`;
    groups.set(key, [...(groups.get(key) ?? []), problem]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const places = [...new Set(group.map((problem) => placeOf(folder, problem)))];
    const more = places.length > FILES_SHOWN_MAX ? ` and ${places.length - FILES_SHOWN_MAX} more` : "";
    const where = places.slice(0, FILES_SHOWN_MAX).join(", ") + more;
    const mark = first.severity === "error" ? "" : "note: ";
    const remedy = first.severity === "error" ? [`           → ${visible(first.remedy)}`] : [];
    return [`         ${mark}${where}${where === "" ? "" : ": "}${visible(first.message)}`, ...remedy];
  });
}

/** Path below the folder that is reported on, with its line; "" for the folder itself. */
function placeOf(folder: string, { file, line }: Problem): string {
  const path = file === folder ? "" : file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : file;
  return visible(line === undefined ? path : `${path}:${line}`);
}
