/**
 * `completions`: what a shell needs to complete our commands, actions and options. Made of the table of commands, so
 * that it never lags behind it; no shell asks the program anything.
 */
import { type Command, nameOf, type Run, UsageError } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { COMMON_OPTIONS } from "./parse.ts";

const PROGRAM = "ggen-marketplace";

interface Completed {
  readonly name: string;
  readonly summary: string;
  readonly actions: readonly string[];
  readonly options: readonly {
    readonly flag: string;
    readonly about: string;
    readonly takesValue: boolean;
  }[];
}

const SHELLS: Readonly<Record<string, (commands: readonly Completed[]) => string>> = { bash, zsh, fish };

export const run: Run = async ([shell = ""], _options, { terminal }) => {
  const write = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
  if (write === undefined)
    throw new UsageError(`completions takes ${Object.keys(SHELLS).join(", ")}, got "${shell}"`);
  const script = write(COMMANDS.map(completed));
  terminal.result({ shell, script }, () => script);
  return undefined;
};

function completed(command: Command): Completed {
  const options = [...command.options, ...COMMON_OPTIONS].map(([form, about]) => ({
    flag: form.split(" ", 1)[0] as string,
    about,
    takesValue: form.includes("<"),
  }));
  return {
    name: nameOf(command),
    summary: command.summary,
    actions: (command.actions ?? []).map(nameOf),
    options,
  };
}

function bash(commands: readonly Completed[]): string {
  const cases = commands.map(({ name, actions, options }) => {
    const words = [...actions, ...options.map(({ flag }) => flag)].join(" ");
    return `    ${name}) words="${words}" ;;`;
  });
  return `# bash: source <(${PROGRAM} completions bash)
_ggen_marketplace() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" words
  case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
    *) words="" ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then words="${commands.map(({ name }) => name).join(" ")} help"; fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  if [ \${#COMPREPLY[@]} -eq 0 ] && [ "\${cur:0:1}" != "-" ]; then COMPREPLY=($(compgen -f -- "$cur")); fi
}
complete -F _ggen_marketplace ${PROGRAM}
`;
}

function zsh(commands: readonly Completed[]): string {
  const list = commands.map(({ name, summary }) => `    ${single(`${name}:${zshText(summary)}`)}`);
  const cases = commands.map(({ name, actions, options }) => {
    const specs = options.map(({ flag, about, takesValue }) =>
      single(`${flag}${takesValue ? "=" : ""}[${zshText(about)}]${takesValue ? ":value:_files" : ""}`),
    );
    const first = actions.length > 0 ? single(`1:action:(${actions.join(" ")})`) : "";
    return `      ${name}) _arguments ${[...specs, first, single("*:file:_files")].filter((one) => one !== "").join(" ")} ;;`;
  });
  return `#compdef ${PROGRAM}
# zsh: ${PROGRAM} completions zsh > "\${fpath[1]}/_${PROGRAM}"
_ggen_marketplace() {
  local -a commands
  commands=(
${list.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
  else
    local command=$words[2]
    shift words
    (( CURRENT-- ))
    case $command in
${cases.join("\n")}
    esac
  fi
}
compdef _ggen_marketplace ${PROGRAM}
`;
}

/** What stands in brackets, or before a colon, in a specification of zsh. */
function zshText(text: string): string {
  return text.replace(/[[\]:\\]/g, (char) => `\\${char}`);
}

function fish(commands: readonly Completed[]): string {
  const lines = commands.flatMap(({ name, summary, actions, options }) => {
    const seen = `__fish_seen_subcommand_from ${name}`;
    return [
      `complete -c ${PROGRAM} -n __fish_use_subcommand -f -a ${name} -d ${single(summary)}`,
      ...(actions.length > 0
        ? [`complete -c ${PROGRAM} -n ${single(seen)} -f -a ${single(actions.join(" "))}`]
        : []),
      ...options.map(
        ({ flag, about, takesValue }) =>
          `complete -c ${PROGRAM} -n ${single(seen)} -l ${flag.slice(2)}${takesValue ? " -r" : ""} -d ${single(about)}`,
      ),
    ];
  });
  return `# fish: ${PROGRAM} completions fish > ~/.config/fish/completions/${PROGRAM}.fish\n${lines.join("\n")}\n`;
}

/** One word for any of the shells. */
function single(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
