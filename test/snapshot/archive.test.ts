import { deflateRawSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, equalBytes, utf8 } from "../../src/base/bytes.ts";
import { sha256 } from "../../src/base/digest.ts";
import { problemsOf, type Result } from "../../src/base/problem.ts";
import { nativeInflate } from "../../src/node/inflate.ts";
import { type ArchiveLimits, readArchive, writeArchive } from "../../src/snapshot/archive.ts";
import { crc32 } from "../../src/snapshot/crc32.ts";
import { writeUstar } from "../../src/snapshot/ustar.ts";
import { EXAMPLE, LONG, sameFiles } from "./archive-example.ts";

const LIMITS: ArchiveLimits = {
  archiveBytesMax: 1 << 20,
  filesMax: 100,
  fileBytesMax: 1 << 20,
  totalBytesMax: 1 << 22,
};

const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);
function gzipped(tar: Uint8Array): Uint8Array {
  const trailer = new DataView(new ArrayBuffer(8));
  trailer.setUint32(0, crc32(tar), true);
  trailer.setUint32(4, tar.length, true);
  return concat(HEADER, deflateRawSync(tar), new Uint8Array(trailer.buffer));
}

/** The example's tar with one header changed and its checksum made right again. */
function withHeader(change: (header: Uint8Array) => void): Uint8Array {
  const tar = writeUstar([["content/a", utf8("a")]]);
  change(tar.subarray(0, 512));
  tar.set(utf8("        "), 148);
  const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  tar.set(utf8(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
  return gzipped(tar);
}

const codes = (result: Result<unknown>) => problemsOf(result).map((problem) => problem.code);
const read = (bytes: Uint8Array, limits: Partial<ArchiveLimits> = {}) =>
  readArchive(bytes, { ...LIMITS, ...limits }, nativeInflate);
const codesOf = async (bytes: Uint8Array, limits: Partial<ArchiveLimits> = {}) =>
  codes(await read(bytes, limits));

const component = fc
  .string({ minLength: 1, maxLength: 60, unit: "grapheme" })
  .filter((text) => !/[\0/\\]|^\.\.?$/.test(text));
const filesArbitrary = fc
  .array(fc.tuple(fc.array(component, { minLength: 1, maxLength: 2 }), fc.uint8Array({ maxLength: 1500 })), {
    maxLength: 8,
  })
  .map((entries) => {
    const files = new Map<string, Uint8Array>([["package.toml", utf8("x")]]);
    // A leaf ends in ".f" and a folder never does, so that no path is both.
    for (const [parts, bytes] of entries)
      files.set(`content/${parts.map((part) => part.replaceAll(".f", "_")).join("/")}.f`, bytes);
    return files;
  })
  .filter((files) => [...files.keys()].every((path) => utf8(path).length <= 100));

describe("writing an archive", () => {
  it("gives these very bytes for ever", () => {
    expect(sha256(writeArchive(EXAMPLE))).toMatchInlineSnapshot(
      `"4a8225fb4c0f906617aa320d8b7631065c125bde66ecd6d037da07894ba86f6c"`,
    );
  });

  it("does not depend on the Map's order", () => {
    fc.assert(
      fc.property(filesArbitrary, fc.infiniteStream(fc.nat()), (files, ranks) => {
        const shuffled = [...files]
          .map((entry) => [ranks.next().value ?? 0, entry] as const)
          .sort(([a], [b]) => a - b)
          .map(([, entry]) => entry);
        expect(equalBytes(writeArchive(new Map(shuffled)), writeArchive(files))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it("puts the head members first, then content by UTF-8 bytes", async () => {
    const found = await read(writeArchive(EXAMPLE));
    expect(found.ok && [...found.value.keys()]).toEqual([
      "package.toml",
      "SHA256SUMS",
      "SHA256SUMS.sig",
      "content/a-b",
      "content/a/b",
      LONG,
      "content/ontology.ttl",
      "content/ünï/日本.ttl",
    ]);
  });

  it("splits a name over 100 bytes at any length ustar can hold", async () => {
    for (let length = 90; length <= 247; length++) {
      const path = `content/${"x".repeat(Math.min(140, length))}/${"y".repeat(100)}`.slice(0, 8 + length);
      const splittable = path.length <= 100 || path.slice(path.lastIndexOf("/") + 1).length <= 100;
      if (!splittable || path.endsWith("/")) continue;
      const found = await read(writeArchive(new Map([[path, utf8("x")]])));
      expect(found.ok && [...found.value.keys()]).toEqual([path]);
    }
  });

  it.each([
    "/etc/passwd",
    "content/../x",
    "content//x",
    "other",
    "content/a\\b",
    `content/${"x".repeat(101)}`,
  ])("throws for the path %j", (path) => {
    expect(() => writeArchive(new Map([[path, utf8("")]]))).toThrow(RangeError);
  });
});

describe("reading an archive", () => {
  it("gives back what was written", async () => {
    await fc.assert(
      fc.asyncProperty(filesArbitrary, async (files) => {
        const archive = writeArchive(files);
        const found = await read(archive);
        expect(found.ok && sameFiles(found.value, files)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it("refuses every flipped byte, or gives the very same files", async () => {
    const archive = writeArchive(EXAMPLE);
    let refused = 0;
    for (let at = 0; at < archive.length; at++) {
      for (const flip of [1, 0x10, 0x80, 0xff]) {
        const flipped = archive.slice();
        flipped[at] = (flipped[at] ?? 0) ^ flip;
        const found = await read(flipped);
        if (!found.ok) refused++;
        else expect(sameFiles(found.value, EXAMPLE), `byte ${at}`).toBe(true);
      }
    }
    expect(refused).toBeGreaterThan(archive.length * 3.9);
  });

  it("refuses every truncation", async () => {
    const archive = writeArchive(EXAMPLE);
    for (let length = 0; length < archive.length; length++)
      expect((await read(archive.subarray(0, length))).ok).toBe(false);
  });

  it("takes a tar that another compressor packed", async () => {
    const tar = writeUstar([["package.toml", utf8("x")]]);
    await expect(codesOf(gzipped(tar))).resolves.toEqual([]);
  });

  it("refuses what is not gzip", () =>
    expect(codesOf(utf8("PK\x03\x04 zip"))).resolves.toEqual(["ARCHIVE_NOT_GZIP"]));
  it("refuses nothing at all", () =>
    expect(codesOf(new Uint8Array(0))).resolves.toEqual(["ARCHIVE_NOT_GZIP"]));
  it("refuses a gzip header with another system's mark", async () => {
    await expect(codesOf(new Uint8Array(gzipSync(writeUstar([]))))).resolves.toEqual(["ARCHIVE_GZIP_HEADER"]);
  });
  it("refuses bytes after the gzip member", async () => {
    await expect(codesOf(concat(writeArchive(EXAMPLE), utf8("x")))).resolves.toEqual(["ARCHIVE_BROKEN"]);
  });
  it("refuses a second gzip member, the same one again included", async () => {
    const archive = writeArchive(EXAMPLE);
    await expect(codesOf(concat(archive, archive))).resolves.toEqual(["ARCHIVE_BROKEN"]);
  });
  it("refuses a wrong CRC", async () => {
    const archive = writeArchive(EXAMPLE);
    archive[archive.length - 8] = (archive[archive.length - 8] ?? 0) ^ 1;
    await expect(codesOf(archive)).resolves.toEqual(["ARCHIVE_CHECKSUM"]);
  });
  it("refuses a wrong length", async () => {
    const archive = writeArchive(EXAMPLE);
    archive[archive.length - 1] = 1;
    await expect(codesOf(archive)).resolves.toEqual(["ARCHIVE_CHECKSUM"]);
  });

  it.each([
    ["a hard link", "1"],
    ["a symbolic link", "2"],
    ["a character device", "3"],
    ["a block device", "4"],
    ["a directory", "5"],
    ["a named pipe", "6"],
    ["a contiguous file", "7"],
    ["a pax record", "x"],
    ["a global pax record", "g"],
    ["a GNU long name", "L"],
    ["a GNU sparse file", "S"],
    ["a regular file of the old type", "\0"],
  ])("refuses %s", async (_, type) => {
    await expect(codesOf(withHeader((header) => header.set(utf8(type), 156)))).resolves.toEqual([
      "ARCHIVE_MEMBER_TYPE",
    ]);
  });

  it.each([
    "/etc/cron",
    "content/../../x",
    "../x",
    "content/./x",
    "content//x",
    "content/",
    "x",
    "content/a\\b",
    "C:\\x",
  ])("refuses the member %j", (path) =>
    expect(codesOf(gzipped(writeUstar([[path, utf8("x")]])))).resolves.toEqual(["ARCHIVE_PATH"]),
  );
  it("refuses a climbing path that hides in the prefix", async () => {
    await expect(codesOf(withHeader((header) => header.set(utf8("content/.."), 345)))).resolves.toEqual([
      "ARCHIVE_PATH",
    ]);
  });
  it("refuses a name that is not UTF-8", async () => {
    await expect(codesOf(withHeader((header) => header.set(Uint8Array.of(0xff, 0xfe), 8)))).resolves.toEqual([
      "ARCHIVE_PATH",
    ]);
  });
  it("refuses a member twice", async () => {
    const twice = writeUstar([
      ["content/a", utf8("1")],
      ["content/a", utf8("2")],
    ]);
    await expect(codesOf(gzipped(twice))).resolves.toEqual(["ARCHIVE_DUPLICATE"]);
  });
  it("refuses a path that is both a file and a folder", async () => {
    const clash = writeUstar([
      ["content/a", utf8("1")],
      ["content/a/b", utf8("2")],
    ]);
    await expect(codesOf(gzipped(clash))).resolves.toEqual(["ARCHIVE_PATH_CLASH"]);
  });
  it("refuses members in another order", async () => {
    const swapped = writeUstar([
      ["content/b", utf8("1")],
      ["content/a", utf8("2")],
    ]);
    await expect(codesOf(gzipped(swapped))).resolves.toEqual(["ARCHIVE_NOT_CANONICAL"]);
  });

  it.each([
    ["mode", 100, "0000755\0"],
    ["owner", 108, "0001750\0"],
    ["time", 136, "14000000000\0"],
    ["owner's name", 265, "root"],
    ["link name", 157, "x"],
    ["bytes after the name", 20, "x"],
    ["magic", 257, "ustar  \0"],
    ["size in base 256", 124, "\u0000"],
  ])("refuses another %s", async (what, offset, text) => {
    const archive = withHeader((header) => header.set(utf8(text), offset));
    await expect(codesOf(archive)).resolves.toEqual([
      what.startsWith("size") ? "ARCHIVE_TAR_HEADER" : "ARCHIVE_NOT_CANONICAL",
    ]);
  });
  it("refuses bytes hidden in a member's padding", async () => {
    const tar = writeUstar([["content/a", utf8("a")]]);
    tar[600] = 1;
    await expect(codesOf(gzipped(tar))).resolves.toEqual(["ARCHIVE_NOT_CANONICAL"]);
  });
  it("refuses a wrong header checksum", async () => {
    const tar = writeUstar([["content/a", utf8("a")]]);
    tar[0] = 0x64;
    await expect(codesOf(gzipped(tar))).resolves.toEqual(["ARCHIVE_TAR_HEADER"]);
  });
  it.each([
    ["without its closing blocks", (tar: Uint8Array) => tar.subarray(0, 1024), "ARCHIVE_TRUNCATED"],
    ["with one closing block", (tar: Uint8Array) => tar.subarray(0, 1536), "ARCHIVE_TRAILING_BYTES"],
    [
      "with GNU's blocking",
      (tar: Uint8Array) => concat(tar, new Uint8Array(10240)),
      "ARCHIVE_TRAILING_BYTES",
    ],
    ["with bytes after its end", (tar: Uint8Array) => concat(tar, utf8("x")), "ARCHIVE_TRAILING_BYTES"],
    ["that ends in a member", (tar: Uint8Array) => tar.subarray(0, 700), "ARCHIVE_TRUNCATED"],
  ])("refuses a tar %s", async (_, change, code) => {
    await expect(codesOf(gzipped(change(writeUstar([["content/a", utf8("a")]]))))).resolves.toEqual([code]);
  });

  it("names every bad member at once", async () => {
    const tar = writeUstar([
      ["../a", utf8("1")],
      ["content/b", utf8("2")],
      ["content/b", utf8("3")],
      ["/c", utf8("4")],
    ]);
    await expect(codesOf(gzipped(tar))).resolves.toEqual([
      "ARCHIVE_PATH",
      "ARCHIVE_DUPLICATE",
      "ARCHIVE_PATH",
    ]);
  });
});

describe("the limits", () => {
  it("archiveBytesMax", async () => {
    const archive = writeArchive(EXAMPLE);
    await expect(codesOf(archive, { archiveBytesMax: archive.length })).resolves.toEqual([]);
    await expect(codesOf(archive, { archiveBytesMax: archive.length - 1 })).resolves.toEqual([
      "ARCHIVE_TOO_LARGE",
    ]);
  });
  it("filesMax", async () => {
    await expect(codesOf(writeArchive(EXAMPLE), { filesMax: 8 })).resolves.toEqual([]);
    await expect(codesOf(writeArchive(EXAMPLE), { filesMax: 7 })).resolves.toEqual([
      "ARCHIVE_TOO_MANY_FILES",
    ]);
  });
  it("fileBytesMax", async () => {
    await expect(codesOf(writeArchive(EXAMPLE), { fileBytesMax: 2800 })).resolves.toEqual([]);
    await expect(codesOf(writeArchive(EXAMPLE), { fileBytesMax: 2799 })).resolves.toEqual([
      "ARCHIVE_FILE_TOO_LARGE",
    ]);
  });
  it("totalBytesMax refuses a bomb without taking its memory", async () => {
    const bomb = gzipped(writeUstar([["content/zeros", new Uint8Array(200_000_000)]]));
    expect(bomb.length).toBeLessThan(LIMITS.archiveBytesMax);
    const before = process.memoryUsage().arrayBuffers;
    await expect(codesOf(bomb)).resolves.toEqual(["ARCHIVE_UNPACKED_TOO_LARGE"]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40_000_000);
  });
  it("a header that claims more than there is", async () => {
    const liar = withHeader((header) => header.set(utf8("77777777777\0"), 124));
    await expect(codesOf(liar)).resolves.toEqual(["ARCHIVE_TRUNCATED"]);
  });
});
