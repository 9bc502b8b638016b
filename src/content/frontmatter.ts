/**
 * The frontmatter of a template: YAML between a first line `---` and the next one.
 *
 *     ---
 *     to: src/{{ name }}.rs
 *     sparql: SELECT ?name WHERE { … }
 *     ---
 *     body, in Tera
 *
 * Its keys are closed: the engine refuses a template with any other. Values have the engine's
 * types; text that looks like a number is text where text belongs (`sh: true` runs `true`).
 */
import { nearest } from "../base/nearest.ts";
import type { Problem } from "../base/problem.ts";
import { visible } from "../base/visible.ts";
import {
  parseYamlSubset,
  type YamlEntry,
  type YamlFault,
  type YamlMap,
  type YamlNode,
} from "./yaml-subset.ts";

type Shape = "text" | "truth" | "count" | "texts" | "queries" | "names" | "match" | "freeze";

const KEYS: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ["to", "text"],
  ["sparql", "queries"],
  ["for_each", "text"],
  ["construct", "text"],
  ["inject", "truth"],
  ["before", "match"],
  ["after", "match"],
  ["at_line", "count"],
  ["skip_if", "match"],
  ["unless_exists", "truth"],
  ["unattended_write_eligible", "truth"],
  ["force", "truth"],
  ["when", "text"],
  ["skip_empty", "truth"],
  ["from", "text"],
  ["sh", "text"],
  ["sh_before", "text"],
  ["sh_after", "text"],
  ["backup", "truth"],
  ["shape", "texts"],
  ["determinism", "truth"],
  ["freeze_policy", "freeze"],
  ["freeze_slots_dir", "text"],
  ["rdf", "texts"],
  ["rdf_inline", "texts"],
  ["prefixes", "names"],
  ["base", "text"],
]);

export const FRONTMATTER_KEYS: readonly string[] = [...KEYS.keys()];

const EXPECTED: Record<Shape, string> = {
  text: "text",
  truth: "true or false",
  count: "a whole number from 1",
  texts: "text or a list of texts",
  queries: "a query, a list of queries, or queries by name",
  names: "IRIs by prefix",
  match: "text, a matching rule, or a list of them",
  freeze: "never, always or checksum",
};

/** Problems of one file that are listed one by one. */
const PROBLEMS_MAX = 20;
const QUOTED_MAX = 80;

export type FrontmatterOutcome =
  /** The file has no frontmatter at all. */
  | { readonly state: "none"; readonly problems: readonly Problem[] }
  | { readonly state: "unreadable"; readonly problems: readonly Problem[] }
  /** Read; there may be problems with single keys. */
  | { readonly state: "read"; readonly map: YamlMap; readonly problems: readonly Problem[] };

export interface FrontmatterOptions {
  readonly severity: Problem["severity"];
  /** Whether a template may do without: a project's `ggen.toml` then says what to write. */
  readonly optional: boolean;
}

/** `text` is the whole template. Lines of the outcome are lines of the file. */
export function readFrontmatter(file: string, text: string, options: FrontmatterOptions): FrontmatterOutcome {
  const { severity } = options;
  const cut = cutFrontmatter(text);
  if (cut.state === "none") {
    return {
      state: "none",
      problems: [
        {
          code: "FRONTMATTER_MISSING",
          severity: options.optional ? "warning" : severity,
          file,
          line: 1,
          message: "the template has no frontmatter",
          remedy: "begin it with a line ---, at least the key to, and a line ---",
          rule: "C10",
        },
      ],
    };
  }
  if (cut.state === "broken") {
    const problem = { code: "FRONTMATTER_DELIMITER", severity, file, line: 1, message: cut.why, rule: "C10" };
    return {
      state: "unreadable",
      problems: [
        { ...problem, remedy: "put --- alone on the first line and on the line after the last key" },
      ],
    };
  }
  const yaml = parseYamlSubset(cut.yaml);
  if (!yaml.ok)
    return { state: "unreadable", problems: yaml.faults.map((fault) => yamlProblem(file, fault, severity)) };
  const map = shift(yaml.root, 1) as YamlMap;
  return { state: "read", map, problems: checkKeys(file, map, severity).slice(0, PROBLEMS_MAX) };
}

function cutFrontmatter(
  text: string,
): { state: "none" } | { state: "broken"; why: string } | { state: "cut"; yaml: string } {
  if (!text.startsWith("---\n")) {
    // What another reader could take for frontmatter is not passed over as a template without any.
    if (!/^[\ufeff\s]*---/.test(text)) return { state: "none" };
    return { state: "broken", why: "the first line is not exactly ---" };
  }
  // Lines end at a line feed and nowhere else: with the flag m a pattern would also see other separators.
  const end = /(?:^|\n)---\r*(?=\n|$)/.exec(text.slice(4));
  if (end === null) return { state: "broken", why: "no line --- closes the frontmatter" };
  const start = end.index + (end[0].startsWith("\n") ? 1 : 0);
  return { state: "cut", yaml: text.slice(4, 4 + start) };
}

/** The same tree with its lines counted from the start of the file. */
function shift(node: YamlNode, by: number): YamlNode {
  if (node.kind === "scalar") return { ...node, line: node.line + by, textLine: node.textLine + by };
  if (node.kind === "list")
    return { ...node, line: node.line + by, items: node.items.map((item) => shift(item, by)) };
  const entries = node.entries.map((entry) => ({
    ...entry,
    line: entry.line + by,
    value: shift(entry.value, by),
  }));
  return { ...node, line: node.line + by, entries };
}

function yamlProblem(file: string, fault: YamlFault, severity: Problem["severity"]): Problem {
  const remedies: Record<YamlFault["code"], string> = {
    TOO_LONG: "move queries to files or split the template",
    TOO_DEEP: "use fewer levels",
    NOT_SUBSET: "write the value out; frontmatter has mappings, lists and plain values only",
    SYNTAX: "correct the YAML",
    DUPLICATE_KEY: "keep one of the two",
    NOT_A_MAPPING: "write keys and values, such as to: path",
  };
  return {
    code: `FRONTMATTER_${fault.code}`,
    severity,
    file,
    line: fault.line + 1,
    message: `cannot read the frontmatter: ${quote(fault.message, 200)}`,
    remedy: remedies[fault.code],
    rule: "C11",
  };
}

function checkKeys(file: string, map: YamlMap, severity: Problem["severity"]): Problem[] {
  const problems: Problem[] = [];
  for (const entry of map.entries) {
    const shape = KEYS.get(entry.key);
    if (shape === undefined) problems.push(unknownKey(file, entry, severity));
    else if (!hasShape(entry.value, shape)) problems.push(wrongShape(file, entry, shape, severity));
    // A page of faults is enough, and finding the nearest key costs something each time.
    if (problems.length >= PROBLEMS_MAX) return problems;
  }
  if (entryOf(map, "sh") !== undefined && entryOf(map, "sh_before") !== undefined) {
    problems.push({
      code: "FRONTMATTER_DUPLICATE_KEY",
      severity,
      file,
      place: "sh",
      line: entryOf(map, "sh")?.line ?? 1,
      message: "sh and sh_before are the same key",
      remedy: "keep one of the two",
      rule: "C11",
    });
  }
  if (textOf(map, "to") === undefined && entryOf(map, "to")?.value.kind !== "list") {
    problems.push({
      code: "FRONTMATTER_TO_MISSING",
      severity,
      file,
      place: "to",
      line: 1,
      message: "the frontmatter does not say where to write",
      remedy: "add to: with the path of the file to write",
      rule: "C12",
    });
  }
  return problems;
}

function unknownKey(file: string, entry: YamlEntry, severity: Problem["severity"]): Problem {
  const meant = entry.key.length <= QUOTED_MAX ? nearest(entry.key, FRONTMATTER_KEYS) : undefined;
  return {
    code: "FRONTMATTER_UNKNOWN_KEY",
    severity,
    file,
    place: quote(entry.key),
    line: entry.line,
    message: `"${quote(entry.key)}" is not a key of frontmatter`,
    ...(meant === undefined ? {} : { expected: meant }),
    found: quote(entry.key),
    remedy:
      meant === undefined
        ? "remove it; the engine refuses the template otherwise"
        : `write ${meant}, or remove it`,
    rule: "C12",
  };
}

function wrongShape(file: string, entry: YamlEntry, shape: Shape, severity: Problem["severity"]): Problem {
  const found = entry.value.kind === "scalar" ? quote(entry.value.text) : `a ${entry.value.kind}`;
  return {
    code: "FRONTMATTER_TYPE",
    severity,
    file,
    place: entry.key,
    line: entry.line,
    message: `${entry.key} must be ${EXPECTED[shape]}`,
    expected: EXPECTED[shape],
    found,
    remedy: shape === "truth" ? "write true or false without quotation marks" : `write ${EXPECTED[shape]}`,
    rule: "C12",
  };
}

function hasShape(node: YamlNode, shape: Shape): boolean {
  if (shape === "truth") return node.kind === "scalar" && typeof node.value === "boolean";
  if (node.kind === "scalar" && node.value === null) return true;
  switch (shape) {
    case "text":
      return node.kind === "scalar";
    case "count":
      return node.kind === "scalar" && Number.isSafeInteger(node.value) && Number(node.value) >= 1;
    case "freeze":
      return node.kind === "scalar" && ["never", "always", "checksum"].includes(node.text);
    case "texts":
      return (
        node.kind === "scalar" || (node.kind === "list" && node.items.every((item) => item.kind === "scalar"))
      );
    case "names":
      return node.kind === "map" && node.entries.every((entry) => entry.value.kind === "scalar");
    case "queries":
      if (node.kind === "map") return node.entries.every((entry) => entry.value.kind === "scalar");
      return node.kind === "scalar" || node.items.every((item) => item.kind === "scalar");
    case "match":
      return true;
  }
}

export function entryOf(map: YamlMap, key: string): YamlEntry | undefined {
  return map.entries.find((entry) => entry.key === key);
}

/** The text of a key; `undefined` where it is absent, empty, or no single value. */
export function textOf(map: YamlMap, key: string): string | undefined {
  const value = entryOf(map, key)?.value;
  return value?.kind === "scalar" && value.value !== null ? value.text : undefined;
}

export function quote(text: string, max: number = QUOTED_MAX): string {
  return visible(text.length > max ? `${text.slice(0, max)}…` : text);
}
