/** Every file of a search index, for someone who takes the whole of it along. */
import type { ReadFile } from "./family.ts";
import type { BlockRef } from "./format.ts";
import { type Directory, parseIdDirectory, parseKeyDirectory, parseManifest } from "./manifest.ts";

/** Each file once, the files that lead to others before those. `read` as for `openSearchIndex`. */
export async function indexFiles(manifest: Uint8Array, read: ReadFile): Promise<BlockRef[]> {
  const { blocks, terms, names, reversed } = parseManifest(manifest);
  const found = new Map<string, BlockRef>();
  await walk(blocks, parseIdDirectory, read, found);
  for (const family of [terms, names, reversed]) await walk(family, parseKeyDirectory, read, found);
  return [...found.values()];
}

async function walk<Key>(
  directory: Directory<Key>,
  parse: (bytes: Uint8Array, level: number) => Directory<Key>,
  read: ReadFile,
  found: Map<string, BlockRef>,
): Promise<void> {
  for (const part of directory.parts) {
    found.set(part.file.sha256, part.file);
    if (directory.level === 0) continue;
    const bytes = (await read(part.file)).subarray(part.at, part.at + part.length);
    await walk(parse(bytes, directory.level - 1), parse, read, found);
  }
}
