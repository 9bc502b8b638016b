/**
 * `npm run bench:search`: our search index beside what others make of the same packages.
 *
 *     npm run bench:search -- --corpus packages.tsv [--seed 1] [--documents 30000] [--queries 200]
 *         [--only ours,minisearch,orama,lunr,flexsearch,pagefind] [--layout '{…}']
 *         [--visits 60] [--round-trip 150] [--kilobits 1638]
 *
 * The corpus is a file of tab-separated lines: name, version, downloads_a_month, summary. --documents draws
 * so many of them, --queries is how many each class has, --layout is what of our index is cut otherwise than it
 * is shipped, as JSON (src/search/layout.ts). --visits is how many queries our index and Pagefind's answer in
 * a browser, each with a fresh profile, over a line with so many milliseconds a round trip and kilobits a
 * second (0: no limit); 0 visits start no browser.
 *
 * Exit codes: 0 measured; 1 an engine failed, which the end of the tables says, and the others were measured;
 * 2 the arguments are off, and nothing was measured.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { argumentsOf, corpusFile, layoutOf, someOf, wholeNumber } from "./bench-search/arguments.ts";
import { stay, visit, writePage } from "./bench-search/browser.ts";
import { askApart, buildApart, prepare, shipped, type Workplace } from "./bench-search/children.ts";
import { chosenPackages } from "./bench-search/corpus.ts";
import type { Job } from "./bench-search/engine.ts";
import { PRIOR } from "./bench-search/fairness.ts";
import { LUNR_DOCUMENTS_MAX } from "./bench-search/lunr.ts";
import { searchOnce } from "./bench-search/one-shot.ts";
import { generateQueries, QUERY_CLASSES, type Query } from "./bench-search/queries.ts";
import { type Measured, printTables } from "./bench-search/report.ts";

const ENGINES = ["ours", "minisearch", "orama", "lunr", "flexsearch", "pagefind"] as const;
type EngineName = (typeof ENGINES)[number];

/** More take hours to draw. */
const QUERIES_MAX = 100_000;
const ROUND_TRIP_MS_MAX = 60_000;

const { corpus, seed, only, visits, speed, documents, layout, queriesEach } = argumentsOf(
  {
    options: {
      corpus: { type: "string" },
      seed: { type: "string", default: "1" },
      documents: { type: "string" },
      queries: { type: "string", default: "200" },
      only: { type: "string", default: ENGINES.join(",") },
      layout: { type: "string" },
      visits: { type: "string", default: "60" },
      "round-trip": { type: "string", default: "150" },
      kilobits: { type: "string", default: "1638" },
    },
  },
  (values) => ({
    seed: wholeNumber("--seed", values.seed, 0),
    documents:
      values.documents === undefined ? {} : { documents: wholeNumber("--documents", values.documents, 1) },
    queriesEach: wholeNumber("--queries", values.queries, 1, QUERIES_MAX),
    only: someOf("--only", values.only, ENGINES),
    layout: values.layout === undefined ? {} : { layout: layoutOf("--layout", values.layout) },
    visits: wholeNumber("--visits", values.visits, 0),
    speed: {
      roundTripMs: wholeNumber("--round-trip", values["round-trip"], 0, ROUND_TRIP_MS_MAX),
      kilobits: wholeNumber("--kilobits", values.kilobits, 0),
    },
    corpus: corpusFile("--corpus", values.corpus),
  }),
);
const packages = chosenPackages(corpus, seed, documents.documents);
const queries = generateQueries(packages, seed, queriesEach);
const texts = queries.map(({ text }) => text);

/** As many of each class, in all as many as --visits says. */
function visited(): string[] {
  const each = Math.ceil(visits / QUERY_CLASSES.length);
  const some = (name: Query["class"]) => queries.filter((query) => query.class === name).slice(0, each);
  return QUERY_CLASSES.flatMap(some).map(({ text }) => text);
}

async function measure(place: Workplace, name: EngineName): Promise<Measured> {
  let measured: Measured = { name };
  const folder = join(place.folder, name);
  try {
    measured = { ...measured, build: await buildApart(place, name) };
    measured = { ...measured, shipped: shipped(place, name) };
    if (name !== "pagefind") measured = { ...measured, asked: await askApart(place, name) };
    if (name === "ours")
      measured = { ...measured, once: await searchOnce(folder, join(place.folder, "once"), queries) };
    if ((name === "ours" || name === "pagefind") && visits > 0) {
      await writePage(folder, name);
      measured = { ...measured, stayed: await stay(folder, texts) };
      measured = { ...measured, visits: await visit(folder, visited(), speed) };
    }
    return measured;
  } catch (error) {
    return { ...measured, failed: error instanceof Error ? error.message : String(error) };
  }
}

function printConditions(): void {
  const counts = QUERY_CLASSES.map(
    (name) => `${name} ${queries.filter((query) => query.class === name).length}`,
  );
  const load = loadavg()[0]?.toFixed(1);
  console.log(
    `\`${basename(corpus)}\`, ${packages.length} packages, seed ${seed}; queries: ${counts.join(", ")}`,
  );
  console.log(
    `${availableParallelism()} cores, ${cpus()[0]?.model ?? "unknown"}, Node ${process.version}, load ${load} at the start`,
  );
  console.log(
    `Peers have a field of names without separators, their scores times 1 + ${PRIOR} · log10(1 + downloads), and a name that is the query goes first.`,
  );
  console.log(
    `Sizes are compressed; MB of memory are over bare node. lunr has ${LUNR_DOCUMENTS_MAX} packages at the most: those that are looked for and the most downloaded. Of Pagefind, the ten results that are loaded are put in order so.`,
  );
}

const folder = mkdtempSync(join(tmpdir(), "ggen-bench-search-"));
try {
  const targets = [...new Set(queries.map(({ target }) => target))];
  const job: Job = { corpus, seed, ...documents, ...layout, queries: texts, targets };
  const place = await prepare(folder, job);
  printConditions();
  const engines: Measured[] = [];
  for (const name of only) engines.push(await measure(place, name));
  printTables(engines, { queries, bareMegabytes: place.bareMegabytes, ...speed });
  if (engines.some(({ failed }) => failed !== undefined)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
