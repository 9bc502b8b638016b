/**
 * N-Quads in canonical form: one quad a line, lines in code point order, each once.
 *
 * The form is that of RDF 1.2 N-Quads, which RDFC-1.0 shares: ECHAR for `\b \t \n \f \r " \\`,
 * `\uXXXX` (upper case) for the other controls, U+007F, U+FFFE and U+FFFF, everything else as it
 * is, one space between the terms. RDF 1.1's own form differs by leaving most controls raw; a text
 * file should have none.
 *
 * The registry's graph is the default graph. A named one would make every mirror and every file of
 * one package know its name, and the lines would no longer be N-Triples, which more tools read.
 * There are no blank nodes, so that this text is also what RDFC-1.0 gives: its digest names the graph.
 */
import type { Literal, Quad, Term } from "n3";
import { sortedTexts } from "../base/order.ts";
import { bracketed, inDefaultGraph, iriOf, languageTag, quoted } from "./term-text.ts";
import { XSD } from "./vocabulary.ts";

const ESCAPED = /["\\\u0000-\u001f\u007f\ufffe\uffff]/g;

/** "" or lines that end in a line feed. Throws a `TypeError` for a blank node, a named graph or an IRI that is not valid: bugs. */
export function writeNQuads(quads: Iterable<Quad>): string {
  const lines = new Set<string>();
  // Most IRIs stand in many lines, and each is looked at once.
  const known = new Map<string, string>();
  const iriText = (node: Term): string => {
    const value = iriOf(node);
    const text = known.get(value) ?? bracketed(value);
    known.set(value, text);
    return text;
  };
  for (const quad of quads) {
    const { subject, predicate, object } = inDefaultGraph(quad);
    const value = object.termType === "Literal" ? literal(object, iriText) : iriText(object);
    lines.add(`${iriText(subject)} ${iriText(predicate)} ${value} .\n`);
  }
  return sortedTexts(lines).join("");
}

function literal(node: Literal, iriText: (node: Term) => string): string {
  const text = quoted(node.value, ESCAPED);
  if (node.language !== "") return text + languageTag(node);
  return node.datatype.value === XSD.string.value ? text : `${text}^^${iriText(node.datatype)}`;
}
