/** `update`: what is installed, at the newest that fits what was asked for. */
import { resolve } from "node:path";
import { RegistryError } from "../base/error.ts";
import { nearest } from "../base/nearest.ts";
import { visible } from "../base/visible.ts";
import type { Lock } from "../node/lock.ts";
import { type Run, UsageError } from "./command.ts";
import { inTurn } from "./in-turn.ts";
import { bring } from "./install.ts";

export const run: Run = async (names, options, context) => {
  const project = resolve(options.text("project") ?? ".");
  return inTurn(project, context.terminal, (lock) => {
    const unlocked = new Set(toUpdate(names, lock));
    return bring({ project, wanted: [], lock, unlocked }, options, context);
  });
};

/** Those of `names`, or all that is installed. */
function toUpdate(names: readonly string[], lock: Lock): readonly string[] {
  const installed: readonly string[] = [...lock.packages.keys()];
  if (installed.length === 0) throw new UsageError("There is nothing to update: nothing is installed here");
  const unknown = names.find((name) => !installed.includes(name));
  if (unknown !== undefined) {
    const meant = nearest(unknown, installed);
    throw new RegistryError(
      "NOT_INSTALLED",
      `"${visible(unknown)}" is not installed here${meant === undefined ? "" : `; did you mean "${meant}"?`}`,
      "`tree` shows what is; `install` brings what is not",
    );
  }
  return names.length > 0 ? names : installed;
}
