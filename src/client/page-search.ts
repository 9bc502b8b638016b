/**
 * Search in a web page, and nothing else of a client: a visitor waits for every byte of it.
 *
 *     const searcher = await openPageSearch(new URL("../", location.href), manifest);
 *     const { total, hits } = await searcher.search("sql", { limit: 6 });
 */
import type { Searcher } from "../search/query.ts";
import type { Ref } from "../snapshot/layout.ts";
import { openSearch } from "./open-search.ts";
import { inflateByStream, pageHash, pageReader } from "./page-files.ts";

/** `base` is where the published tree stands; `manifest` the search manifest that the page was built for. */
export function openPageSearch(base: URL, manifest: Ref): Promise<Searcher> {
  return openSearch(manifest, { reader: pageReader(base), hash: pageHash, inflate: inflateByStream });
}
