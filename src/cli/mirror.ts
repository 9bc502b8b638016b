import { quoted } from "../base/shell-word.ts";
import { visible } from "../base/visible.ts";
import { planInstall, unresolved, type Wanted } from "../client/install-plan.ts";
import type { Registry } from "../client/registry.ts";
import { type Run, UsageError } from "./command.ts";
import { copyRegistry, copySize, namesText } from "./copy-registry.ts";
import { parsePackageSpec } from "./package-spec.ts";
import { unknownPackage } from "./unknown-package.ts";
import { rangeOf } from "./version-spec.ts";

export const run: Run = async ([folder, ...names], options, context) => {
  if (folder === undefined) throw new UsageError("Missing <dir>: where to copy to");
  const wanted = names
    .map(parsePackageSpec)
    .map((spec): Wanted => ({ name: spec.name, range: rangeOf(spec) }));
  const releasesOf = (registry: Registry) => releasesFor(registry, wanted);
  const packages = names.length === 0 ? "all" : names;
  const copy = await copyRegistry({ folder, packages, releasesOf }, options, context);
  context.terminal.result({ format: 1, ...copy }, () =>
    [
      `${folder}: a copy of ${visible(copy.from)}, ${names.length === 0 ? "whole" : `with ${namesText(names)} and what they need`}; ${copySize(copy)}.`,
      `Who uses it trusts the same root: ggen-marketplace registry add ${quoted(folder)} --root ${copy.root}`,
    ].join("\n"),
  );
  return undefined;
};

/** Each package as `install` would choose it in an empty project, with what it needs. */
async function releasesFor(registry: Registry, wanted: readonly Wanted[]) {
  const releases = [];
  for (const one of wanted) {
    if ((await registry.resolveRecord(one.name)) === undefined)
      throw await unknownPackage(one.name, registry);
    const plan = await planInstall(registry, { wanted: [one], kept: [], locked: new Map() });
    if (!plan.ok) throw unresolved(plan.failure, "nothing was made current");
    releases.push(...plan.releases);
  }
  return releases;
}
