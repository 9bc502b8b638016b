/** What a command is: how it is called, what help says of it, and the module that runs it. */
import type { Terminal } from "./terminal.ts";

export interface Context {
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Stops long work on Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Options as cac read them; texts are taken from the raw words, for cac turns `1.10` into a number. */
export class Options {
  readonly #parsed: Readonly<Record<string, unknown>>;
  readonly #raw: readonly string[];

  constructor(parsed: Readonly<Record<string, unknown>>, raw: readonly string[]) {
    this.#parsed = parsed;
    this.#raw = raw;
  }

  /** The same options with another value for one. */
  with(name: string, value: string): Options {
    return new Options(this.#parsed, [...this.#raw, `--${name}=${value}`]);
  }

  flag(name: string): boolean {
    return this.#parsed[camel(name)] === true;
  }

  /** Whether `--no-<name>` was given. */
  negated(name: string): boolean {
    return this.#raw.includes(`--no-${name}`);
  }

  /** The option's last value, as it was typed. */
  text(name: string): string | undefined {
    for (let i = this.#raw.length - 1; i >= 0; i--) {
      const word = this.#raw[i] as string;
      if (word.startsWith(`--${name}=`)) return word.slice(name.length + 3);
      if (word === `--${name}`) return this.#raw[i + 1]?.startsWith("--") ? undefined : this.#raw[i + 1];
    }
    return undefined;
  }

  required(name: string, what: string): string {
    const text = this.text(name);
    if (text === undefined || text === "") throw new UsageError(`Missing --${name}: ${what}`);
    return text;
  }

  whole(name: string, otherwise: number, min: number, max: number): number {
    const text = this.text(name);
    if (text === undefined) return otherwise;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new UsageError(`--${name} takes a whole number from ${min} to ${max}, got "${text}"`);
  }
}

/** The words of the call are off: exit code 2. */
export class UsageError extends Error {}

/** Runs a command; the number is the exit code, 0 where there is none. */
export type Run = (args: readonly string[], options: Options, context: Context) => Promise<number | undefined>;

export interface Command {
  /** Name and positionals in cac's notation: `show <package>`, `search [...words]`. */
  readonly usage: string;
  readonly summary: string;
  readonly group: "read" | "publish" | "operate";
  readonly options: readonly (readonly [flags: string, what: string])[];
  readonly examples: readonly string[];
  readonly load: () => Promise<{ readonly run: Run }>;
}

function camel(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
