/**
 * A gate: a query of `gates/*.rq` that the engine asks of all facts together, and stops at where it answers. An ASK
 * that says yes, or any row of a SELECT, is a violation; lines `# MESSAGE:` at its head say of what.
 *
 *     # MESSAGE: Every greeting has a text.
 *     SELECT ?greeting WHERE { … }
 *
 * Whoever wrote it is a stranger: it is read here, and asked for few rows.
 */
import { DataFactory } from "n3";
import { Generator, type Query } from "sparqljs";
import { decodeUtf8 } from "../base/bytes.ts";
import { nodesOf } from "./bound-query.ts";
import { checkQuery } from "./sparql.ts";
import { sparqlParser } from "./sparql-lexer.ts";

export type Gate =
  | { readonly ok: true; readonly message: string; readonly sparql: string }
  | { readonly ok: false; readonly message: string; readonly why: string };

/** In UTF-16 units. */
const MESSAGE_LENGTH_MAX = 300;

/** The IRI that relative ones resolve against; whoever writes one means nothing by it. */
const BASE = "https://relative.invalid/";

/** A gate that gives at most `rowsMax` rows, whatever its own limit; or why it is not run. */
export function readGate(bytes: Uint8Array, rowsMax: number): Gate {
  const text = decodeUtf8(bytes);
  if (text === undefined) return { ok: false, message: "", why: "it is not UTF-8" };
  const message = messageOf(text);
  const checked = checkQuery(text, BASE);
  if (checked.state === "fault") return { ok: false, message, why: `it cannot be read: ${checked.message}` };
  if (checked.state === "not-checkable")
    return { ok: false, message, why: `it is run by ggen alone: ${checked.why}` };
  const query = sparqlParser({ baseIRI: BASE, factory: DataFactory }).parse(text) as Query;
  const why = whyNot(query);
  return why === undefined
    ? { ok: true, message, sparql: limited(text, query, rowsMax) }
    : { ok: false, message, why };
}

function messageOf(text: string): string {
  const lines: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [, words] = /^\s*#\s*(.*)$/.exec(line) ?? [];
    if (words === undefined) break;
    if (lines.length > 0 || words.startsWith("MESSAGE:")) lines.push(words.replace(/^MESSAGE:\s*/, ""));
  }
  const message = lines.join(" ").trim();
  return message.length > MESSAGE_LENGTH_MAX ? `${message.slice(0, MESSAGE_LENGTH_MAX)}…` : message;
}

function whyNot(query: Query): string | undefined {
  if (query.queryType !== "ASK" && query.queryType !== "SELECT")
    return `it is a ${query.queryType}: a gate is an ASK or a SELECT`;
  if (query.from !== undefined) return "it names the graphs that it asks: a gate asks what is installed";
  for (const { type } of nodesOf(query))
    if (type === "service") return "it asks another place (SERVICE): nothing is fetched";
  return undefined;
}

/** Where a limit can be written at its end it is, and the query stays as it was written. */
function limited(text: string, query: Query, rowsMax: number): string {
  if (query.queryType !== "SELECT" || (query.limit !== undefined && query.limit <= rowsMax)) return text;
  if (query.limit === undefined && query.values === undefined) return `${text}\nLIMIT ${rowsMax}`;
  return new Generator().stringify({ ...query, limit: rowsMax });
}
