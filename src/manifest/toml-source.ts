/**
 * Where things stand in the source of a TOML document: the line of each key, and what the parser takes
 * though TOML 1.0 does not: the syntax of TOML 1.1, and days that no month has (the parser's Date makes
 * 30 February the 2nd of March). The parser gives values without places; this walks the text again, and only when there is
 * something to say about it.
 *
 * It reads documents that the parser has accepted, so it follows the grammar without judging it.
 */

import { isCalendarDay } from "./rfc3339.ts";

/** Keys, and positions in lists, from the root to a value. */
export type TomlPath = readonly (string | number)[];

export interface SourceFault {
  readonly kind: "newer" | "date";
  readonly line: number;
  /** What it is, in words for `newer`, as written for `date`. */
  readonly what: string;
}

/** Faults that are kept: more than a list of problems shows. */
const FAULTS_MAX = 1_000;

export interface TomlSource {
  /** Line, from 1, where the value at `path` begins; that of the nearest table above where it is absent. */
  lineOf(path: TomlPath): number | undefined;
  readonly faults: readonly SourceFault[];
}

/** Whether `text` might hold a fault: cheap, and wrong only by saying yes. */
export function mayHaveFaults(text: string): boolean {
  if (/[0-9]{4}-(?:02-(?:29|3)|(?:0[469]|11)-31)/.test(text)) return true;
  return text.includes("{") || /\\[ex]/.test(text) || /[Tt \t=,[][0-9]{2}:[0-9]{2}(?!:[0-9])/.test(text);
}

export function scanToml(text: string): TomlSource {
  const scanner = new TomlScanner(text);
  scanner.document();
  return {
    faults: scanner.faults,
    lineOf(path) {
      let place: Place = scanner.root;
      for (const part of path) {
        const inner = place.members?.get(part);
        if (inner === undefined) break;
        place = inner;
      }
      return place.line;
    },
  };
}

/** A value's line, and the places of its members: a tree, so that long key paths cost nothing twice. */
interface Place {
  readonly line: number | undefined;
  members?: Map<string | number, Place>;
  /** Position of the last table of a list of tables. */
  lastTable?: number;
}

function memberOf(place: Place, part: string | number, line: number): Place {
  place.members ??= new Map();
  let member = place.members.get(part);
  if (member === undefined) {
    member = { line };
    place.members.set(part, member);
  }
  return member;
}

class TomlScanner {
  readonly root: Place = { line: undefined };
  readonly faults: SourceFault[] = [];
  readonly #text: string;
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    let table = this.root;
    for (;;) {
      this.#skipBlank();
      const char = this.#peek();
      if (char === "") return;
      if (char === "[") table = this.#header();
      else this.#keyAndValue(table);
    }
  }

  #peek(ahead = 0): string {
    return this.#text.charAt(this.#at + ahead);
  }

  #step(count = 1): void {
    for (let i = 0; i < count; i++) {
      if (this.#peek() === "\n") this.#line++;
      this.#at++;
    }
  }

  /** White space, line ends and comments; whether a line end or a comment was among them. */
  #skipBlank(): boolean {
    let crossed = false;
    for (;;) {
      const char = this.#peek();
      if (char === "#") while (this.#peek() !== "" && this.#peek() !== "\n") this.#step();
      else if (char !== " " && char !== "\t" && char !== "\r" && char !== "\n" && char !== "\ufeff")
        return crossed;
      if (char === "#" || char === "\n") crossed = true;
      this.#step();
    }
  }

  #header(): Place {
    const line = this.#line;
    const isList = this.#peek(1) === "[";
    this.#step(isList ? 2 : 1);
    const keys = this.#keys("]");
    if (isList) this.#step();
    let place = this.root;
    for (const [index, key] of keys.entries()) {
      place = memberOf(place, key, line);
      if (isList && index === keys.length - 1) place.lastTable = (place.lastTable ?? -1) + 1;
      if (place.lastTable !== undefined) place = memberOf(place, place.lastTable, line);
    }
    return place;
  }

  /** A dotted key and the `end` character after it. */
  #keys(end: string): string[] {
    const keys: string[] = [];
    for (;;) {
      const char = this.#peek();
      if (char === "") return keys;
      if (char === end) {
        this.#step();
        return keys;
      }
      if (char === '"' || char === "'") keys.push(this.#string());
      else if (char === "." || char === " " || char === "\t") this.#step();
      else {
        const start = this.#at;
        while (/[A-Za-z0-9_-]/.test(this.#peek())) this.#at++;
        if (this.#at === start) this.#step();
        else keys.push(this.#text.slice(start, this.#at));
      }
    }
  }

  #keyAndValue(table: Place): void {
    const line = this.#line;
    let place = table;
    for (const key of this.#keys("=")) place = memberOf(place, key, line);
    while (this.#peek() === " " || this.#peek() === "\t") this.#step();
    this.#value(place);
  }

  #value(place: Place): void {
    const char = this.#peek();
    if (char === '"' || char === "'") this.#string();
    else if (char === "[") this.#list(place);
    else if (char === "{") this.#inlineTable(place);
    else this.#plain();
  }

  #plain(): void {
    const start = this.#at;
    while (!/^[,\]}#\n]?$/.test(this.#peek())) this.#at++;
    const text = this.#text.slice(start, this.#at);
    const [, year, month, day] = /^([0-9]{4})-([0-9]{2})-([0-9]{2})/.exec(text) ?? [];
    if (year !== undefined && !isCalendarDay(Number(year), Number(month), Number(day))) {
      this.faults.push({ kind: "date", line: this.#line, what: text.slice(0, "2026-02-30".length) });
    }
    if (/(?:^|[Tt ])[0-9]{2}:[0-9]{2}(?!:[0-9])/.test(text))
      this.#foundNewer(this.#line, "a time without seconds");
  }

  #list(place: Place): void {
    this.#step();
    for (let index = 0; ; index++) {
      this.#skipBlank();
      if (this.#peek() === "" || this.#peek() === "]") break;
      this.#value(memberOf(place, index, this.#line));
      this.#skipBlank();
      if (this.#peek() === ",") this.#step();
    }
    this.#step();
  }

  #inlineTable(place: Place): void {
    const line = this.#line;
    let [crossed, comma] = [false, false];
    this.#step();
    for (;;) {
      crossed = this.#skipBlank() || crossed;
      if (this.#peek() === "" || this.#peek() === "}") break;
      this.#keyAndValue(place);
      crossed = this.#skipBlank() || crossed;
      comma = this.#peek() === ",";
      if (comma) this.#step();
    }
    this.#step();
    if (crossed) this.#foundNewer(line, "an inline table over several lines");
    else if (comma) this.#foundNewer(line, "a comma at the end of an inline table");
  }

  #foundNewer(line: number, what: string): void {
    if (this.faults.length < FAULTS_MAX) this.faults.push({ kind: "newer", line, what });
  }

  /** A string of any of the four kinds; what is between its quotes, with simple escapes decoded. */
  #string(): string {
    const quote = this.#peek();
    const mark = quote.repeat(this.#peek(1) === quote && this.#peek(2) === quote ? 3 : 1);
    this.#step(mark.length);
    const start = this.#at;
    while (this.#peek() !== "" && !this.#text.startsWith(mark, this.#at)) {
      if (quote === '"' && this.#peek() === "\\") {
        if (/[ex]/.test(this.#peek(1))) this.#foundNewer(this.#line, `the escape \\${this.#peek(1)}`);
        this.#step();
      }
      this.#step();
    }
    // A multi-line string may end in four or five quotes: the last three close it.
    while (mark.length === 3 && this.#peek(3) === quote) this.#step();
    const raw = this.#text.slice(start, this.#at);
    this.#step(mark.length);
    return quote === '"' ? unescapeKey(raw) : raw;
  }
}

const ESCAPES = new Map([
  ["b", "\b"],
  ["t", "\t"],
  ["n", "\n"],
  ["f", "\f"],
  ["r", "\r"],
]);

function unescapeKey(raw: string): string {
  return raw.replace(
    /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/g,
    (_, short?: string, long?: string, simple?: string) => {
      const hex = short ?? long;
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      return ESCAPES.get(simple ?? "") ?? simple ?? "";
    },
  );
}
