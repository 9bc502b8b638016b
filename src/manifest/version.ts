/**
 * Versions (SemVer 2.0, https://semver.org) and ranges of versions (npm's, as the `semver` package reads them).
 *
 * Two versions are equal exactly when their texts are: build metadata, which SemVer ignores when it
 * compares, is refused, and pre-releases are lower case, so that a version is also a safe folder name
 * on file systems that ignore case.
 */
import compare from "semver/functions/compare.js";
import satisfies from "semver/functions/satisfies.js";
import validRange from "semver/ranges/valid.js";

declare const versionBrand: unique symbol;
declare const rangeBrand: unique symbol;
export type Version = string & { readonly [versionBrand]: true };
export type Range = string & { readonly [rangeBrand]: true };

export const VERSION_CHARS_MAX = 64;
export const RANGE_CHARS_MAX = 256;

const NUMBER = "(?:0|[1-9][0-9]*)";
const IDENTIFIER = `(?:${NUMBER}|[0-9]*[a-z-][0-9a-z-]*)`;

/** The shape as a regular expression's source, without the length. */
export const VERSION_PATTERN = `^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-${IDENTIFIER}(?:\\.${IDENTIFIER})*)?$`;

const VERSION = new RegExp(VERSION_PATTERN);

export function parseVersion(text: string): Version | undefined {
  if (text.length > VERSION_CHARS_MAX || !VERSION.test(text)) return undefined;
  return hasUnsafeNumber(text) ? undefined : (text as Version);
}

/** Numbers beyond 2^53 - 1 lose digits when compared: two versions could be told apart by text only. */
function hasUnsafeNumber(text: string): boolean {
  if (text.length < 16) return false;
  return text.split(/[.-]/).some((part) => /^[0-9]{16,}$/.test(part) && !Number.isSafeInteger(Number(part)));
}

/** SemVer's precedence: negative where `a` comes first, 0 exactly where they are the same text. */
export function compareVersions(a: Version, b: Version): number {
  return compare(a, b);
}

/** A range of npm's grammar in printable ASCII without surrounding spaces; any version is `*`, never nothing. */
export function parseRange(text: string): Range | undefined {
  if (text.length > RANGE_CHARS_MAX || !/^[!-~](?:[ -~]*[!-~])?$/.test(text)) return undefined;
  return validRange(text) === null ? undefined : (text as Range);
}

/**
 * Whether what is said of `range` is said of `version`: also of a pre-release within it, for `<2.0.0` means
 * 1.1.0-rc.1 too. Which releases a dependency may be answered with is another question (resolve.ts).
 */
export function covers(range: Range, version: Version): boolean {
  return satisfies(version, range, { includePrerelease: true });
}

/** Why `text` is refused as a version, and the nearest one that is not; empty where it is accepted. */
export function explainVersion(text: string): string {
  if (parseVersion(text) !== undefined) return "";
  const suggestion = suggestVersion(text);
  return `${whyNotVersion(text)}${suggestion === undefined ? "" : `; use "${suggestion}"`}`;
}

function whyNotVersion(text: string): string {
  if (text.length > VERSION_CHARS_MAX) return `a version has at most ${VERSION_CHARS_MAX} characters`;
  if (/^v/i.test(text)) return "a version has no leading v";
  if (text.includes("+")) return "a version has no build metadata (+…)";
  if (/[A-Z]/.test(text)) return "a pre-release is in lower case";
  if (/(?:^|[.-])0[0-9]+(?:[.-]|$)/.test(text)) return "a number has no leading zero";
  if (/^[0-9]+(?:\.[0-9]+)?$/.test(text)) return "a version has three numbers";
  if (VERSION.test(text)) return "a number is at most 9007199254740991";
  return "a version is major.minor.patch, with an optional -prerelease (SemVer 2.0)";
}

function suggestVersion(text: string): string | undefined {
  if (text.length > VERSION_CHARS_MAX) return undefined;
  const plain = text
    .trim()
    .toLowerCase()
    .replace(/^[v=]+/, "")
    .replace(/\+.*$/, "");
  const [core = "", ...rest] = plain.split("-");
  const numbers = core.split(".").map((part) => part.replace(/^0+(?=[0-9])/, ""));
  while (numbers.length < 3) numbers.push("0");
  const tail = rest
    .join("-")
    .split(".")
    .map((part) => part.replace(/^0+(?=[0-9]+$)/, ""))
    .join(".");
  return parseVersion(tail === "" ? numbers.join(".") : `${numbers.join(".")}-${tail}`);
}
