/** Runs each engine in processes of its own, so that memory is measured apart and one that dies takes nobody along. */
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";
import { type AskMeasured, type BuildMeasured, type Job, ROWS_FILE } from "./engine.ts";

const MINUTES_MAX = 20;
const ERROR_LINES = 3;

export interface Workplace {
  /** Holds a folder for each engine's index. */
  readonly folder: string;
  readonly job: Job;
  /** Memory of `node -e 0`: held and at its peak. */
  readonly bareMegabytes: number;
}

/** Bundled, so that a process holds no compiler of types beside its engine. */
export async function prepare(folder: string, job: Job): Promise<Workplace> {
  await build({
    entryPoints: {
      measure: join(import.meta.dirname, "measure.ts"),
      "compile-worker": join(import.meta.dirname, "../../src/node/compile-worker.ts"),
    },
    outdir: join(folder, "code"),
    // As in the program that is shipped: threads start from the bundle.
    define: { __PROGRAM__: '"bench"' },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    plugins: [besideItsProgram],
    banner: {
      js: 'import { createRequire as __cr } from "node:module"; const require = __cr(import.meta.url);',
    },
  });
  writeFileSync(join(folder, "code", "package.json"), '{ "type": "module" }\n');
  writeFileSync(join(folder, "job.json"), JSON.stringify(job));
  const bare = await run(["--expose-gc", "-p", "gc(); process.memoryUsage().rss"]);
  return { folder, job, bareMegabytes: Number(bare) / 2 ** 20 };
}

/** Pagefind finds its program beside itself, so it stays where it is installed. */
const besideItsProgram: Plugin = {
  name: "beside-its-program",
  setup({ onResolve }) {
    onResolve({ filter: /^pagefind$/ }, ({ path }) => ({ path: import.meta.resolve(path), external: true }));
  },
};

export function buildApart(place: Workplace, engine: string): Promise<BuildMeasured> {
  mkdirSync(join(place.folder, engine));
  return measure<BuildMeasured>(place, "build", engine);
}

export function askApart(place: Workplace, engine: string): Promise<AskMeasured> {
  return measure<AskMeasured>(place, "ask", engine);
}

async function measure<T>({ folder }: Workplace, task: "build" | "ask", engine: string): Promise<T> {
  const program = join(folder, "code", "measure.js");
  await run(["--expose-gc", program, task, engine, join(folder, engine), join(folder, "job.json")]);
  return JSON.parse(readFileSync(join(folder, `${engine}-${task}.json`), "utf8")) as T;
}

/** What a process prints. Throws with the last it said where it does not end well. */
async function run(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const tooLong = setTimeout(() => child.kill("SIGKILL"), MINUTES_MAX * 60_000);
  let [said, complained] = ["", ""];
  child.stdout.on("data", (some) => (said += some));
  child.stderr.on("data", (some) => (complained += some));
  const end = await new Promise<number | string>((resolve) =>
    child.on("close", (code, signal) => resolve(code ?? signal ?? "")),
  );
  clearTimeout(tooLong);
  if (end === 0) return said;
  const lines = complained.split("\n").filter((line) => /^\S*Error\b|FATAL ERROR/.test(line));
  throw new Error(`it died (${end}): ${lines.slice(0, ERROR_LINES).join(" ").trim()}`);
}

/** What an index weighs as it is shipped, in bytes. */
export interface Shipped {
  readonly index: number;
  /** What results show, where a peer has that in a file of its own. */
  readonly rows: number;
  readonly files: number;
}

/** Of what an engine wrote: text as gzip sends it, what is packed already as it is. */
export function shipped(place: Workplace, engine: string): Shipped {
  const folder = join(place.folder, engine);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => ({ file, path: join(folder, file) }))
    .filter(({ path }) => statSync(path).isFile());
  let [index, rows] = [0, 0];
  for (const { file, path } of files) {
    const bytes = packedLength(path);
    if (file === ROWS_FILE) rows += bytes;
    else index += bytes;
  }
  return { index, rows, files: files.length };
}

function packedLength(path: string): number {
  const bytes = readFileSync(path);
  const packed = gzipSync(bytes).length;
  return Math.min(packed, bytes.length);
}
