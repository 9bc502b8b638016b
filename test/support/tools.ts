/** Programs that a test needs beside this project. A test without its program is skipped, aloud. */
import { spawnSync } from "node:child_process";

const found = new Map<string, boolean>();

/**
 * Whether `name` is installed. Where it is not, says so on stderr; throws instead where `REQUIRE_TOOLS=1`,
 * so that a run that must be complete cannot pass by skipping.
 *
 *     describe.skipIf(!hasTool("ssh-keygen"))("…", …)
 */
export function hasTool(name: string): boolean {
  const known = found.get(name);
  if (known !== undefined) return known;
  const isThere =
    (spawnSync(name, ["--version"], { stdio: "ignore" }).error as { code?: string } | undefined)?.code !==
    "ENOENT";
  found.set(name, isThere);
  if (!isThere) {
    const message = `SKIPPED: ${name} is not installed`;
    if (process.env.REQUIRE_TOOLS === "1") throw new Error(message);
    console.warn(message);
  }
  return isThere;
}
