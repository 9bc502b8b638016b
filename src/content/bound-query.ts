/**
 * Parameters of a SPARQL query, bound as terms: a value is never pasted into the text of a query, so that none can
 * change what the query asks. It comes in as VALUES of one row, in the query and in every query within it.
 */
import { DataFactory, type Literal, type NamedNode } from "n3";
import { Generator, type Query } from "sparqljs";
import { checkQuery } from "./sparql.ts";
import { sparqlParser } from "./sparql-lexer.ts";

export type ParameterTerm = NamedNode | Literal;

/** What a query gives: rows, yes or no, or a graph. */
export type QueryForm = "rows" | "boolean" | "graph";

export type BoundQuery =
  | { readonly ok: true; readonly sparql: string; readonly form: QueryForm }
  | { readonly ok: false; readonly message: string; readonly line?: number };

export interface Binding {
  readonly parameters: ReadonlyMap<string, ParameterTerm>;
  /** Prefixes that the query need not declare. */
  readonly prefixes: readonly (readonly [prefix: string, namespace: string])[];
}

/** The IRI that relative ones resolve against; whoever writes one means nothing by it. */
const BASE = "https://relative.invalid/";

const FORMS = { SELECT: "rows", ASK: "boolean", CONSTRUCT: "graph", DESCRIBE: "graph" } as const;

/** `text` is a query of SPARQL 1.1; what only the engine knows besides is let through where nothing is to be bound. */
export function bindQuery(text: string, { parameters, prefixes }: Binding): BoundQuery {
  // On one line, so that lines are counted as they were written.
  const preamble = prefixes.map(([prefix, namespace]) => `PREFIX ${prefix}: <${namespace}> `).join("");
  const checked = checkQuery(preamble + text, BASE);
  if (checked.state === "fault")
    return {
      ok: false,
      message: checked.message,
      ...(checked.line === undefined ? {} : { line: checked.line }),
    };
  if (checked.state === "not-checkable")
    return parameters.size === 0
      ? { ok: true, sparql: preamble + text, form: formOf(text) }
      : { ok: false, message: `${checked.why}, and parameters are bound in SPARQL 1.1 alone` };
  const query = sparqlParser({ baseIRI: BASE, factory: DataFactory }).parse(preamble + text) as Query;
  const form = FORMS[query.queryType];
  if (parameters.size === 0) return { ok: true, sparql: preamble + text, form };
  const variables = variablesOf(query);
  const unknown = [...parameters.keys()].find((name) => !variables.has(name));
  if (unknown !== undefined) return { ok: false, message: unknownParameter(unknown, variables) };
  bindIn(query, parameters);
  return { ok: true, sparql: new Generator().stringify(query), form };
}

function formOf(text: string): QueryForm {
  const [word = "select"] = /\b(?:select|ask|construct|describe)\b/i.exec(text) ?? [];
  return FORMS[word.toUpperCase() as keyof typeof FORMS];
}

function unknownParameter(name: string, variables: ReadonlySet<string>): string {
  const there = [...variables].map((variable) => `?${variable}`).join(", ");
  return `the query has no variable ?${name}${there === "" ? "" : `; it has ${there}`}`;
}

/** Every object in the tree of a query. */
export function* nodesOf(value: unknown): Generator_<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield value as Record<string, unknown>;
  for (const child of Object.values(value)) yield* nodesOf(child);
}
type Generator_<T> = globalThis.Generator<T, void, undefined>;

function variablesOf(query: Query): ReadonlySet<string> {
  const found = new Set<string>();
  for (const node of nodesOf(query))
    if (node.termType === "Variable" && typeof node.value === "string") found.add(node.value);
  return found;
}

function bindIn(query: Query, parameters: ReadonlyMap<string, ParameterTerm>): void {
  const row = Object.fromEntries([...parameters].map(([name, term]) => [`?${name}`, term]));
  const queries = [...nodesOf(query)].filter((node) => node.type === "query");
  for (const one of queries) {
    const where = (one.where as unknown[] | undefined) ?? [];
    one.where = [{ type: "values", values: [row] }, ...where];
  }
}
