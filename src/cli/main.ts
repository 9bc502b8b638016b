#!/usr/bin/env node
/**
 * ggen-marketplace: search, install and verify signed packages; publish them; build the registry.
 *
 * Exit codes: 0 done; 1 refused, not found or failed, with the reason on stderr; 2 the words of the
 * call are off; 130 and 143 interrupted.
 */
import { cac } from "cac";
import { nearest } from "../base/nearest.ts";
import { type Command, Options, UsageError } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { report } from "./report.ts";
import { Terminal } from "./terminal.ts";

declare const __VERSION__: string | undefined;
const VERSION = typeof __VERSION__ === "string" ? __VERSION__ : "0.0.0-source";

/** Runs the program on `words` (without node and script); gives the exit code. */
export async function main(words: readonly string[]): Promise<number> {
  const interrupt = new AbortController();
  const terminal = new Terminal({
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    json: words.includes("--json"),
    quiet: words.includes("--quiet"),
  });
  try {
    const { run, args, options } = parse(words);
    if (run === undefined) return 0;
    const { run: command } = await run.load();
    return (await command(args, options, { terminal, environment: process.env, signal: interrupt.signal })) ?? 0;
  } catch (error) {
    return report(error, terminal);
  }
}

interface Call {
  readonly run: Command | undefined;
  readonly args: readonly string[];
  readonly options: Options;
}

function parse(words: readonly string[]): Call {
  const cli = cac("ggen-marketplace");
  cli.option("--json", "Print the result as one JSON value");
  cli.option("--quiet", "Print no notices");
  let call: Call | undefined;
  for (const command of COMMANDS) {
    const defined = cli.command(command.usage, command.summary);
    for (const [flags, what] of command.options) defined.option(flags, what);
    for (const example of command.examples) defined.example(`  $ ggen-marketplace ${example}`);
    defined.action((...given: unknown[]) => {
      const parsed = given.pop() as Record<string, unknown>;
      call = { run: command, args: given.flat().filter((word): word is string => typeof word === "string"), options: new Options(parsed, words) };
    });
  }
  cli.help();
  cli.version(VERSION);
  cli.parse(["node", "ggen-marketplace", ...words], { run: false });
  if (cli.options.help || cli.options.version) return { run: undefined, args: [], options: new Options({}, words) };
  if (cli.matchedCommand === undefined) {
    if (words.length > 0 || cli.args.length > 0) throw unknownCommand(cli.args[0] ?? words[0] ?? "");
    cli.outputHelp();
    return { run: undefined, args: [], options: new Options({}, words) };
  }
  cli.runMatchedCommand();
  if (call === undefined) throw new UsageError("Nothing to run");
  return call;
}

function unknownCommand(word: string): UsageError {
  const meant = nearest(word, COMMANDS.map((command) => command.usage.split(" ")[0] ?? ""));
  return new UsageError(`Unknown command "${word}"${meant === undefined ? "" : `; did you mean "${meant}"?`}`);
}

process.exitCode = await main(process.argv.slice(2));
