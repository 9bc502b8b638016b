import { visible } from "../base/visible.ts";
import { syncView } from "../client/sync.ts";
import type { Run } from "./command.ts";
import { isAddress, onRegistry, registryLocation } from "./open-registry.ts";
import { plural } from "./refused.ts";

export const run: Run = async (_args, options, context) => {
  const location = registryLocation(options, context);
  const inFolder = !isAddress(location);
  const synced = await onRegistry(
    options,
    context,
    async (registry) => {
      const { registry: about, counts } = registry.root;
      const view = { registry: location, title: about.title, root: registry.rootDigest, counts };
      if (inFolder) return { ...view, files: 0, bytes: 0 };
      return {
        ...view,
        ...(await syncView(registry, (done) => context.terminal.progress(`fetched ${plural(done, "file")}`))),
      };
    },
    { asking: "must-answer", onDone: (view) => view.keepSynced() },
  );
  const { title, counts, files, bytes } = synced;
  context.terminal.result(synced, () =>
    inFolder
      ? `${location} is a folder on this machine: nothing to fetch (${plural(counts.packages, "package")}).`
      : `${visible(title)}: ${plural(counts.packages, "package")}, ${plural(counts.releases, "release")}; the view is on this machine (${plural(files, "file")}, ${Math.ceil(bytes / 1024)} kB).`,
  );
  return undefined;
};
