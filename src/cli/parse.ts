/**
 * From the words of a call to the command they mean.
 *
 * cac matches the command and its positionals. Values of options are taken from the words as they were
 * typed, since cac makes numbers of what looks like one (`1.10` becomes 1.1); nothing unknown is
 * passed over, and what is wrong names the word that was meant.
 */
import { cac } from "cac";
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
const VERSION_OPTION: Option = ["--version", "Print the version"];
const SHORT: ReadonlyMap<string, string> = new Map([
  ["-h", "--help"],
  ["-v", "--version"],
]);

/** Throws UsageError. */
export function parseCall(given: readonly string[], commands: readonly Command[]): Call | Asked {
  const words = given.map((word) => SHORT.get(word) ?? word);
  const cli = cac("ggen-marketplace");
  for (const [flags, what] of [...COMMON_OPTIONS, VERSION_OPTION]) cli.option(flags, what);
  for (const command of commands) {
    const defined = cli.command(command.usage, command.summary);
    for (const [flags, what] of command.options) defined.option(flags, what);
  }
  const { args: positionals, options: parsed } = cli.parse(["node", cli.name, ...words], { run: false });
  const afterDashes: readonly string[] = parsed["--"] ?? [];
  const command = commands.find((candidate) => nameOf(candidate) === cli.matchedCommandName);
  if (command === undefined && positionals[0] !== undefined) throw unknownCommand(positionals[0], commands);
  const { flags, values } = readOptions(words, command);
  if (flags.has("version")) return "version";
  if (command === undefined || flags.has("help")) return { help: command };
  const args = [...positionals, ...afterDashes];
  checkCount(command, args);
  return { command, args, options: new Options(flags, values) };
}

/** Every option that was written, judged; of one that is given twice the last counts. */
function readOptions(words: readonly string[], command: Command | undefined) {
  const allowed = [...COMMON_OPTIONS, ...(command === undefined ? [VERSION_OPTION] : command.options)];
  const flags = new Set<string>();
  const values = new Map<string, string>();
  for (let at = 0; at < words.length && words[at] !== "--"; at++) {
    const word = words[at] as string;
    if (!word.startsWith("-") || word === "-") continue;
    const equals = word.indexOf("=");
    const written = equals < 0 ? word : word.slice(0, equals);
    const inline = equals < 0 ? undefined : word.slice(equals + 1);
    const option = allowed.find(([form]) => optionName(form) === written.slice(2) && written.startsWith("--"));
    if (option === undefined) throw unknownOption(written, allowed, command);
    const name = optionName(option[0]);
    if (!takesValue(option[0])) {
      if (inline !== undefined) throw new UsageError(`--${name} takes no value, got "${inline}"`, command);
      flags.add(name);
    } else if (inline !== undefined) values.set(name, inline);
    else values.set(name, valueAfter(words[++at], name, option[0], command));
  }
  return { flags, values };
}

function valueAfter(word: string | undefined, name: string, form: string, command: Command | undefined): string {
  if (word === undefined || word === "--") throw new UsageError(`--${name} needs a value: ${form}`, command);
  if (!word.startsWith("-") || word === "-") return word;
  throw new UsageError(
    `--${name} needs a value, and "${word}" looks like an option; write --${name}=${word} if you mean it`,
    command,
  );
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
  const meant = nearest(
    word,
    allowed.map(([flags]) => `--${optionName(flags)}`),
  );
  const of = command === undefined ? "" : ` of ${nameOf(command)}`;
  return new UsageError(
    `Unknown option ${word}${of}${meant === undefined ? "" : `; did you mean ${meant}?`}`,
    command,
  );
}

function optionName(flags: string): string {
  return (flags.split(" ", 1)[0] as string).slice(2);
}

function takesValue(flags: string): boolean {
  return flags.includes("<");
}
