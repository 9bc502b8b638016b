/** What the reader does with a manifest that no writer wrote: an error, or an answer, and always soon. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Digest } from "../../src/base/digest.ts";
import { DOCUMENTS_MAX } from "../../src/search/document.ts";
import {
  BLOCK_HEADER_BYTES,
  type BlockRef,
  FILE_RAW_BYTES_MAX,
  KEY_BYTES_MAX,
  MANIFEST_BYTES_MAX,
  PARTS_MAX,
} from "../../src/search/format.ts";
import { type SearchManifest, writeManifest, writePage } from "../../src/search/manifest.ts";
import { STEP_MAX } from "../../src/search/popularity.ts";
import { ROW_BYTES_MIN } from "../../src/search/row-block.ts";
import { parseManifest, parsePage } from "../../src/search/slice-lists.ts";
import { build, codeOf, partsOf, REGISTRY, SHARDED } from "./support.ts";

describe("a manifest", async () => {
  const { manifest } = await build(REGISTRY, SHARDED);
  const parsed = parseManifest(manifest);
  const file = { sha256: "0".repeat(64) as Digest, length: 10, rawLength: 10 };
  /** One that is large enough for the rows of five documents. */
  const roomy = { ...file, sha256: "1".repeat(64) as Digest, rawLength: 100 };
  const empty: SearchManifest = {
    documents: 0,
    popularity: [],
    terms: [],
    names: [],
    reversed: [],
    blocks: [],
    pages: [],
  };
  const part = <Key>(first: Key, at: number, of: BlockRef = file) => ({ first, file: of, at, length: 0 });
  const fiveRows = { documents: 5, blocks: [part(0, 0, roomy)] };
  const read = (change: Partial<SearchManifest>) =>
    codeOf(() => parseManifest(writeManifest({ ...empty, ...change })));

  test("is read as it was written", () => {
    const { documents, popularity, terms, names, reversed, blocks, pages } = parsed;
    const lists = { terms: partsOf(terms), names: partsOf(names), reversed: partsOf(reversed) };
    const again = { documents, popularity, ...lists, blocks: partsOf(blocks), pages: partsOf(pages) };
    expect(writeManifest(again)).toEqual(manifest);
    expect(parsed.terms.length).toBeGreaterThan(3);
    expect(parsed.pages.length).toBeGreaterThan(0);
    expect(read({})).toBe("read");
  });

  test("says how long each slice is: up to the next of its file, or to the file's end", () => {
    const change = { terms: [part("", 0)], names: [part("", 3)], reversed: [part("", 7)] };
    const { terms, names, reversed } = parseManifest(writeManifest({ ...empty, ...change }));
    expect([terms, names, reversed].map((list) => list.part(0).length)).toEqual([3, 4, 3]);
  });

  test("of a later format is told to be newer, whatever else it holds", () => {
    const later = manifest.slice(0, 5);
    later[3] = 2;
    expect(codeOf(() => parseManifest(later))).toBe("SEARCH_INDEX_NEWER");
  });

  test.each<[string, Partial<SearchManifest>]>([
    ["too many documents", { documents: 2 ** 31 }],
    ["a file too large", { terms: [part("", 0, { ...file, rawLength: FILE_RAW_BYTES_MAX + 1 })] }],
    ["a slice out of its file", { terms: [part("", 11)] }],
    ["keys out of order", { terms: [part("b", 0), part("a", 1)] }],
    ["a key twice", { terms: [part("b", 0), part("b", 1)] }],
    ["a key too long", { terms: [part("x".repeat(KEY_BYTES_MAX + 1), 0)] }],
    ["an id twice", { documents: 2, blocks: [part(0, 0, roomy), part(0, 30, roomy)] }],
    [
      "an id of a document that is not there",
      { documents: 2, blocks: [part(0, 0, roomy), part(3, 50, roomy)] },
    ],
    [
      "a step twice",
      {
        ...fiveRows,
        popularity: [
          [1, 2],
          [1, 3],
        ],
      },
    ],
    ["a step that is none", { ...fiveRows, popularity: [[1, STEP_MAX + 1]] }],
  ])("with %s is refused", (_, change) => {
    expect(read(change)).toBe("SEARCH_INDEX_INVALID");
  });

  test("says no more documents than there is room for their rows, whoever wrote it", () => {
    const rows = (count: number) => BLOCK_HEADER_BYTES + count * ROW_BYTES_MIN;
    const of = (rawLength: number) => ({ ...file, rawLength });
    expect(read(fiveRows)).toBe("read");
    expect(read({ documents: 5, blocks: [part(0, 0, of(rows(5)))] })).toBe("read");
    expect(read({ documents: 6, blocks: [part(0, 0, of(rows(5)))] })).toBe("SEARCH_INDEX_INVALID");
    expect(read({ documents: DOCUMENTS_MAX, blocks: [part(0, 0, of(rows(64)))] })).toBe(
      "SEARCH_INDEX_INVALID",
    );
    // The rows after the first page's first are in blocks that it lists.
    const listed = { blocks: [part(0, 0, of(rows(2)))], pages: [part(2, 40, roomy)] };
    expect(read({ documents: 1000, ...listed })).toBe("read");
    expect(read({ documents: 1000, ...listed, pages: [part(3, 40, roomy)] })).toBe("SEARCH_INDEX_INVALID");
  });

  test.each<[string, Partial<SearchManifest>]>([
    ["no document", {}],
    ["the first", { blocks: [part(1, 0, roomy)] }],
    ["the first, of which pages are listed", { pages: [part(1, 0, roomy)] }],
    ["those in the middle", { blocks: [part(0, 0, roomy), part(4, 12, roomy)] }],
    ["those before the first page", { blocks: [part(3, 0, roomy)], pages: [part(2, 50, roomy)] }],
  ])("in which no block has the rows of %s is refused", (_, change) => {
    expect(read({ documents: 5, ...change })).toBe("SEARCH_INDEX_INVALID");
  });

  test("with a file that is not there, or more than its end, is refused", () => {
    const bytes = writeManifest({ ...empty, terms: [part("", 0)] });
    // The one part's file is the first, and the only one.
    const position = 4 + 2 + 1 + 32 + 2 + 1;
    expect(bytes[position]).toBe(0);
    bytes[position] = 1;
    expect(codeOf(() => parseManifest(bytes))).toBe("SEARCH_INDEX_INVALID");
    expect(codeOf(() => parseManifest(Uint8Array.of(...manifest, 0)))).toBe("SEARCH_INDEX_INVALID");
  });

  test("of other bytes, cut short, flipped or too long is refused or read within its bounds", () => {
    for (let length = 0; length < manifest.length; length += 3)
      expect(codeOf(() => parseManifest(manifest.slice(0, length)))).toBe("SEARCH_INDEX_INVALID");
    for (let at = 4; at < manifest.length; at += 2) {
      const flipped = manifest.slice();
      flipped[at] = (flipped[at] ?? 0) ^ 0x81;
      codeOf(() => parseManifest(flipped));
    }
    expect(codeOf(() => parseManifest(new Uint8Array(MANIFEST_BYTES_MAX + 1)))).toBe("SEARCH_INDEX_INVALID");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, isMagic) => {
        if (isMagic) bytes.set(manifest.subarray(0, Math.min(4, bytes.length)));
        codeOf(() => parseManifest(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  test("with as many slices as there may be, all at one place, is read in no time", () => {
    const at = <Key>(first: (position: number) => Key) =>
      Array.from({ length: PARTS_MAX }, (_, position) => part(first(position), 0, roomy));
    const keys = at((position) => String(position).padStart(6, "0"));
    const bytes = writeManifest({
      documents: 2 * PARTS_MAX,
      popularity: [],
      terms: keys,
      names: keys,
      reversed: keys,
      blocks: at((position) => position),
      pages: at((position) => PARTS_MAX + position),
    });
    const { terms } = parseManifest(bytes);
    expect(terms.length).toBe(PARTS_MAX);
    expect(terms.part(PARTS_MAX - 1)).toMatchObject({ at: 0, length: 100 });
    expect(terms.positionOf("009999")).toBe(9999);
  });

  test("that counts four billion of everything takes no memory for it", () => {
    const huge = [0xff, 0xff, 0xff, 0xff, 0x0f];
    const bytes = Uint8Array.of(...manifest.subarray(0, 4), 5, ...huge, ...huge, ...huge);
    expect(codeOf(() => parseManifest(bytes))).toBe("SEARCH_INDEX_INVALID");
  });

  test("has pages that are refused as it is", () => {
    const bytes = writePage([part(1, 0), part(2, 5)]);
    expect(partsOf(parsePage(bytes, 5)).map(({ first, length }) => [first, length])).toEqual([
      [1, 5],
      [2, 5],
    ]);
    expect(codeOf(() => parsePage(bytes, 1))).toBe("SEARCH_INDEX_INVALID");
    for (let length = 0; length < bytes.length; length++)
      expect(codeOf(() => parsePage(bytes.slice(0, length), 5))).toBe("SEARCH_INDEX_INVALID");
  });
});
