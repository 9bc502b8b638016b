/**
 * The client in a web page: files by fetch from beside the page, cryptography in JavaScript,
 * unpacking by the browser's own DecompressionStream. A page that only searches takes `page-search.ts`.
 *
 *     const registry = await openRegistryInBrowser(new URL("../", location.href), root);
 */
import type { Ref } from "../snapshot/layout.ts";
import { nobleTrustPorts } from "../trust/noble.ts";
import { inflateByStream, pageReader } from "./page-files.ts";
import { openRegistry, type Registry } from "./registry.ts";

/** `base` is where the published tree stands; `root` the index root that the page was built for. */
export function openRegistryInBrowser(base: URL, root?: Ref): Promise<Registry> {
  return openRegistry({
    reader: pageReader(base),
    ports: nobleTrustPorts,
    inflate: inflateByStream,
    ...(root === undefined ? {} : { root }),
  });
}
