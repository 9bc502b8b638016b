/** What `--help` prints: all commands, or one with its options and examples. */
import { type Command, nameOf, type Option } from "./command.ts";
import { COMMON_OPTIONS } from "./parse.ts";
import { WRAP_MIN, wrap } from "./terminal.ts";

const PROGRAM = "ggen-marketplace";
const PROGRAM_OPTIONS: readonly Option[] = [...COMMON_OPTIONS, ["--version", "Print the version"]];
const GROUPS: readonly (readonly [Command["group"], string])[] = [
  ["read", "Use packages"],
  ["publish", "Publish packages"],
  ["operate", "Run a registry"],
];

export function helpText(command: Command | undefined, commands: readonly Command[], width: number): string {
  return command === undefined ? overview(commands, width) : commandHelp(command, width);
}

/** The same as a value, for --json. */
export function helpValue(command: Command | undefined, commands: readonly Command[]): unknown {
  return command === undefined
    ? { program: PROGRAM, commands: commands.map(commandValue), options: PROGRAM_OPTIONS.map(optionValue) }
    : commandValue(command);
}

function commandValue(command: Command): unknown {
  return {
    command: nameOf(command),
    usage: `${PROGRAM} ${command.usage} [options]`,
    summary: command.summary,
    group: command.group,
    options: [...command.options, ...COMMON_OPTIONS].map(optionValue),
    examples: command.examples.map((example) => `${PROGRAM} ${example}`),
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
    `${PROGRAM} <command> --help has examples.`,
  ].join("\n\n");
}

function commandHelp(command: Command, width: number): string {
  return [
    `Usage: ${PROGRAM} ${command.usage} [options]`,
    wrap(`${command.summary}.`, width).join("\n"),
    `Options\n${definitions([...command.options, ...COMMON_OPTIONS], width)}`,
    `Examples\n${command.examples.map((example) => `  ${PROGRAM} ${example}`).join("\n")}`,
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
