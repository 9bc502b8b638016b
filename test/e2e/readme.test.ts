/**
 * The session in README.md is what the program prints: its commands are run in one shell, and the output is
 * compared. `UPDATE=1 npm test -- test/e2e/readme.test.ts` writes what is printed into README.md instead.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { CLI, tempFolder } from "../support/cli.ts";

const README = resolve("README.md");
const SESSION = /(<!-- session -->\n```console\n)([\s\S]*?)(```\n<!-- \/session -->)/;
const MARK = "=== the next command ===";

/** A room of its own that looks like a checkout after `npm run build`, but for what a session makes itself. */
function aCheckout(): string {
  const room = tempFolder("session");
  mkdirSync(join(room, "dist"));
  cpSync(dirname(CLI), join(room, "dist/cli"), { recursive: true });
  cpSync("registry", join(room, "registry"), { recursive: true });
  return room;
}

/** Runs the commands one after another in one shell; gives what each printed, stdout and stderr as they came. */
function run(commands: readonly string[]): string[] {
  const script = commands.map((command) => `${command}\necho "${MARK}"`).join("\n");
  const home = tempFolder("home");
  const { stdout, error } = spawnSync("bash", ["-c", `exec 2>&1\n${script}`], {
    encoding: "utf8",
    cwd: aCheckout(),
    env: {
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      HOME: home,
      GGEN_MARKETPLACE_HOME: join(home, "own"),
      TMPDIR: process.env.TMPDIR ?? "/tmp",
      TERM: "dumb",
    },
  });
  if (error !== undefined) throw error;
  return stdout.split(`${MARK}\n`).slice(0, commands.length);
}

/** What may differ from run to run: times, and folders for temporary files. */
function settled(text: string): string {
  return text
    .replace(/\b\d+(?:\.\d+)? ?(?:ms|s|seconds?)\b/g, "<time>")
    .replace(/(?:\/private)?\/(?:tmp|var\/folders)\/[^\s:"',]+/g, "<folder>");
}

test.skipIf(process.platform === "win32")("every command of the session prints what the README shows", () => {
  const readme = readFileSync(README, "utf8");
  const [, , session = ""] = SESSION.exec(readme) ?? [];
  const commands = [...session.matchAll(/^\$ (.+)$/gm)].map(([, command]) => command ?? "");
  expect(commands.length).toBeGreaterThan(0);
  const printed = run(commands);
  const actual = commands.map((command, at) => `$ ${command}\n${printed[at]}`).join("");
  if (settled(actual) === settled(session)) return;
  if (process.env.UPDATE === "1")
    writeFileSync(
      README,
      readme.replace(SESSION, (_, open: string, __, close: string) => `${open}${actual}${close}`),
    );
  else
    expect(settled(session), "run with UPDATE=1 to write what is printed into README.md").toBe(
      settled(actual),
    );
});
