/**
 * Whether a text is a SPARQL 1.1 query. Nothing is run and nothing is fetched.
 *
 * The engine's parser knows some of SPARQL 1.2 besides; what only that could read is said to be
 * not checkable, never refused. Updates are refused: the engine refuses them.
 */
import { DataFactory } from "n3";
import { sparqlParser } from "./sparql-lexer.ts";

/** In UTF-16 units; the longest query met in use has 38,000. */
export const QUERY_LENGTH_MAX = 65_536;

/** Brackets within brackets. The parser's work grows with the square of it, so that it comes first. */
export const QUERY_DEPTH_MAX = 64;

export type QueryOutcome =
  | { readonly state: "parsed" }
  | { readonly state: "fault"; readonly message: string; readonly line?: number }
  | { readonly state: "not-checkable"; readonly why: string };

/** Strings, IRIs, comments and brackets: all that is needed to count depth and to drop comments. */
const LEXEME =
  /"""(?:[^"\\]|\\.|"(?!""))*"""|'''(?:[^'\\]|\\.|'(?!''))*'''|"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*'|<[^<>"{}|^`\\\u0000-\u0020]*>|#[^\n\r]*|[()[\]{}]/gs;

/** Beyond SPARQL 1.1, and known to the engine: triple terms, directed text, LATERAL, ADJUST. */
const BEYOND =
  /<<|\{\||~|@[A-Za-z]+(?:-[A-Za-z0-9]+)*--|\bLATERAL\b|\b(?:ADJUST|TRIPLE|SUBJECT|PREDICATE|OBJECT|isTRIPLE|LANGDIR|hasLANG|hasLANGDIR|STRLANGDIR)\s*\(/i;

/** `text` without its comments, lines kept; and how deep its brackets go. */
function survey(text: string): { code: string; depth: number } {
  let depth = 0;
  let deepest = 0;
  const code = text.replace(LEXEME, (lexeme) => {
    if ("([{".includes(lexeme)) deepest = Math.max(deepest, ++depth);
    else if (")]}".includes(lexeme)) depth--;
    return lexeme.startsWith("#") ? " " : lexeme;
  });
  return { code, depth: deepest };
}

/**
 * Verdicts that are remembered, by the query without its comments: the templates of one release often run
 * the same query, and the next version of a package mostly has those of the last.
 */
const KNOWN_MAX = 256;
const known = new Map<string, QueryOutcome>();

/** A function that judges queries. `base` only has to be an IRI; no verdict depends on which. */
export function queryChecker(base: string): (text: string) => QueryOutcome {
  return (text) => checkQuery(text, base);
}

/** `base` is the IRI that relative ones resolve against. */
export function checkQuery(text: string, base: string): QueryOutcome {
  if (text.length > QUERY_LENGTH_MAX)
    return fault(`the query is longer than ${QUERY_LENGTH_MAX} characters`, undefined);
  const { code, depth } = survey(text);
  if (depth > QUERY_DEPTH_MAX)
    return fault(`the brackets of the query are more than ${QUERY_DEPTH_MAX} deep`, undefined);
  const outcome = known.get(code) ?? parseQuery(code, base);
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(code, outcome);
  return outcome;
}

function parseQuery(code: string, base: string): QueryOutcome {
  try {
    const query: { type?: string } | undefined = sparqlParser({ baseIRI: base, factory: DataFactory }).parse(
      code,
    );
    if (query?.type === "update") return fault("this is an update, and only queries are run", undefined);
    if (query?.type !== "query") return fault("the query is empty", undefined);
    const prefix = inheritedPrefix(code);
    return prefix === undefined
      ? { state: "parsed" }
      : fault(`Unknown prefix: ${prefix}`, lineOf(code, prefix));
  } catch (error) {
    if (BEYOND.test(code.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""')))
      return { state: "not-checkable", why: "it has parts that are not SPARQL 1.1" };
    return faultOf(error, code);
  }
}

function fault(message: string, line: number | undefined): QueryOutcome {
  return { state: "fault", message, ...(line === undefined ? {} : { line }) };
}

function faultOf(error: unknown, code: string): QueryOutcome {
  const message = error instanceof Error ? error.message : String(error);
  const prefix = /^Unknown prefix: (.*)$/s.exec(message)?.[1];
  if (prefix !== undefined) return fault(message, lineOf(code, prefix));
  const got = /, got '(.*)'$/s.exec(message)?.[1];
  const words = got === undefined ? (message.split("\n", 1)[0] ?? message) : `unexpected ${gotWords(got)}`;
  return fault(words.replace(/^(?:Parse|Lexical) error on line \d+[:.] */, ""), lineOfError(error));
}

/** The text of the error names the line of the token before; `hash` has that of the one it stopped at. */
function lineOfError(error: unknown): number | undefined {
  const line = (error as { hash?: { line?: unknown } } | null)?.hash?.line;
  return typeof line === "number" ? line + 1 : undefined;
}

function gotWords(token: string): string {
  return token === "EOF" ? "end of the query" : `"${token}"`;
}

function lineOf(code: string, prefix: string): number | undefined {
  const at = code.indexOf(`${prefix}:`);
  return at < 0 ? undefined : code.slice(0, at).split("\n").length;
}

/** The parser keeps prefixes in an object, where `constructor:` and its like seem to be declared. */
function inheritedPrefix(code: string): string | undefined {
  if (!/\b(?:constructor|__\w+__|(?:has|is|to|valueOf|propertyIs)\w*):/.test(code)) return undefined;
  const bare = code.replace(LEXEME, (lexeme) => (lexeme.length > 1 ? " " : lexeme));
  return Object.getOwnPropertyNames(Object.prototype).find(
    (name) =>
      new RegExp(`(?<![\\w.-])${name}:`).test(bare.replace(/\bPREFIX\s+\S*/gi, "")) &&
      !new RegExp(`\\bPREFIX\\s+${name}:`, "i").test(bare),
  );
}
