/** What a command is: how it is called, what help says of it, and the module that runs it. */
import type { UserSettings } from "./settings.ts";
import type { Terminal } from "./terminal.ts";

export interface Context {
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What this person has set for good; asked by settings.ts alone. */
  readonly user: UserSettings;
}

/** The options of a call, every value as it was typed. */
export class Options {
  readonly #flags: ReadonlySet<string>;
  readonly #values: ReadonlyMap<string, string>;

  constructor(flags: ReadonlySet<string>, values: ReadonlyMap<string, string>) {
    this.#flags = flags;
    this.#values = values;
  }

  /** The same options with another value for one. */
  with(name: string, value: string): Options {
    return new Options(this.#flags, new Map([...this.#values, [name, value]]));
  }

  /** The same options with a value for one that was not given. */
  otherwise(name: string, value: string): Options {
    return this.#values.has(name) ? this : this.with(name, value);
  }

  flag(name: string): boolean {
    return this.#flags.has(name);
  }

  text(name: string): string | undefined {
    return this.#values.get(name);
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
export class UsageError extends Error {
  override readonly name = "UsageError";
  /** What to do about it; where it says nothing, the help of the command is named. */
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** Where to read what there is to say: of a command, or of all. */
/** `words` are those of the call: an action of the command has help of its own. */
export function helpHint(command?: Command, words: readonly string[] = []): string {
  const action = command?.actions?.find((candidate) => nameOf(candidate) === words[0]);
  const of = [command, action].map((one) => (one === undefined ? "" : ` ${nameOf(one)}`)).join("");
  return `ggen-marketplace${of} --help says what there is`;
}

/** Runs a command; the number is the exit code, 0 where there is none. */
export type Run = (
  args: readonly string[],
  options: Options,
  context: Context,
) => Promise<number | undefined>;

/** How it is written, `--limit <n>` or `--json`, and what help says of it. */
export type Option = readonly [flags: string, what: string];

/** One thing that a command does, with what help says of it alone. */
export interface Action {
  /** Name and positionals: `yank <package@version>`. */
  readonly usage: string;
  readonly summary: string;
  /** Of the command's options those that mean something here. */
  readonly options: readonly Option[];
  readonly examples: readonly string[];
}

export interface Command {
  /** Name and positionals: `show <package>`, `key <action> [file]`, `search [...words]`. */
  readonly usage: string;
  readonly summary: string;
  readonly group: "find" | "use" | "trust" | "publish" | "operate";
  readonly options: readonly Option[];
  readonly examples: readonly string[];
  /** What else help tells, before the options. */
  readonly notes?: readonly { readonly title: string; readonly rows: readonly Option[] }[];
  /** A person may take it for a place to write a secret: words that are off are not repeated in a message. */
  readonly isNearSecrets?: true;
  /** Where its first word says what is done: `state yank`. */
  readonly actions?: readonly Action[];
  readonly load: () => Promise<{ readonly run: Run }>;
}

export function nameOf({ usage }: Pick<Command, "usage">): string {
  return usage.split(" ", 1)[0] as string;
}
