/** What a package may do on the machine it is installed on, in lines that hide nothing. */
import { visible } from "../base/visible.ts";
import type { Permissions } from "../content/content.ts";
import { sensitivePlaces } from "../content/sensitive-places.ts";

export function permissionLines(permissions: Permissions): string[] {
  const lines = [
    ...permissions.anything.map((entry) => `ANYTHING: ${visible(entry.file)}: ${visible(entry.why)}`),
    ...sensitivePlaces(permissions.outputs).map(
      ({ place, what }) => `writes into ${visible(place)}: ${visible(what)}`,
    ),
    ...permissions.shell.map(
      (entry) =>
        `runs a shell command ${entry.when} writing (${visible(entry.file)}:${entry.line}): ${visible(entry.command)}`,
    ),
    ...permissions.overwrite.map((entry) => `overwrites ${visible(entry.to)} (${visible(entry.file)})`),
    ...permissions.inject.map((entry) => `edits ${visible(entry.to)} (${visible(entry.file)})`),
  ];
  const told = new Set([...permissions.overwrite, ...permissions.inject].map(({ to }) => to));
  const written = permissions.outputs.filter((to) => !told.has(to));
  if (written.length > 0) lines.push(`writes ${written.map((to) => visible(to)).join(", ")}`);
  return lines.length === 0 ? ["nothing: it has no templates"] : lines;
}

/** Whether a person should look before installing. */
export function isHarmless(permissions: Permissions): boolean {
  return (
    sensitivePlaces(permissions.outputs).length === 0 &&
    permissions.anything.length +
      permissions.shell.length +
      permissions.overwrite.length +
      permissions.inject.length ===
      0
  );
}
