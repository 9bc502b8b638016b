/** Every file of a search index, for someone who takes the whole of it along. */
import type { ReadFile } from "./family.ts";
import type { BlockRef } from "./format.ts";
import type { Part } from "./manifest.ts";
import { parseManifest, parsePage, type SliceList } from "./slice-lists.ts";

/** Each file once, the pages before the files they lead to. `read` as for `openSearchIndex`. */
export async function indexFiles(manifest: Uint8Array, read: ReadFile): Promise<BlockRef[]> {
  const { documents, terms, names, reversed, blocks, pages } = parseManifest(manifest);
  const found = new Map<string, BlockRef>();
  const note = (parts: readonly Part<unknown>[]) => {
    for (const { file } of parts) found.set(file.sha256, file);
  };
  for (const list of [terms, names, reversed, blocks, pages]) note(partsOf<unknown>(list));
  for (const { file, at, length } of partsOf(pages))
    note(partsOf(parsePage((await read(file)).subarray(at, at + length), documents)));
  return [...found.values()];
}

function partsOf<Key>(list: SliceList<Key>): Part<Key>[] {
  return Array.from({ length: list.length }, (_, position) => list.part(position));
}
