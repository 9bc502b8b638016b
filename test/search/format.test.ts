/** What the reader does with bytes that no writer wrote: an error, or an answer, and always soon. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rankDocuments } from "../../src/search/build.ts";
import { type BlockRef, KEY_BYTES_MAX } from "../../src/search/format.ts";
import { openSearchIndex } from "../../src/search/query.ts";
import { readRows, writeRowBlock } from "../../src/search/row-block.ts";
import { sortedEntries } from "../../src/search/run.ts";
import { Shard, writeShard } from "../../src/search/shard.ts";
import { ByteReader, ByteWriter } from "../../src/search/varint.ts";
import { aDocument, build, codeOf, familiesOf, REGISTRY, SHARDED, verifiedReader } from "./support.ts";

const DOCUMENTS = REGISTRY.length;
const ENTRIES = sortedEntries(familiesOf(REGISTRY).terms);
const SHARD = writeShard(ENTRIES);
const BLOCK = writeRowBlock(0, rankDocuments(REGISTRY));

/** Reads all that a shard gives, and holds it to its bounds. */
function readShard(bytes: Uint8Array): void {
  const shard = new Shard(bytes, DOCUMENTS);
  const { found } = shard.scan("", { keysMax: 100_000 });
  expect(found.length).toBeLessThanOrEqual(bytes.length);
  for (const { key } of found) {
    for (const ids of shard.find(key)?.[1] ?? []) {
      for (const [at, id] of (ids ?? []).entries()) {
        expect(id).toBeLessThan(DOCUMENTS);
        if (at > 0) expect(id).toBeGreaterThan(ids?.[at - 1] ?? 0);
      }
    }
  }
}

const readBlock = (bytes: Uint8Array) => readRows(bytes, new Set([0, DOCUMENTS - 1]));

describe.each([
  ["a shard", SHARD, readShard],
  ["a block", BLOCK, readBlock],
] as const)("%s", (_, bytes, read) => {
  test("is read", () => {
    expect(codeOf(() => read(bytes))).toBe("read");
  });

  test("cut short anywhere is refused", () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(codeOf(() => read(bytes.slice(0, length)))).toBe("SEARCH_INDEX_INVALID");
    }
  });

  test("with any bit flipped is refused or read within its bounds", () => {
    for (let bit = 0; bit < 8 * bytes.length; bit += 3) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      codeOf(() => read(flipped));
    }
  });

  test("of random bytes, behind the right magic or none, is refused or read within its bounds", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (random, magic) => {
        if (magic) random.set(bytes.subarray(0, Math.min(4, random.length)));
        codeOf(() => read(random));
      }),
      { numRuns: 3000 },
    );
  });

  test("of a later version is told to be newer", () => {
    const later = bytes.slice();
    later[3] = 2;
    expect(codeOf(() => read(later))).toBe("SEARCH_INDEX_NEWER");
    later[3] = 0;
    expect(codeOf(() => read(later))).toBe("SEARCH_INDEX_INVALID");
  });

  test("that claims to hold 4 billion of everything is refused at once", () => {
    for (const at of [4, 8, 12]) {
      const huge = bytes.slice();
      huge.fill(0xff, at, at + 4);
      expect(["SEARCH_INDEX_INVALID", "read"]).toContain(codeOf(() => read(huge)));
    }
  });
});

describe("a shard", () => {
  test("finds and scans what a linear scan does", () => {
    const key = fc.string({
      unit: fc.constantFrom("a", "b", "ab", "é", "图", "😀"),
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(fc.uniqueArray(key, { minLength: 1, maxLength: 80 }), key, (keys, prefix) => {
        const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        const shard = new Shard(writeShard(sorted.map((text, id) => [text, [[id]]])), keys.length);
        const { found } = shard.scan(prefix, { keysMax: 1000 });
        expect(found.map((one) => one.key)).toEqual(sorted.filter((text) => text.startsWith(prefix)));
        expect(shard.find(prefix) !== undefined).toBe(keys.includes(prefix));
        for (const [id, text] of sorted.entries()) expect(shard.find(text)?.[1]).toEqual([[id]]);
      }),
    );
  });

  test("looks at no more keys than it is told", () => {
    expect(new Shard(SHARD, DOCUMENTS).scan("", { keysMax: 3 }).found.length).toBe(3);
  });

  test("is not written with keys out of order, too long, or without ids", () => {
    expect(() =>
      writeShard([
        ["b", [[0]]],
        ["a", [[0]]],
      ]),
    ).toThrow(RangeError);
    expect(() =>
      writeShard([
        ["a", [[0]]],
        ["a", [[0]]],
      ]),
    ).toThrow(RangeError);
    expect(() => writeShard([["x".repeat(KEY_BYTES_MAX + 1), [[0]]]])).toThrow(RangeError);
    expect(() => writeShard([["", [[0]]]])).toThrow(RangeError);
    expect(() => writeShard([["a", []]])).toThrow(RangeError);
    expect(() => writeShard([["a", [[1, 1]]]])).toThrow(RangeError);
  });

  test("refuses ids of documents that are not there", () => {
    const shard = new Shard(writeShard([["a", [[5]]]]), 5);
    expect(codeOf(() => shard.find("a"))).toBe("SEARCH_INDEX_INVALID");
  });
});

test("integers are read as they are written, and in one way only", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffffff }), (value) => {
      const writer = new ByteWriter();
      writer.varint(value);
      const bytes = writer.bytes();
      expect(new ByteReader(bytes, 0, bytes.length).varint()).toBe(value);
    }),
  );
  for (const bytes of [
    [0x80, 0],
    [0xff, 0xff, 0xff, 0xff, 0x7f],
    [0x80, 0x80, 0x80, 0x80, 0x80, 1],
    [0x80],
  ]) {
    expect(codeOf(() => new ByteReader(Uint8Array.from(bytes), 0, bytes.length).varint())).toBe(
      "SEARCH_INDEX_INVALID",
    );
  }
});

describe("files", async () => {
  const index = await build(REGISTRY, SHARDED);
  const queries = ["react", "raect", "kind:ontology", ""];

  test("that the reader cannot verify make the query fail, and are asked for again by the next", async () => {
    let broken = true;
    const read = verifiedReader(index);
    const searcher = await openSearchIndex(index.manifest, (ref) =>
      broken ? Promise.reject(new Error("offline")) : read(ref),
    );
    for (const query of queries) await expect(searcher.search(query)).rejects.toThrow("offline");
    broken = false;
    for (const query of queries) expect((await searcher.search(query)).total).toBeGreaterThan(0);
  });

  test("of another length than the manifest says are refused", async () => {
    const read = verifiedReader(index);
    const searcher = await openSearchIndex(index.manifest, async (ref) => (await read(ref)).slice(1));
    await expect(searcher.search("react")).rejects.toMatchObject({ code: "SEARCH_INDEX_INVALID" });
  });

  test("in which any bit is flipped never answer: their digest is not theirs", async () => {
    const bundle = await build(REGISTRY);
    const [[sha256, packed] = []] = [...bundle.files];
    expect(sha256).toBeDefined();
    for (let at = 0; at < (packed?.length ?? 0); at += 11) {
      const flipped = packed?.slice() ?? new Uint8Array();
      flipped[at] = (flipped[at] ?? 0) ^ 4;
      const read = verifiedReader({ ...bundle, files: new Map([[sha256 as never, flipped]]) });
      const searcher = await openSearchIndex(bundle.manifest, read);
      await expect(searcher.search("react")).rejects.toThrow();
    }
  });

  test("are read once for many queries, and no more than a query needs", async () => {
    const asked: BlockRef[] = [];
    const read = verifiedReader(index);
    const searcher = await openSearchIndex(index.manifest, (ref) => {
      asked.push(ref);
      return read(ref);
    });
    expect(asked).toEqual([]);
    await searcher.search("schema-org");
    const first = asked.length;
    expect(first).toBeLessThan(index.files.size / 2);
    await searcher.search("schema-org");
    expect(asked.length).toBe(first);
  });

  test("of the whole index inflated behind a lying manifest stay within its bounds", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (random) => {
        const one = await build([aDocument("react")]);
        const searcher = await openSearchIndex(one.manifest, async (ref) => {
          const bytes = new Uint8Array(ref.rawLength);
          bytes.set((await verifiedReader(one)(ref)).subarray(0, 24));
          bytes.set(random.subarray(0, Math.max(0, ref.rawLength - 24)), 24);
          return bytes;
        });
        await searcher.search("react", { limit: 5 }).catch((error: unknown) => {
          expect(error).toMatchObject({ code: "SEARCH_INDEX_INVALID" });
        });
      }),
      { numRuns: 300 },
    );
  });
});
