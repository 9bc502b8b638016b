/** Completions, asked of the shells themselves. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cli, tempFolder } from "../support/cli.ts";
import { hasTool } from "../support/tools.ts";

function scriptOf(shell: string): string {
  const file = join(tempFolder("completions"), shell);
  writeFileSync(file, cli(["completions", shell]).stdout);
  return file;
}

const lines = (program: string, ...words: readonly string[]) => {
  const { stdout, stderr, status } = spawnSync(program, words, { encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  return stdout.split("\n").filter((line) => line !== "");
};

describe("completions", () => {
  test.skipIf(!hasTool("bash"))("bash: commands, actions, options", () => {
    const file = scriptOf("bash");
    const complete = (...words: readonly string[]) =>
      lines(
        "bash",
        "-c",
        `source ${file}; COMP_WORDS=(ggen-marketplace ${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length}; _ggen_marketplace; printf '%s\\n' "\${COMPREPLY[@]}"`,
      );
    expect(complete("inst")).toEqual(["install"]);
    expect(complete("trust", "r")).toEqual(["rotate", "ratify", "renew"]);
    expect(complete("install", "--fr")).toEqual(["--frozen"]);
    expect(complete("wh")).toEqual(["why", "why-trusted"]);
  });

  test.skipIf(!hasTool("fish"))("fish: commands, actions, options, with what they are for", () => {
    const file = scriptOf("fish");
    const complete = (text: string) =>
      lines("fish", "--no-config", "-c", `source ${file}; complete -C "${text}"`);
    expect(complete("ggen-marketplace inst")).toEqual([expect.stringMatching(/^install\tVerify packages/)]);
    expect(complete("ggen-marketplace trust rot").map((line) => line.split("\t")[0])).toEqual(["rotate"]);
    expect(complete("ggen-marketplace install --fro")).toEqual([expect.stringMatching(/^--frozen\t/)]);
  });

  test.skipIf(!hasTool("zsh"))("zsh: it reads the script", () => {
    const file = scriptOf("zsh");
    expect(lines("zsh", "-n", file)).toEqual([]);
    // As it is loaded: the function is there, and names every command.
    expect(lines("zsh", "-f", "-c", `compdef() { print -r -- "$@" }; source ${file}`)).toEqual([
      "_ggen_marketplace ggen-marketplace",
    ]);
  });

  test("another shell is refused, and names these", () => {
    const { code, stderr } = cli(["completions", "tcsh"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("completions takes bash, zsh, fish")]);
  });
});
