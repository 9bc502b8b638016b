/**
 * The process that is measured: it builds one engine's index, or opens it and asks, and writes what it
 * found beside the index.
 *
 *     node --expose-gc measure.js build|ask <engine> <folder> <job.json>
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chosenPackages } from "./corpus.ts";
import type { AskMeasured, BuildMeasured, Engine, Job } from "./engine.ts";

/** Each engine's code is loaded by the process that measures it, and by no other. */
export const ENGINES: Readonly<Record<string, () => Promise<Engine>>> = {
  ours: async () => (await import("./ours.ts")).ours,
  minisearch: async () => (await import("./minisearch.ts")).miniSearch,
  orama: async () => (await import("./orama.ts")).orama,
  lunr: async () => (await import("./lunr.ts")).lunrIndex,
  flexsearch: async () => (await import("./flexsearch.ts")).flexSearch,
  pagefind: async () => (await import("./pagefind.ts")).pagefind,
};

async function measureBuild(engine: Engine, folder: string, job: Job): Promise<BuildMeasured> {
  const packages = chosenPackages(job.corpus, job.seed, job.documents);
  const started = performance.now();
  await engine.build(packages, folder, job);
  const seconds = (performance.now() - started) / 1000;
  return { seconds, documents: packages.length, peakMegabytes: peakMegabytes() };
}

async function measureAsking(engine: Engine, folder: string, job: Job): Promise<AskMeasured> {
  const started = performance.now();
  const ask = await engine.open(folder);
  const openMs = performance.now() - started;
  const answers: (readonly string[])[] = [];
  for (const query of job.queries) answers.push(await ask(query));
  const warmMs: number[] = [];
  for (const query of job.queries) {
    const asked = performance.now();
    await ask(query);
    warmMs.push(performance.now() - asked);
  }
  globalThis.gc?.();
  const measured = {
    openMs,
    answers,
    warmMs,
    heldMegabytes: process.memoryUsage().rss / 2 ** 20,
    peakMegabytes: peakMegabytes(),
  };
  const cold = await engine.cold?.(folder, job.queries);
  return cold === undefined ? measured : { ...measured, cold };
}

function peakMegabytes(): number {
  return process.resourceUsage().maxRSS / 1024;
}

const [task = "", name = "", folder = "", jobFile = ""] = process.argv.slice(2);
const engine = await ENGINES[name]?.();
if (engine === undefined) throw new Error(`no engine is named "${name}"`);
const job = JSON.parse(readFileSync(jobFile, "utf8")) as Job;
const measured = await (task === "build" ? measureBuild : measureAsking)(engine, folder, job);
writeFileSync(join(folder, "..", `${name}-${task}.json`), JSON.stringify(measured));
