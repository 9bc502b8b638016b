/**
 * The triples of several files as one file of Turtle, a triple a line, in the order in which they were read; what is
 * said twice stands once. Blank nodes of different files stay different. The same quads give the same text.
 *
 *     _:f0b0 <https://a.example/b> "text"@en .
 */
import type { Literal, Quad, Term } from "n3";

const XSD_STRING = "http://www.w3.org/2001/XMLSchema#string";

/** The lines of each file's quads; `undefined` where Turtle 1.1 cannot say one: in a named graph, about a statement. */
export function turtleLines(files: readonly (readonly Quad[])[]): string[] | undefined {
  const lines = new Set<string>();
  for (const [index, quads] of files.entries()) {
    const labels = new Map<string, string>();
    const blank = (name: string) => {
      const label = labels.get(name) ?? `_:f${index}b${labels.size}`;
      labels.set(name, label);
      return label;
    };
    for (const { subject, predicate, object, graph } of quads) {
      const terms = [subject, predicate, object].map((one) => termText(one, blank));
      if (graph.termType !== "DefaultGraph" || terms.includes(undefined)) return undefined;
      lines.add(`${terms.join(" ")} .`);
    }
  }
  return [...lines];
}

function termText(term: Term, blank: (name: string) => string): string | undefined {
  // The parser has held IRIs to RFC 3987: nothing in one can end it.
  if (term.termType === "NamedNode") return `<${term.value}>`;
  if (term.termType === "BlankNode") return blank(term.value);
  return term.termType === "Literal" ? literalText(term) : undefined;
}

function literalText(literal: Literal): string | undefined {
  const { value, language, datatype } = literal;
  const isDirected = "direction" in literal && Boolean(literal.direction);
  if (!value.isWellFormed() || isDirected) return undefined;
  const text = `"${value.replace(/["\\\u0000-\u001f\u007f]/g, escapeOf)}"`;
  if (language !== "")
    return /^[A-Za-z]+(?:-[A-Za-z0-9]+)*$/.test(language) ? `${text}@${language}` : undefined;
  return datatype.value === XSD_STRING ? text : `${text}^^<${datatype.value}>`;
}

function escapeOf(char: string): string {
  if (char === '"' || char === "\\") return `\\${char}`;
  return `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}
