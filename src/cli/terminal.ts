/**
 * The rules of the terminal, in one place.
 *
 * stdout is the result, text or one JSON value, never mixed. stderr is everything else: notices,
 * warnings, progress, errors. Progress is drawn only where stderr is a terminal. Colour means
 * something and is left out where NO_COLOR is set, TERM is dumb or the stream is not a terminal.
 * What strangers wrote passes through `visible`.
 */
import type { RegistryError } from "../base/error.ts";
import type { Problem } from "../base/problem.ts";
import { withoutKeys } from "../base/secret.ts";
import { visible, visibleJson } from "../base/visible.ts";

export interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface TerminalOptions {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** What stopped a command, as a `RegistryError` says it. */
export type Failure = Pick<RegistryError, "code" | "message" | "hint" | "problems"> &
  Partial<Pick<RegistryError, "reasons">>;

type Style = "bold" | "dim" | "underline" | "red" | "green" | "yellow" | "cyan";
const CODES: Record<Style, readonly [number, number]> = {
  bold: [1, 22],
  dim: [2, 22],
  underline: [4, 24],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

/** Problems shown in text; `--json` has them all. */
const PROBLEMS_SHOWN_MAX = 200;
const REASONS_SHOWN_MAX = 20;
/** Warnings with one code that are shown: a large registry has hundreds of the same, at every build. */
const WARNINGS_OF_A_KIND_MAX = 10;

/** Progress is a line that is written over: it must not break, whatever the terminal says of itself. */
const PROGRESS_WIDTH_MAX = 80;

/** Lines are not broken shorter, however narrow the terminal. */
export const WRAP_MIN = 30;

export class Terminal {
  readonly json: boolean;
  readonly #options: TerminalOptions;
  readonly #noted = new Set<string>();
  #progressWidth = 0;

  constructor(options: TerminalOptions) {
    this.#options = options;
    this.json = options.json;
  }

  /** Columns of the terminal; without end where there is none, so that nothing is cut from what a program reads. */
  get width(): number {
    return widthOf(this.#options.stdout);
  }

  /** The result: `text` for people, `value` with --json. */
  result(value: unknown, text: () => string): void {
    this.#clearProgress();
    const out = this.json ? json(value) : text();
    if (out !== "") this.#options.stdout.write(out.endsWith("\n") ? out : `${out}\n`);
  }

  /** A result in a format of its own, byte for byte for a program that reads it; a person sees what is hidden in it. */
  raw(text: string): void {
    this.#clearProgress();
    const { stdout } = this.#options;
    stdout.write(stdout.isTTY === true ? visible(text, { keepLines: true }) : text);
  }

  /** Something a person should know, said once however often it comes up. */
  note(text: string): void {
    if (this.#noted.has(text)) return;
    this.#noted.add(text);
    this.#notice(`note: ${text}`, (line) =>
      line.replace(/^note:/, (word) => this.#paint(this.#options.stderr, "dim", word)),
    );
  }

  /** Something worth knowing that is not the result. */
  notice(text: string): void {
    this.#notice(text, (line) => line);
  }

  /** What goes on is set in. `dress` gives the first line its colours, which have no width. */
  #notice(text: string, dress: (line: string) => string): void {
    this.#clearProgress();
    const { stderr, quiet } = this.#options;
    if (quiet) return;
    const indent = text.length - text.trimStart().length;
    const width = widthOf(stderr) - indent;
    const [first = "", ...more] = wrap(text.trimStart(), Math.max(WRAP_MIN, width - 2));
    const lines = [
      dress(`${" ".repeat(indent)}${first}`),
      ...more.map((line) => `${" ".repeat(indent + 2)}${line}`),
    ];
    stderr.write(`${lines.join("\n")}\n`);
  }

  /** Asks a person at the terminal; false where there is none, and for any answer but yes. */
  async confirm(question: string): Promise<boolean> {
    const { stderr, quiet } = this.#options;
    if (stderr.isTTY !== true || quiet || this.json) return false;
    // Looking at process.stdin makes a stream of it, which takes longer than most commands.
    const [{ isatty }, { createInterface }] = await Promise.all([
      import("node:tty"),
      import("node:readline/promises"),
    ]);
    if (!isatty(0)) return false;
    this.#clearProgress();
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
    } finally {
      lines.close();
    }
  }

  /**
   * What stands on stdin, of which at most `bytesMax` bytes are read: typed on one line at a terminal, where it is not
   * shown, or piped, to the end.
   */
  async secret(question: string, bytesMax: number): Promise<string> {
    const { isatty } = await import("node:tty");
    if (!isatty(0)) return readAll(process.stdin, bytesMax);
    const [{ createInterface }, { Writable }] = await Promise.all([
      import("node:readline/promises"),
      import("node:stream"),
    ]);
    this.#clearProgress();
    const { stderr } = this.#options;
    stderr.write(question);
    const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
    const lines = createInterface({ input: process.stdin, output: unseen, terminal: true });
    // In this mode of the terminal Ctrl-C is a key, and no signal.
    lines.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
    try {
      return await lines.question("");
    } finally {
      lines.close();
      stderr.write("\n");
    }
  }

  failure({ code, message: said, hint, problems, reasons }: Failure): void {
    this.#clearProgress();
    // Whatever was given where something else was expected: a key goes to no log.
    const message = withoutKeys(said);
    if (this.json) {
      const steps = reasons === undefined ? {} : { steps: reasons.steps };
      this.#options.stdout.write(json({ error: { code, message, hint, problems, ...steps } }));
      return;
    }
    const { stderr } = this.#options;
    stderr.write(`${this.#paint(stderr, "red", "error")}: ${visible(message, { keepLines: true })}\n`);
    const lines = reasons?.lines ?? [];
    // What a proof comes to stands at its end.
    if (lines.length > REASONS_SHOWN_MAX)
      stderr.write(`  … ${lines.length - REASONS_SHOWN_MAX} steps before (--json has them all)\n`);
    for (const line of lines.slice(-REASONS_SHOWN_MAX)) stderr.write(`  ${visible(line)}\n`);
    for (const problem of problems.slice(0, PROBLEMS_SHOWN_MAX)) stderr.write(this.problemText(problem));
    if (problems.length > PROBLEMS_SHOWN_MAX)
      stderr.write(`  … and ${problems.length - PROBLEMS_SHOWN_MAX} more (--json has them all)\n`);
    if (hint !== "") stderr.write(`${this.#paint(stderr, "cyan", "hint")}: ${visible(hint)}\n`);
  }

  warnings(problems: readonly Problem[]): void {
    if (this.json || this.#options.quiet) return;
    this.#clearProgress();
    const { stderr } = this.#options;
    const counts = new Map<string, number>();
    for (const problem of problems) {
      const count = (counts.get(problem.code) ?? 0) + 1;
      counts.set(problem.code, count);
      if (count <= WARNINGS_OF_A_KIND_MAX) stderr.write(this.problemText(problem));
    }
    for (const [code, count] of counts)
      if (count > WARNINGS_OF_A_KIND_MAX)
        stderr.write(`  … and ${count - WARNINGS_OF_A_KIND_MAX} more ${code} (--json has them all)\n`);
  }

  problemText(problem: Problem): string {
    const { stderr } = this.#options;
    const color: Style = problem.severity === "error" ? "red" : "yellow";
    const file = [problem.file, problem.line].filter((part) => part !== undefined && part !== "").join(":");
    const place = [file, problem.place].filter((part) => part !== undefined && part !== "").join(" ");
    const rule = problem.rule === undefined ? "" : this.#paint(stderr, "dim", ` [${problem.rule}]`);
    const head = this.#paint(stderr, color, problem.severity);
    const lines = [
      `  ${head}${place === "" ? "" : ` ${visible(place)}`}: ${visible(problem.message)}${rule}`,
    ];
    if (problem.expected !== undefined) lines.push(`      expected  ${visible(problem.expected)}`);
    if (problem.found !== undefined) lines.push(`      found     ${visible(problem.found)}`);
    lines.push(`      ${this.#paint(stderr, "cyan", "→")} ${visible(problem.remedy)}`);
    return `${lines.join("\n")}\n`;
  }

  /** Draws a line that the next one replaces; nothing where stderr is not a terminal. */
  progress(text: string): void {
    const { stderr, quiet } = this.#options;
    if (stderr.isTTY !== true || quiet) return;
    const line = text.slice(0, Math.min(widthOf(stderr), PROGRESS_WIDTH_MAX) - 1);
    stderr.write(`\r${line.padEnd(this.#progressWidth)}`);
    this.#progressWidth = line.length;
  }

  #clearProgress(): void {
    if (this.#progressWidth === 0) return;
    this.#options.stderr.write(`\r${" ".repeat(this.#progressWidth)}\r`);
    this.#progressWidth = 0;
  }

  style(style: Style, text: string): string {
    return this.#paint(this.#options.stdout, style, text);
  }

  /** Whether `style` does anything. */
  get isStyled(): boolean {
    return this.#hasStyles(this.#options.stdout);
  }

  #hasStyles(stream: Stream): boolean {
    const { NO_COLOR, TERM, FORCE_COLOR } = this.#options.environment;
    const plain = (NO_COLOR !== undefined && NO_COLOR !== "") || TERM === "dumb";
    return !plain && (stream.isTTY === true || Boolean(FORCE_COLOR));
  }

  #paint(stream: Stream, style: Style, text: string): string {
    if (!this.#hasStyles(stream)) return text;
    const [on, off] = CODES[style];
    return `\u001b[${on}m${text}\u001b[${off}m`;
  }
}

/** Without end where there is no terminal, or one that was never told how wide it is and says 0. */
function widthOf({ columns = 0 }: Stream): number {
  return columns > 0 ? columns : Number.POSITIVE_INFINITY;
}

async function readAll(stream: AsyncIterable<Buffer>, bytesMax: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= bytesMax) break;
  }
  return Buffer.concat(chunks).subarray(0, bytesMax).toString("utf8");
}

function json(value: unknown): string {
  return `${visibleJson(JSON.stringify(value, null, 2))}\n`;
}

/** The text in lines of at most `width` characters, broken between words. */
export function wrap(text: string, width: number): string[] {
  if (!Number.isFinite(width)) return [text];
  const lines: string[][] = [];
  let length = 0;
  for (const word of text.split(" ")) {
    const more = [...word].length;
    const last = lines.at(-1);
    if (last !== undefined && length + 1 + more <= width) {
      last.push(word);
      length += 1 + more;
    } else {
      lines.push([word]);
      length = more;
    }
  }
  return lines.map((words) => words.join(" "));
}

/** The text, cut with an ellipsis where it is longer than `width` characters. */
export function cut(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(1, width - 1)).join("")}…`;
}

/** Rows in columns, the last one cut to the width; cells of strangers must be visible already. */
export function table(rows: readonly (readonly string[])[], width: number): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(...rows.map((row) => [...(row[i] ?? "")].length)),
  );
  return rows
    .map((row) => {
      const line = row
        .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
        .join("  ");
      return cut(line, Math.max(20, width));
    })
    .join("\n");
}
