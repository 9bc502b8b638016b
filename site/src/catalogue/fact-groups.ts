/** The facts of what a release may do, as its page shows them: a sentence that sums them up, and the list. */
import type { FactSort, PermissionFact } from "../../../src/content/permission-words.ts";
import { counted } from "./shown.ts";

/** New files of known names that the list shows at once; more of them are folded away, and nothing else ever is. */
export const WRITES_SHOWN_MAX = 8;

export interface FactGroups {
  readonly shown: readonly PermissionFact[];
  readonly folded: readonly PermissionFact[];
  /** Something is run, leaves the project or is not known. */
  readonly grave: boolean;
  /** Behind "this release": `runs 1 shell command; overwrites or edits 2 files`. */
  readonly words: string;
}

export function factGroups(facts: readonly PermissionFact[]): FactGroups {
  const of = (sort: FactSort) => facts.filter((fact) => fact.sort === sort);
  const count = (sort: FactSort) => of(sort).length;
  const words = [
    count("runs") > 0 && `runs ${counted(count("runs"), "shell command")}`,
    count("unknown") > 0 && "may do anything, for part of it cannot be read",
    count("leaves") > 0 && `reaches ${counted(count("leaves"), "place")} that you should look at`,
    ...changes(of("changes")),
    count("computed") > 0 && "computes names of files",
    count("writes") > 0 && `writes ${counted(count("writes"), "file")}`,
  ].filter((part) => part !== false);
  const writes = of("writes");
  return {
    shown: [...facts.filter(({ sort }) => sort !== "writes"), ...writes.slice(0, WRITES_SHOWN_MAX)],
    folded: writes.slice(WRITES_SHOWN_MAX),
    grave: count("runs") + count("unknown") + count("leaves") > 0,
    words: words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`,
  };
}

/** One template that overwrites may write many files, where it computes their names. */
function changes(facts: readonly PermissionFact[]): string[] {
  return (["overwrites", "edits"] as const).flatMap((verb) => {
    const mine = facts.filter(({ what }) => what.startsWith(verb));
    if (mine.length === 0) return [];
    const many = mine.some(({ written }) => written !== undefined);
    return `${verb} ${many ? "files" : counted(mine.length, "file")}`;
  });
}
