/**
 * `npm run bench`: how fast releases are verified and built, and what a command costs as a process.
 *
 *     npm run bench [-- --releases 1000,10000] [--release-kb 20] [--runs 7] [--cli <folder>] [--corpus <file>]
 *
 * --corpus takes names and descriptions from a file of tab-separated lines (name, version, downloads_a_month,
 * summary), one release to a package as long as there are names; else they are made up.
 * Every figure is of a whole process, start-up included; `node -e 0` in the same run stands beside it.
 * Times are medians of --runs; builds run once cold, then three times unchanged and after one more
 * release each. CPU is of all threads and of git, so that it can be compared where others use the machine.
 * --cli is where the command line program is bundled to, in place of what is there. Where the arguments are off,
 * nothing is measured, and the exit code is 2.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import {
  corpusPackages,
  generateRegistry,
  madeUpPackages,
  publishMore,
  type Shape,
} from "./bench-registry.ts";
import { ArgumentFault, argumentsOf, corpusFile, wholeNumber } from "./bench-search/arguments.ts";
import { bundleCli } from "./cli-bundle.ts";

const WARM_RUNS = 3;
/** Packages that one call installs. */
const INSTALLED = 10;
/** What /proc counts processor time in: a hundredth of a second on every Linux there is. */
const TICKS_A_SECOND = 100;
const SAMPLE_MS = 20;

interface Measured {
  readonly seconds: number;
  /** Of the process and of those it waited for, up to the last sample; 0 where the system does not tell. */
  readonly cpuSeconds: number;
  /** Peak resident memory; 0 where the system does not tell. */
  readonly megabytes: number;
}

interface Place {
  readonly cli: string;
  readonly registry: string;
  readonly out: string;
  readonly home: string;
  /** The packages that are installed; the first is looked at. */
  readonly names: readonly string[];
}

async function measure(args: readonly string[], home: string): Promise<Measured> {
  const started = performance.now();
  const env = { ...process.env, GGEN_MARKETPLACE_HOME: home };
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"], env });
  let [megabytes, cpuSeconds] = [0, 0];
  const watch = setInterval(() => {
    megabytes = Math.max(megabytes, peakOf(child.pid));
    cpuSeconds = Math.max(cpuSeconds, cpuOf(child.pid));
  }, SAMPLE_MS);
  const code = await new Promise<number | null>((done) => child.on("exit", done));
  const seconds = (performance.now() - started) / 1000;
  clearInterval(watch);
  if (code !== 0) throw new Error(`${args.join(" ")}: exit ${code}`);
  return { seconds, cpuSeconds, megabytes };
}

function peakOf(pid: number | undefined): number {
  return Number(/VmHWM:\s+(\d+)/.exec(procFile(pid, "status"))?.[1] ?? 0) / 1024;
}

function cpuOf(pid: number | undefined): number {
  const stat = procFile(pid, "stat");
  // After the name in parentheses: fields 14 to 17 of proc(5) are utime, stime, cutime, cstime.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_A_SECOND;
}

/** "" where there is no such file: another system, or the process has just ended. */
function procFile(pid: number | undefined, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}

function median<T>(items: readonly T[], by: (item: T) => number): T {
  return [...items].sort((a, b) => by(a) - by(b))[Math.floor(items.length / 2)] as T;
}

function row(...cells: readonly string[]): void {
  console.log(`| ${cells.join(" | ")} |`);
}

function buildRow(what: string, rate: string, { seconds, cpuSeconds, megabytes }: Measured): void {
  row(what, `${seconds.toFixed(2)} s`, `${cpuSeconds.toFixed(1)} s`, rate, `${Math.round(megabytes)} MB`);
}

async function benchBuilds(place: Place, shape: Shape, size: string): Promise<void> {
  const words = ["--registry", place.registry, "--quiet"];
  const build = [place.cli, "build", "--unsigned", ...words, "--out", place.out];
  const rate = ({ seconds }: Measured) => `${Math.round(shape.releases / seconds)} releases/s`;
  const check = await measure([place.cli, "check", ...words], `${place.home}-check`);
  buildRow(`check (verify all, write nothing), cold, ${size}`, rate(check), check);
  const cold = await measure(build, place.home);
  buildRow(`build, cold, ${size}`, rate(cold), cold);
  const [unchanged, changed]: [Measured[], Measured[]] = [[], []];
  for (let at = 0; at < WARM_RUNS; at++) {
    unchanged.push(await measure(build, place.home));
    publishMore(place.registry, at, shape);
    changed.push(await measure(build, place.home));
  }
  buildRow(
    `build, nothing changed, ${size}`,
    "",
    median(unchanged, ({ seconds }) => seconds),
  );
  buildRow(
    `build, one release more, ${size}`,
    "",
    median(changed, ({ seconds }) => seconds),
  );
}

async function benchReads(place: Place, runs: number): Promise<void> {
  // Clients read nothing that is not signed.
  const signed = ["build", "--development", "--registry", place.registry, "--quiet", "--out", place.out];
  await measure([place.cli, ...signed], place.home);
  const commands: readonly (readonly [label: string, words: readonly string[]])[] = [
    ["`search order party`", ["search", "order party"]],
    ["`search invoce`", ["search", "invoce"]],
    ["`show`", ["show", place.names[0] ?? ""]],
    [`\`install\`, ${place.names.length} packages`, ["install", ...place.names, "--allow", "all"]],
  ];
  const bare: Measured[] = [];
  const taken = commands.map((): Measured[] => []);
  // Turn by turn, so that whatever else the machine does meets all of them alike; the first turn warms up.
  for (let turn = 0; turn <= runs; turn++) {
    const measured = await measure(["-e", "0"], place.home);
    if (turn > 0) bare.push(measured);
    for (const [at, [, words]] of commands.entries()) {
      const project = words[0] === "install" ? ["--project", mkdtempSync(`${place.home}-project-`)] : [];
      const args = [place.cli, ...words, ...project, "--registry", place.out, "--quiet"];
      const measured = await measure(args, place.home);
      if (turn > 0) taken[at]?.push(measured);
    }
  }
  const base = median(bare, ({ seconds }) => seconds);
  processRow("bare `node -e 0`", base, base);
  for (const [at, [label]] of commands.entries())
    processRow(
      label,
      median(taken[at] ?? [], ({ seconds }) => seconds),
      base,
    );
}

function processRow(what: string, { seconds, megabytes }: Measured, bare: Measured): void {
  const more =
    megabytes === 0 ? "" : `${Math.round(megabytes)} MB, ${Math.round(megabytes - bare.megabytes)} more`;
  row(what, `${(seconds * 1000).toFixed(1)} ms`, "", `${(seconds / bare.seconds).toFixed(2)}x`, more);
}

async function benchSize(cli: string, shape: Shape, size: string, runs: number): Promise<void> {
  const room = mkdtempSync(join(tmpdir(), "ggen-bench-"));
  const names = shape.packages.slice(0, INSTALLED).map(({ name }) => name);
  const place = {
    ...{ cli, names },
    ...{ registry: join(room, "registry"), out: join(room, "out"), home: join(room, "home") },
  };
  try {
    generateRegistry(place.registry, shape);
    await benchBuilds(place, shape, size);
    await benchReads(place, runs);
  } finally {
    rmSync(room, { recursive: true, force: true });
  }
}

/** A folder whose place the bundle may take. */
function bundleFolder(name: string): string {
  const folder = resolve(name);
  const stat = statSync(folder, { throwIfNoEntry: false });
  const isBundle = existsSync(join(folder, "main.js")) && existsSync(join(folder, "cli-search.js"));
  if (stat === undefined || (stat.isDirectory() && (isBundle || readdirSync(folder).length === 0)))
    return folder;
  throw new ArgumentFault(
    `--cli takes a folder that is new, empty or a bundle of this program, got ${JSON.stringify(name)}`,
  );
}

/** A corpus of which a registry takes some name. */
function corpusOfNames(file: string): string {
  if (corpusPackages(corpusFile("--corpus", file), 1).length > 0) return file;
  throw new ArgumentFault(`--corpus takes names that a registry takes, got none in ${JSON.stringify(file)}`);
}

const { sizes, kb, runs, cli, corpus } = argumentsOf(
  {
    options: {
      releases: { type: "string", default: "1000,10000" },
      "release-kb": { type: "string", default: "20" },
      runs: { type: "string", default: "7" },
      cli: { type: "string" },
      corpus: { type: "string" },
    },
  },
  (values) => ({
    sizes: values.releases.split(",").map((releases) => wholeNumber("--releases", releases, 1)),
    kb: wholeNumber("--release-kb", values["release-kb"], 1),
    runs: wholeNumber("--runs", values.runs, 1),
    cli: values.cli === undefined ? undefined : bundleFolder(values.cli),
    corpus: values.corpus === undefined ? undefined : corpusOfNames(values.corpus),
  }),
);
const folder = cli ?? mkdtempSync(join(tmpdir(), "ggen-bench-cli-"));
await bundleCli(folder);
const load = loadavg()[0]?.toFixed(1);
console.log(
  `${availableParallelism()} cores, ${cpus()[0]?.model ?? "unknown"}, Node ${process.version}, load ${load} at the start\n`,
);
row("what", "time", "CPU", "rate or ratio", "peak memory");
row("---", "---", "---", "---", "---");
for (const releases of sizes) {
  const size = `${releases} releases of 8 files, ${kb} kB`;
  const packages = corpus === undefined ? madeUpPackages(releases) : corpusPackages(corpus, releases);
  const shape = { releases, releaseBytes: kb * 1024, packages };
  await benchSize(join(folder, "main.js"), shape, size, runs);
}
if (cli === undefined) rmSync(folder, { recursive: true });
