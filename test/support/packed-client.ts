/** The packed library as its users have it: `npm run pack`, `npm pack`, and installed into an empty folder. */
import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempFolder } from "./cli.ts";

/** A new folder in which `import "ggen-marketplace/client"` works, offline. */
export function folderWithClient(): string {
  const room = tempFolder("library");
  run(process.execPath, ["scripts/pack.ts", "--out", join(room, "package")], process.cwd());
  run("npm", ["pack", "./package", "--silent"], room);
  const tarball = readdirSync(room).find((file) => file.endsWith(".tgz")) ?? "";
  const folder = tempFolder("consumer");
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", join(room, tarball)], folder);
  return folder;
}

/** Runs a program to its end. Throws, with what it said, where it fails. */
export function run(program: string, words: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, words, {
    cwd,
    encoding: "utf8",
    shell: program === "npm" && process.platform === "win32",
  });
  if (error !== undefined) throw error;
  if (status === 0) return stdout;
  throw new Error(`${program} ${words.join(" ")} failed:\n${stdout}${stderr}`);
}
