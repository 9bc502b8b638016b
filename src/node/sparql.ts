/**
 * Runs a SPARQL query over RDF in memory, in a thread of its own, for so long and no longer.
 *
 *     main ── QueryWork ─► sparql-worker ── QueryAnswer ─► main
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
  readonly sparql: string;
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

/** `sparql` has been checked. Throws QUERY_TIMEOUT, QUERY_FAILED. */
export async function runQuery(work: QueryWork, timeMsMax = QUERY_TIME_MS_MAX): Promise<QueryResults> {
  const worker = new Worker(new URL(WORKER, import.meta.url), { workerData: work });
  let timer: NodeJS.Timeout | undefined;
  try {
    const answer = await new Promise<QueryAnswer>((resolve, reject) => {
      timer = setTimeout(() => reject(tooLong(timeMsMax)), timeMsMax);
      worker.once("message", resolve);
      worker.once("error", (cause: Error) => reject(failed(firstLine(cause.message), cause)));
      worker.once("exit", () => reject(failed("the engine ended without an answer")));
    });
    if (answer.ok) return answer;
    throw failed(firstLine(answer.message));
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
