/**
 * The gates of packages that shall stand in one project, asked of what all of them hold together, as the engine does:
 * `ontology.ttl` of each, or, of a package that has none, its ontology files. A project's own facts are not among them.
 */

import { contentIri, iriOf } from "../content/describe.ts";
import { type Gate, readGate } from "../content/gate.ts";
import { type Files, isLoadedGate, roleOf } from "../content/inventory.ts";
import { rdfFormatOf } from "../content/rdf.ts";
import { type GraphSource, type QueryAnswer, type QueryTimes, runQueries } from "./sparql.ts";

export interface PackageInSet {
  readonly name: string;
  readonly version: string;
  /** The IRI of its registry. */
  readonly registry: string;
  readonly files: Files;
}

export interface GateFinding {
  readonly package: string;
  readonly file: string;
  /** The gate's own words on what it finds; empty where it has none. */
  readonly message: string;
  readonly state: "passes" | "fails" | "not run";
  /** Why it was not run. */
  readonly why?: string;
  /** The first rows: variable → term, as it is written in Turtle. */
  readonly rows: readonly Readonly<Record<string, string>>[];
  readonly hasMore: boolean;
}

export interface GateReport {
  readonly gates: readonly GateFinding[];
  /** The packages that hold facts. */
  readonly over: readonly string[];
  /** Files that cannot be read as RDF, and were left out. */
  readonly unreadable: readonly string[];
}

const ROWS_SHOWN_MAX = 3;
/** Of all packages together. */
const GATES_MAX = 500;
const TERM_LENGTH_MAX = 200;
const TIMES: QueryTimes = { eachMsMax: 10_000, allMsMax: 30_000 };

export async function runGates(
  packages: readonly PackageInSet[],
  times: QueryTimes = TIMES,
): Promise<GateReport> {
  const gates = packages.flatMap(({ name, files }) =>
    [...files]
      .filter(([path]) => isLoadedGate(path))
      .map(([file, bytes]) => ({ package: name, file, gate: readGate(bytes, ROWS_SHOWN_MAX + 1) })),
  );
  const facts = packages.map((one) => ({ name: one.name, sources: factsOf(one) }));
  const sources = facts.flatMap((one) => one.sources);
  const queries = gates.slice(0, GATES_MAX).flatMap(({ gate }) => (gate.ok ? [gate.sparql] : []));
  const answers =
    queries.length === 0
      ? []
      : await runQueries({ sources, queries, format: "application/sparql-results+json" }, times);
  const open = answers.values();
  return {
    gates: gates.map(({ gate, ...place }, at) => {
      const answer = gate.ok && at < GATES_MAX ? open.next().value : undefined;
      return { ...place, message: gate.message, ...findingOf(gate, answer) };
    }),
    over: facts.filter((one) => one.sources.length > 0).map(({ name }) => name),
    unreadable: answers.flatMap((one) => (one.ok ? [...one.unreadable] : [])).filter(isFirst),
  };
}

function isFirst(one: string, at: number, all: readonly string[]): boolean {
  return all.indexOf(one) === at;
}

/** What the engine reads of a pack; of a package that it would not load, its ontologies. */
function factsOf({ name, version, registry, files }: PackageInSet): GraphSource[] {
  const main = files.get("ontology.ttl");
  const read = main === undefined ? [...files] : [["ontology.ttl", main] as const];
  return read.flatMap(([path, bytes]) => {
    const format = rdfFormatOf(path);
    if (format === undefined || roleOf(path) !== "ontology") return [];
    const base = iriOf(contentIri(registry, name, version), path);
    return [{ name: `packs/${name}/${path}`, bytes, format, base }];
  });
}

function findingOf(
  gate: Gate,
  answer: QueryAnswer | undefined,
): Pick<GateFinding, "state" | "why" | "rows" | "hasMore"> {
  const none = { rows: [], hasMore: false };
  if (!gate.ok) return { state: "not run", why: gate.why, ...none };
  if (answer === undefined)
    return { state: "not run", why: `there are more than ${GATES_MAX} gates`, ...none };
  if (!answer.ok) return { state: "not run", why: answer.message.split("\n", 1)[0] ?? "", ...none };
  const { boolean, results } = JSON.parse(answer.text) as Results;
  const rows = results?.bindings ?? [];
  if (boolean !== true && rows.length === 0) return { state: "passes", ...none };
  const shown = rows.slice(0, ROWS_SHOWN_MAX).map(rowText);
  return { state: "fails", rows: shown, hasMore: rows.length > ROWS_SHOWN_MAX };
}

/** SPARQL 1.1 Query Results JSON Format, as our own engine writes it. */
interface Results {
  readonly boolean?: boolean;
  readonly results?: { readonly bindings: readonly Readonly<Record<string, ResultTerm>>[] };
}
interface ResultTerm {
  readonly type: string;
  /** Text, but of a statement about which something is said. */
  readonly value: unknown;
}

function rowText(row: Readonly<Record<string, ResultTerm>>): Record<string, string> {
  return Object.fromEntries(Object.entries(row).map(([name, term]) => [name, termText(term)]));
}

function termText({ type, value }: ResultTerm): string {
  if (typeof value !== "string") return "a statement";
  const cut = value.length > TERM_LENGTH_MAX ? `${value.slice(0, TERM_LENGTH_MAX)}…` : value;
  if (type === "uri") return `<${cut}>`;
  return type === "bnode" ? `_:${cut}` : JSON.stringify(cut);
}
