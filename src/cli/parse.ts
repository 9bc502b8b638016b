/**
 * From the words of a call to the command they mean.
 *
 * node:util splits the words; what they may be is judged here, by the table of commands. Values stay the
 * text that was typed (`1.10` is no number), a flag takes no value, and nothing unknown is passed over.
 */
import { parseArgs } from "node:util";
import { nearest } from "../base/nearest.ts";
import { type Command, nameOf, type Option, Options, UsageError } from "./command.ts";

export interface Call {
  readonly command: Command;
  readonly args: readonly string[];
  readonly options: Options;
}

/** Instead of a call: what was asked for is help, of one command or of all, or the version. */
export type Asked = { readonly help: Command | undefined } | "version";

/** What every command understands besides its own. */
export const COMMON_OPTIONS: readonly Option[] = [
  ["--json", "Print the result as one JSON value"],
  ["--quiet", "Print no notices"],
  ["--help", "Show this"],
];

/** Throws UsageError. */
export function parseCall(words: readonly string[], commands: readonly Command[]): Call | Asked {
  const split = splitWords(words, [...COMMON_OPTIONS, ["--version", ""], ...commands.flatMap((command) => command.options)]);
  const [name, ...args] = split.positionals;
  const command = commands.find((candidate) => nameOf(candidate) === name);
  if (name !== undefined && command === undefined) throw unknownCommand(name, commands);
  const flags = new Set<string>();
  const values = new Map<string, string>();
  for (const option of split.options) judgeOption(option, command, flags, values);
  if (flags.has("version")) return "version";
  if (command === undefined || flags.has("help")) return { help: command };
  checkCount(command, args);
  return { command, args, options: new Options(flags, values) };
}

interface Written {
  /** As it was typed, without its value: `--limit`, `-h`. */
  readonly word: string;
  readonly name: string;
  readonly value: string | undefined;
  /** `--name=value`, in one word. */
  readonly inline: boolean;
}

function splitWords(words: readonly string[], known: readonly Option[]) {
  const options = Object.fromEntries(known.map(([flags]) => [optionName(flags), { type: takesValue(flags) ? ("string" as const) : ("boolean" as const) }]));
  Object.assign(options, { help: { type: "boolean", short: "h" }, version: { type: "boolean", short: "v" } });
  const { tokens } = parseArgs({ args: [...words], options, allowPositionals: true, strict: false, tokens: true });
  const written: Written[] = [];
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind === "option") written.push({ word: token.rawName, name: token.name, value: token.value, inline: token.inlineValue ?? false });
  }
  return { options: written, positionals };
}

function judgeOption({ word, name, value, inline }: Written, command: Command | undefined, flags: Set<string>, values: Map<string, string>): void {
  const allowed = [...COMMON_OPTIONS, ...(command === undefined ? [["--version", ""] as const] : command.options)];
  const option = allowed.find(([flags]) => optionName(flags) === name);
  if (option === undefined) throw unknownOption(word, allowed, command);
  if (!takesValue(option[0])) {
    if (value !== undefined) throw new UsageError(`--${name} takes no value, got "${value}"`, command);
    flags.add(name);
    return;
  }
  if (value === undefined) throw new UsageError(`--${name} needs a value: ${option[0]}`, command);
  if (!inline && value.startsWith("-") && value !== "-")
    throw new UsageError(`--${name} needs a value, and "${value}" looks like an option; write --${name}=${value} if you mean it`, command);
  values.set(name, value);
}

/** The places of a usage line: `<a>` must be given, `[b]` may be, `...` as often as one likes. */
function checkCount(command: Command, args: readonly string[]): void {
  const places = command.usage.split(" ").slice(1);
  const missing = places.findIndex((place, at) => place.startsWith("<") && at >= args.length);
  if (missing >= 0) throw new UsageError(`Missing ${places[missing]}: ${command.usage}`, command);
  if (places.some((place) => place.includes("...")) || args.length <= places.length) return;
  throw new UsageError(`Too many words: "${args[places.length]}" has no place in ${command.usage}`, command);
}

function unknownCommand(word: string, commands: readonly Command[]): UsageError {
  const meant = nearest(word, commands.map(nameOf));
  return new UsageError(`Unknown command "${word}"${meant === undefined ? "" : `; did you mean "${meant}"?`}`);
}

function unknownOption(word: string, allowed: readonly Option[], command: Command | undefined): UsageError {
  const meant = nearest(word, allowed.map(([flags]) => `--${optionName(flags)}`));
  const of = command === undefined ? "" : ` of ${nameOf(command)}`;
  return new UsageError(`Unknown option ${word}${of}${meant === undefined ? "" : `; did you mean ${meant}?`}`, command);
}

function optionName(flags: string): string {
  return (flags.split(" ", 1)[0] as string).slice(2);
}

function takesValue(flags: string): boolean {
  return flags.includes("<");
}
