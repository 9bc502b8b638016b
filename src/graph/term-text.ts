/**
 * What the two writers (turtle.ts, nquads.ts) share: a last look at every term, and the escapes of
 * a quoted string. Whatever is wrong here was made by us, so that it throws a `TypeError`.
 */
import type { Literal, Quad, Term } from "n3";
import { explainIri } from "./iri.ts";

/** The IRI of a node; the registry's graph has no blank nodes and no variables. */
export function iriOf(node: Term): string {
  if (node.termType !== "NamedNode")
    throw new TypeError(`a ${node.termType} has no place in the registry's graph`);
  return node.value;
}

/** The registry's graph is the default graph (nquads.ts says why). */
export function inDefaultGraph(quad: Quad): Quad {
  if (quad.graph.termType === "DefaultGraph") return quad;
  throw new TypeError("a named graph has no place in the registry's graph");
}

/** `<iri>`, where nothing in it could end it. Cheaper than `isIri`, which is for what comes in. */
export function bracketed(iri: string): string {
  if (/^[A-Za-z][A-Za-z0-9+.-]*:[^\u0000-\u0020<>"{}|^`\\]*$/.test(iri) && iri.isWellFormed())
    return `<${iri}>`;
  throw new TypeError(`cannot write an IRI: ${explainIri(iri)}`);
}

/** ECHAR, the same in Turtle and in canonical N-Quads. */
const SHORT = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\b", "\\b"],
  ["\t", "\\t"],
  ["\n", "\\n"],
  ["\f", "\\f"],
  ["\r", "\\r"],
]);

function escapeOf(char: string): string {
  return SHORT.get(char) ?? `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** `value` in quotes. `escaped`: a global pattern of single UTF-16 units, `"` `\` and line breaks among them. */
export function quoted(value: string, escaped: RegExp): string {
  if (value.isWellFormed()) return `"${value.replace(escaped, escapeOf)}"`;
  throw new TypeError("a literal has an unpaired surrogate, which no encoding can carry");
}

/** `@tag` in lower case (tags are compared without case), or "". */
export function languageTag(literal: Literal): string {
  if (literal.language === "") return "";
  if (/^[A-Za-z]+(?:-[A-Za-z0-9]+)*$/.test(literal.language)) return `@${literal.language.toLowerCase()}`;
  throw new TypeError("a literal has a language tag that is none");
}
