/**
 * Whether what a Tera template says is bound by the queries of its frontmatter.
 *
 *     for_each: classes        the columns of `classes` are variables, of `to` too
 *     {% for p in fields %}    p.<column of fields>, until {% endfor %}
 *     {% set s = fields | first %}   s.<column of fields>, to the end
 *     {% set x = … %}          x, to the end
 *
 * It reads the names alone and renders nothing: a filter that does not exist is not found here.
 */
import { Parser, type SelectQuery } from "sparqljs";
import { parse } from "yaml";

const SPLIT = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/;
const TAG = /\{[{%]-?([\s\S]*?)-?[%}]\}/g;
const NAME = /(?<![\w.])[A-Za-z_]\w*(?:\.\w+)*/g;
const WORDS = new Set(
  "and or not in is if elif else endif for endfor set set_global true false loop".split(" "),
);

export interface Template {
  readonly to: string;
  readonly when?: string;
  readonly forEach?: string;
  /** By name: the form that the packages here use. */
  readonly queries: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Throws where `text` has no frontmatter. */
export function readTemplate(text: string): Template {
  const [, head, body] = SPLIT.exec(text) ?? [];
  if (head === undefined || body === undefined) throw new Error("the template has no frontmatter");
  const { to, when, for_each: forEach, sparql } = parse(head);
  const queries = new Map<string, string>(Object.entries(sparql ?? {}));
  return { to, body, queries, ...(when ? { when } : {}), ...(forEach ? { forEach } : {}) };
}

/** The names that nothing binds, in the order they stand; a column as `<query>.<column>`. */
export function unboundIn({ to, body, queries, forEach }: Template): string[] {
  const columns = new Map([...queries].map(([name, query]) => [name, columnsOf(query)]));
  const names = new Set([...queries.keys(), ...(columns.get(forEach ?? "") ?? [])]);
  const rows: { readonly name: string; readonly query: string }[] = [];
  const unbound: string[] = [];
  for (const [, tag = ""] of `${to}\n${body}`.matchAll(TAG)) {
    const expression = tag.replace(/(["'`]).*?\1/g, "").trim();
    const [, loop, over] = /^for (\w+) in (\w+)/.exec(expression) ?? [];
    const [, set, first] = /^(?:set|set_global) (\w+) =\s*(?:(\w+) \| first)?/.exec(expression) ?? [];
    const bare = expression.replace(/\|\s*\w+/g, "").replace(/\bis (?:not )?\w+/g, "");
    const used = bare.replace(/^(?:for|set|set_global) \w+/, "").replace(/\b\w+(?==[^=])/g, "");
    for (const [path] of used.matchAll(NAME)) {
      const [name = "", column] = path.split(".");
      const row = rows.findLast((each) => each.name === name);
      if (row === undefined) {
        if (!names.has(name) && !WORDS.has(name)) unbound.push(path);
      } else if (column !== undefined && !columns.get(row.query)?.has(column)) {
        unbound.push(`${row.query}.${column}`);
      }
    }
    if (loop !== undefined && over !== undefined) rows.push({ name: loop, query: over });
    if (expression === "endfor") rows.pop();
    if (set !== undefined && first !== undefined) rows.unshift({ name: set, query: first });
    else if (set !== undefined) names.add(set);
  }
  return unbound;
}

/** What the SELECT projects. */
function columnsOf(query: string): Set<string> {
  const { variables } = new Parser().parse(query) as SelectQuery;
  const columns = variables.map((each) => ("variable" in each ? each.variable : each));
  return new Set(columns.map(({ value }) => value));
}
