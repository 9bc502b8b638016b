/** The SPARQL and RDF inside a template's frontmatter: the queries it runs and the triples it adds. */
import type { Problem } from "../base/problem.ts";
import { entryOf, quote, textOf } from "./frontmatter.ts";
import { parseRdf, TRIPLES_MAX } from "./rdf.ts";
import type { QueryOutcome } from "./sparql.ts";
import type { YamlMap, YamlNode, YamlScalar } from "./yaml-subset.ts";

/** A Tera expression or statement. `{{ ?s ?p ?o }}` is SPARQL: an expression begins with a name or a value. */
const TERA = /\{\{-?\s*(?![?$<}])[^{}]*\}\}|\{%[\s\S]*?%\}/;

export function isComputed(text: string): boolean {
  return /\{\{|\{%|\{#/.test(text);
}

/** The problem of a query; nothing where it is one. `line` is that of its first line. */
export function queryProblem(
  outcome: QueryOutcome,
  at: { file: string; line: number; lined: boolean; place?: string; severity: Problem["severity"] },
): Problem[] {
  if (outcome.state === "parsed") return [];
  const place = at.place === undefined ? {} : { place: at.place };
  if (outcome.state === "not-checkable") {
    return [
      {
        code: "SPARQL_NOT_CHECKED",
        severity: "warning",
        file: at.file,
        ...place,
        line: at.line,
        message: `the query was not checked: ${outcome.why}`,
        remedy: "run the query once before publishing",
        rule: "C8",
      },
    ];
  }
  const line = at.lined ? at.line + (outcome.line ?? 1) - 1 : at.line;
  return [
    {
      code: "SPARQL_SYNTAX",
      severity: at.severity,
      file: at.file,
      ...place,
      line,
      message: `cannot read the query: ${quote(outcome.message, 200)}`,
      remedy: "correct the query; prefixes are declared in the query itself",
      rule: "C7",
    },
  ];
}

export interface TemplateOptions {
  readonly severity: Problem["severity"];
  /** The IRI that relative ones in inline RDF resolve against. */
  readonly base: string;
  readonly check: (query: string) => QueryOutcome;
}

/** Every problem of the queries and the inline RDF of one template. */
export function templateQueryProblems(file: string, map: YamlMap, options: TemplateOptions): Problem[] {
  const problems: Problem[] = [];
  for (const { place, text } of queriesOf(map)) {
    const outcome = options.check(text.text);
    const judged: QueryOutcome =
      outcome.state === "fault" && TERA.test(text.text)
        ? { state: "not-checkable", why: "Tera computes it" }
        : outcome;
    const at = { file, line: text.textLine, lined: text.lined, place, severity: options.severity };
    problems.push(...queryProblem(judged, at));
  }
  const prologue = turtlePrologue(map);
  for (const text of scalarsOf(entryOf(map, "rdf_inline")?.value)) {
    if (TERA.test(text.text)) continue;
    problems.push(...inlineProblem(file, text, prologue, options));
  }
  return problems;
}

function queriesOf(map: YamlMap): { place: string; text: YamlScalar }[] {
  const found: { place: string; text: YamlScalar }[] = [];
  const sparql = entryOf(map, "sparql")?.value;
  if (sparql?.kind === "map") {
    for (const { key, value } of sparql.entries)
      if (value.kind === "scalar") found.push({ place: `sparql.${quote(key)}`, text: value });
  } else {
    for (const text of scalarsOf(sparql)) found.push({ place: "sparql", text });
  }
  for (const key of ["construct", "when"])
    for (const text of scalarsOf(entryOf(map, key)?.value)) found.push({ place: key, text });
  return found;
}

function scalarsOf(node: YamlNode | undefined): YamlScalar[] {
  const nodes = node?.kind === "list" ? node.items : node === undefined ? [] : [node];
  return nodes.filter((item): item is YamlScalar => item.kind === "scalar" && item.value !== null);
}

/** What the engine writes before inline RDF; on one line, so that lines stay what they are. */
function turtlePrologue(map: YamlMap): string {
  const prefixes = entryOf(map, "prefixes")?.value;
  const lines: string[] = [];
  if (prefixes?.kind === "map") {
    for (const { key, value } of prefixes.entries)
      if (value.kind === "scalar") lines.push(`@prefix ${key.replace(/:$/, "")}: <${value.text}> .`);
  }
  const base = textOf(map, "base");
  if (base !== undefined) lines.unshift(`@base <${base}> .`);
  return lines.join(" ").replace(/[\r\n]/g, " ");
}

function inlineProblem(
  file: string,
  text: YamlScalar,
  prologue: string,
  options: TemplateOptions,
): Problem[] {
  const source = { format: "text/turtle", base: options.base, triplesMax: TRIPLES_MAX } as const;
  const outcome = parseRdf({ ...source, text: `${prologue} ${text.text}` });
  if (outcome.state === "parsed") return [];
  const message = outcome.state === "fault" ? outcome.message : `it has more than ${TRIPLES_MAX} triples`;
  const offset = outcome.state === "fault" && text.lined ? (outcome.line ?? 1) - 1 : 0;
  return [
    {
      code: "RDF_SYNTAX",
      severity: options.severity,
      file,
      place: "rdf_inline",
      line: text.textLine + offset,
      message: `cannot read the inline RDF: ${quote(message, 200)}`,
      remedy: "correct the Turtle, or the prefixes and the base of the frontmatter",
      rule: "C5",
    },
  ];
}
