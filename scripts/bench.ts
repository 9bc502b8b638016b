/**
 * `npm run bench`: how fast releases are verified and built, and what a command costs as a process.
 *
 *     npm run bench [-- --releases 1000,10000] [--release-kb 20] [--runs 7]
 *
 * Every figure is of a whole process, start-up included; `node -e 0` in the same run stands beside it.
 * Times are medians of --runs; builds run once cold and three times after one more release each.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { generateRegistry, publishOneMore } from "./bench-registry.ts";
import { bundleCli } from "./cli-bundle.ts";

const CLI = "dist/cli/main.js";
const INCREMENTAL_RUNS = 3;

interface Measured {
  readonly seconds: number;
  /** Peak resident memory, where the system tells (Linux); else 0. */
  readonly megabytes: number;
}

async function measure(args: readonly string[], home: string): Promise<Measured> {
  const started = performance.now();
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, GGEN_MARKETPLACE_HOME: home },
  });
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, peakOf(child.pid));
  }, 25);
  const code = await new Promise<number | null>((done) => child.on("exit", done));
  const seconds = (performance.now() - started) / 1000;
  clearInterval(watch);
  if (code !== 0) throw new Error(`${args.join(" ")}: exit ${code}`);
  return { seconds, megabytes: peak };
}

function peakOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

async function median(args: readonly string[], home: string, runs: number): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run <= runs; run++) times.push((await measure(args, home)).seconds);
  const [, ...counted] = times;
  return counted.sort((a, b) => a - b)[Math.floor(counted.length / 2)] ?? 0;
}

function row(...cells: readonly string[]): void {
  console.log(`| ${cells.join(" | ")} |`);
}

async function benchSize(releases: number, releaseKb: number, runs: number): Promise<void> {
  const room = mkdtempSync(join(tmpdir(), "ggen-bench-"));
  const [registry, out, home] = [join(room, "registry"), join(room, "out"), join(room, "home")];
  const shape = { releases, releaseBytes: releaseKb * 1024 };
  generateRegistry(registry, shape);
  const build = [CLI, "build", "--registry", registry, "--out", out, "--quiet"];
  const cold = await measure(build, home);
  const size = `${releases} releases of 8 files, ${releaseKb} kB`;
  row(
    `build, cold, ${size}`,
    `${cold.seconds.toFixed(2)} s`,
    `${Math.round(releases / cold.seconds)} releases/s`,
    `${Math.round(cold.megabytes)} MB`,
  );
  const after: Measured[] = [];
  for (let i = 0; i < INCREMENTAL_RUNS; i++) {
    publishOneMore(registry, i, shape);
    after.push(await measure(build, home));
  }
  after.sort((a, b) => a.seconds - b.seconds);
  const middle = after[1] as Measured;
  row(
    `build, one release more, ${size}`,
    `${middle.seconds.toFixed(2)} s`,
    "",
    `${Math.round(Math.max(...after.map((one) => one.megabytes)))} MB`,
  );
  await benchReads(out, home, runs);
  rmSync(room, { recursive: true, force: true });
}

async function benchReads(tree: string, home: string, runs: number): Promise<void> {
  const bare = await median(["-e", "0"], home, runs);
  row("bare `node -e 0`", `${(bare * 1000).toFixed(1)} ms`, "1.00x", "");
  for (const args of [
    ["search", "order party"],
    ["search", "invoce"],
    ["show", "order-address-0"],
  ]) {
    const seconds = await median([CLI, ...args, "--registry", tree, "--quiet"], home, runs);
    row(`\`${args.join(" ")}\``, `${(seconds * 1000).toFixed(1)} ms`, `${(seconds / bare).toFixed(2)}x`, "");
  }
}

const { values } = parseArgs({
  options: {
    releases: { type: "string", default: "1000,10000" },
    "release-kb": { type: "string", default: "20" },
    runs: { type: "string", default: "7" },
  },
});
await bundleCli("dist/cli");
console.log(`${cpus().length} cores, ${cpus()[0]?.model ?? "unknown"}, Node ${process.version}\n`);
row("what", "time", "rate or ratio", "peak memory");
row("---", "---", "---", "---");
for (const releases of values.releases.split(",").map(Number))
  await benchSize(releases, Number(values["release-kb"]), Number(values.runs));
