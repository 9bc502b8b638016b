import { openRegistry } from "../client/registry.ts";
import { syncView } from "../client/sync.ts";
import { nodeTrustPorts } from "../node/crypto.ts";
import { nativeInflate } from "../node/inflate.ts";
import type { Run } from "./command.ts";
import { folderReader, isAddress, registryLocation } from "./open-registry.ts";

export const run: Run = async (_args, options, context) => {
  const location = registryLocation(options, context);
  if (!isAddress(location)) {
    const registry = await openRegistry({ reader: folderReader(location), ports: nodeTrustPorts, inflate: nativeInflate });
    const { counts } = registry.root;
    context.terminal.result({ registry: location, root: registry.rootDigest, files: 0, bytes: 0, counts }, () => `${location} is a folder on this machine: nothing to fetch (${counts.packages} packages).`);
    return undefined;
  }
  const { openCachedView } = await import("./cached-view.ts");
  const reader = await openCachedView(location, { offline: false, refresh: true }, context);
  const registry = await openRegistry({ reader, ports: nodeTrustPorts, inflate: nativeInflate });
  const fetched = await syncView(registry, (done) => context.terminal.progress(`fetched ${done} files`));
  const { counts } = registry.root;
  context.terminal.result(
    { registry: location, root: registry.rootDigest, ...fetched, counts },
    () => `${registry.root.registry.title}: ${counts.packages} packages, ${counts.releases} releases. The view is on this machine (${fetched.files} files, ${Math.ceil(fetched.bytes / 1024)} kB).`,
  );
  return undefined;
};
