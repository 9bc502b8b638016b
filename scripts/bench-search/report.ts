/** The tables that are printed, one for each topic. */
import type { Visit, WarmPage } from "./browser.ts";
import type { Shipped } from "./children.ts";
import type { AskMeasured, BuildMeasured, ColdCost } from "./engine.ts";
import { mean, ndcg, percentile, reciprocalRank } from "./metrics.ts";
import type { OneShot } from "./one-shot.ts";
import { QUERY_CLASSES, type Query } from "./queries.ts";

/** What was measured of one engine; what is missing was not, and `failed` says why. */
export interface Measured {
  readonly name: string;
  readonly build?: BuildMeasured;
  readonly shipped?: Shipped;
  readonly asked?: AskMeasured;
  readonly visits?: readonly Visit[];
  readonly stayed?: WarmPage;
  readonly once?: readonly OneShot[];
  readonly failed?: string;
}

export interface Conditions {
  readonly queries: readonly Query[];
  readonly bareMegabytes: number;
  readonly roundTripMs: number;
  readonly kilobits: number;
}

export function printTables(engines: readonly Measured[], conditions: Conditions): void {
  printBuilds(engines, conditions);
  printRanking(engines, conditions);
  printCold(engines, conditions);
  printWarm(engines, conditions);
  for (const { once } of engines) if (once !== undefined) printOneShots(once);
  if (engines.some(({ visits }) => visits !== undefined)) printVisits(engines, conditions);
  const failed = engines.filter(({ failed }) => failed !== undefined);
  if (failed.length === 0) return;
  console.log("\n### What did not work\n");
  for (const { name, failed: why } of failed) console.log(`- ${name}: ${why}`);
}

function printBuilds(engines: readonly Measured[], { bareMegabytes }: Conditions): void {
  title("Building", ["engine", "packages", "s", "peak MB", "index MB", "rows MB", "files"]);
  for (const { name, build, shipped } of engines) {
    if (build === undefined || shipped === undefined) continue;
    // Pagefind builds in a program of its own, whose memory this process does not see.
    const peak = name === "pagefind" ? "–" : (build.peakMegabytes - bareMegabytes).toFixed(0);
    const rows = shipped.rows === 0 ? "in it" : megabytes(shipped.rows);
    row(
      name,
      `${build.documents}`,
      build.seconds.toFixed(1),
      peak,
      megabytes(shipped.index),
      rows,
      `${shipped.files}`,
    );
  }
}

function printRanking(engines: readonly Measured[], { queries }: Conditions): void {
  title("Ranking: MRR@10 by class, nDCG@10", [
    "engine",
    ...QUERY_CLASSES,
    "all",
    "nDCG topical",
    "nDCG inflected",
  ]);
  for (const { name, asked, stayed } of engines) {
    const answers = asked?.answers ?? stayed?.answers;
    if (answers === undefined) continue;
    const ranks = queries.map(({ target }, at) => reciprocalRank(answers[at] ?? [], target));
    const gains = queries.map(({ gains }, at) => (gains === undefined ? 0 : ndcg(answers[at] ?? [], gains)));
    const of = (values: readonly number[], only: string) =>
      mean(values.filter((_, at) => queries[at]?.class === only)).toFixed(3);
    row(
      name,
      ...QUERY_CLASSES.map((each) => of(ranks, each)),
      mean(ranks).toFixed(3),
      of(gains, "topical"),
      of(gains, "inflected"),
    );
  }
}

function printCold(engines: readonly Measured[], { queries }: Conditions): void {
  title("One query, with the manifest and nothing else at hand: p50 / p95", [
    "engine",
    "queries",
    "kB",
    "requests",
    "rounds",
  ]);
  for (const { name, asked, shipped } of engines) {
    const cold = asked?.cold;
    if (cold !== undefined) {
      coldRow(name, "all", cold);
      for (const each of QUERY_CLASSES)
        coldRow(
          name,
          each,
          cold.filter((_, at) => queries[at]?.class === each),
        );
    } else if (asked !== undefined && shipped !== undefined) {
      row(
        name,
        "before the first",
        kilobytes(shipped.index + shipped.rows),
        `${shipped.files}`,
        "1, then none",
      );
    }
  }
}

function coldRow(name: string, queries: string, cold: readonly ColdCost[]): void {
  const two = (values: number[], show: (value: number) => string) =>
    `${show(percentile(values, 0.5))} / ${show(percentile(values, 0.95))}`;
  row(
    name,
    queries,
    two(
      cold.map(({ bytes }) => bytes),
      kilobytes,
    ),
    two(
      cold.map(({ requests }) => requests),
      String,
    ),
    two(
      cold.map(({ rounds }) => rounds),
      String,
    ),
  );
}

function printWarm(engines: readonly Measured[], { bareMegabytes }: Conditions): void {
  title("The same queries again in one process, and its memory over bare node", [
    "engine",
    "open ms",
    "p50 ms",
    "p95 ms",
    "held MB",
    "peak MB",
  ]);
  for (const { name, asked, stayed } of engines) {
    const warm = asked?.warmMs ?? [];
    if (asked !== undefined)
      row(
        name,
        asked.openMs.toFixed(0),
        percentile(warm, 0.5).toFixed(2),
        percentile(warm, 0.95).toFixed(2),
        (asked.heldMegabytes - bareMegabytes).toFixed(0),
        (asked.peakMegabytes - bareMegabytes).toFixed(0),
      );
    if (stayed !== undefined) {
      const [half, most] = [percentile(stayed.warmMs, 0.5), percentile(stayed.warmMs, 0.95)];
      row(`${name}, in a page`, "–", half.toFixed(2), most.toFixed(2), "–", "–");
    }
  }
}

function printOneShots(once: readonly OneShot[]): void {
  title("One search as a process, digests checked, over bare node: medians", [
    "queries",
    "ms",
    "times bare node",
    "MB more",
  ]);
  for (const { class: name, milliseconds, ratio, megabytes: more } of once)
    row(name, milliseconds.toFixed(0), ratio.toFixed(2), more.toFixed(0));
}

function printVisits(engines: readonly Measured[], { roundTripMs, kilobits }: Conditions): void {
  const speed = kilobits === 0 ? "no limit" : `${kilobits} kbit/s`;
  title(`In a browser with a fresh profile, ${roundTripMs} ms a round trip, ${speed}: p50 / p95`, [
    "engine",
    "visits",
    "start kB",
    "start requests",
    "query kB",
    "query requests",
    "in all kB",
    "in all requests",
    "query ms",
    "first result ms",
  ]);
  for (const { name, visits = [] } of engines) {
    if (visits.length === 0) continue;
    const two = (of: (visit: Visit) => number, digits = 0) => {
      const values = visits.map(of);
      return `${percentile(values, 0.5).toFixed(digits)} / ${percentile(values, 0.95).toFixed(digits)}`;
    };
    row(
      name,
      `${visits.length}`,
      two(({ start }) => start.bytes / 1000, 1),
      two(({ start }) => start.requests),
      two(({ query }) => query.bytes / 1000, 1),
      two(({ query }) => query.requests),
      two(({ start, query }) => (start.bytes + query.bytes) / 1000, 1),
      two(({ start, query }) => start.requests + query.requests),
      two(({ queryMs }) => queryMs),
      two(({ firstResultMs }) => firstResultMs),
    );
  }
}

function title(text: string, columns: readonly string[]): void {
  console.log(`\n### ${text}\n`);
  row(...columns);
  row(...columns.map(() => "---"));
}

function row(...cells: readonly string[]): void {
  console.log(`| ${cells.join(" | ")} |`);
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(2);
}
