/**
 * The rules of the terminal, in one place.
 *
 * stdout is the result, text or one JSON value, never mixed. stderr is everything else: notices,
 * warnings, progress, errors. Progress is drawn only where stderr is a terminal. Colour means
 * something and is left out where NO_COLOR is set, TERM is dumb or the stream is not a terminal.
 * What strangers wrote passes through `visible`.
 */
import type { Problem } from "../base/problem.ts";
import { visible } from "../base/visible.ts";

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

type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";
const CODES: Record<Style, readonly [number, number]> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

/** Problems shown in text; `--json` has them all. */
const PROBLEMS_SHOWN_MAX = 200;

export class Terminal {
  readonly json: boolean;
  readonly #options: TerminalOptions;
  #progressWidth = 0;

  constructor(options: TerminalOptions) {
    this.#options = options;
    this.json = options.json;
  }

  /** Columns of the terminal, 80 where there is none. */
  get width(): number {
    return this.#options.stdout.columns ?? 80;
  }

  get isInteractive(): boolean {
    return this.#options.stderr.isTTY === true;
  }

  /** The result: `text` for people, `value` with --json. */
  result(value: unknown, text: () => string): void {
    const out = this.json ? `${JSON.stringify(value, null, 2)}\n` : text();
    if (out !== "") this.#options.stdout.write(out.endsWith("\n") ? out : `${out}\n`);
  }

  /** Something worth knowing that is not the result. */
  notice(text: string): void {
    this.#clearProgress();
    if (!this.#options.quiet) this.#options.stderr.write(`${text}\n`);
  }

  failure(code: string, message: string, hint: string, problems: readonly Problem[]): void {
    this.#clearProgress();
    if (this.json) {
      this.#options.stdout.write(`${JSON.stringify({ error: { code, message, hint, problems } }, null, 2)}\n`);
      return;
    }
    const { stderr } = this.#options;
    stderr.write(`${this.#paint(stderr, "red", "error")}: ${visible(message, { keepLines: true })}\n`);
    for (const problem of problems.slice(0, PROBLEMS_SHOWN_MAX)) stderr.write(this.problemText(problem));
    if (problems.length > PROBLEMS_SHOWN_MAX) stderr.write(`  … and ${problems.length - PROBLEMS_SHOWN_MAX} more (--json has them all)\n`);
    if (hint !== "") stderr.write(`${this.#paint(stderr, "cyan", "hint")}: ${visible(hint)}\n`);
  }

  warnings(problems: readonly Problem[]): void {
    if (this.json || this.#options.quiet) return;
    this.#clearProgress();
    for (const problem of problems.slice(0, PROBLEMS_SHOWN_MAX)) this.#options.stderr.write(this.problemText(problem));
  }

  problemText(problem: Problem): string {
    const { stderr } = this.#options;
    const color: Style = problem.severity === "error" ? "red" : "yellow";
    const place = [problem.file, problem.line].filter((part) => part !== undefined && part !== "").join(":");
    const key = problem.place === undefined ? "" : ` ${problem.place}`;
    const rule = problem.rule === undefined ? "" : this.#paint(stderr, "dim", ` [${problem.rule}]`);
    const lines = [`  ${this.#paint(stderr, color, problem.severity)} ${visible(place)}${visible(key)}: ${visible(problem.message)}${rule}`];
    if (problem.expected !== undefined) lines.push(`      expected  ${visible(problem.expected)}`);
    if (problem.found !== undefined) lines.push(`      found     ${visible(problem.found)}`);
    lines.push(`      ${this.#paint(stderr, "cyan", "→")} ${visible(problem.remedy)}`);
    return `${lines.join("\n")}\n`;
  }

  /** Draws a line that the next one replaces; nothing where stderr is not a terminal. */
  progress(text: string): void {
    const { stderr, quiet } = this.#options;
    if (stderr.isTTY !== true || quiet) return;
    const line = text.slice(0, (stderr.columns ?? 80) - 1);
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

  #paint(stream: Stream, style: Style, text: string): string {
    const { NO_COLOR, TERM, FORCE_COLOR } = this.#options.environment;
    const plain = (NO_COLOR !== undefined && NO_COLOR !== "") || TERM === "dumb";
    if (plain || (stream.isTTY !== true && !FORCE_COLOR)) return text;
    const [on, off] = CODES[style];
    return `\u001b[${on}m${text}\u001b[${off}m`;
  }
}

/** Rows in columns, the last one cut to the width; cells of strangers must be visible already. */
export function table(rows: readonly (readonly string[])[], width: number): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => [...(row[i] ?? "")].length)));
  return rows
    .map((row) => {
      const line = row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join("  ");
      return [...line].length > width ? `${[...line].slice(0, Math.max(20, width - 1)).join("")}…` : line;
    })
    .join("\n");
}
