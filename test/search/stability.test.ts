/** One package more changes few of the files of an index: cuts are decided by the keys, ids by committed ranks. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { sha256 } from "../../src/base/digest.ts";
import { rankDocuments } from "../../src/search/build.ts";
import type { SearchDocument } from "../../src/search/document.ts";
import { LAYOUT } from "../../src/search/layout.ts";
import { aDocument, build } from "./support.ts";

const MANY = {
  ...LAYOUT,
  bundleBytesMax: 0,
  shardBytesMin: 1200,
  shardBytesMax: 12_000,
  listedBlocks: 8,
  pageBlocks: 8,
};

/** Words that a number picks, the low ones much more often, as in any language. */
function wordsOf(seed: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => {
    const pick = Number.parseInt(sha256(utf8(`${seed} ${at}`)).slice(0, 8), 16) / 2 ** 32;
    return `w${Math.floor(40_000 * pick ** 2)}`;
  });
}

function packageOf(number: number, more: Partial<SearchDocument> = {}): SearchDocument {
  const name = wordsOf(`name ${number}`, 2).join("-");
  const summary = wordsOf(`summary ${number}`, 9).join(" ");
  return aDocument(`${name}-${number}`, { summary, description: summary, popularity: number ** 2, ...more });
}

const REGISTRY = Array.from({ length: 4000 }, (_, number) => packageOf(number));

async function changed(before: readonly SearchDocument[], after: readonly SearchDocument[], layout = MANY) {
  const [old, fresh] = [await build(before, layout), await build(after, layout)];
  const files = [...fresh.files.keys()].filter((sha256) => !old.files.has(sha256));
  return { files: files.length, of: fresh.files.size };
}

describe("a newcomer", () => {
  test.each([0, 1, 2])("changes less than 5 % of the files (newcomer %i)", async (at) => {
    const { files, of } = await changed(REGISTRY, [...REGISTRY, packageOf(5000 + at, { newcomer: true })]);
    expect(of).toBeGreaterThan(250);
    expect(files / of).toBeLessThan(0.05);
  });

  test("stands after all that were counted, however popular it says it is; newcomers are in order of their names", () => {
    const ranked = rankDocuments([
      aDocument("new-b", { newcomer: true, popularity: 10 }),
      aDocument("old", { popularity: 0 }),
      aDocument("new-a", { newcomer: true }),
      aDocument("known", { popularity: 5 }),
    ]);
    expect(ranked.map(({ name }) => name)).toEqual(["known", "old", "new-a", "new-b"]);
  });
});

const CORPUS = new URL("../../../shared/data/corpus-30k.tsv", import.meta.url);

test.skipIf(!existsSync(CORPUS))(
  "a newcomer after ten others changes less than 5 % of the files of real packages (skipped where the shared corpus is missing)",
  async () => {
    const documents = readFileSync(CORPUS, "utf8")
      .trimEnd()
      .split("\n")
      .slice(1)
      .filter((_, line) => line % 2 === 0)
      .map((line, at) => {
        const [name = "", version = "", downloads, summary = ""] = line.split("\t");
        const newcomer = at % 1500 === 7;
        return aDocument(name, {
          version,
          summary,
          description: summary,
          popularity: Number(downloads),
          newcomer,
        });
      });
    const last = documents.findLastIndex(({ newcomer }) => newcomer);
    const layout = { ...LAYOUT, bundleBytesMax: 0 };
    const { files, of } = await changed(documents.toSpliced(last, 1), documents, layout);
    expect(of).toBeGreaterThan(500);
    expect(files / of).toBeLessThan(0.05);
  },
);
