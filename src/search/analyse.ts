/**
 * From text to tokens, the same way for the writer and the reader.
 *
 *   "GraphQL-Router für 图谱" ─► fold ─► words ─► GraphQL: graph, ql; whole graphql
 *                                                 Router:  router
 *                                                 für:     fur
 *                                                 图谱:    图谱 (pairs of characters)
 *
 * Folding is NFKD without the combining accents of U+0300–U+036F, then NFKC, in lower case; words are
 * runs of letters, digits and marks, cut at camel-case. Scripts that write no spaces (Han, kana, Thai,
 * Lao, Khmer, Myanmar) become pairs of characters. No locale takes part. ASCII takes a short way,
 * because compiling Unicode patterns costs more than a whole query.
 */
import { cutText } from "./document.ts";
import type { FilterField } from "./slots.ts";

/** Tokens are cut to this many UTF-16 units, by writer and reader alike. */
export const TOKEN_LENGTH_MAX = 40;
/** The same for whole names without separators. */
export const JOINED_LENGTH_MAX = 64;
export const FILTER_VALUE_LENGTH_MAX = 64;

const STOP_WORDS = new Set(
  "a an and are as at be by can for from has in into is it its of on or that the this to with your you".split(
    " ",
  ),
);

/** Whether `token` is left out of the index of prose, and of queries that have another word. */
export function isStopWord(token: string): boolean {
  return STOP_WORDS.has(token);
}

export interface Word {
  /** The word without its camel-case: `graphql`. */
  readonly whole: string;
  /** What camel-case or an unspaced script cuts it into; the word itself where nothing cuts it. */
  readonly parts: readonly string[];
  /** Last character of an unspaced run. Only the index keeps it, so that every character can be found. */
  readonly tail?: string;
}

export function words(text: string): Word[] {
  return /[^\0-\x7f]/.test(text) ? unicodeWords(text) : asciiWords(text);
}

function asciiWords(text: string): Word[] {
  const found: Word[] = [];
  for (const run of text.match(/[A-Za-z0-9]+/g) ?? []) {
    const parts = run.replace(/([a-z])(?=[A-Z])|([A-Z0-9])(?=[A-Z][a-z])/g, "$& ");
    found.push({ whole: token(run), parts: parts.split(" ").map(token) });
  }
  return found;
}

function unicodeWords(text: string): Word[] {
  const found: Word[] = [];
  for (const run of withoutAccents(text).match(unicode(WORD)) ?? []) {
    for (const piece of run.match(unicode(`[${UNSPACED}]+|[^${UNSPACED}]+`)) ?? []) {
      if (piece.search(unicode(`[${UNSPACED}]`)) === 0) found.push(pairs(piece));
      else {
        const parts = piece.replace(unicode(CAMEL), "$& ");
        found.push({ whole: token(piece), parts: parts.split(" ").map(token) });
      }
    }
  }
  return found.filter((word) => word.whole !== "");
}

const WORD = "[\\p{L}\\p{N}\\p{M}]+";
const CAMEL = "\\p{Ll}(?=\\p{Lu})|[\\p{Lu}\\p{N}](?=\\p{Lu}\\p{Ll})";
const UNSPACED = "\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}\\p{scx=Mymr}";
const patterns = new Map<string, RegExp>();

/**
 * The global pattern of `source`, made when it is first used. As literals these would be compiled while
 * the module is read, which takes longer than an ASCII query.
 */
function unicode(source: string): RegExp {
  const known = patterns.get(source);
  if (known !== undefined) return known;
  const made = new RegExp(source, "gu");
  patterns.set(source, made);
  return made;
}

function pairs(run: string): Word {
  const characters = [...lower(run)];
  const tail = characters.at(-1) ?? "";
  const parts = characters.slice(1).map((character, index) => `${characters[index]}${character}`);
  return { whole: token(run), parts: parts.length > 0 ? parts : [tail], tail };
}

function withoutAccents(text: string): string {
  if (!/[^\0-\x7f]/.test(text)) return text;
  return text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .normalize("NFKC");
}

/** Lower case as Unicode has it without context: the final sigma is a sigma. */
function lower(text: string): string {
  const lowered = text.toLowerCase();
  if (!/[^\0-\x7f]/.test(lowered)) return lowered;
  return withoutAccents(lowered).replaceAll("ς", "σ");
}

function token(text: string): string {
  return cutText(lower(text), TOKEN_LENGTH_MAX);
}

/** The tokens of a name, a keyword or a label, in order: parts first, then wholes that camel-case had cut. */
export function indexTokens(text: string): string[] {
  const tokens: string[] = [];
  for (const word of words(text)) {
    tokens.push(...word.parts);
    if (word.tail !== undefined) tokens.push(word.tail);
    else if (word.parts.length > 1) tokens.push(word.whole);
  }
  return tokens;
}

/** The tokens of prose: those of a label without stop words. */
export function proseTokens(text: string): string[] {
  return indexTokens(text).filter((token) => !isStopWord(token));
}

/** Everything between the separators, run together: `react-router`, `React Router` and `reactRouter` are one. */
export function joinedName(text: string): string {
  const parts = /[^\0-\x7f]/.test(text)
    ? (lower(withoutAccents(text)).match(unicode(WORD)) ?? [])
    : (text.toLowerCase().match(/[a-z0-9]+/g) ?? []);
  return cutText(parts.join(""), JOINED_LENGTH_MAX);
}

/** A name without what many names begin or end with; `undefined` where nothing is left out. */
export function nameAlias(name: string): string | undefined {
  const short = name
    .replace(/^@[^/]*\//, "")
    .replace(/^ggen-/, "")
    .replace(/-pack$/, "");
  const alias = joinedName(short);
  return alias === "" || alias === joinedName(name) ? undefined : alias;
}

/** The key of a name among others that are the same without separators. No joined name holds an `=`. */
export function literalKey(joined: string, name: string): string {
  return `${joined}=${name.trim().toLowerCase().replace(/\s+/g, "-")}`;
}

/** Back to front, by code points. */
export function reversed(text: string): string {
  return [...text].reverse().join("");
}

/** The key of a filter's posting list: `category:data-pipelines`. */
export function filterToken(field: FilterField, value: string): string {
  const folded = lower(withoutAccents(value.slice(0, 4 * FILTER_VALUE_LENGTH_MAX)))
    .trim()
    .replace(unicode("[\\s\\p{C}]+"), "-");
  return `${field}:${cutText(folded, FILTER_VALUE_LENGTH_MAX)}`;
}

/** The licences an SPDX expression names: `MIT OR Apache-2.0` is both. */
export function licenseNames(expression: string): string[] {
  return expression.split(/[\s()]+/).filter((part) => part !== "" && !/^(AND|OR|WITH)$/i.test(part));
}
