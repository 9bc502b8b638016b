#!/usr/bin/env node
/**
 * ggen-marketplace: search, install and verify signed packages; publish them; build the registry.
 *
 * Exit codes: 0 done; 1 refused, not found or failed, with the reason on stderr; 2 the words of the
 * call are off; 130 and 143 interrupted.
 */
import { COMMANDS } from "./commands.ts";
import { parseCall } from "./parse.ts";
import { report } from "./report.ts";
import { Terminal } from "./terminal.ts";

declare const __VERSION__: string | undefined;
const VERSION = typeof __VERSION__ === "string" ? __VERSION__ : "0.0.0-source";

async function main(words: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const call = parseCall(words, COMMANDS);
    if (call === "version") {
      terminal.result({ version: VERSION, node: process.version }, () => `ggen-marketplace ${VERSION} (Node.js ${process.version})`);
      return 0;
    }
    if ("help" in call) {
      const { helpText } = await import("./help.ts");
      process.stdout.write(`${helpText(call.help, COMMANDS, terminal.width)}\n`);
      return 0;
    }
    const { run } = await call.command.load();
    return (await run(call.args, call.options, { terminal, environment: process.env })) ?? 0;
  } catch (error) {
    return report(error, terminal);
  }
}

/** `list | head -1`: nobody reads any more, and that is no error. */
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });

const words = process.argv.slice(2);
const options = words.includes("--") ? words.slice(0, words.indexOf("--")) : words;
const terminal = new Terminal({
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  // Known before the words are judged, so that what is wrong with them comes as JSON too.
  json: options.includes("--json"),
  quiet: options.includes("--quiet"),
});
process.exitCode = await main(words, terminal);
