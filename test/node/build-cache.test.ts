import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { openBuildCache } from "../../src/node/build-cache.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cache-"));
  file = join(folder, "deep", "build.pack");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function save(entries: Iterable<readonly [string, Uint8Array]>): void {
  const cache = openBuildCache(file);
  for (const [key, bytes] of entries) cache.put(key, bytes);
  cache.save();
}

const big = (seed: number) => Uint8Array.from({ length: 5000 }, (_, at) => (at * seed) % 251);

describe("the build cache", () => {
  it("gives what was put, at once and after a save", () => {
    const cache = openBuildCache(file);
    expect(cache.get("a")).toBeUndefined();
    cache.put("a", utf8("1"));
    expect(cache.get("a")).toEqual(utf8("1"));
    cache.save();
    expect(openBuildCache(file).get("a")).toEqual(utf8("1"));
    expect(readdirSync(join(folder, "deep"))).toEqual(["build.pack"]);
  });

  it("takes any key and any value", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: "grapheme" }), fc.uint8Array({ maxLength: 2000 }))),
        (list) => {
          rmSync(file, { force: true });
          const entries = new Map<string, Uint8Array>([
            ...list,
            ["__proto__", utf8("x")],
            ["constructor", new Uint8Array(0)],
          ]);
          save(entries);
          const cache = openBuildCache(file);
          for (const [key, bytes] of entries) expect(cache.get(key)).toEqual(bytes);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("holds more entries than one write takes", () => {
    const entries = new Map(Array.from({ length: 3000 }, (_, at) => [`key ${at}`, utf8(`value ${at}`)]));
    save(entries);
    const cache = openBuildCache(file);
    for (const [key, bytes] of entries) expect(cache.get(key)).toEqual(bytes);
  });

  it("drops what was not used, keeps what was, replaces what was put again", () => {
    save([
      ["kept", big(3)],
      ["put again", utf8("old")],
      ["unused", utf8("x")],
    ]);
    const cache = openBuildCache(file);
    cache.get("kept");
    cache.put("put again", utf8("new"));
    cache.save();
    const next = openBuildCache(file);
    expect(next.get("kept")).toEqual(big(3));
    expect(next.get("put again")).toEqual(utf8("new"));
    expect(next.get("unused")).toBeUndefined();
  });

  it("does not touch the file where nothing changed, and appends where little did", () => {
    save([
      ["a", big(3)],
      ["b", big(5)],
    ]);
    const before = statSync(file);
    const beginning = readFileSync(file);
    const same = openBuildCache(file);
    same.get("a");
    same.get("b");
    same.save();
    expect(statSync(file)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
    const more = openBuildCache(file);
    more.get("a");
    more.get("b");
    more.put("c", utf8("c"));
    more.save();
    const after = statSync(file);
    expect(after.ino).toBe(before.ino);
    expect(readFileSync(file).subarray(0, beginning.length)).toEqual(beginning);
    for (const [key, bytes] of [
      ["a", big(3)],
      ["b", big(5)],
      ["c", utf8("c")],
    ] as const)
      expect(openBuildCache(file).get(key)).toEqual(bytes);
  });

  it("does not grow without end", () => {
    save([["base", big(7)]]);
    for (let round = 0; round < 100; round++) {
      const cache = openBuildCache(file);
      cache.get("base");
      cache.put("changing", big(round));
      cache.save();
    }
    expect(statSync(file).size).toBeLessThan(20_000);
    expect(openBuildCache(file).get("changing")).toEqual(big(99));
  });

  it("is not spoilt by two builds that save one after the other", () => {
    save([
      ["a", big(3)],
      ["b", big(5)],
    ]);
    const [one, two] = [openBuildCache(file), openBuildCache(file)];
    for (const cache of [one, two]) {
      cache.get("a");
      cache.get("b");
    }
    one.put("one", utf8("1"));
    two.put("two", utf8("2"));
    one.save();
    two.save();
    const cache = openBuildCache(file);
    expect(cache.get("a")).toEqual(big(3));
    expect(cache.get("two")).toEqual(utf8("2"));
  });

  it("is closed by a save", () => {
    const cache = openBuildCache(file);
    cache.put("a", big(3));
    cache.save();
    expect(cache.get("a")).toEqual(undefined);
    expect(openBuildCache(file).get("a")).toEqual(big(3));
  });
});

describe("a damaged build cache", () => {
  it("gives the true value or none, whatever byte is flipped", () => {
    const entries = new Map([
      ["first", utf8("one")],
      ["second", utf8("another value")],
      ["third", new Uint8Array(0)],
    ]);
    save(entries);
    const whole = readFileSync(file);
    for (let at = 0; at < whole.length; at++) {
      const damaged = Uint8Array.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0x40;
      writeFileSync(file, damaged);
      const cache = openBuildCache(file);
      for (const [key, bytes] of entries) expect([bytes, undefined]).toContainEqual(cache.get(key));
    }
  });

  it("is empty, wherever it was cut off", () => {
    save([["a", utf8("value")]]);
    const whole = readFileSync(file);
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(file, whole.subarray(0, length));
      expect(openBuildCache(file).get("a")).toBeUndefined();
    }
    writeFileSync(file, Buffer.concat([whole, Buffer.from("tail")]));
    expect(openBuildCache(file).get("a")).toBeUndefined();
  });

  it("is written anew by the next save", () => {
    save([["a", utf8("1")]]);
    truncateSync(file, 20);
    save([["b", utf8("2")]]);
    expect(openBuildCache(file).get("b")).toEqual(utf8("2"));
  });

  it("of another format is empty", () => {
    save([["a", utf8("1")]]);
    const other = readFileSync(file);
    other[8] = 2;
    writeFileSync(file, other);
    expect(openBuildCache(file).get("a")).toBeUndefined();
  });

  it("that cannot be written fails no build", () => {
    mkdirSync(join(folder, "deep"));
    mkdirSync(file);
    expect(() => save([["a", utf8("1")]])).not.toThrow();
    expect(readdirSync(join(folder, "deep"))).toEqual(["build.pack"]);
  });
});
