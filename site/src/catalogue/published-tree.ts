/** The published tree that the pages are made from, opened from its folder. */
import { openUnsigned, type Registry } from "../../../src/client/registry.ts";
import { nodeTrustPorts } from "../../../src/node/crypto.ts";
import { directoryReader } from "../../../src/node/directory-reader.ts";
import { nativeInflate } from "../../../src/node/inflate.ts";

export function openPublishedTree(): Promise<Registry> {
  const tree = process.env.GGEN_SITE_TREE;
  if (tree === undefined) throw new Error("GGEN_SITE_TREE is not set: build the site with scripts/site.ts");
  return openUnsigned({ reader: directoryReader(tree), ports: nodeTrustPorts, inflate: nativeInflate });
}
