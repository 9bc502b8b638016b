/**
 * Runs SPARQL queries over RDF in memory, in a thread of their own, for so long and no longer.
 *
 *     main ── QueryWork ─► sparql-worker ── QueryAnswer, for each query ─► main
 */
import { Worker } from "node:worker_threads";
import { RegistryError } from "../base/error.ts";
import type { RdfFormat } from "../content/rdf.ts";

export interface GraphSource {
  /** What messages call it. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly format: RdfFormat;
  /** What its relative IRIs resolve against. */
  readonly base?: string;
  /** As gzip. */
  readonly packed?: { readonly unpackedMax: number };
}

/** Media types in which the engine writes results. */
export type ResultsFormat =
  | "application/sparql-results+json"
  | "text/csv"
  | "text/turtle"
  | "application/ld+json";

export interface QueryWork {
  readonly sources: readonly GraphSource[];
  /** Answered in this order. */
  readonly queries: readonly string[];
  readonly format: ResultsFormat;
}

export type QueryAnswer =
  | { readonly ok: true; readonly text: string; readonly unreadable: readonly string[] }
  | { readonly ok: false; readonly message: string };

export interface QueryResults {
  readonly text: string;
  /** Names of sources that are not the RDF that they say they are. */
  readonly unreadable: readonly string[];
}

export const QUERY_TIME_MS_MAX = 30_000;

declare const __PROGRAM__: string | undefined;
const WORKER = typeof __PROGRAM__ === "string" ? "./sparql-worker.js" : "./sparql-worker.ts";

/** The query has been checked. Throws QUERY_TIMEOUT, QUERY_FAILED. */
export async function runQuery(
  { sparql, ...work }: Omit<QueryWork, "queries"> & { readonly sparql: string },
  timeMsMax = QUERY_TIME_MS_MAX,
): Promise<QueryResults> {
  const { answers, end } = await askWorker({ ...work, queries: [sparql] }, () => timeMsMax);
  const [answer] = answers;
  if (answer?.ok) return answer;
  if (answer !== undefined) throw failed(firstLine(answer.message));
  throw end === "late" ? tooLong(timeMsMax) : failed(firstLine(end.message), end);
}

/** How long queries may take, in milliseconds: each, with reading the graph for the first, and all of them together. */
export interface QueryTimes {
  readonly eachMsMax: number;
  readonly allMsMax: number;
}

/** An answer for each query, in order: one that has none in time, or ends the engine, takes it from no other. */
export async function runQueries(
  work: QueryWork,
  { eachMsMax, allMsMax }: QueryTimes,
): Promise<QueryAnswer[]> {
  const until = performance.now() + allMsMax;
  const answers: QueryAnswer[] = [];
  while (answers.length < work.queries.length) {
    const left = until - performance.now();
    if (left <= 0) {
      answers.push({ ok: false, message: `all of them together had ${allMsMax / 1000} s` });
      continue;
    }
    const queries = work.queries.slice(answers.length);
    const part = await askWorker({ ...work, queries }, () => Math.min(eachMsMax, until - performance.now()));
    answers.push(...part.answers);
    if (part.answers.length === queries.length) break;
    const message = part.end === "late" ? `it had no answer after ${eachMsMax / 1000} s` : part.end.message;
    answers.push({ ok: false, message });
  }
  return answers;
}

interface Asked {
  /** Of the first queries; all of them, unless there was an end before. */
  readonly answers: readonly QueryAnswer[];
  /** Why there are no more. */
  readonly end: "late" | Error;
}

/** `timeMs`: how long may be waited for the next answer. */
async function askWorker(work: QueryWork, timeMs: () => number): Promise<Asked> {
  const worker = new Worker(new URL(WORKER, import.meta.url), { workerData: work });
  const answers: QueryAnswer[] = [];
  let timer: NodeJS.Timeout | undefined;
  try {
    const end = await new Promise<Asked["end"]>((resolve) => {
      const wait = () => {
        clearTimeout(timer);
        timer = setTimeout(() => resolve("late"), Math.max(0, timeMs()));
      };
      const ended = new Error("the engine ended without an answer");
      worker.on("message", (answer: QueryAnswer) => {
        if (answers.push(answer) === work.queries.length) resolve(ended);
        else wait();
      });
      worker.once("error", (cause: Error) => resolve(cause));
      worker.once("exit", () => resolve(ended));
      wait();
    });
    return { answers, end };
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

function firstLine(message: string): string {
  return message.split("\n", 1)[0] ?? message;
}

function tooLong(timeMsMax: number): RegistryError {
  return new RegistryError(
    "QUERY_TIMEOUT",
    `The query was stopped: it had no answer after ${timeMsMax / 1000} s`,
    "ask for less, with LIMIT or narrower patterns; or give it longer: --timeout SECONDS",
  );
}

function failed(why: string, cause?: unknown): RegistryError {
  return new RegistryError(
    "QUERY_FAILED",
    `The query could not be answered: ${why}`,
    "look at the query: it reads as SPARQL, and the engine does not run it",
    cause === undefined ? {} : { cause },
  );
}
