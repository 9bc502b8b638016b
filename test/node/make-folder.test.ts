import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { makeFolder } from "../../src/node/make-folder.ts";

const room = mkdtempSync(join(tmpdir(), "make-folder-"));
afterEach(() => rmSync(join(room, "a"), { recursive: true, force: true }));

it("makes what is missing, and says which was the topmost", () => {
  expect(makeFolder(join(room, "a", "b", "c"))).toBe(join(room, "a"));
  expect(existsSync(join(room, "a", "b", "c"))).toBe(true);
  expect(makeFolder(join(room, "a", "b", "c"))).toBeUndefined();
});

it("fails where a file is in the way", () => {
  writeFileSync(join(room, "file"), "");
  expect(() => makeFolder(join(room, "file", "x"))).toThrow(/ENOTDIR/);
});

it.skipIf(!existsSync("/proc/self"))("comes back where a folder takes no other", () => {
  expect(() => makeFolder("/proc/self/x/y")).toThrow(/ENOENT/);
});
