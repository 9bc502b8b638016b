/** What the reader does with bytes that no writer wrote: an error, or an answer, and always soon. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rankDocuments } from "../../src/search/build.ts";
import { NAME_LENGTH_MAX, ROW_TEXT_MAX, type SearchRow } from "../../src/search/document.ts";
import type { Entry, Slots } from "../../src/search/flexsearch.ts";
import {
  type BlockRef,
  KEY_BYTES_MAX,
  RESTART_BYTES,
  RESTART_KEYS,
  SHARD_HEADER_BYTES,
} from "../../src/search/format.ts";
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

describe("ids of a shard", () => {
  const entries = (many: number, ids: readonly number[]): Entry[] =>
    Array.from({ length: many }, (_, key) => [String(key).padStart(4, "0"), [ids]]);
  const many = 3 * RESTART_KEYS;
  const written = writeShard(entries(many, [0, 1, 2]));
  const setRestart = (bytes: Uint8Array, restart: number, offset: "key" | "ids", value: number): void => {
    const at = SHARD_HEADER_BYTES + restart * RESTART_BYTES + (offset === "key" ? 0 : 4);
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(at, value, true);
  };
  const withRestart = (restart: number, offset: "key" | "ids", value: number): Uint8Array => {
    const bytes = written.slice();
    setRestart(bytes, restart, offset, value);
    return bytes;
  };
  const u32 = (at: number) => new DataView(written.buffer).getUint32(at, true);
  const idsOf = (restart: number) => u32(SHARD_HEADER_BYTES + restart * RESTART_BYTES + 4);
  const readAll = (bytes: Uint8Array) => () => readShard(bytes);

  test("that two restarts share are refused, whichever key is asked for", () => {
    for (const [key] of entries(many, [0]))
      expect(codeOf(() => new Shard(withRestart(1, "ids", 0), DOCUMENTS).find(key))).toBe(
        "SEARCH_INDEX_INVALID",
      );
    expect(codeOf(readAll(withRestart(2, "ids", idsOf(1))))).toBe("SEARCH_INDEX_INVALID");
    expect(codeOf(readAll(withRestart(2, "ids", u32(12))))).toBe("SEARCH_INDEX_INVALID");
  });

  test("that reach into those of the next restart are refused", () => {
    const later = Array.from({ length: 10 }, (_, id) => 5 + id);
    const bytes = writeShard([...entries(RESTART_KEYS, [0, 1]), ["0016", [later]]]);
    const postingsAt = bytes.length - (2 + 9) - 3;
    expect([...bytes.subarray(postingsAt, postingsAt + 5)]).toEqual([2, 0, 1, 10, 5]);
    // The last key before the restart now has the ids of the one behind it too: thirteen in all.
    bytes[postingsAt] = 13;
    const lengthAt = bytes.length - (3 * RESTART_KEYS + 11) - (2 + 4 + 2) - 1;
    expect(bytes[lengthAt]).toBe(3);
    bytes[lengthAt] = 14;
    const shard = new Shard(bytes, 100);
    expect(codeOf(() => shard.find("0014"))).toBe("read");
    expect(codeOf(() => shard.find("0015"))).toBe("SEARCH_INDEX_INVALID");
    expect(codeOf(() => shard.scan("0015", { keysMax: 1 }))).toBe("SEARCH_INDEX_INVALID");
  });

  test("of a restart that is not where the entries before it end are refused", () => {
    for (const restart of [0, 1, 2])
      for (const offset of ["key", "ids"] as const) {
        const at = SHARD_HEADER_BYTES + restart * RESTART_BYTES + (offset === "key" ? 0 : 4);
        const bytes = withRestart(restart, offset, u32(at) + 1);
        expect(codeOf(() => new Shard(bytes, DOCUMENTS).scan("", { keysMax: 100 }))).toBe(
          "SEARCH_INDEX_INVALID",
        );
      }
  });

  test("in several slots are no more than there are documents", () => {
    const all = [0, 1, 2, 3, 4];
    const find = (slots: Slots) => codeOf(() => new Shard(writeShard([["a", slots]]), 5).find("a"));
    expect(
      find([
        [0, 1, 2],
        [3, 4],
      ]),
    ).toBe("read");
    expect(find([all])).toBe("read");
    expect(find([all, [0]])).toBe("SEARCH_INDEX_INVALID");
    expect(find([all, undefined, all])).toBe("SEARCH_INDEX_INVALID");
  });

  test("are never more for all keys than the shard has bytes, whatever its restarts say", () => {
    const keys = entries(many, [0]).map(([key]) => key);
    const value = fc.oneof(fc.constantFrom(0, 1, idsOf(1), idsOf(2)), fc.nat({ max: written.length }));
    const change = fc.tuple(fc.nat({ max: 2 }), fc.constantFrom("key" as const, "ids" as const), value);
    fc.assert(
      fc.property(fc.array(change, { maxLength: 4 }), (changes) => {
        const bytes = written.slice();
        for (const [restart, offset, to] of changes) setRestart(bytes, restart, offset, to);
        let ids = 0;
        for (const key of keys)
          codeOf(() => {
            for (const slot of new Shard(bytes, DOCUMENTS).find(key)?.[1] ?? []) ids += slot?.length ?? 0;
          });
        expect(ids).toBeLessThanOrEqual(u32(12));
      }),
    );
  });
});

describe("a row", () => {
  const [document = aDocument("react")] = REGISTRY;
  const read = (change: Partial<SearchRow>) =>
    codeOf(() => readRows(writeRowBlock(0, [{ ...document, ...change }]), new Set([0])));

  test("has texts as long as a writer keeps them, and no longer", () => {
    for (const field of ["version", "summary", "publisher", "kind", "license", "category"] as const) {
      expect(read({ [field]: "図".repeat(ROW_TEXT_MAX) }), field).toBe("read");
      expect(read({ [field]: "x".repeat(ROW_TEXT_MAX + 1) }), field).toBe("SEARCH_INDEX_INVALID");
      expect(read({ [field]: "図".repeat(ROW_TEXT_MAX + 1) }), field).toBe("SEARCH_INDEX_INVALID");
    }
  });

  test("of four million bytes is refused", () => {
    expect(read({ summary: "sql ".repeat(2 ** 20 - 100) })).toBe("SEARCH_INDEX_INVALID");
  });

  test("has a name, as long as a document's may be", () => {
    expect(read({ name: "x".repeat(NAME_LENGTH_MAX) })).toBe("read");
    expect(read({ name: "x".repeat(NAME_LENGTH_MAX + 1) })).toBe("SEARCH_INDEX_INVALID");
    expect(read({ name: "" })).toBe("SEARCH_INDEX_INVALID");
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
