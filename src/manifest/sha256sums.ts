/**
 * SHA256SUMS, the list of what a release is. Its own sha256 is the release's identity, and its bytes are
 * what the publisher signs, so it has one spelling only:
 *
 *     <64 lower-case hex digits><two spaces><path><LF>
 *
 * a line for each file of the release, `package.toml` and `content/…`, sorted by the UTF-8 bytes of the
 * path. GNU `sha256sum --strict -c` and `shasum -a 256 -c` read it. Everything else these tools take (CRLF,
 * upper case, ` *`, BSD lines, backslash escapes, comments) is refused by name.
 */
import { decodeUtf8, equalBytes, utf8 } from "../base/bytes.ts";
import type { Digest } from "../base/digest.ts";
import { compareText, sortedBy } from "../base/order.ts";
import { failed, ok, type Result } from "../base/problem.ts";
import { LIMIT_CEILINGS } from "./limits.ts";
import { ARCHIVE_PATH_BYTES_MAX, CONTENT_PREFIX, checkPath, checkPathSet } from "./path.ts";
import { ProblemList } from "./problem-list.ts";
import { shown } from "./shown.ts";
import { explainLine, SUMS_LINE } from "./sums-line.ts";

export interface SumsEntry {
  /** `package.toml`, or `content/` and a path that `checkPath` accepts. */
  readonly path: string;
  readonly sha256: Digest;
}

export const MANIFEST_FILE = "package.toml";

/** Content files and package.toml. */
export const SUMS_ENTRIES_MAX = LIMIT_CEILINGS.releaseFilesMax + 1;
export const SUMS_BYTES_MAX = SUMS_ENTRIES_MAX * (64 + 2 + ARCHIVE_PATH_BYTES_MAX + 1);

/** The entries of `bytes`, which are then exactly `writeSha256Sums` of them; or every problem. */
export function parseSha256Sums(bytes: Uint8Array, file: string): Result<SumsEntry[]> {
  const report = new SumsReport(file);
  if (bytes.length > SUMS_BYTES_MAX)
    return report.fail("SUMS_TOO_LARGE", `the file is larger than ${SUMS_BYTES_MAX} bytes`);
  if (bytes.length === 0) return report.fail("SUMS_EMPTY", "the file is empty");
  const text = decodeUtf8(bytes);
  if (text === undefined) return report.fail("SUMS_NOT_UTF8", "the file is not UTF-8");
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  else report.add("SUMS_NO_FINAL_LF", lines.length, "the last line does not end in a line feed", "M22");
  if (lines.length > SUMS_ENTRIES_MAX)
    return report.fail("SUMS_TOO_MANY", `the file lists more than ${SUMS_ENTRIES_MAX} files`);
  const entries: SumsEntry[] = [];
  const lineOf = new Map<string, number>();
  for (const [index, line] of lines.entries()) readLine(line, index + 1, entries, lineOf, report);
  checkSet(entries, lineOf, report);
  if (!report.problems.isEmpty) return failed(report.problems.sorted());
  // What the rules above should already guarantee, held by construction: signed bytes have one spelling.
  if (!equalBytes(writeSha256Sums(entries), bytes))
    return report.fail("SUMS_NOT_CANONICAL", "the file is not in its one form");
  return ok(entries);
}

function readLine(
  line: string,
  number: number,
  entries: SumsEntry[],
  lineOf: Map<string, number>,
  report: SumsReport,
): void {
  const [, sha256, path] = SUMS_LINE.exec(line) ?? [];
  if (sha256 === undefined || path === undefined) {
    const { code, message } = explainLine(line, number);
    report.add(code, number, message, "M20", line);
    return;
  }
  const reason = checkSumsPath(path);
  if (reason !== undefined) report.add("SUMS_PATH", number, `the path ${shown(path)} ${reason}`, "M23", path);
  const before = lineOf.get(path);
  const last = entries.at(-1);
  if (before !== undefined) {
    report.add("SUMS_DUPLICATE", number, `the path ${shown(path)} is also on line ${before}`, "M21", path);
  } else if (last !== undefined && compareText(last.path, path) > 0) {
    report.add("SUMS_NOT_SORTED", number, `the path ${shown(path)} comes before the one above`, "M21", path);
  }
  if (before === undefined) lineOf.set(path, number);
  entries.push({ path, sha256: sha256 as Digest });
}

function checkSumsPath(path: string): string | undefined {
  if (path === MANIFEST_FILE) return undefined;
  if (!path.startsWith(CONTENT_PREFIX)) return `is neither ${MANIFEST_FILE} nor in ${CONTENT_PREFIX}`;
  return checkPath(path.slice(CONTENT_PREFIX.length));
}

function checkSet(
  entries: readonly SumsEntry[],
  lineOf: ReadonlyMap<string, number>,
  report: SumsReport,
): void {
  for (const { path, clashesWith } of checkPathSet(lineOf.keys())) {
    const message = `the paths ${shown(path)} and ${shown(clashesWith)} cannot lie in one folder on every system`;
    report.add("SUMS_PATH_CLASH", lineOf.get(path), message, "M18", path);
  }
  if (!entries.some((entry) => entry.path === MANIFEST_FILE)) {
    report.add("SUMS_NO_MANIFEST", undefined, `${MANIFEST_FILE} is not listed`, "M24");
  }
}

/** The one form of `entries`, in any order. Throws RangeError for a path that no SHA256SUMS can hold. */
export function writeSha256Sums(entries: Iterable<SumsEntry>): Uint8Array {
  const lines = sortedBy(entries, (entry) => entry.path).map(({ path, sha256 }) => {
    const reason = checkSumsPath(path);
    if (reason !== undefined) throw new RangeError(`the path ${shown(path)} ${reason}`);
    return `${sha256}  ${path}\n`;
  });
  return utf8(lines.join(""));
}

class SumsReport {
  readonly problems = new ProblemList();
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  add(code: string, line: number | undefined, message: string, rule: string, found?: string): void {
    this.problems.add(() => ({
      code,
      severity: "error",
      file: this.#file,
      ...(line === undefined ? {} : { line }),
      message,
      expected: "64 lower-case hex digits, two spaces, a path, a line feed; sorted by path",
      ...(found === undefined ? {} : { found: shown(found) }),
      remedy: REMEDIES.get(code) ?? "write the file again with ggen-marketplace publish, and sign it",
      rule,
    }));
  }

  fail(code: string, message: string): Result<never> {
    this.add(code, undefined, message, "M22");
    return failed(this.problems.sorted());
  }
}

const REMEDIES = new Map([
  ["SUMS_PATH", "rename the file, write SHA256SUMS again, and sign it"],
  ["SUMS_PATH_CLASH", "rename one of the two, write SHA256SUMS again, and sign it"],
  ["SUMS_NOT_SORTED", "sort the lines by path with LC_ALL=C sort -k 2, and sign the file again"],
  ["SUMS_TOO_MANY", "split the package"],
  ["SUMS_TOO_LARGE", "split the package"],
]);
