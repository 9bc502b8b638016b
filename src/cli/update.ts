/** `update`: what is installed, at the newest that fits what was asked for. */
import { resolve } from "node:path";
import { RegistryError } from "../base/error.ts";
import { nearest } from "../base/nearest.ts";
import { visible } from "../base/visible.ts";
import { readLock } from "../node/lock.ts";
import { type Run, UsageError } from "./command.ts";
import { bring } from "./install.ts";

export const run: Run = async (names, options, context) => {
  const project = resolve(options.text("project") ?? ".");
  const lock = readLock(project);
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
  return bring(
    { project, wanted: [], lock, unlocked: new Set(names.length > 0 ? names : installed) },
    options,
    context,
  );
};
