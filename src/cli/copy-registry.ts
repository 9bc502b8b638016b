/** Copies a registry, whole or some releases of it, to a folder that is a registry itself. */
import { resolve } from "node:path";
import { utf8 } from "../base/bytes.ts";
import type { Digest } from "../base/digest.ts";
import { visible } from "../base/visible.ts";
import type { PlannedRelease } from "../client/install-plan.ts";
import { pointersOf, readWhole } from "../client/mirror.ts";
import type { Registry } from "../client/registry.ts";
import { MirrorFolder } from "../node/mirror-folder.ts";
import type { Context, Options } from "./command.ts";
import { onPlace, openPlace, registryLocation } from "./open-registry.ts";
import { plural } from "./refused.ts";

export interface ToCopy {
  readonly folder: string;
  /** What mirror.json says is in it: names, or "all". */
  readonly packages: readonly string[] | "all";
  readonly releasesOf: (registry: Registry) => Promise<readonly PlannedRelease[]> | readonly PlannedRelease[];
}

export interface RegistryCopy {
  readonly folder: string;
  readonly from: string;
  readonly packages: readonly string[] | "all";
  /** sha256 of the root that the registry is trusted by, and the copy too. */
  readonly root: Digest;
  readonly fetched: { readonly files: number; readonly bytes: number };
  readonly removed: number;
}

/** Verified as it goes; what is there already is not fetched. Throws as reading does, and NOT_A_MIRROR, UNSAFE_PATH, LOCKED. */
export async function copyRegistry(
  { folder, packages, releasesOf }: ToCopy,
  options: Options,
  context: Context,
): Promise<RegistryCopy> {
  const { terminal } = context;
  const place = await openPlace(registryLocation(options, context), options, context);
  const copy = new MirrorFolder(resolve(folder));
  try {
    const reader = copy.reader(place.origin);
    const { pointers, root } = await onPlace(
      { ...place, reader },
      options,
      context,
      async (registry, _kept, { id }) => {
        await readWhole(registry, packages === "all" ? "all" : await releasesOf(registry), {
          files: (done) => terminal.progress(`copied ${plural(done, "file")} of the view`),
          packs: copy.isUpdate ? "make" : "take",
          archives: (done, total) => terminal.progress(`copied ${done} of ${plural(total, "archive")}`),
        });
        return { pointers: await pointersOf(registry, place.origin), root: id };
      },
      { asking: "must-answer", whole: true },
    );
    const from = place.origin.location;
    const note = { format: 1, from, packages };
    copy.put(new Map([["mirror.json", utf8(`${JSON.stringify(note, null, 2)}\n`)], ...pointers]));
    const removed = copy.sweep();
    const fetched = { files: copy.fetchedFiles, bytes: copy.fetchedBytes };
    return { folder, from, packages, root, fetched, removed };
  } finally {
    copy.close();
  }
}

/** "; 12 files fetched, 34 kB, 2 removed" */
export function copySize({ fetched: { files, bytes }, removed }: RegistryCopy): string {
  return `${plural(files, "file")} fetched, ${Math.ceil(bytes / 1024)} kB${removed > 0 ? `, ${removed} removed` : ""}`;
}

export function namesText(names: readonly string[]): string {
  return names.map((name) => visible(name)).join(", ");
}
