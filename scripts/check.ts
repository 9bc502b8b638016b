/** `npm run check`: everything that can be judged without running the program. Ends with a count. */
import { spawnSync } from "node:child_process";

interface Check {
  readonly name: string;
  readonly command: readonly string[];
}

const CHECKS: readonly Check[] = [
  { name: "format and lint", command: ["biome", "check", "--error-on-warnings", "."] },
  { name: "types", command: ["tsc", "-p", "tsconfig.json"] },
  {
    name: "types of what the browser imports, without Node's",
    command: ["tsc", "-p", "tsconfig.browser.json"],
  },
  { name: "types of the site", command: ["astro", "check", "--root", "site"] },
  { name: "layers", command: ["node", "scripts/layers.ts"] },
  { name: "unused code and dependencies", command: ["knip"] },
  { name: "package lint", command: ["node", "scripts/pack.ts", "--lint"] },
];

/** What `npm audit` says where the registry of advisories cannot be reached: a warning, not a finding. */
const NO_NETWORK =
  /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|network|endpoint|40[0-9] |50[0-9] /i;

function audit(): "passed" | "failed" | "unknown" {
  // Said aloud also where `npm run --silent` asked for this: what it says is what is judged.
  const words = ["audit", "--audit-level=low", "--loglevel=warn"];
  const { status, stdout, stderr } = spawnSync("npm", words, { encoding: "utf8" });
  if (status === 0) return "passed";
  const said = `${stdout}${stderr}`;
  process.stdout.write(said);
  return /vulnerabilit/i.test(stdout) || !NO_NETWORK.test(said) ? "failed" : "unknown";
}

const failed: string[] = [];
for (const { name, command } of CHECKS) {
  const [program = "", ...args] = command;
  const started = performance.now();
  const { status } = spawnSync(program, args, { stdio: "inherit", shell: process.platform === "win32" });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
  if (status !== 0) failed.push(name);
}
const audited = audit();
console.log(
  audited === "unknown"
    ? "WARNING dependency audit: the advisories could not be reached"
    : `${audited === "passed" ? "ok    " : "FAILED"} dependency audit`,
);
if (audited === "failed") failed.push("dependency audit");
console.log(failed.length === 0 ? "check: all good" : `check: ${failed.join(", ")} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
