/**
 * The part of YAML that frontmatter may use: mappings, lists and scalars, nothing else.
 *
 * Refused: anchors, aliases, tags, merge keys, complex keys, several documents, directives, two
 * equal keys, too much text, too much depth. What is refused by its tokens is refused before a
 * tree is built: aliases can make a small text large, and depth can exhaust the stack.
 */
import { isMap, isScalar, isSeq, Lexer, LineCounter, type Node, parseDocument, Scalar } from "yaml";

/** In UTF-8 bytes; the longest frontmatter met in use has 9,400. */
export const YAML_BYTES_MAX = 65_536;
export const YAML_DEPTH_MAX = 8;

export interface YamlScalar {
  readonly kind: "scalar";
  readonly value: unknown;
  /** As a string field of the engine has it: what was written, also where it looks like a number. */
  readonly text: string;
  readonly line: number;
  /** Line of the first line of text; lines of the text are lines of the file where `lined` says so. */
  readonly textLine: number;
  readonly lined: boolean;
}

export interface YamlList {
  readonly kind: "list";
  readonly items: readonly YamlNode[];
  readonly line: number;
}

export interface YamlEntry {
  readonly key: string;
  readonly line: number;
  readonly value: YamlNode;
}

export interface YamlMap {
  readonly kind: "map";
  readonly entries: readonly YamlEntry[];
  readonly line: number;
}

export type YamlNode = YamlScalar | YamlList | YamlMap;

export interface YamlFault {
  readonly code: "TOO_LONG" | "TOO_DEEP" | "NOT_SUBSET" | "SYNTAX" | "DUPLICATE_KEY" | "NOT_A_MAPPING";
  readonly message: string;
  /** Counted from 1 within the text. */
  readonly line: number;
}

export type YamlOutcome =
  | { readonly ok: true; readonly root: YamlMap }
  | { readonly ok: false; readonly faults: readonly YamlFault[] };

/** Faults of one text that are listed; more would help nobody. */
const FAULTS_MAX = 20;

/** Breaks of a line to some readers of YAML and not to others: a key could hide behind one. */
const HIDDEN_BREAK = /\r(?!\n)|[\u000b\u000c\u0085\u2028\u2029]/;

export function parseYamlSubset(text: string): YamlOutcome {
  // UTF-8 is at least as long as UTF-16 units, so that an enormous text costs nothing here.
  if (text.length > YAML_BYTES_MAX || new TextEncoder().encode(text).length > YAML_BYTES_MAX)
    return refuse([{ code: "TOO_LONG", message: `it is longer than ${YAML_BYTES_MAX} bytes`, line: 1 }]);
  const hidden = HIDDEN_BREAK.exec(text);
  if (hidden !== null)
    return refuse([
      {
        code: "NOT_SUBSET",
        message: "it has a line break that not every reader sees",
        line: text.slice(0, hidden.index).split("\n").length,
      },
    ]);
  const forbidden = surveyTokens(text);
  if (forbidden !== undefined) return refuse([forbidden]);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: false,
    merge: false,
    schema: "core",
    prettyErrors: false,
    logLevel: "silent",
  });
  if (document.errors.length > 0) {
    return refuse(
      document.errors.slice(0, FAULTS_MAX).map((error) => ({
        code: "SYNTAX",
        message: error.message,
        line: lines.linePos(error.pos[0]).line,
      })),
    );
  }
  const faults: YamlFault[] = [];
  const reader = { text, lines, faults };
  if (document.contents === null) return { ok: true, root: { kind: "map", entries: [], line: 1 } };
  const root = readNode(document.contents, reader);
  if (root.kind !== "map")
    faults.push({ code: "NOT_A_MAPPING", message: "it is not a mapping", line: root.line });
  return faults.length > 0 || root.kind !== "map" ? refuse(faults.slice(0, FAULTS_MAX)) : { ok: true, root };
}

function refuse(faults: readonly YamlFault[]): YamlOutcome {
  return { ok: false, faults };
}

const REFUSED_TOKENS: ReadonlyMap<string, string> = new Map([
  ["&", "an anchor (&)"],
  ["*", "an alias (*)"],
  ["!", "a tag (!)"],
  ["?", "a complex key (?)"],
  ["%", "a directive (%)"],
]);

const SCALAR_FOLLOWS = "\u001f";

/** The first token outside the subset, and the depth that tokens can reach at most. */
function surveyTokens(text: string): YamlFault | undefined {
  const indents: number[] = [];
  let line = 1;
  let flow = 0;
  let indicators = 0;
  let indent = 0;
  let atStart = true;
  let scalar = false;
  for (const token of new Lexer().lex(text)) {
    if (scalar || token === SCALAR_FOLLOWS) {
      scalar = !scalar;
    } else {
      const what = REFUSED_TOKENS.get(token[0] ?? "");
      if (what !== undefined) return { code: "NOT_SUBSET", message: `it has ${what}`, line };
      if (token === "---" || token === "...")
        return { code: "NOT_SUBSET", message: "it has several documents", line };
      if (token === "[" || token === "{") flow++;
      if (token === "]" || token === "}") flow--;
      if (token === "-") indicators++;
    }
    if (atStart && token !== SCALAR_FOLLOWS) {
      indent = /^ *$/.test(token) ? token.length : 0;
      atStart = false;
      if (flow === 0 && !/^[\r\n]/.test(token)) {
        while (indents.length > 0 && (indents.at(-1) ?? 0) >= indent) indents.pop();
        indents.push(indent);
      }
    }
    if (indents.length + flow + indicators > YAML_DEPTH_MAX)
      return { code: "TOO_DEEP", message: `it is more than ${YAML_DEPTH_MAX} levels deep`, line };
    const breaks = token.split("\n").length - 1;
    line += breaks;
    if (breaks > 0) [atStart, indicators] = [true, 0];
  }
  return undefined;
}

interface Reader {
  readonly text: string;
  readonly lines: LineCounter;
  readonly faults: YamlFault[];
}

function lineAt(node: Node, reader: Reader): number {
  return reader.lines.linePos(node.range?.[0] ?? 0).line;
}

function readNode(node: Node, reader: Reader): YamlNode {
  const line = lineAt(node, reader);
  if (isMap<Node, Node | null>(node)) {
    const entries: YamlEntry[] = [];
    const seen = new Set<string>();
    for (const pair of node.items) {
      const entry = readPair(pair, line, reader);
      if (entry === undefined) continue;
      if (seen.has(entry.key))
        reader.faults.push({
          code: "DUPLICATE_KEY",
          message: `the key "${entry.key}" stands twice`,
          line: entry.line,
        });
      if (entry.key === "<<")
        reader.faults.push({ code: "NOT_SUBSET", message: "it has a merge key (<<)", line: entry.line });
      seen.add(entry.key);
      entries.push(entry);
    }
    return { kind: "map", entries, line };
  }
  if (isSeq<Node | null>(node)) {
    const items = node.items.map((item) => (item === null ? empty(line) : readNode(item, reader)));
    return { kind: "list", items, line };
  }
  return isScalar(node) ? readScalar(node, line) : empty(line);
}

function readPair(
  pair: { key: Node; value: Node | null },
  line: number,
  reader: Reader,
): YamlEntry | undefined {
  if (!isScalar(pair.key)) {
    reader.faults.push({ code: "NOT_SUBSET", message: "it has a key that is not plain text", line });
    return undefined;
  }
  const keyLine = pair.key.range ? lineAt(pair.key, reader) : line;
  const key = readScalar(pair.key, keyLine).text;
  return { key, line: keyLine, value: pair.value === null ? empty(keyLine) : readNode(pair.value, reader) };
}

function readScalar(node: Scalar, line: number): YamlScalar {
  const text = typeof node.value === "string" ? node.value : (node.source ?? "");
  const block = node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED;
  const lined = node.type === Scalar.BLOCK_LITERAL || !text.includes("\n");
  return { kind: "scalar", value: node.value, text, line, textLine: block ? line + 1 : line, lined };
}

function empty(line: number): YamlScalar {
  return { kind: "scalar", value: null, text: "", line, textLine: line, lined: true };
}
