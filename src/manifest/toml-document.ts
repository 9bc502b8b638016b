/**
 * The bytes of a TOML file, read once: UTF-8 without byte order mark, TOML 1.0, bounded in size and depth.
 *
 * The parser behind it (smol-toml) reads TOML 1.1; what only 1.1 allows is refused here, because the
 * other readers of these files (ggen's among them) read 1.0.
 */
import { parse, TomlError } from "smol-toml";
import { decodeUtf8 } from "../base/bytes.ts";
import { failed, ok, type Problem, type Result } from "../base/problem.ts";
import { shown } from "./shown.ts";
import { mayHaveFaults, type SourceFault, scanToml, type TomlSource } from "./toml-source.ts";

/** Tables and lists inside each other, the root counted. */
export const TOML_DEPTH_MAX = 16;

export const TOML_KEY_CHARS_MAX = 256;

/** What one kind of TOML file is called and allowed. */
export interface TomlFormat {
  /** Begins every problem's code: `MANIFEST` gives `MANIFEST_SYNTAX`. */
  readonly codes: string;
  readonly bytesMax: number;
  /** Whether tables named `x-…` at the root are free. */
  readonly extensions?: boolean;
  /** Keys people write for others: `tags` for `keywords`. */
  readonly synonyms?: ReadonlyMap<string, string>;
}

export const PLAIN_TOML: TomlFormat = { codes: "TOML", bytesMax: 64 * 1024 };

export type TomlTable = { readonly [key: string]: unknown };

export interface TomlDocument {
  readonly file: string;
  readonly format: TomlFormat;
  readonly root: TomlTable;
  /** What is wrong with the bytes and did not keep them from being read: byte order mark, TOML 1.1, impossible dates. */
  readonly problems: readonly Problem[];
  /** Lines of keys; the text is walked at the first call. */
  readonly source: () => TomlSource;
}

/** Whether a parsed value is a table: not a list, not a date. */
export function isTable(value: unknown): value is TomlTable {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** Reads `bytes` as TOML 1.0; problems that do not stop the reading are in the document. Codes: `…_TOO_LARGE`, `…_NOT_UTF8`, `…_BOM`, `…_SYNTAX`, `…_TOO_DEEP`, `…_KEY_TOO_LONG`, `…_TOML_VERSION`. */
export function readToml(bytes: Uint8Array, file: string, format: TomlFormat): Result<TomlDocument> {
  if (bytes.length > format.bytesMax) return failed([tooLarge(bytes, file, format)]);
  const text = decodeUtf8(bytes);
  if (text === undefined) return failed([notUtf8(bytes, file, format)]);
  const problems: Problem[] = text.startsWith("\ufeff") ? [byteOrderMark(file, format)] : [];
  let root: TomlTable;
  try {
    root = parse(text, { maxDepth: TOML_DEPTH_MAX });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return failed([...problems, syntax(error, text, file, format)]);
  }
  const excess = excessOf(root, TOML_DEPTH_MAX);
  if (excess !== undefined)
    return failed([...problems, excess === "depth" ? tooDeep(file, format) : longKey(file, format)]);
  let scanned: TomlSource | undefined;
  const source = (): TomlSource => {
    scanned ??= scanToml(text);
    return scanned;
  };
  if (mayHaveFaults(text))
    for (const fault of source().faults) problems.push(sourceProblem(fault, file, format));
  return ok({ file, format, root, problems, source });
}

/** Bounded recursion: a dotted key may be thousands deep where brackets are not, and a key as long as the file. */
function excessOf(value: unknown, levels: number): "depth" | "key" | undefined {
  if (typeof value !== "object" || value === null || value instanceof Date) return undefined;
  if (levels === 0) return "depth";
  const isList = Array.isArray(value);
  for (const [key, member] of Object.entries(value)) {
    if (!isList && key.length > TOML_KEY_CHARS_MAX) return "key";
    if (typeof member !== "object") continue;
    const excess = excessOf(member, levels - 1);
    if (excess !== undefined) return excess;
  }
  return undefined;
}

function tooLarge(bytes: Uint8Array, file: string, format: TomlFormat): Problem {
  return {
    code: `${format.codes}_TOO_LARGE`,
    severity: "error",
    file,
    message: `the file is larger than ${format.bytesMax} bytes`,
    expected: `at most ${format.bytesMax} bytes`,
    found: `${bytes.length} bytes`,
    remedy: "move long text to a file under content/",
    rule: "M1",
  };
}

function notUtf8(bytes: Uint8Array, file: string, format: TomlFormat): Problem {
  let [line, start] = [1, 0];
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
    if (decodeUtf8(bytes.subarray(start, end)) === undefined) break;
    [line, start] = [line + 1, end + 1];
  }
  return {
    code: `${format.codes}_NOT_UTF8`,
    severity: "error",
    file,
    line,
    message: "the file is not UTF-8",
    expected: "UTF-8",
    remedy: "save the file as UTF-8 without byte order mark",
    rule: "M1",
  };
}

function byteOrderMark(file: string, format: TomlFormat): Problem {
  return {
    code: `${format.codes}_BOM`,
    severity: "error",
    file,
    line: 1,
    message: "the file begins with a byte order mark",
    expected: "UTF-8 without byte order mark",
    found: "EF BB BF",
    remedy: "save the file as UTF-8 without byte order mark",
    rule: "M1",
  };
}

function tooDeep(file: string, format: TomlFormat): Problem {
  return {
    code: `${format.codes}_TOO_DEEP`,
    severity: "error",
    file,
    message: `tables and lists lie more than ${TOML_DEPTH_MAX} deep inside each other`,
    expected: `at most ${TOML_DEPTH_MAX} levels`,
    remedy: "flatten the tables",
    rule: "M1",
  };
}

function longKey(file: string, format: TomlFormat): Problem {
  return {
    code: `${format.codes}_KEY_TOO_LONG`,
    severity: "error",
    file,
    message: `a key has more than ${TOML_KEY_CHARS_MAX} characters`,
    expected: `at most ${TOML_KEY_CHARS_MAX} characters`,
    remedy: "shorten the key",
    rule: "M1",
  };
}

function sourceProblem({ kind, line, what }: SourceFault, file: string, format: TomlFormat): Problem {
  const common = { severity: "error", file, line, expected: "TOML 1.0", found: what, rule: "M2" } as const;
  if (kind === "date") {
    const message = `${what} is not a day of the calendar`;
    return { ...common, code: `${format.codes}_SYNTAX`, message, remedy: "write a date that exists" };
  }
  return {
    ...common,
    code: `${format.codes}_TOML_VERSION`,
    message: `${what} is TOML 1.1, which other readers of this file do not know`,
    remedy: what.includes("inline table")
      ? "write the inline table on one line without a last comma, or as a [table]"
      : "write it in the form of TOML 1.0",
  };
}

function syntax(error: TomlError, text: string, file: string, format: TomlFormat): Problem {
  const what = error.message.split("\n", 1)[0]?.replace(/^Invalid TOML document: /, "") ?? "";
  if (what.includes("excessively nested")) return tooDeep(file, format);
  const source = (text.split("\n", error.line)[error.line - 1] ?? "").trim();
  return {
    code: `${format.codes}_SYNTAX`,
    severity: "error",
    file,
    line: error.line,
    message: `line ${error.line}, column ${error.column} is not TOML: ${what}`,
    expected: "TOML 1.0",
    found: shown(source),
    remedy: syntaxRemedy(what, source),
    rule: "M2",
  };
}

function syntaxRemedy(what: string, source: string): string {
  if (/^- /.test(source)) return 'write a list as key = ["…", "…"]';
  if (what.includes("redefine")) return "remove one of the two definitions";
  if (what.includes("unfinished string"))
    return 'close the string, or write text of several lines between """ and """';
  if (what.includes("lossless")) return "write a smaller number, or a string";
  return "correct the line; https://toml.io/en/v1.0.0 has the grammar";
}
