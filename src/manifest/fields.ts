/**
 * The kinds of value that several files of this stage share, each with its rule: names, versions,
 * ranges, texts, addresses, digests. `codes` is the prefix of the file's problem codes.
 */
import { utf8 } from "../base/bytes.ts";
import { isDigest } from "../base/digest.ts";
import { explainName, NAME_CHARS_MAX, NAME_PATTERN, parsePackageName } from "./name.ts";
import { textWhere } from "./rule.ts";
import {
  explainVersion,
  parseRange,
  parseVersion,
  RANGE_CHARS_MAX,
  VERSION_CHARS_MAX,
  VERSION_PATTERN,
} from "./version.ts";
import { isWebUrl, URL_CHARS_MAX, WEB_URL_PATTERN } from "./web.ts";

/** Controls of C0 and C1, and DEL; none has a place in a text for people. Line feed and tab are judged apart. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
const CONTROL_OR_BREAK = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** Names of packages and of publishers have one shape; `what` is the word for the message. */
export function nameField(
  codes: string,
  what: "package" | "publisher",
  rule = what === "package" ? "M7" : "M8",
) {
  return textWhere((text) => parsePackageName(text) !== undefined, {
    code: `${codes}_NAME`,
    rule,
    expected: `the name of a ${what}: a to z, digits and single hyphens, at most ${NAME_CHARS_MAX} characters`,
    remedy: (found) => capital(explainName(String(found))),
    jsonSchema: { pattern: NAME_PATTERN, maxLength: NAME_CHARS_MAX },
  });
}

export function versionField(codes: string) {
  return textWhere((text) => parseVersion(text) !== undefined, {
    code: `${codes}_VERSION`,
    rule: "M9",
    expected: "a version: SemVer 2.0 in lower case, without build metadata",
    remedy: (found) => capital(explainVersion(String(found))),
    jsonSchema: { pattern: VERSION_PATTERN, maxLength: VERSION_CHARS_MAX },
  });
}

export const RANGE_EXPECTED = 'a range of versions such as "^1.2.0", ">=1.0.0 <3.0.0" or "*"';
export const RANGE_REMEDY = 'write a range of npm\'s grammar: "^1.2.0" for compatible versions, "*" for any';
export const RANGE_JSON_SCHEMA = { minLength: 1, maxLength: RANGE_CHARS_MAX };

export function rangeField(codes: string) {
  return textWhere((text) => parseRange(text) !== undefined, {
    code: `${codes}_RANGE`,
    rule: "M10",
    expected: RANGE_EXPECTED,
    remedy: RANGE_REMEDY,
    jsonSchema: RANGE_JSON_SCHEMA,
  });
}

/** One line that is not blank, without surrounding white space or control characters. */
export function lineField(codes: string, bytesMax: number, rule: string) {
  return textWhere((text) => isLine(text, bytesMax), {
    code: `${codes}_TEXT`,
    rule,
    expected: `one line of at most ${bytesMax} bytes, without control characters or surrounding space`,
    remedy: "write one line of plain text",
    jsonSchema: { minLength: 1, maxLength: bytesMax },
  });
}

export function isLine(text: string, bytesMax: number): boolean {
  return text !== "" && text.trim() === text && !CONTROL_OR_BREAK.test(text) && fits(text, bytesMax);
}

/** Text of several lines that is not blank; tabs and line ends are its only control characters. */
export function isProse(text: string, bytesMax: number): boolean {
  return text.trim() !== "" && !CONTROL.test(text.replace(/\r\n/g, "\n")) && fits(text, bytesMax);
}

export function proseField(codes: string, bytesMax: number, rule: string) {
  return textWhere((text) => isProse(text, bytesMax), {
    code: `${codes}_TEXT`,
    rule,
    expected: `text of at most ${bytesMax} bytes that is not blank and has no control characters`,
    remedy: "write plain text, and move what is longer to a file under content/",
    jsonSchema: { minLength: 1, maxLength: bytesMax },
  });
}

function fits(text: string, bytesMax: number): boolean {
  return text.length <= bytesMax && (text.length * 3 <= bytesMax || utf8(text).length <= bytesMax);
}

export function webUrlField(codes: string) {
  return textWhere(isWebUrl, {
    code: `${codes}_URL`,
    rule: "M14",
    expected: "an http or https URL in ASCII, without credentials",
    remedy: "write the whole address, beginning with https://; percent-encode what is not ASCII",
    jsonSchema: { pattern: WEB_URL_PATTERN, maxLength: URL_CHARS_MAX },
  });
}

export function digestField(code: string, rule: string) {
  return textWhere(isDigest, {
    code,
    rule,
    expected: "a sha256 as 64 lower-case hex digits",
    remedy: "copy the digest again, in lower case, without a prefix",
    jsonSchema: { pattern: "^[0-9a-f]{64}$" },
  });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Line ends as TOML lets a reader normalise them: a file saved with CRLF has the same text. */
export function withLineFeeds(text: string): string {
  return text.replace(/\r\n/g, "\n");
}
