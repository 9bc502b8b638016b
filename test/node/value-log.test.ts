import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { equalBytes, utf8 } from "../../src/base/bytes.ts";
import { openBuildCache } from "../../src/node/build-cache.ts";
import { ValueLog } from "../../src/node/value-log.ts";

const MEGABYTE = 1024 * 1024;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "log-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const value = (at: number) => new Uint8Array(MEGABYTE).fill(at);
const isValue = (bytes: Uint8Array | undefined, at: number) =>
  bytes !== undefined && equalBytes(bytes, value(at));

describe("a value log", () => {
  it("makes no file for little", () => {
    const log = new ValueLog(join(folder, "log"), utf8("HEAD"));
    log.put("a", utf8("1"));
    expect([log.get("a"), log.get("b"), log.has("a"), log.has("b")]).toEqual([
      utf8("1"),
      undefined,
      true,
      false,
    ]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("puts much aside in its file, and gives the last that was put under a key", () => {
    const log = new ValueLog(join(folder, "log"), utf8("HEAD"));
    for (let at = 0; at < 40; at++) log.put(`${at}`, value(at));
    log.put("3", utf8("again"));
    expect(readdirSync(folder)).toEqual(["log"]);
    expect(isValue(log.get("39"), 39)).toBe(true);
    expect(log.get("3")).toEqual(utf8("again"));
    expect(new Map(log.values()).size).toBe(40);
    log.remove();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("reads into memory that is lent to it", () => {
    const log = new ValueLog(join(folder, "log"), new Uint8Array(0));
    log.put("a", utf8("value"));
    log.flush();
    const scratch = new Uint8Array(100);
    const read = log.get("a", scratch);
    expect(read).toEqual(utf8("value"));
    expect(read?.buffer).toBe(scratch.buffer);
    expect(log.get("a", new Uint8Array(2))).toEqual(utf8("value"));
    log.remove();
  });

  it("keeps everything in memory where its file cannot be made", () => {
    writeFileSync(join(folder, "file"), "");
    const log = new ValueLog(join(folder, "file", "log"), new Uint8Array(0));
    for (let at = 0; at < 40; at++) log.put(`${at}`, value(at));
    expect(isValue(log.get("0"), 0)).toBe(true);
  });
});

describe("a build cache with more than memory should hold", () => {
  const file = () => join(folder, "build.pack");

  it("saves it, reads it again, and leaves nothing aside", () => {
    const cache = openBuildCache(file());
    for (let at = 0; at < 40; at++) cache.put(`${at}`, value(at));
    for (let at = 0; at < 40; at++) cache.putForNow(`now ${at}`, value(at));
    expect(readdirSync(folder)).toHaveLength(2);
    expect(isValue(cache.get("now 7"), 7)).toBe(true);
    cache.save();
    expect(readdirSync(folder)).toEqual(["build.pack"]);
    const next = openBuildCache(file());
    for (let at = 0; at < 40; at++) expect(isValue(next.get(`${at}`), at)).toBe(true);
    expect(next.get("now 7")).toBeUndefined();
    for (let at = 0; at < 40; at++) next.put(`more ${at}`, value(at));
    next.save();
    const last = openBuildCache(file());
    expect([isValue(last.get("5"), 5), isValue(last.get("more 5"), 5)]).toEqual([true, true]);
    last.close();
  });

  it("keeps on what was only asked for, and drops the rest", () => {
    const cache = openBuildCache(file());
    for (const key of ["asked", "dropped"]) cache.put(key, utf8(key));
    cache.save();
    const next = openBuildCache(file());
    expect([next.has("asked"), next.has("never")]).toEqual([true, false]);
    next.put("new", utf8("new"));
    next.save();
    const last = openBuildCache(file());
    expect([last.get("asked"), last.get("dropped")]).toEqual([utf8("asked"), undefined]);
    last.close();
  });

  it("takes nothing where it is asked to begin anew, and replaces what was there", () => {
    const cache = openBuildCache(file());
    cache.put("old", utf8("old"));
    cache.save();
    const anew = openBuildCache(file(), { isFresh: true });
    expect(anew.get("old")).toBeUndefined();
    anew.put("new", utf8("new"));
    anew.save();
    const last = openBuildCache(file());
    expect([last.get("old"), last.get("new")]).toEqual([undefined, utf8("new")]);
    last.close();
  });

  it("without a save is as it was, with nothing left aside", () => {
    const cache = openBuildCache(file());
    cache.put("a", utf8("1"));
    cache.save();
    const next = openBuildCache(file());
    for (let at = 0; at < 40; at++) next.put(`${at}`, value(at));
    next.close();
    expect(readdirSync(folder)).toEqual(["build.pack"]);
    expect(openBuildCache(file()).get("a")).toEqual(utf8("1"));
  });

  it("removes what a killed process left, and nothing of a living one", () => {
    mkdirSync(folder, { recursive: true });
    // The highest number that Linux gives is 4194304.
    const left = [`${file()}.4194999.new`, `${file()}.4194999.now`];
    const living = `${file()}.${process.ppid}.new`;
    for (const path of [...left, living]) writeFileSync(path, "x");
    openBuildCache(file()).close();
    expect([...left, living].map((path) => existsSync(path))).toEqual([false, false, true]);
  });
});
