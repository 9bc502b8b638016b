import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Digest } from "../../src/base/digest.ts";
import type { PackageName } from "../../src/manifest/name.ts";
import type { Range, Version } from "../../src/manifest/version.ts";
import { LOCK_FILE, type Lock, readLock, writeLock } from "../../src/node/lock.ts";

function locked(text: string): Lock {
  const project = mkdtempSync(join(tmpdir(), "lock-"));
  writeFileSync(join(project, LOCK_FILE), text);
  return readLock(project);
}

const hex = "0123456789abcdef".repeat(4) as Digest;
const lock: Lock = {
  roots: new Map([["tool", "^1.0.0"]]) as Map<PackageName, Range>,
  packages: new Map([
    [
      "tool" as PackageName,
      {
        version: "1.2.0" as Version,
        digest: hex,
        content: hex,
        registry: "https://registry.example/",
        dependencies: ["shared" as PackageName],
      },
    ],
    [
      "constructor" as PackageName,
      {
        version: "1.10.0" as Version,
        digest: hex,
        content: hex,
        registry: "https://registry.example/",
        dependencies: [],
      },
    ],
  ]),
};

test("what is written is read again, sorted and without a time", () => {
  expect(locked(writeLock(lock))).toEqual(lock);
  expect(writeLock(lock).indexOf("[packages.constructor]")).toBeLessThan(
    writeLock(lock).indexOf("[packages.tool]"),
  );
  expect(writeLock(locked(writeLock(lock)))).toBe(writeLock(lock));
});

test("the order of insertion never changes the file", () => {
  const names = fc.uniqueArray(
    fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/).filter((name) => !/^(con|nul|prn|aux|com\d|lpt\d)$/.test(name)),
    { maxLength: 6 },
  );
  const entry = [...lock.packages.values()][0];
  fc.assert(
    fc.property(names, (some) => {
      const made = (order: readonly string[]) =>
        writeLock({
          roots: new Map(),
          packages: new Map(
            order.flatMap((name) => (entry === undefined ? [] : [[name as PackageName, entry] as const])),
          ),
        });
      expect(made([...some].reverse())).toBe(made(some));
      expect([...locked(made(some)).packages.keys()].sort()).toEqual([...some].sort());
    }),
  );
});

test("no lock is an empty one", () => {
  expect(readLock(mkdtempSync(join(tmpdir(), "lock-")))).toEqual({ roots: new Map(), packages: new Map() });
});

describe("a lock that is not one is refused, with the reason", () => {
  const entry = (change: string) => writeLock(lock).replace(/version = "1.2.0"/, change);
  test.each([
    ["it is no TOML", "format = ", "LOCK_UNREADABLE"],
    ["it is empty", "", "LOCK_UNREADABLE"],
    ["it is of a later program", "format = 2\nwhat = 'else'\n", "LOCK_NEWER"],
    ["its format is a word", 'format = "1"\n', "LOCK_UNREADABLE"],
    ["a version that is none", entry('version = "1.2"'), "LOCK_UNREADABLE"],
    ["a version that leads elsewhere", entry('version = "../../x"'), "LOCK_UNREADABLE"],
    ["a version is missing", entry(""), "LOCK_UNREADABLE"],
    [
      "a name that is none",
      writeLock(lock).replace("[packages.tool]", '[packages."../x"]'),
      "LOCK_UNREADABLE",
    ],
    ["a digest that is none", writeLock(lock).replaceAll(hex, "abc"), "LOCK_UNREADABLE"],
    ["packages that are no table", "format = 1\npackages = 3\n", "LOCK_UNREADABLE"],
    ["roots that are no ranges", 'format = 1\n[roots]\ntool = "what?"\n', "LOCK_UNREADABLE"],
    ["a merge conflict", `<<<<<<< ours\n${writeLock(lock)}`, "LOCK_UNREADABLE"],
  ])("%s", (_, text, code) => {
    expect(() => locked(text)).toThrow(expect.objectContaining({ name: "RegistryError", code }));
  });
});
