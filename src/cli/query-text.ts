/** Results of a query for people: IRIs by the registry's prefixes, literals by their text. */
import { visible } from "../base/visible.ts";
import { PREFIXES } from "../graph/vocabulary.ts";
import { table } from "./terminal.ts";

/** SPARQL 1.1 Query Results JSON, https://www.w3.org/TR/sparql11-results-json/ */
interface ResultsJson {
  readonly head: { readonly vars: readonly string[] };
  readonly results: { readonly bindings: readonly Readonly<Record<string, TermJson>>[] };
}

interface TermJson {
  readonly type: "uri" | "literal" | "bnode";
  readonly value: string;
  readonly "xml:lang"?: string;
}

export function rowsTable(json: string, width: number): string {
  const { head, results } = JSON.parse(json) as ResultsJson;
  if (results.bindings.length === 0) return "No rows.";
  const rows = results.bindings.map((row) => head.vars.map((name) => termText(row[name])));
  return table([head.vars.map((name) => `?${name}`), ...rows], width);
}

export function booleanText(json: string): string {
  return (JSON.parse(json) as { boolean: boolean }).boolean ? "yes" : "no";
}

function termText(term: TermJson | undefined): string {
  if (term === undefined) return "";
  if (term.type === "bnode") return `_:${visible(term.value)}`;
  if (term.type === "literal") return visible(term.value);
  const [prefix, namespace] = PREFIXES.find(([, known]) => term.value.startsWith(known)) ?? [];
  const local = namespace === undefined ? "" : term.value.slice(namespace.length);
  return /^[\w-]+$/.test(local) ? `${prefix}:${local}` : `<${visible(term.value)}>`;
}
