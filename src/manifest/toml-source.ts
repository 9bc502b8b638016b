/**
 * Where things stand in the source of a TOML document: the line of each key, and what only TOML 1.1
 * allows. The parser gives values without places; this walks the text again, and only when there is
 * something to say about it.
 *
 * It reads documents that the parser has accepted, so it follows the grammar without judging it.
 */

/** Keys, and positions in lists, from the root to a value. */
export type TomlPath = readonly (string | number)[];

export interface NewerSyntax {
  readonly line: number;
  readonly feature: string;
}

export interface TomlSource {
  /** Line, from 1, where the value at `path` begins; that of the nearest table above where it is absent. */
  lineOf(path: TomlPath): number | undefined;
  readonly newer: readonly NewerSyntax[];
}

/** Whether `text` might hold something of TOML 1.1: cheap, and wrong only by saying yes. */
export function mayBeNewer(text: string): boolean {
  return text.includes("{") || /\\[ex]/.test(text) || /[Tt \t=,[][0-9]{2}:[0-9]{2}(?!:[0-9])/.test(text);
}

export function scanToml(text: string): TomlSource {
  const scanner = new TomlScanner(text);
  scanner.document();
  const lines = scanner.lines;
  return {
    newer: scanner.newer,
    lineOf(path) {
      for (let length = path.length; length > 0; length--) {
        const line = lines.get(keyOf(path.slice(0, length)));
        if (line !== undefined) return line;
      }
      return undefined;
    },
  };
}

function keyOf(path: TomlPath): string {
  return JSON.stringify(path);
}

class TomlScanner {
  readonly lines = new Map<string, number>();
  readonly newer: NewerSyntax[] = [];
  readonly #text: string;
  #at = 0;
  #line = 1;
  /** Position of the last table of each list of tables. */
  readonly #lastTable = new Map<string, number>();

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    let table: TomlPath = [];
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

  #note(path: TomlPath, line: number): void {
    for (let length = path.length; length > 0; length--) {
      const key = keyOf(path.slice(0, length));
      if (this.lines.has(key)) return;
      this.lines.set(key, line);
    }
  }

  #header(): TomlPath {
    const line = this.#line;
    const isList = this.#peek(1) === "[";
    this.#step(isList ? 2 : 1);
    const keys = this.#keys("]");
    if (isList) this.#step();
    const path: (string | number)[] = [];
    for (const [index, key] of keys.entries()) {
      path.push(key);
      const last = this.#lastTable.get(keyOf(path));
      if (isList && index === keys.length - 1) {
        this.#lastTable.set(keyOf(path), last === undefined ? 0 : last + 1);
        path.push(last === undefined ? 0 : last + 1);
      } else if (last !== undefined) path.push(last);
    }
    this.#note(path, line);
    return path;
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

  #keyAndValue(table: TomlPath): void {
    const line = this.#line;
    const path = [...table, ...this.#keys("=")];
    this.#note(path, line);
    while (this.#peek() === " " || this.#peek() === "\t") this.#step();
    this.#value(path);
  }

  #value(path: TomlPath): void {
    const char = this.#peek();
    if (char === '"' || char === "'") this.#string();
    else if (char === "[") this.#list(path);
    else if (char === "{") this.#inlineTable(path);
    else this.#plain();
  }

  #plain(): void {
    const start = this.#at;
    while (!/^[,\]}#\n]?$/.test(this.#peek())) this.#at++;
    const text = this.#text.slice(start, this.#at);
    if (/(?:^|[Tt ])[0-9]{2}:[0-9]{2}(?!:[0-9])/.test(text))
      this.#foundNewer(this.#line, "a time without seconds");
  }

  #list(path: TomlPath): void {
    this.#step();
    for (let index = 0; ; index++) {
      this.#skipBlank();
      if (this.#peek() === "" || this.#peek() === "]") break;
      this.#note([...path, index], this.#line);
      this.#value([...path, index]);
      this.#skipBlank();
      if (this.#peek() === ",") this.#step();
    }
    this.#step();
  }

  #inlineTable(path: TomlPath): void {
    const line = this.#line;
    let [crossed, comma] = [false, false];
    this.#step();
    for (;;) {
      crossed = this.#skipBlank() || crossed;
      if (this.#peek() === "" || this.#peek() === "}") break;
      this.#keyAndValue(path);
      crossed = this.#skipBlank() || crossed;
      comma = this.#peek() === ",";
      if (comma) this.#step();
    }
    this.#step();
    if (crossed) this.#foundNewer(line, "an inline table over several lines");
    else if (comma) this.#foundNewer(line, "a comma at the end of an inline table");
  }

  #foundNewer(line: number, feature: string): void {
    this.newer.push({ line, feature });
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
