import { resolve } from "node:path";
import { utf8 } from "../base/bytes.ts";
import { visible } from "../base/visible.ts";
import { planInstall, unresolved, type Wanted } from "../client/install-plan.ts";
import { pointersOf, readWhole } from "../client/mirror.ts";
import type { Registry } from "../client/registry.ts";
import { MirrorFolder } from "../node/mirror-folder.ts";
import { type Run, UsageError } from "./command.ts";
import { onPlace, openPlace, registryLocation } from "./open-registry.ts";
import { parsePackageSpec } from "./package-spec.ts";
import { plural } from "./refused.ts";
import { unknownPackage } from "./unknown-package.ts";
import { rangeOf } from "./version-spec.ts";

export const run: Run = async ([folder, ...names], options, context) => {
  if (folder === undefined) throw new UsageError("Missing <dir>: where to copy to");
  const wanted = names
    .map(parsePackageSpec)
    .map((spec): Wanted => ({ name: spec.name, range: rangeOf(spec) }));
  const location = registryLocation(options, context);
  const place = await openPlace(location, options, context);
  const { terminal } = context;
  const copy = new MirrorFolder(resolve(folder));
  try {
    const reader = copy.reader(place.origin);
    const pointers = await onPlace(
      { ...place, reader },
      options,
      context,
      async (registry) => {
        const releases = wanted.length === 0 ? "all" : await releasesFor(registry, wanted);
        await readWhole(registry, releases, {
          files: (done) => terminal.progress(`copied ${plural(done, "file")} of the view`),
          packs: copy.isUpdate ? "make" : "take",
          archives: (done, total) => terminal.progress(`copied ${done} of ${plural(total, "archive")}`),
        });
        return pointersOf(registry, place.origin);
      },
      { asking: "must-answer", whole: true },
    );
    const note = { format: 1, from: place.origin.location, packages: wanted.length === 0 ? "all" : names };
    copy.put(new Map([["mirror.json", utf8(`${JSON.stringify(note, null, 2)}\n`)], ...pointers]));
    const removed = copy.sweep();
    const { fetchedFiles: files, fetchedBytes: bytes } = copy;
    terminal.result({ ...note, folder, fetched: { files, bytes }, removed }, () =>
      [
        `${folder}: a copy of ${visible(place.origin.location)}, ${wanted.length === 0 ? "whole" : `with ${names.map((name) => visible(name)).join(", ")} and what they need`}; ${plural(files, "file")} fetched, ${Math.ceil(bytes / 1024)} kB${removed > 0 ? `, ${removed} removed` : ""}.`,
        `Who uses it trusts the same root: ggen-marketplace registry add ${folder} --root SHA256`,
      ].join("\n"),
    );
    return undefined;
  } finally {
    copy.close();
  }
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
