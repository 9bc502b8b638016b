/** `query`: SPARQL over the registry's graph, or over what is installed. */
import { resolve } from "node:path";
import { DataFactory } from "n3";
import { RegistryError } from "../base/error.ts";
import { nearest } from "../base/nearest.ts";
import { visible } from "../base/visible.ts";
import { readNQuads } from "../client/sync.ts";
import { bindQuery, type ParameterTerm, type QueryForm } from "../content/bound-query.ts";
import { QUERY_LENGTH_MAX } from "../content/sparql.ts";
import { isIri, packageIri, publisherIri } from "../graph/iri.ts";
import { NAMED_QUERIES, type NamedQuery, type ParameterKind } from "../graph/named-queries.ts";
import { PREFIXES } from "../graph/vocabulary.ts";
import { parsePackageName, parsePublisherName } from "../manifest/name.ts";
import { installedGraph } from "../node/installed-graph.ts";
import { readRegularFile } from "../node/regular-file.ts";
import { type GraphSource, type ResultsFormat, runQuery } from "../node/sparql.ts";
import { type Context, type Options, type Run, UsageError } from "./command.ts";
import { onRegistry } from "./open-registry.ts";
import { booleanText, rowsTable } from "./query-text.ts";
import { wholeSetting } from "./settings.ts";
import { table } from "./terminal.ts";

/** A gigabyte of N-Quads is more than the engine holds. */
const GRAPH_UNPACKED_MAX = 1024 * 1024 * 1024;

export const run: Run = async (args, options, context) => {
  if (options.flag("list")) return listNamed(context);
  const asked = askedQuery(args, options);
  const { sources, registry } = await graphOf(options, context);
  const parameters = new Map(
    Object.entries(asked.values).map(([name, value]) => [
      name,
      termOf(name, value, asked.named?.parameters[name], registry),
    ]),
  );
  const bound = bindQuery(asked.sparql, { parameters, prefixes: PREFIXES });
  if (!bound.ok)
    throw new RegistryError(
      "QUERY_INVALID",
      `The query cannot be run: ${visible(bound.message)}${bound.line === undefined ? "" : ` (line ${bound.line})`}`,
      "SPARQL 1.1 queries are run: SELECT, ASK, CONSTRUCT and DESCRIBE",
    );
  const format = formatOf(bound.form, options, context.terminal.json);
  context.terminal.progress("asking");
  const seconds = wholeSetting("query-seconds", options, context);
  const work = { sources, sparql: bound.sparql, format: MEDIA_TYPES[bound.form][format] };
  const { text, unreadable } = await runQuery(work, seconds * 1000);
  if (unreadable.length === sources.length && !options.flag("installed")) throw unreadableGraph(registry);
  for (const name of unreadable)
    context.terminal.note(`${visible(name)} is left out: it cannot be read as RDF`);
  show(text, bound.form, format, context);
  return undefined;
};

/** The graph does not come with a view: it is larger than all else that is read. */
function withHowToFetch(error: unknown): unknown {
  if (!(error instanceof RegistryError) || error.code !== "OFFLINE_MISSING") return error;
  return new RegistryError(
    error.code,
    "The graph of the registry is not on this machine",
    "while the network is there: ggen-marketplace sync --graph",
    { cause: error },
  );
}

/** An answer from no graph at all would be a false one. */
function unreadableGraph(registry: string): RegistryError {
  return new RegistryError(
    "QUERY_GRAPH_UNREADABLE",
    `The graph of ${visible(registry)} cannot be read as RDF, or is too large`,
    "the registry itself is damaged: tell its operator",
  );
}

interface AskedQuery {
  readonly sparql: string;
  readonly named?: NamedQuery;
  /** As typed, by variable. */
  readonly values: Readonly<Record<string, string>>;
}

/** The query is the first word, a file, or one of ours; the words after it are parameters. */
function askedQuery(args: readonly string[], options: Options): AskedQuery {
  const [name, file] = [options.text("named"), options.text("file")];
  if (name !== undefined && file !== undefined) throw new UsageError("Give --named or --file, not both");
  if (name !== undefined) return namedQuery(name, args);
  if (file !== undefined) return { sparql: readQuery(file), values: valuesOf(args) };
  const [sparql, ...words] = args;
  if (sparql === undefined)
    throw new UsageError(
      "What to ask? Give a query, --file FILE, or --named NAME",
      "`query --list` names some",
    );
  return { sparql, values: valuesOf(words) };
}

function namedQuery(name: string, words: readonly string[]): AskedQuery {
  const named = Object.hasOwn(NAMED_QUERIES, name) ? NAMED_QUERIES[name] : undefined;
  if (named === undefined) {
    const meant = nearest(name, Object.keys(NAMED_QUERIES));
    throw new UsageError(
      `There is no query "${visible(name)}"${meant === undefined ? "" : `; did you mean "${meant}"?`}`,
      "`query --list` names them",
    );
  }
  const values = valuesOf(words);
  const missing = Object.keys(named.parameters).find((parameter) => !Object.hasOwn(values, parameter));
  if (missing !== undefined)
    throw new UsageError(`"${name}" needs ${missing}=…`, `it is for: ${named.about.toLowerCase()}`);
  return { sparql: named.sparql, named, values };
}

function valuesOf(words: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const word of words) {
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? [];
    if (name === undefined || value === undefined)
      throw new UsageError(`"${visible(word)}" is no parameter: they are written name=value`);
    values[name] = value;
  }
  return values;
}

function readQuery(file: string): string {
  const read = readRegularFile(resolve(file), QUERY_LENGTH_MAX * 4);
  if ("fault" in read)
    throw new RegistryError(
      "QUERY_UNREADABLE",
      `"${visible(file)}" cannot be read: it ${read.what}`,
      "give a file with a SPARQL query",
    );
  return new TextDecoder().decode(read.bytes);
}

/** `<iri>`, `"text"`, `"text"@en`, `"5"^^<type>`; all else is text as it stands. A named query says what its own stand for. */
function termOf(
  name: string,
  value: string,
  kind: ParameterKind | undefined,
  registry: string,
): ParameterTerm {
  const wrong = (what: string) => new UsageError(`${name}=${visible(value)}: ${what}`);
  if (kind === "package") {
    const named = parsePackageName(value);
    if (named === undefined) throw wrong("it is no name of a package");
    return packageIri(registry, named);
  }
  if (kind === "publisher") {
    const named = parsePublisherName(value);
    if (named === undefined) throw wrong("it is no name of a publisher");
    return publisherIri(registry, named);
  }
  if (kind === "iri") return iriTerm(value.replace(/^<(.*)>$/s, "$1"), wrong);
  const [, iri] = /^<(.*)>$/s.exec(value) ?? [];
  if (kind === undefined && iri !== undefined) return iriTerm(iri, wrong);
  const [, text, language, type] =
    /^"(.*)"(?:@([A-Za-z]+(?:-[A-Za-z0-9]+)*)|\^\^<(.*)>)?$/s.exec(value) ?? [];
  if (text === undefined) return DataFactory.literal(value);
  return DataFactory.literal(text, language ?? (type === undefined ? undefined : iriTerm(type, wrong)));
}

function iriTerm(iri: string, wrong: (what: string) => UsageError) {
  if (!isIri(iri)) throw wrong("it is no absolute IRI");
  return DataFactory.namedNode(iri);
}

async function graphOf(
  options: Options,
  context: Context,
): Promise<{ readonly sources: readonly GraphSource[]; readonly registry: string }> {
  if (options.flag("installed")) {
    const sources = installedGraph(resolve(options.text("project") ?? "."));
    if (sources.length > 0) return { sources, registry: "" };
    throw new RegistryError(
      "NOTHING_INSTALLED",
      "Nothing with RDF is installed here",
      "`install` brings packages",
    );
  }
  return onRegistry(options, context, async (registry) => {
    const bytes = await readNQuads(registry).catch((error: unknown) => {
      throw withHowToFetch(error);
    });
    const packed = { unpackedMax: GRAPH_UNPACKED_MAX };
    const name = `the graph of ${registry.root.registry.iri}`;
    return {
      sources: [{ name, bytes, format: "application/n-quads" as const, packed }],
      registry: registry.root.registry.iri,
    };
  });
}

type Format = "table" | "json" | "csv" | "turtle";
/** In which form the engine writes what is shown as such; a table is made of JSON. */
const MEDIA_TYPES: Readonly<Record<QueryForm, Readonly<Record<Format, ResultsFormat>>>> = {
  rows: both("application/sparql-results+json", "text/csv"),
  boolean: both("application/sparql-results+json", "application/sparql-results+json"),
  graph: { table: "text/turtle", turtle: "text/turtle", csv: "text/turtle", json: "application/ld+json" },
};

function both(json: ResultsFormat, csv: ResultsFormat): Record<Format, ResultsFormat> {
  return { table: json, json, csv, turtle: json };
}

function formatOf(form: QueryForm, options: Options, json: boolean): Format {
  const asked = options.text("format") ?? (json ? "json" : form === "graph" ? "turtle" : "table");
  const fitting: readonly string[] = {
    rows: ["table", "json", "csv"],
    boolean: ["table", "json"],
    graph: ["turtle", "json"],
  }[form];
  if (fitting.includes(asked)) return asked as Format;
  const what = { rows: "rows", boolean: "yes or no", graph: "a graph" }[form];
  throw new UsageError(
    `--format ${visible(asked)} does not fit: the query gives ${what}`,
    `use ${fitting.join(" or ")}`,
  );
}

function show(text: string, form: QueryForm, format: Format, { terminal }: Context): void {
  if (format === "json" || terminal.json)
    terminal.json ? terminal.result(JSON.parse(text), () => "") : terminal.raw(text);
  else if (format === "csv" || format === "turtle") terminal.raw(text);
  else if (form === "boolean") terminal.result(undefined, () => booleanText(text));
  else terminal.result(undefined, () => rowsTable(text, terminal.width));
}

function listNamed({ terminal }: Context): undefined {
  const queries = Object.entries(NAMED_QUERIES).map(([name, query]) => ({ name, ...query }));
  terminal.result({ queries }, () =>
    table(
      queries.map(({ name, about, parameters }) => [
        name,
        Object.keys(parameters)
          .map((parameter) => `${parameter}=…`)
          .join(" "),
        about,
      ]),
      terminal.width,
    ),
  );
  return undefined;
}
