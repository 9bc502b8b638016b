/**
 * The lexer of sparqljs, made to try only the rules that can match at the next character.
 *
 * As generated, it tries all of its 126 regular expressions at every token, which is most of the
 * time a query takes. Every rule whose possible first characters are known from its source is
 * skipped at the others; the longest match wins as before, so the tokens are the same (a test
 * compares both). Where a later version of the library is built otherwise, nothing is changed.
 */
import { Parser, type ParserOptions, type SparqlParser } from "sparqljs";

interface Lexer {
  readonly rules: readonly RegExp[];
  readonly conditions: { readonly INITIAL: { readonly rules: readonly number[] } };
  _currentRules(): readonly number[];
  _input: string;
}

const ASCII = 128;

/** The text inside the group that encloses all of `source`; `undefined` where there is no such group. */
function insideGroup(source: string): string | undefined {
  if (!source.startsWith("(") || !source.endsWith(")")) return undefined;
  return splitTop(source.slice(1, -1)) === undefined ? undefined : source.slice(1, -1).replace(/^\?:/, "");
}

/** Alternatives at the top level of `source`; `undefined` where its brackets do not balance. */
function splitTop(source: string): string[] | undefined {
  const parts = [""];
  let depth = 0;
  for (const [token] of source.matchAll(/\\.|\[(?:\\.|[^\]\\])*\]|[\s\S]/g)) {
    if (token === "(") depth++;
    if (token === ")" && --depth < 0) return undefined;
    if (token === "|" && depth === 0) parts.push("");
    else parts[parts.length - 1] += token;
  }
  return depth === 0 ? parts : undefined;
}

/** Characters that a match of `source` can begin with; `undefined` where that is not plain to see. */
function firstCharacters(source: string): string | undefined {
  const inside = insideGroup(source);
  if (inside !== undefined) return firstCharacters(inside);
  const parts = splitTop(source);
  if (parts === undefined) return undefined;
  let all = "";
  for (const part of parts) {
    const first = parts.length === 1 ? firstAtom(part) : firstCharacters(part);
    if (first === undefined) return undefined;
    all += first;
  }
  return all;
}

function firstAtom(source: string): string | undefined {
  const atom = /^(?:\\([^A-Za-z0-9])|([^\\()[\]{}|^$.*+?])|\[\\?([?eE])\\?([$E])\])(?![*?{])/.exec(source);
  if (atom === null) return undefined;
  return (atom[1] ?? "") + (atom[2] ?? "") + (atom[3] ?? "") + (atom[4] ?? "");
}

/** For each ASCII character the rules to try, as a table; all rules for every other character. */
function dispatchTable(lexer: Lexer): readonly (readonly number[])[] {
  const table: number[][] = Array.from({ length: ASCII }, () => []);
  for (const rule of lexer.conditions.INITIAL.rules) {
    const source = lexer.rules[rule]?.source.replace(/^\^/, "") ?? "";
    const first = firstCharacters(source)?.toLowerCase();
    table.forEach((rules, code) => {
      if (first === undefined || first.includes(String.fromCharCode(code).toLowerCase())) rules.push(rule);
    });
  }
  return table;
}

let quick: Lexer | undefined;

function quickLexer(lexer: Lexer): Lexer {
  const all = lexer.conditions.INITIAL.rules;
  const table = dispatchTable(lexer);
  return Object.create(lexer, {
    _currentRules: {
      value(this: Lexer) {
        return table[this._input.charCodeAt(0)] ?? all;
      },
    },
  }) as Lexer;
}

/** A parser of sparqljs with the quicker lexer; it accepts and refuses what the library's own does. */
export function sparqlParser(options: ParserOptions): SparqlParser {
  const parser = new Parser(options) as SparqlParser & { lexer?: Lexer };
  const own = parser.lexer;
  if (own?.conditions?.INITIAL === undefined || typeof own._currentRules !== "function") return parser;
  quick ??= quickLexer(own);
  parser.lexer = quick;
  return parser;
}
