/**
 * What a person typed, taken apart: words to look for and filters that must hold.
 *
 *   react rout "state machine" license:MIT category:"web ui"
 *   └─ words ┘ └── phrase ───┘ └──────── filters ─────────┘
 */
import { filterToken, isStopWord, joinedName, literalKey, words } from "./analyse.ts";
import { cutText } from "./document.ts";
import { type Phrase, phraseOf } from "./phrase.ts";
import type { FilterField } from "./slots.ts";

/** UTF-16 units of a query that are read, blanks as one, and terms that are looked for. */
export const QUERY_LENGTH_MAX = 256;
export const QUERY_TERMS_MAX = 16;

/** One word to look for. `whole` is the camel-cased word it was cut from, which counts as well. */
export interface QueryTerm {
  readonly text: string;
  readonly whole?: string;
}

export interface QueryFilter {
  readonly field: FilterField;
  readonly value: string;
  /** Key of its posting list. */
  readonly token: string;
}

export interface ParsedQuery {
  readonly terms: readonly QueryTerm[];
  readonly filters: readonly QueryFilter[];
  /** What stood in quotation marks: its words are terms too, and must stand together. */
  readonly phrases: readonly Phrase[];
  /** What was typed, without the filters and quotation marks. */
  readonly name: string;
  /** All words run together, as names are. */
  readonly joined: string;
  /** Key of the name that was typed exactly, among names that are the same without separators. */
  readonly literal: string;
  /** Whether the query was longer than what is read of one. */
  readonly cut: boolean;
}

const FILTER = /(^|\s)([A-Za-z]+):("[^"]*"?|\S*)/g;
const QUOTED = /"([^"]*)"?/g;
const FIELDS = new Map<string, FilterField>(
  (["category", "publisher", "license", "kind", "depends"] as const).map((field) => [field, field]),
).set("licence", "license");

/**
 * What is read of a query: without blanks around it, runs of them as one, and no longer than
 * `QUERY_LENGTH_MAX`. A word or a filter that goes on beyond that would be another one if it were cut: it is
 * left out, unless nothing else is left. Scripts without spaces may be cut at every character.
 */
export function readText(query: string): { readonly text: string; readonly isCut: boolean } {
  const whole = query.trim().replace(/\s+/g, " ");
  if (whole.length <= QUERY_LENGTH_MAX) return { text: whole, isCut: false };
  const begun = cutText(whole, QUERY_LENGTH_MAX);
  const text = whole.slice(0, unfinishedAt(begun, whole.charAt(begun.length))).trim();
  return { text: text === "" ? begun : text, isCut: true };
}

/** Where the filter or the word begins that `next` continues; the length of `begun` where it continues none. */
function unfinishedAt(begun: string, next: string): number {
  const looked = begun + next;
  for (const { 0: typed, 1: before = "", 2: name = "", index } of looked.matchAll(FILTER))
    if (FIELDS.has(name.toLowerCase()) && index + typed.length === looked.length)
      return index + before.length;
  if (next === " ") return begun.length;
  const at = begun.lastIndexOf(" ") + 1;
  return words(begun.slice(at)).at(-1)?.tail === undefined ? at : begun.length;
}

export function parseQuery(text: string): ParsedQuery {
  const { text: read, isCut } = readText(text);
  const filters: QueryFilter[] = [];
  const rest = read.replace(FILTER, (typed, before: string, name: string, quoted: string) => {
    const field = FIELDS.get(name.toLowerCase());
    if (field === undefined) return typed;
    const value = quoted.replace(/^"|"$/g, "").trim();
    const token = filterToken(field, value);
    // `category:` with nothing behind it is a filter that is still being typed.
    if (token !== `${field}:`) filters.push({ field, value, token });
    return before;
  });
  const name = rest.replaceAll('"', " ").trim();
  const quotations = [...rest.matchAll(QUOTED)].map(([, quoted = ""]) => phraseOf(quoted));
  const phrases = quotations.filter((phrase) => phrase.length > 1);
  const all = new Map<string, QueryTerm>();
  for (const word of words(name)) {
    for (const part of word.parts) {
      const cutWord = word.tail === undefined && word.parts.length > 1;
      if (!all.has(part)) all.set(part, cutWord ? { text: part, whole: word.whole } : { text: part });
    }
  }
  const telling = [...all.values()].filter((term) => !isStopWord(term.text));
  const terms = telling.length > 0 ? telling : [...all.values()];
  const joined = joinedName(name);
  return {
    terms: terms.slice(0, QUERY_TERMS_MAX),
    filters: filters.slice(0, QUERY_TERMS_MAX),
    phrases: phrases.slice(0, QUERY_TERMS_MAX),
    name,
    joined,
    literal: literalKey(joined, name),
    cut: isCut || [terms, filters, phrases].some((parts) => parts.length > QUERY_TERMS_MAX),
  };
}
