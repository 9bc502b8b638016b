import fc from "fast-check";
import semverValid from "semver/functions/valid.js";
import { describe, expect, test } from "vitest";
import {
  compareVersions,
  explainVersion,
  parseRange,
  parseVersion,
  RANGE_CHARS_MAX,
  type Version,
} from "../../src/manifest/version.ts";

describe("versions", () => {
  test.each([
    "0.0.0",
    "1.2.3",
    "10.20.30",
    "1.0.0-rc.1",
    "1.0.0-0",
    "1.0.0-0a",
    "1.0.0--",
    "2026.8.1",
    "9007199254740991.0.0",
  ])("%s is a version", (text) => {
    expect(parseVersion(text)).toBe(text);
    expect(explainVersion(text)).toBe("");
  });

  test.each([
    ["1", 'three numbers; use "1.0.0"'],
    ["1.0", 'three numbers; use "1.0.0"'],
    ["v1.0.0", 'no leading v; use "1.0.0"'],
    ["1.0.0+build", 'no build metadata (+…); use "1.0.0"'],
    ["01.0.0", 'no leading zero; use "1.0.0"'],
    ["1.0.0-01", 'no leading zero; use "1.0.0-1"'],
    ["1.0.0-RC.1", 'lower case; use "1.0.0-rc.1"'],
    ["1.0.0-", "major.minor.patch"],
    ["1.0.0-a..b", "major.minor.patch"],
    ["", "major.minor.patch"],
    ["latest", "major.minor.patch"],
    [" 1.0.0", 'major.minor.patch, with an optional -prerelease (SemVer 2.0); use "1.0.0"'],
    ["1.0.0\n", 'use "1.0.0"'],
    ["9007199254740992.0.0", "at most 9007199254740991"],
    [`1.0.0-${"a".repeat(59)}`, "at most 64 characters"],
  ])("%j is refused and explained", (text, why) => {
    expect(parseVersion(text)).toBeUndefined();
    expect(explainVersion(text)).toContain(why);
  });

  const identifier = fc.oneof(fc.nat(999).map(String), fc.stringMatching(/^[a-z][a-z0-9-]{0,5}$/));
  const version = fc
    .tuple(fc.nat(99), fc.nat(99), fc.nat(99), fc.array(identifier, { maxLength: 3 }))
    .map(([a, b, c, pre]) => `${a}.${b}.${c}${pre.length === 0 ? "" : `-${pre.join(".")}`}`);

  test("property: what is made as SemVer is a version, and equal only to itself", () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(parseVersion(a)).toBe(a);
        expect(semverValid(a)).toBe(a);
        expect(compareVersions(a as Version, b as Version) === 0).toBe(a === b);
      }),
    );
  });

  test("property: every version accepted is strict SemVer", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9.a-zA-Z+-]{1,20}$/), (text) => {
        if (parseVersion(text) !== undefined) expect(semverValid(text)).toBe(text);
      }),
    );
  });

  test("pre-releases come before their release, numbers by value", () => {
    const sorted = [
      "1.0.0-alpha",
      "1.0.0-alpha.1",
      "1.0.0-alpha.beta",
      "1.0.0-beta.2",
      "1.0.0-beta.11",
      "1.0.0-rc.1",
      "1.0.0",
    ];
    expect([...sorted].reverse().sort((a, b) => compareVersions(a as Version, b as Version))).toEqual(sorted);
  });
});

describe("ranges", () => {
  test.each(["*", "1", "^1.2.0", "~1", ">=1.0.0 <3.0.0", "1 || 2", "1.0.0 - 2.0.0", "1.x"])(
    "%s is a range",
    (text) => {
      expect(parseRange(text)).toBe(text);
    },
  );

  test.each([
    "",
    " ",
    " 1",
    "1 ",
    "latest",
    "workspace:*",
    "../path",
    "1.0.0\n",
    "1\u00a0|| 2",
    "https://x.example/",
    ">=99999999999999999999",
  ])("%j is no range", (text) => {
    expect(parseRange(text)).toBeUndefined();
  });

  test("a range is at most RANGE_CHARS_MAX characters", () => {
    expect(parseRange(`1${" ".repeat(RANGE_CHARS_MAX - 2)}2`)).toBeDefined();
    expect(parseRange(`1${" ".repeat(RANGE_CHARS_MAX - 1)}2`)).toBeUndefined();
  });
});
