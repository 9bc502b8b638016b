#!/usr/bin/env node
/**
 * ggen-marketplace: search, install and verify signed packages; publish them; build the registry.
 *
 * Exit codes: 0 done; 1 refused, not found or failed, with the reason on stderr; 2 the words of the
 * call are off; 130 and 143 interrupted.
 */
import nodeModule from "node:module";
import { join } from "node:path";
import { homeFolders } from "../node/home.ts";
import { makeFolder } from "../node/make-folder.ts";
import type { Command } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { outputStream } from "./output.ts";
import { parseCall } from "./parse.ts";
import { report } from "./report.ts";
import { openUserSettings } from "./settings.ts";
import { asksForJson } from "./spelling.ts";
import { Terminal } from "./terminal.ts";

declare const __VERSION__: string | undefined;
/** Longer lines are hard to read. */
const HELP_WIDTH_MAX = 80;
const VERSION = typeof __VERSION__ === "string" ? __VERSION__ : "0.0.0-source";

async function main(words: readonly string[], terminal: Terminal): Promise<number> {
  let command: Command | undefined;
  let args: readonly string[] = [];
  try {
    const call = parseCall(words, COMMANDS);
    if (call === "version") {
      terminal.result(
        { version: VERSION, node: process.version },
        () => `ggen-marketplace ${VERSION} (Node.js ${process.version})`,
      );
      return 0;
    }
    if ("help" in call) {
      const { helpText, helpValue } = await import("./help.ts");
      terminal.result(helpValue(call, COMMANDS), () =>
        helpText(call, COMMANDS, Math.min(terminal.width, HELP_WIDTH_MAX)),
      );
      return 0;
    }
    ({ command } = call);
    ({ args } = call);
    const { run } = await command.load();
    const user = await openUserSettings(process.env);
    return (await run(args, call.options, { terminal, environment: process.env, user })) ?? 0;
  } catch (error) {
    return report(error, terminal, command, args);
  }
}

/** Keeps the compiled code of what is loaded from here on: a command then starts sooner the next time. */
function keepCompiledCode(): void {
  try {
    const folder = join(homeFolders(process.env).cache, "code");
    // Made here because Node makes it with a recursive mkdir, which does not come back below /proc.
    makeFolder(folder);
    nodeModule.enableCompileCache?.(folder);
  } catch {
    // Without a home there is no place for it, and it is only for speed.
  }
}

const words = process.argv.slice(2);
const options = words.includes("--") ? words.slice(0, words.indexOf("--")) : words;
const streams = { stdout: outputStream(1), stderr: outputStream(2) };
const terminal = new Terminal({
  ...streams,
  environment: process.env,
  // Known before the words are judged, so that what is wrong with them comes as JSON too.
  json: asksForJson(words),
  quiet: options.includes("--quiet"),
});
keepCompiledCode();
try {
  process.exitCode = await main(words, terminal);
} catch (error) {
  // Not even the error could be written to stdout.
  process.exitCode = report(
    error,
    new Terminal({ ...streams, environment: process.env, json: false, quiet: false }),
  );
}
