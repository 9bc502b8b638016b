/**
 * What a person agrees to before a package is installed: the lines that say what it may do, each with its kind.
 * A release that says nothing new, line by line, asks nothing new.
 */
import type { Permissions } from "./content.ts";
import { permissionFacts } from "./permission-words.ts";
import { sensitivePlaces } from "./sensitive-places.ts";

/**
 * shell: runs commands. overwrite, inject: changes files that stand. sensitive: writes where something else runs it.
 * anything: what cannot be known before it runs.
 */
export const CONSENT_KINDS = ["shell", "overwrite", "inject", "sensitive", "anything"] as const;
export type ConsentKind = (typeof CONSENT_KINDS)[number];

export function consentKinds(permissions: Permissions): ConsentKind[] {
  const asks: Record<ConsentKind, boolean> = {
    shell: permissions.shell.length > 0,
    overwrite: permissions.overwrite.length > 0,
    inject: permissions.inject.length > 0,
    sensitive: sensitivePlaces(permissions.outputs).length > 0,
    anything: permissions.anything.length > 0,
  };
  return CONSENT_KINDS.filter((kind) => asks[kind]);
}

/**
 * The facts that are agreed to, each as one text that is the same for the same fact: new files of known names are
 * none. The line of a command in its file is left out, so that a line more above it is no new permission.
 */
export function consentFacts(permissions: Permissions): string[] {
  return permissionFacts(permissions)
    .filter(({ sort }) => sort !== "writes")
    .map(({ what, file, written }) => JSON.stringify([what, file ?? null, written ?? null]));
}
