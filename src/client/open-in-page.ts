/**
 * One view of the registry in a page of its catalogue: files by fetch from beside the page, cryptography in
 * JavaScript, unpacking by the browser's own DecompressionStream. A page that only searches takes `page-search.ts`,
 * and a program in a browser `browser.ts`.
 *
 *     const registry = await openRegistryInBrowser(new URL("../", location.href), root);
 */
import { nobleTrustPorts } from "../trust/noble.ts";
import { memoryStore } from "../trust/tuf/memory-store.ts";
import { verifyEd25519 } from "../trust/tuf/threshold.ts";
import { openTrustedView } from "./open-trusted-view.ts";
import { inflateByStream, pageReader } from "./page-files.ts";
import { openRegistry, type Registry } from "./registry.ts";
import { GRACE_MS_DEFAULT, metadataOf } from "./trusted-view.ts";

/** `base` is where the published tree stands; `root` the TUF root that its reader trusts. */
export async function openRegistryInBrowser(base: URL, root: Uint8Array): Promise<Registry> {
  const reader = pageReader(base);
  const policy = {
    verify: verifyEd25519(nobleTrustPorts.ed25519),
    hash: nobleTrustPorts.hash,
    now: Date.now(),
    graceMs: GRACE_MS_DEFAULT,
  };
  const view = await openTrustedView(memoryStore(root), policy, metadataOf(reader));
  return openRegistry({ reader, ports: nobleTrustPorts, inflate: inflateByStream, view });
}
