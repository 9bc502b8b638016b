/** What is measured of an engine, and what the measuring process tells. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Package } from "./corpus.ts";

/** Names of the ten best packages for a query. */
export type Ask = (query: string) => Promise<readonly string[]>;

export interface Engine {
  /** Writes an index of `packages` (most downloaded first) to `folder`. */
  build(packages: readonly Package[], folder: string, job: Job): Promise<void>;
  /** Reads the index back; nothing but what was written is there. */
  open(folder: string): Promise<Ask>;
  /** What each query reads where nothing but the manifest is there; of an index in parts only. */
  cold?(folder: string, queries: readonly string[]): Promise<ColdCost[]>;
}

/** What a measuring process is told. */
export interface Job {
  readonly corpus: string;
  readonly seed: number;
  /** Packages drawn of the corpus; all where nothing is said. */
  readonly documents?: number;
  readonly queries: readonly string[];
  /** Names that the queries look for, which an engine that is given a part of the packages must have. */
  readonly targets: readonly string[];
  /** Of our index, as JSON; the default layout where nothing is said. */
  readonly layout?: string;
}

export interface ColdCost {
  readonly bytes: number;
  readonly requests: number;
  /** How often something was asked for only after an answer had come. */
  readonly rounds: number;
}

export interface BuildMeasured {
  readonly seconds: number;
  readonly documents: number;
  readonly peakMegabytes: number;
}

export interface AskMeasured {
  readonly openMs: number;
  /** Of each query, in order. */
  readonly answers: readonly (readonly string[])[];
  /** Of each query when it is asked again. */
  readonly warmMs: readonly number[];
  /** Held after all queries, garbage collected. */
  readonly heldMegabytes: number;
  readonly peakMegabytes: number;
  readonly cold?: readonly ColdCost[];
}

/** What a result shows, in a file beside a peer's index: `[name, version, summary, downloads]` by id. */
export type Row = readonly [name: string, version: string, summary: string, downloads: number];
export const ROWS_FILE = "rows.json";

export function writeRows(folder: string, packages: readonly Package[]): void {
  const rows: Row[] = packages.map(({ name, version, summary, downloads }) => [
    name,
    version,
    summary,
    downloads,
  ]);
  writeFileSync(join(folder, ROWS_FILE), JSON.stringify(rows));
}

export function readRows(folder: string): readonly Row[] {
  return JSON.parse(readFileSync(join(folder, ROWS_FILE), "utf8")) as Row[];
}
