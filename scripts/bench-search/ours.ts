/** This project's index: built as a registry's build does, opened as a client does, by digest. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nativeSha256 } from "../../src/node/crypto.ts";
import { nativeInflate } from "../../src/node/inflate.ts";
import { type BuildOptions, buildSearchIndex } from "../../src/search/build.ts";
import type { BlockRef } from "../../src/search/format.ts";
import { openSearchIndex, type Searcher } from "../../src/search/query.ts";
import { searchDocument } from "./corpus.ts";
import type { ColdCost, Engine } from "./engine.ts";
import { DEPTH } from "./metrics.ts";
import { openIndexThreads } from "./workshop.ts";

export const MANIFEST_FILE = "manifest.json";
export const INDEX_FOLDER = "index";

export const ours: Engine = {
  async build(packages, folder, { layout }) {
    const workshop = openIndexThreads();
    const options: BuildOptions = { hash: nativeSha256, workshop };
    const { manifest, files } = await buildSearchIndex(
      packages.map(searchDocument),
      layout === undefined ? options : { ...options, layout: JSON.parse(layout) },
    );
    await workshop.close();
    mkdirSync(join(folder, INDEX_FOLDER));
    writeFileSync(join(folder, MANIFEST_FILE), manifest);
    for (const [sha256, bytes] of files) writeFileSync(join(folder, INDEX_FOLDER, sha256), bytes);
  },

  async open(folder) {
    const manifest = readFileSync(join(folder, MANIFEST_FILE));
    const searcher = await openSearchIndex(manifest, async (ref) => readFile(folder, ref));
    return (query) => names(searcher, query);
  },

  async cold(folder, queries) {
    const manifest = readFileSync(join(folder, MANIFEST_FILE));
    const costs: ColdCost[] = [];
    for (const query of queries) {
      const line = new CountingLine(folder);
      await names(await openSearchIndex(manifest, (ref) => line.read(ref)), query);
      costs.push({ bytes: line.bytes, requests: line.requests, rounds: line.rounds });
    }
    return costs;
  },
};

async function names(searcher: Searcher, query: string): Promise<string[]> {
  const { hits } = await searcher.search(query, { limit: DEPTH });
  return hits.map((hit) => hit.name);
}

/** The inflated bytes of a file. Throws where they are not those that `ref` names. */
function readFile(folder: string, ref: BlockRef): Uint8Array {
  const packed = readFileSync(join(folder, INDEX_FOLDER, ref.sha256));
  if (packed.length !== ref.length || nativeSha256(packed) !== ref.sha256)
    throw new Error(`${ref.sha256} is damaged`);
  const inflated = nativeInflate(packed, ref.rawLength);
  if (!inflated.ok) throw new Error(`${ref.sha256} is ${inflated.fault}`);
  return inflated.bytes;
}

/**
 * Answers what was asked for in one turn of the event loop together, in the next: what is asked for then
 * had to wait for an answer, and is another round.
 */
class CountingLine {
  bytes = 0;
  requests = 0;
  rounds = 0;
  readonly #folder: string;
  #waiting: (() => void)[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  async read(ref: BlockRef): Promise<Uint8Array> {
    this.requests++;
    this.bytes += ref.length;
    await new Promise<void>((resolve) => {
      if (this.#waiting.push(resolve) > 1) return;
      this.rounds++;
      setImmediate(() => {
        const answered = this.#waiting;
        this.#waiting = [];
        for (const answer of answered) answer();
      });
    });
    return readFile(this.#folder, ref);
  }
}
