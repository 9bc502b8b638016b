/** What `--help` prints: all commands, or one with its options and examples. */
import { type Command, nameOf, type Option } from "./command.ts";
import { type AskedHelp, COMMON_OPTIONS } from "./parse.ts";
import { WRAP_MIN, wrap } from "./terminal.ts";

const PROGRAM = "ggen-marketplace";
const PROGRAM_OPTIONS: readonly Option[] = [...COMMON_OPTIONS, ["--version", "Print the version"]];
const WHICH_REGISTRY =
  "The commands that use packages read a published registry, a folder, an address, or one that `registry add` added: --registry <name|path|url>, or the variable GGEN_MARKETPLACE_REGISTRY.";
const SPELLINGS =
  "Names of commands and options may be written with _ for -, --format json is --json, and the word marketplace may stand before the command.";
const GROUPS: readonly (readonly [Command["group"], string])[] = [
  ["find", "Find packages, and judge them"],
  ["use", "Use packages"],
  ["trust", "Registries, and why they are trusted"],
  ["publish", "Publish packages"],
  ["operate", "Run a registry"],
];

export function helpText(asked: AskedHelp, commands: readonly Command[], width: number): string {
  return asked.help === undefined
    ? overview(commands, width)
    : commandHelp(topicOf(asked, asked.help), width);
}

/** The same as a value, for --json. */
export function helpValue(asked: AskedHelp, commands: readonly Command[]): unknown {
  return asked.help === undefined
    ? {
        program: PROGRAM,
        commands: commands.map((command) => commandValue(topicOf({ help: command }, command))),
        options: PROGRAM_OPTIONS.map(optionValue),
      }
    : commandValue(topicOf(asked, asked.help));
}

/** A command, or one action of it alone. */
type Topic = Pick<Command, "usage" | "summary" | "group" | "options" | "examples" | "notes"> & {
  readonly command: string;
};

function topicOf({ action }: AskedHelp, command: Command): Topic {
  const name = nameOf(command);
  if (action === undefined) return { ...command, command: name };
  return { ...action, command: name, group: command.group, usage: `${name} ${action.usage}` };
}

function commandValue(topic: Topic): unknown {
  return {
    command: topic.command,
    usage: `${PROGRAM} ${topic.usage} [options]`,
    summary: topic.summary,
    group: topic.group,
    options: [...topic.options, ...COMMON_OPTIONS].map(optionValue),
    examples: topic.examples.map((example) => `${PROGRAM} ${example}`),
  };
}

function optionValue([form, what]: Option): unknown {
  const [option, value] = form.split(" ", 2);
  return { option, ...(value === undefined ? {} : { value }), what };
}

function overview(commands: readonly Command[], width: number): string {
  const sections = GROUPS.map(([group, title]) => {
    const rows = commands
      .filter((command) => command.group === group)
      .map((command) => [nameOf(command), command.summary] as const);
    return `${title}\n${definitions(rows, width)}`;
  });
  return [
    `Usage: ${PROGRAM} <command> [options]`,
    ...sections,
    `Options of every command\n${definitions(PROGRAM_OPTIONS, width)}`,
    wrap(WHICH_REGISTRY, width).join("\n"),
    wrap(SPELLINGS, width).join("\n"),
    `${PROGRAM} <command> --help has examples.`,
  ].join("\n\n");
}

function commandHelp(topic: Topic, width: number): string {
  return [
    `Usage: ${PROGRAM} ${topic.usage} [options]`,
    wrap(`${topic.summary}.`, width).join("\n"),
    ...(topic.notes ?? []).map(({ title, rows }) => `${title}\n${definitions(rows, width)}`),
    `Options\n${definitions([...topic.options, ...COMMON_OPTIONS], width)}`,
    `Examples\n${topic.examples.map((example) => `  ${PROGRAM} ${example}`).join("\n")}`,
  ].join("\n\n");
}

/** Words on the left, what they mean beside them, in lines that fit. */
function definitions(rows: readonly Option[], width: number): string {
  const left = Math.max(...rows.map(([word]) => word.length)) + 4;
  return rows
    .flatMap(([word, meaning]) =>
      wrap(meaning, Math.max(WRAP_MIN, width - left)).map(
        (line, at) => `  ${(at === 0 ? word : "").padEnd(left - 2)}${line}`,
      ),
    )
    .join("\n");
}
