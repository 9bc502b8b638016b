/** `vendor`: what the lock holds, as registries in a folder of the project: whoever has the project can install it. */
import { join, resolve } from "node:path";
import { RegistryError } from "../base/error.ts";
import { quoted } from "../base/shell-word.ts";
import { visible } from "../base/visible.ts";
import type { PlannedRelease } from "../client/install-plan.ts";
import { readProject } from "../node/project.ts";
import { type Run, UsageError } from "./command.ts";
import { copyRegistry, copySize, type RegistryCopy } from "./copy-registry.ts";
import { onRegistry } from "./open-registry.ts";
import { plural } from "./refused.ts";
import { callsFor } from "./several-registries.ts";

const FOLDER = "vendor";

export const run: Run = async ([folder = FOLDER], options, context) => {
  const project = resolve(options.text("project") ?? ".");
  const lock = readProject(project);
  if (lock.packages.size === 0) throw new UsageError("There is nothing to vendor: nothing is installed here");
  const copies: (RegistryCopy & { readonly releases: number })[] = [];
  for (const { call } of await callsFor([], lock, options, context)) {
    const { iri, name } = await onRegistry(call, context, async ({ root }) => root.registry);
    const releases = [...lock.packages]
      .filter(([, { registry }]) => registry === iri)
      .map(([name, { version }]): PlannedRelease => ({ name, version }));
    if (releases.length === 0) throw otherRegistry(iri);
    const into = {
      folder: join(resolve(project, folder), name),
      packages: releases.map((release) => `${release.name}@${release.version}`),
      releasesOf: () => releases,
    };
    copies.push({ ...(await copyRegistry(into, call, context)), releases: releases.length });
  }
  context.terminal.result({ copies }, () =>
    copies
      .flatMap((copy) => [
        `${copy.folder}: ${plural(copy.releases, "release")} of ${visible(copy.from)}; ${copySize(copy)}.`,
        `  install from it: ggen-marketplace install --registry ${quoted(copy.folder)} --root ${copy.root}`,
      ])
      .join("\n"),
  );
  return undefined;
};

function otherRegistry(iri: string): RegistryError {
  return new RegistryError(
    "OTHER_REGISTRY",
    `The lock has nothing of ${iri}`,
    "give the registry that it names, or add it: registry add",
  );
}
