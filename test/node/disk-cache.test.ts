import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { memoryReader, type Reader } from "../../src/client/reader.ts";
import { cachedReader } from "../../src/node/disk-cache.ts";
import { ARCHIVE, ARCHIVE_PATH, describeReader, TREE } from "../client/reader-contract.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cache-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describeReader("disk cache", async (files) => ({
  reader: cachedReader(memoryReader(files), { folder: join(folder, "cache") }),
}));

describe("disk cache", () => {
  const asked: string[] = [];
  let files: Map<string, Uint8Array>;
  let inner: Reader;
  let cache: string;

  beforeEach(() => {
    asked.length = 0;
    files = new Map(TREE);
    cache = join(folder, "cache");
    const memory = memoryReader(files, "https://example.org/");
    inner = {
      location: memory.location,
      read: (path, options) => {
        asked.push(path);
        return memory.read(path, options);
      },
    };
  });

  const kept = () => join(cache, "digest", ARCHIVE_PATH.slice(9, 11), ARCHIVE_PATH.slice(9, 73));

  it("asks once for a file that a digest names, from any registry", async () => {
    for (let round = 0; round < 3; round++)
      expect(await cachedReader(inner, { folder: cache }).read(ARCHIVE_PATH)).toEqual(ARCHIVE);
    expect(
      await cachedReader(memoryReader(new Map(), "mirror"), { folder: cache }).read(ARCHIVE_PATH),
    ).toEqual(ARCHIVE);
    expect(asked).toEqual([ARCHIVE_PATH]);
  });

  it("asks each time for any other file", async () => {
    const reader = cachedReader(inner, { folder: cache });
    await reader.read("registry.json");
    files.set("registry.json", utf8('{"new":1}'));
    expect(await reader.read("registry.json")).toEqual(utf8('{"new":1}'));
  });

  it.each([
    ["changed", (bytes: Uint8Array) => Uint8Array.from(bytes, (byte, at) => (at === 3 ? byte ^ 1 : byte))],
    ["truncated", (bytes: Uint8Array) => bytes.slice(0, 4)],
    ["emptied", () => new Uint8Array(0)],
    ["grown", (bytes: Uint8Array) => Uint8Array.of(...bytes, 88)],
  ])("drops a file that was %s, and fetches it again", async (_, damage) => {
    const reader = cachedReader(inner, { folder: cache });
    // As the index is read: a file has no more bytes than the one before it says.
    const options = { bytesMax: ARCHIVE.length };
    await reader.read(ARCHIVE_PATH, options);
    writeFileSync(kept(), damage(ARCHIVE));
    await expect(
      cachedReader(inner, { folder: cache, offline: true }).read(ARCHIVE_PATH, options),
    ).rejects.toMatchObject({ code: "OFFLINE_MISSING" });
    expect(existsSync(kept())).toBe(false);
    writeFileSync(kept(), damage(ARCHIVE));
    expect(await reader.read(ARCHIVE_PATH, options)).toEqual(ARCHIVE);
    expect(asked).toHaveLength(2);
    expect(new Uint8Array(readFileSync(kept()))).toEqual(ARCHIVE);
  });

  it("drops a file that has grown to 10 GB unread, and fetches it again", async () => {
    const reader = cachedReader(inner, { folder: cache });
    await reader.read(ARCHIVE_PATH);
    truncateSync(kept(), 10 * 1024 ** 3);
    expect(await reader.read(ARCHIVE_PATH, { bytesMax: ARCHIVE.length })).toEqual(ARCHIVE);
    expect(new Uint8Array(readFileSync(kept()))).toEqual(ARCHIVE);
  });

  it("does without a file whose place a folder has taken", async () => {
    mkdirSync(join(kept(), "in the way"), { recursive: true });
    expect(await cachedReader(inner, { folder: cache }).read(ARCHIVE_PATH)).toEqual(ARCHIVE);
  });

  it("refuses and does not keep bytes that their name does not stand for", async () => {
    files.set(ARCHIVE_PATH, utf8("others"));
    await expect(cachedReader(inner, { folder: cache }).read(ARCHIVE_PATH)).rejects.toMatchObject({
      code: "BAD_RESPONSE",
    });
    await expect(
      cachedReader(inner, { folder: cache, offline: true }).read(ARCHIVE_PATH),
    ).rejects.toMatchObject({ code: "OFFLINE_MISSING" });
  });

  it("answers offline with what was read before, and never asks", async () => {
    const online = cachedReader(inner, { folder: cache });
    for (const path of TREE.keys()) await online.read(path);
    asked.length = 0;
    const offline = cachedReader(inner, { folder: cache, offline: true });
    for (const [path, bytes] of TREE) expect(await offline.read(path)).toEqual(bytes);
    await expect(offline.read("graph/registry.ttl")).rejects.toMatchObject({
      code: "OFFLINE_MISSING",
      hint: expect.stringContaining("sync"),
    });
    expect(asked).toEqual([]);
  });

  it("does not answer offline with another registry's registry.json", async () => {
    await cachedReader(inner, { folder: cache }).read("registry.json");
    const other = cachedReader(memoryReader(new Map(), "https://example.com/"), {
      folder: cache,
      offline: true,
    });
    await expect(other.read("registry.json")).rejects.toMatchObject({ code: "OFFLINE_MISSING" });
  });

  it("keeps the limit on what it kept, which one who asks for too little does not lose", async () => {
    await cachedReader(inner, { folder: cache }).read(ARCHIVE_PATH);
    const offline = cachedReader(inner, { folder: cache, offline: true });
    await expect(offline.read(ARCHIVE_PATH, { bytesMax: 3 })).rejects.toMatchObject({ code: "TOO_LARGE" });
    expect(await offline.read(ARCHIVE_PATH)).toEqual(ARCHIVE);
  });

  it("still reads where nothing can be kept, and leaves no part of a file", async () => {
    writeFileSync(cache, "a file where the folder should be");
    expect(await cachedReader(inner, { folder: cache }).read(ARCHIVE_PATH)).toEqual(ARCHIVE);
    expect(readFileSync(cache, "utf8")).toBe("a file where the folder should be");
    rmSync(cache);
    await Promise.all(
      Array.from({ length: 20 }, () => cachedReader(inner, { folder: cache }).read(ARCHIVE_PATH)),
    );
    expect(readdirSync(dirname(kept()))).toEqual([ARCHIVE_PATH.slice(9, 73)]);
  });
});
