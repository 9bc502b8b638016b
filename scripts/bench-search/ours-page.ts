/** The page that searches our index: files by fetch, digests checked, unpacked by the browser. */
import { pageHash } from "../../src/client/page-files.ts";
import type { BlockRef } from "../../src/search/format.ts";
import { openSearchIndex } from "../../src/search/query.ts";
import { runPage } from "./page.ts";

async function bytesOf(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(new URL(path, import.meta.url));
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

async function read(ref: BlockRef): Promise<Uint8Array> {
  const packed = await bytesOf(`index/${ref.sha256}`);
  if (packed.length !== ref.length || (await pageHash(packed)) !== ref.sha256)
    throw new Error(`${ref.sha256} is damaged`);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

void runPage(async () => {
  const searcher = await openSearchIndex(await bytesOf("manifest.json"), read);
  return async (query) => {
    const { hits } = await searcher.search(query, { limit: 10 });
    return hits.map((hit) => hit.name);
  };
});
