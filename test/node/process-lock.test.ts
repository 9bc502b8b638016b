/** Locks, and what a stranger's folder can have in a lock's place. */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { takeLock } from "../../src/node/process-lock.ts";

let folder: string;
let lock: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-"));
  lock = join(folder, "lock");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const take = () => takeLock(lock, "test");
const foreign = (more: object = {}) => JSON.stringify({ pid: 7, started: "1", host: "far-away", ...more });

function errorOf(work: () => unknown): { code: string; message: string; hint: string } {
  try {
    work();
  } catch (error) {
    return error as { code: string; message: string; hint: string };
  }
  throw new Error("nothing was thrown");
}

it("is there while it is held, and nothing else is", () => {
  const release = take();
  expect(readdirSync(folder)).toEqual(["lock"]);
  expect(JSON.parse(readFileSync(lock, "utf8"))).toMatchObject({ pid: process.pid, host: hostname() });
  expect(errorOf(take)).toMatchObject({ code: "LOCKED", message: expect.stringContaining(lock) });
  release();
  expect(readdirSync(folder)).toEqual([]);
});

describe.skipIf(process.platform === "win32")("in a stranger's folder", () => {
  it("writes through no link that was put where it could write", () => {
    const mine = join(folder, "mine");
    writeFileSync(mine, "years of work");
    for (const name of [`lock.${process.pid}`, "lock.new", "lock.tmp"]) symlinkSync(mine, join(folder, name));
    take()();
    expect(readFileSync(mine, "utf8")).toBe("years of work");
    expect(existsSync(join(folder, `lock.${process.pid}`))).toBe(true);
  });

  it.each([
    ["a named pipe", () => execFileSync("mkfifo", [lock]), "named pipe"],
    ["a folder", () => mkdirSync(lock), "folder"],
    ["a device", () => symlinkSync("/dev/zero", lock), "symbolic link"],
    ["a link that leads nowhere", () => symlinkSync(join(folder, "none"), lock), "symbolic link"],
    ["a link to a file", () => symlinkSync(import.meta.filename, lock), "symbolic link"],
    [
      "a file of 10 GB",
      () => {
        writeFileSync(lock, "");
        truncateSync(lock, 10_000_000_000);
      },
      "10000000000 bytes",
    ],
  ])("refuses %s in its place", (_, make, says) => {
    make();
    const error = errorOf(take);
    expect(error).toMatchObject({ code: "LOCK_IN_THE_WAY", message: expect.stringContaining(says) });
    expect(error.message).toContain(lock);
    expect(readdirSync(folder)).toEqual(["lock"]);
  });

  it.each([
    "",
    "{",
    "null",
    foreign({ pid: 0 }),
    foreign({ pid: -1 }),
    foreign({ pid: 1.5 }),
    foreign({ host: 3 }),
  ])("takes over no lock that says %j", (text) => {
    writeFileSync(lock, text);
    expect(errorOf(take)).toMatchObject({ code: "LOCKED", hint: expect.stringContaining(lock) });
    expect(readFileSync(lock, "utf8")).toBe(text);
  });
});

describe("another machine's lock", () => {
  it.each([
    [0, "less than a minute ago"],
    [5, "5 minutes ago"],
    [60 * 5, "5 hours ago"],
    [60 * 24 * 12, "12 days ago"],
    [-60, "less than a minute ago"],
  ])(
    "taken %i minutes ago stays, and the message says whose it is, how old, and what to do",
    (minutes, age) => {
      writeFileSync(lock, foreign());
      const then = Date.now() / 1000 - minutes * 60 - 1;
      utimesSync(lock, then, then);
      const error = errorOf(take);
      expect(error.code).toBe("LOCKED");
      for (const part of ["far-away", "process 7", lock, age]) expect(error.message).toContain(part);
      expect(error.hint).toContain(`delete ${lock}`);
      expect(readFileSync(lock, "utf8")).toBe(foreign());
    },
  );

  it("of a name that would recolour the terminal is shown harmless", () => {
    writeFileSync(lock, foreign({ host: "\u001b[31mred" }));
    expect(errorOf(take).message).toContain("\\x1b[31mred");
  });
});
