/**
 * From the words of a call to the command they mean.
 *
 * cac matches the command among the words that are no options. The options are read here: cac makes numbers of
 * what looks like one (`1.10` becomes 1.1) and takes the next word for an empty value. Nothing unknown is
 * passed over, and what is wrong names the word that was meant.
 */
import { cac } from "cac";
import { nearest } from "../base/nearest.ts";
import { looksSecret } from "../base/secret.ts";
import { type Action, type Command, helpHint, nameOf, type Option, Options, UsageError } from "./command.ts";
import { hyphened, spelledOption, spelledWords } from "./spelling.ts";

export interface Call {
  readonly command: Command;
  readonly args: readonly string[];
  readonly options: Options;
}

/** Help on one command, or an action of it, or on all. */
export interface AskedHelp {
  readonly help: Command | undefined;
  readonly action?: Action;
}

/** Instead of a call: what was asked for is help, or the version. */
export type Asked = AskedHelp | "version";

/** What every command understands besides its own. */
export const COMMON_OPTIONS: readonly Option[] = [
  ["--json", "Print the result as one JSON value"],
  ["--quiet", "Print no notices"],
  ["--help", "Show this"],
];
/** What every command takes that has no option of this name: another way to write --json. */
const FORMAT_OPTION: Option = ["--format <json|text>", "json or text"];
const VERSION_OPTION: Option = ["--version", "Print the version"];
const SHORT: ReadonlyMap<string, string> = new Map([
  ["-h", "--help"],
  ["-v", "--version"],
]);

/** Throws UsageError. */
export function parseCall(words: readonly string[], commands: readonly Command[]): Call | Asked {
  const written = splitWords(words, commands);
  const [first, ...rest] = written.before;
  if (first === "help" || (first === "version" && rest.length === 0)) {
    judgeOptions(written.options, undefined);
    return first === "help" ? askedHelp(rest, commands) : "version";
  }
  const cli = cac("ggen-marketplace");
  // Only what may be meant is defined: to define all takes longer than to answer.
  for (const command of commands.filter((candidate) => written.before.includes(nameOf(candidate))))
    cli.command(command.usage, command.summary);
  const { args } = cli.parse(["node", cli.name, ...written.before], { run: false });
  const command = commands.find((candidate) => nameOf(candidate) === cli.matchedCommandName);
  if (command === undefined && args[0] !== undefined) throw unknownCommand(args[0], commands);
  const { flags, values } = judgeOptions(written.options, command);
  if (flags.has("version")) return "version";
  if (command === undefined || flags.has("help")) return helpOn(command, args[0]);
  const all = placed(command, [...args, ...written.after], values);
  checkCount(command, all);
  return { command, args: all, options: new Options(flags, values) };
}

/** `help`, `help show`, `help state yank`. */
function askedHelp([word, action]: readonly string[], commands: readonly Command[]): Asked {
  const command = commands.find((candidate) => nameOf(candidate) === word);
  if (word !== undefined && command === undefined) throw unknownCommand(word, commands);
  return helpOn(command, action);
}

function helpOn(command: Command | undefined, word: string | undefined): Asked {
  const action = command?.actions?.find((candidate) => nameOf(candidate) === word);
  return { help: command, ...(action === undefined ? {} : { action }) };
}

interface WrittenOption {
  /** Without its value: `--limit`. */
  readonly word: string;
  readonly value: string | undefined;
  /** `--limit=3`, in one word. */
  readonly inline: boolean;
}

/** The words that are no options, before and after a bare `--`, and the options with what follows those that take a value. */
function splitWords(words: readonly string[], commands: readonly Command[]) {
  const valued = new Set(
    commands
      .flatMap((command) => [...command.options, FORMAT_OPTION, ...placeOptions(command)])
      .flatMap(([form]) => (takesValue(form) ? [`--${optionName(form)}`] : [])),
  );
  const end = words.includes("--") ? words.indexOf("--") : words.length;
  const before: string[] = [];
  const options: WrittenOption[] = [];
  for (let at = 0; at < end; at++) {
    const typed = words[at] as string;
    const equals = typed.indexOf("=");
    const word = SHORT.get(typed) ?? spelledOption(equals < 0 ? typed : typed.slice(0, equals));
    if (!typed.startsWith("-") || typed === "-") before.push(typed);
    else if (equals >= 0) options.push({ word, value: typed.slice(equals + 1), inline: true });
    else if (valued.has(word))
      options.push({ word, value: ++at < end ? words[at] : undefined, inline: false });
    else options.push({ word, value: undefined, inline: false });
  }
  return { before: spelledWords(before), after: words.slice(end + 1), options };
}

/** Of an option that is given twice the last counts. */
function judgeOptions(written: readonly WrittenOption[], command: Command | undefined) {
  const own = command === undefined ? [VERSION_OPTION] : command.options;
  const places = command === undefined ? [] : placeOptions(command);
  const allowed = [...COMMON_OPTIONS, ...own, ...places, FORMAT_OPTION];
  const flags = new Set<string>();
  const values = new Map<string, string>();
  for (const { word, value, inline } of written) {
    const option = allowed.find(([form]) => `--${optionName(form)}` === word);
    if (option === undefined) throw unknownOption(word, allowed, command);
    const name = optionName(option[0]);
    if (takesValue(option[0])) values.set(name, checkedValue(value, inline, option[0], command));
    else if (value === undefined) flags.add(name);
    else
      throw new UsageError(
        `${word} takes no value${command?.isNearSecrets ? "" : `, got "${value}"`}`,
        helpHint(command),
      );
    if (option === FORMAT_OPTION && value !== "json" && value !== "text")
      throw new UsageError(`--format takes json or text, got "${value}"`, helpHint(command));
  }
  return { flags, values };
}

function checkedValue(
  value: string | undefined,
  inline: boolean,
  form: string,
  command: Command | undefined,
): string {
  const word = `--${optionName(form)}`;
  if (value === undefined) throw new UsageError(`${word} needs a value: ${form}`, helpHint(command));
  if (inline || !value.startsWith("-") || value === "-") return value;
  throw new UsageError(
    looksSecret(value)
      ? `${word} needs a value such as ${form}, and was given a key itself (it is not repeated here)`
      : `${word} needs a value, and "${value}" looks like an option; write ${word}=${value} if you mean it`,
    helpHint(command),
  );
}

/** A place that holds one word may be given by its name: `show --package x`. An option of that name comes first. */
function placeOptions(command: Command): Option[] {
  return placesOf(command).map((name) => [`--${name} <${name}>`, name]);
}

function placesOf({ usage }: Command): string[] {
  return [...usage.matchAll(/[<[]([a-z-]+)[\]>]/g)].map(([, name = ""]) => name);
}

/** The words of the call with those in their places that were given by name. */
function placed(command: Command, args: readonly string[], values: Map<string, string>): readonly string[] {
  const all = [...args];
  const [first] = all;
  if (first !== undefined && placesOf(command)[0] === "action") all[0] = hyphened(first);
  const options = new Set(command.options.map(([form]) => optionName(form)));
  for (const [at, name] of placesOf(command).entries()) {
    const value = options.has(name) ? undefined : values.get(name);
    if (value === undefined) continue;
    values.delete(name);
    all.splice(at, 0, value);
  }
  return all;
}

/** The places of a usage line: `<a>` must be given, `[b]` may be, `...` as often as one likes. */
function checkCount(command: Command, args: readonly string[]): void {
  const places = command.usage.split(" ").slice(1);
  const missing = places.findIndex((place, at) => place.startsWith("<") && at >= args.length);
  if (missing >= 0) throw new UsageError(`Missing ${places[missing]}: ${command.usage}`, helpHint(command));
  if (places.some((place) => place.includes("...")) || args.length <= places.length) return;
  throw new UsageError(
    command.isNearSecrets
      ? `Too many words for ${command.usage}`
      : `Too many words: "${args[places.length]}" has no place in ${command.usage}`,
    helpHint(command),
  );
}

function unknownCommand(word: string, commands: readonly Command[]): UsageError {
  const meant = nearest(word, commands.map(nameOf));
  return new UsageError(
    `Unknown command "${word}"${meant === undefined ? "" : `; did you mean "${meant}"?`}`,
  );
}

function unknownOption(word: string, allowed: readonly Option[], command: Command | undefined): UsageError {
  const meant = nearest(
    word,
    allowed.map(([flags]) => `--${optionName(flags)}`),
  );
  const of = command === undefined ? "" : ` of ${nameOf(command)}`;
  return new UsageError(
    `Unknown option ${word}${of}${meant === undefined ? "" : `; did you mean ${meant}?`}`,
    helpHint(command),
  );
}

function optionName(flags: string): string {
  return (flags.split(" ", 1)[0] as string).slice(2);
}

function takesValue(flags: string): boolean {
  return flags.includes("<");
}
