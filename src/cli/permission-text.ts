/** What a package may do on the machine it is installed on, in lines that hide nothing. */
import { visible } from "../base/visible.ts";
import type { Permissions } from "../content/content.ts";
import { type PermissionFact, permissionFacts } from "../content/permission-words.ts";

export function permissionLines(permissions: Permissions): string[] {
  const lines = permissionFacts(permissions).map(lineOf);
  return lines.length === 0 ? ["nothing: it has no templates"] : lines;
}

function lineOf({ what, file, line, written }: PermissionFact): string {
  const where = file === undefined ? "" : ` (${line === undefined ? file : `${file}:${line}`})`;
  return visible(`${what}${where}${written === undefined ? "" : `: ${written}`}`);
}
