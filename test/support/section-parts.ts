import { inflateRawSync } from "node:zlib";
import { pagePath, type Ref, sectionPath } from "../../src/snapshot/layout.ts";
import type { Page, SectionManifest } from "../../src/snapshot/section.ts";

/** All parts of a published section, in order, from its manifest or the pages of it. `read` gives the bytes that a ref names. */
export function sectionParts(
  ref: Ref,
  read: (path: string, ref: Ref) => Uint8Array,
): { bits: number; parts: Page } {
  const json = (path: string, named: Ref): unknown => JSON.parse(new TextDecoder().decode(read(path, named)));
  const manifest = json(sectionPath(ref.sha256), ref) as SectionManifest;
  if ("parts" in manifest) return manifest;
  const parts = manifest.pages.flatMap((page): Page => {
    if (page === null) return Array.from({ length: 64 }, () => null);
    const [sha256, length] = page;
    const packed = read(pagePath(sha256), { sha256, length });
    return JSON.parse(inflateRawSync(packed).toString()) as Page;
  });
  return { bits: manifest.bits, parts };
}
