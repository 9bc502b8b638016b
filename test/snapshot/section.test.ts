import { inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { sha256 } from "../../src/base/digest.ts";
import { canonicalJson, parseCanonicalJson } from "../../src/base/json.ts";
import { openNativeSha256 } from "../../src/node/crypto.ts";
import { deflate } from "../../src/snapshot/deflate.ts";
import { pagePath, recordsPath } from "../../src/snapshot/layout.ts";
import { joinedLength, joinRecord } from "../../src/snapshot/records.ts";
import { PAGE_BYTES_MAX, partOf, type SectionRecord, writeSection } from "../../src/snapshot/section.ts";
import { SnapshotFiles } from "../../src/snapshot/snapshot-files.ts";
import { sectionParts } from "../support/section-parts.ts";

/** `digits` hex digits without a pattern: they pack to about half. */
function record(name: string, digits: number): SectionRecord {
  let noise = "";
  for (let at = 0; noise.length < digits; at++) noise += sha256(utf8(`${name} ${at}`));
  const bytes = canonicalJson({ name, noise: noise.slice(0, digits) });
  return { name, key: sha256(bytes), length: bytes.length, bytes: () => bytes };
}

const LIMITS = { partBytesMax: 32_768, singlePartBytesMax: 98_304 };

async function write(records: readonly SectionRecord[]) {
  const files = new SnapshotFiles(sha256);
  const packed: string[] = [];
  const ref = await writeSection(records, LIMITS, files, {
    hash: sha256,
    pack: async (key, raw) => {
      packed.push(key);
      const bytes = deflate(raw());
      return { sha256: sha256(bytes), length: bytes.length, bytes: () => bytes };
    },
    openHash: openNativeSha256,
  });
  const manifest = sectionParts(ref, (path) => files.entries.get(path)?.bytes() ?? utf8(""));
  const parts = manifest.parts.map((part) => {
    const raw =
      part === null ? utf8("[]") : inflateRawSync(files.entries.get(recordsPath(part[0]))?.bytes() ?? "");
    expect(part?.[2] ?? 2).toBe(raw.length);
    return parseCanonicalJson(raw) as unknown as { name: string }[];
  });
  return { ref, manifest, parts, packed, files };
}

describe("a section", () => {
  it("that is empty has one part, and no file for it", async () => {
    expect((await write([])).manifest).toEqual({ format: 1, bits: 0, parts: [null] });
  });

  it("has every record in the part of its name, by name, whatever their sizes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(
          fc.tuple(fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/), fc.integer({ min: 0, max: 40_000 })),
          {
            maxLength: 30,
            selector: ([name]) => name,
          },
        ),
        async (given) => {
          const { manifest, parts } = await write(given.map(([name, size]) => record(name, size)));
          for (const [name] of given)
            expect(parts[partOf(name, manifest.bits, sha256)]?.map((found) => found.name)).toContain(name);
          for (const part of parts)
            expect(part.map(({ name }) => name)).toEqual(part.map(({ name }) => name).sort());
          expect(parts.flat()).toHaveLength(given.length);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("has the same bytes in whatever order its records come", async () => {
    const records = Array.from({ length: 40 }, (_, at) => record(`n${at}`, 9000));
    expect((await write([...records].reverse())).ref).toEqual((await write(records)).ref);
  });

  it("is cut until parts are within the limit, but for a record that is larger alone", async () => {
    const records = Array.from({ length: 30 }, (_, at) => record(`n${at}`, 20_000));
    const { manifest } = await write([...records, record("giant", 200_000)]);
    const over = manifest.parts.filter((part) => (part?.[1] ?? 0) > LIMITS.partBytesMax);
    expect(manifest.bits).toBeGreaterThan(0);
    expect(over).toHaveLength(1);
  });

  it("of many parts lists them in pages, so that a reader of one record reads little", async () => {
    const records = Array.from({ length: 400 }, (_, at) => record(`n${at}`, 12_000));
    const { ref, manifest, parts, files } = await write(records);
    expect(manifest.bits).toBeGreaterThan(6);
    for (const { name } of records)
      expect(parts[partOf(name, manifest.bits, sha256)]?.map((found) => found.name)).toContain(name);
    const pages = [...files.entries].filter(([path]) => path.endsWith(".page"));
    expect(pages).toHaveLength(2 ** (manifest.bits - 6));
    for (const [path, page] of pages) {
      expect(path).toBe(pagePath(sha256(page.bytes())));
      expect(inflateRawSync(page.bytes()).length).toBeLessThanOrEqual(PAGE_BYTES_MAX);
    }
    expect(ref.length).toBeLessThan(1024);
  });

  it("packs no part in vain where its records cannot fit", async () => {
    const records = Array.from({ length: 64 }, (_, at) => record(`n${at}`, 400_000));
    const { manifest, packed } = await write(records);
    const filled = manifest.parts.filter((part) => part !== null).length;
    // Below the bits it ends with, at most one further cut is packed to find out.
    expect(packed.length).toBeLessThan(3 * filled);
  });
});

it("a record joined from its head and body is canonical JSON of them together", () => {
  const [head, body] = [
    { latest: "1.0.0", package: { name: "x" } },
    { releases: [1, 2], statements: [] },
  ];
  const joined = joinRecord(canonicalJson(head), canonicalJson(body));
  expect(joined).toEqual(canonicalJson({ ...head, ...body }));
  expect(joined.length).toBe(joinedLength(canonicalJson(head).length, canonicalJson(body).length));
});
