/**
 * TOML files against a schema: every problem of a file in one run, each with its key path, its line,
 * what was expected and found, and what to do.
 *
 *     bytes ─► readToml (UTF-8, TOML 1.0, limits) ─► checkToml (schema, unknown keys) ─► value
 */
import * as v from "valibot";
import { nearest } from "../base/nearest.ts";
import { failed, ok, type Problem, type Result } from "../base/problem.ts";
import { ProblemList } from "./problem-list.ts";
import { ruleOf } from "./rule.ts";
import { placeOf, shown } from "./shown.ts";
import {
  isTable,
  PLAIN_TOML,
  readToml,
  type TomlDocument,
  type TomlFormat,
  type TomlTable,
} from "./toml-document.ts";
import type { TomlPath } from "./toml-source.ts";

/** The value of a TOML file that `schema` accepts, or all its problems. Unknown keys are refused where a schema is a strict object. */
export function parseToml<S extends v.GenericSchema>(
  bytes: Uint8Array,
  file: string,
  schema: S,
  format: TomlFormat = PLAIN_TOML,
): Result<v.InferOutput<S>> {
  const document = readToml(bytes, file, format);
  if (!document.ok) return document;
  const problems = new ProblemList();
  const value = checkToml(document.value, schema, problems);
  return value === undefined ? failed(problems.sorted()) : ok(value);
}

/** The document's value where `schema` accepts it and nothing else is wrong with it; what is wrong is added to `problems`. */
export function checkToml<S extends v.GenericSchema>(
  document: TomlDocument,
  schema: S,
  problems: ProblemList,
): v.InferOutput<S> | undefined {
  for (const problem of document.problems) problems.add(() => problem);
  const wrongTables: string[] = [];
  checkTables(document, schema, document.root, [], problems, wrongTables);
  const checked = v.safeParse(schema, withoutExtensions(document));
  for (const issue of checked.issues ?? []) {
    const path = (issue.path ?? []).map((item) => item.key as string | number);
    // Already named by checkTables, which sees what valibot does not.
    if (issue.type === "strict_object" && issue.expected === "never") continue;
    if (wrongTables.length > 0 && isWithin(path, wrongTables)) continue;
    problems.add(() => issueProblem(document, path, issue));
  }
  return checked.success && problems.isEmpty ? checked.output : undefined;
}

const EXTENSION = /^x-./;

/** The root as the schema knows it: the free tables have been looked at by then. */
function withoutExtensions({ root, format }: TomlDocument): TomlTable {
  if (format.extensions !== true || !Object.keys(root).some((key) => EXTENSION.test(key))) return root;
  return Object.fromEntries(Object.entries(root).filter(([key]) => !EXTENSION.test(key)));
}

function isWithin(path: TomlPath, wrongTables: readonly string[]): boolean {
  return path.some((_, index) => wrongTables.includes(JSON.stringify(path.slice(0, index + 1))));
}

/** A problem at a key path, with its line; the file, the rule's code and severity filled in. */
export function problemAt(
  document: TomlDocument,
  path: TomlPath,
  problem: Omit<Problem, "file" | "place" | "line" | "severity"> & {
    readonly severity?: Problem["severity"];
  },
): Problem {
  const line = document.source().lineOf(path);
  const place = placeOf(path);
  return {
    severity: "error",
    ...problem,
    file: document.file,
    ...(place === "" ? {} : { place }),
    ...(line === undefined ? {} : { line }),
  };
}

/** Words that are compared with the known ones; the distance of longer ones costs more than it says. */
const WORD_CHARS_MAX = 64;

/** What schemas are walked as: valibot's own types are told apart by `type`. */
interface SchemaNode {
  readonly type: string;
  readonly entries?: { readonly [key: string]: SchemaNode };
  readonly wrapped?: SchemaNode;
  readonly item?: SchemaNode;
}

/**
 * Unknown keys (valibot names only the first of a table) and values that should be tables and are
 * lists or dates (valibot takes any object for one).
 */
function checkTables(
  document: TomlDocument,
  schema: SchemaNode,
  value: unknown,
  path: TomlPath,
  problems: ProblemList,
  wrongTables: string[],
): void {
  const node = schema.wrapped ?? schema;
  if (node.item?.entries !== undefined && Array.isArray(value)) {
    const { item } = node;
    value.forEach((member, index) => {
      checkTables(document, item, member, [...path, index], problems, wrongTables);
    });
  }
  if (node.type !== "strict_object" || node.entries === undefined) return;
  if (!isTable(value)) {
    wrongTables.push(JSON.stringify(path));
    problems.add(() => wrongType(document, path, "a table", value));
    return;
  }
  for (const key of Object.keys(value)) {
    const entry = Object.hasOwn(node.entries, key) ? node.entries[key] : undefined;
    if (entry !== undefined) checkTables(document, entry, value[key], [...path, key], problems, wrongTables);
    else if (path.length === 0 && document.format.extensions === true && EXTENSION.test(key)) {
      if (!isTable(value[key])) problems.add(() => wrongType(document, [key], "a table", value[key]));
    } else {
      const known = node.entries;
      problems.add(() => unknownKey(document, [...path, key], known, value[key]));
    }
  }
}

function unknownKey(
  document: TomlDocument,
  path: TomlPath,
  entries: { readonly [key: string]: SchemaNode },
  value: unknown,
): Problem {
  const key = String(path.at(-1));
  const known = Object.keys(entries);
  const { synonyms, extensions, codes } = document.format;
  const synonym = synonyms?.get(key);
  const inside = known.find((name) => {
    const child = entries[name]?.wrapped ?? entries[name];
    return child?.entries !== undefined && Object.hasOwn(child.entries, key);
  });
  const near = key.length <= WORD_CHARS_MAX ? nearest(key, known) : undefined;
  const meant = synonym !== undefined && known.includes(synonym) ? synonym : near;
  const free = extensions === true ? ", or move it to a table [x-…], which is free" : "";
  let remedy = `remove it${free}`;
  if (meant !== undefined) remedy = `write "${meant}" instead`;
  if (inside !== undefined) remedy = `move it to the table [${inside}]`;
  return problemAt(document, path, {
    code: `${codes}_UNKNOWN_KEY`,
    message: `${placeOf(path)} is not a key of this format${meant === undefined ? "" : `; the nearest is "${meant}"`}`,
    expected: `one of ${known.join(", ")}`,
    found: isTable(value) ? `the table [${placeOf(path)}]` : placeOf([key]),
    remedy,
    rule: "M3",
  });
}

function wrongType(document: TomlDocument, path: TomlPath, expected: string, value: unknown): Problem {
  return problemAt(document, path, {
    code: `${document.format.codes}_WRONG_TYPE`,
    message: `${placeOf(path)} must be ${expected}, got ${shown(value)}`,
    expected,
    found: shown(value),
    remedy: `write ${expected}`,
    rule: "M4",
  });
}

const TYPE_WORDS = new Map([
  ["string", "a string"],
  ["number", "a number"],
  ["boolean", "true or false"],
  ["Array", "a list"],
  ["Object", "a table"],
]);

function issueProblem(document: TomlDocument, path: TomlPath, issue: v.BaseIssue<unknown>): Problem {
  const { codes } = document.format;
  const rule = ruleOf(issue.requirement);
  if (rule !== undefined) {
    return problemAt(document, path, {
      code: rule.code,
      message: `${placeOf(path)} must be ${rule.expected}, got ${shown(issue.input)}`,
      expected: rule.expected,
      found: shown(issue.input),
      remedy: typeof rule.remedy === "string" ? rule.remedy : rule.remedy(issue.input),
      rule: rule.rule,
    });
  }
  if (issue.type === "strict_object") return missingKey(document, path);
  if (issue.type === "literal" && path.length === 1 && path[0] === "format")
    return otherFormat(document, issue.input);
  if (issue.type === "picklist") return notInList(document, path, issue);
  if (issue.kind === "schema")
    return wrongType(
      document,
      path,
      TYPE_WORDS.get(issue.expected ?? "") ?? `${issue.expected}`,
      issue.input,
    );
  return problemAt(document, path, {
    code: `${codes}_INVALID`,
    message: `${placeOf(path)}: ${issue.message}`,
    ...(issue.expected === null ? {} : { expected: issue.expected }),
    found: shown(issue.input),
    remedy: "correct the value",
    rule: "M4",
  });
}

function missingKey(document: TomlDocument, path: TomlPath): Problem {
  const key = String(path.at(-1));
  const table = placeOf(path.slice(0, -1));
  return problemAt(document, path, {
    code: `${document.format.codes}_MISSING_KEY`,
    message: `${placeOf(path)} is missing`,
    expected: `the key "${key}"`,
    found: "nothing",
    remedy: table === "" ? `add "${key}"` : `add "${key}" under [${table}]`,
    rule: "M5",
  });
}

/** A newer format is not a mistake of the file: the reader may be too old for it. */
function otherFormat(document: TomlDocument, found: unknown): Problem {
  const isNewer = typeof found === "number" && found > 1;
  return problemAt(document, ["format"], {
    code: `${document.format.codes}_FORMAT`,
    message: isNewer
      ? `format ${found} is newer than this program, which reads format 1`
      : `format must be 1, got ${shown(found)}`,
    expected: "1",
    found: shown(found),
    remedy: isNewer ? "update ggen-marketplace, or write format = 1" : "write format = 1",
    rule: "M6",
  });
}

function notInList(document: TomlDocument, path: TomlPath, issue: v.BaseIssue<unknown>): Problem {
  const options = [...(issue.expected ?? "").matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? "");
  const meant =
    typeof issue.input === "string" && issue.input.length <= WORD_CHARS_MAX
      ? nearest(issue.input.toLowerCase(), options)
      : undefined;
  return problemAt(document, path, {
    code: `${document.format.codes}_NOT_IN_LIST`,
    message: `${placeOf(path)} must be one of ${options.join(", ")}, got ${shown(issue.input)}`,
    expected: `one of ${options.join(", ")}`,
    found: shown(issue.input),
    remedy: meant === undefined ? `write one of ${options.join(", ")}` : `write "${meant}"`,
    rule: "M4",
  });
}
