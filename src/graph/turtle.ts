/**
 * Turtle (https://www.w3.org/TR/turtle/), written so that the same quads give the same bytes.
 *
 *     TURTLE_PREFIXES           the prefix block, one for a whole file
 *     writeTurtle(quads)        a body without prefixes; bodies of different subjects, put one after
 *                               the other under one prefix block, are the file of their union
 *
 *     <https://r.example/packages/a>
 *         a doap:Project, ours:Package ;
 *         dcterms:title "a" ;
 *         ours:dependsOn <https://r.example/packages/b>, <https://r.example/packages/c> .
 *
 * Subjects in code point order, rdf:type first, then predicates, then objects; repeated quads once.
 * The writer is our own: N3.Writer leaves what stands in an IRI as it is, sorts nothing, and takes
 * prefixes from outside. Every IRI is looked at again here, whoever made it.
 */
import type { Literal, Quad, Term } from "n3";
import { compareText, sortedTexts } from "../base/order.ts";
import { bracketed, inDefaultGraph, iriOf, languageTag, quoted } from "./term-text.ts";
import { PREFIXES, RDF, XSD } from "./vocabulary.ts";

export const TURTLE_PREFIXES: string = `${PREFIXES.map(([prefix, iri]) => `@prefix ${prefix}: <${iri}> .`).join("\n")}\n\n`;

const PREFIX_OF = new Map(PREFIXES.map(([prefix, namespace]) => [namespace, prefix]));

/** Far stricter than PN_LOCAL: what every Turtle reader takes for a local name. */
const LOCAL_NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/**
 * Escaped although Turtle would take most of it raw: controls, and what hides or reorders text, so
 * that a file full of strangers' words can be read on a terminal; U+FFFE and U+FFFF, which some
 * readers refuse.
 */
const ESCAPED =
  /["\\\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff]/g;

/** The body of `quads`: "" or lines that end in a line feed. Throws a `TypeError` for a blank node, a named graph or an IRI that is not valid: bugs. */
export function writeTurtle(quads: Iterable<Quad>): string {
  const subjects = new Map<string, Map<string, Set<string>>>();
  for (const quad of quads) {
    const { subject, predicate, object } = inDefaultGraph(quad);
    const predicates = entry(subjects, iriOf(subject), () => new Map<string, Set<string>>());
    entry(predicates, iriOf(predicate), () => new Set<string>()).add(term(object));
  }
  const blocks: string[] = [];
  for (const subject of sortedTexts(subjects.keys())) {
    blocks.push(block(subject, subjects.get(subject) ?? new Map()));
  }
  return blocks.join("");
}

function entry<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

const TYPE = RDF.type.value;

function block(subject: string, predicates: ReadonlyMap<string, ReadonlySet<string>>): string {
  const lines = [...predicates.keys()]
    .sort((a, b) => Number(b === TYPE) - Number(a === TYPE) || compareText(a, b))
    .map((predicate) => {
      const objects = sortedTexts(predicates.get(predicate) ?? []);
      return `    ${predicate === TYPE ? "a" : iri(predicate)} ${objects.join(", ")}`;
    });
  return `${iri(subject)}\n${lines.join(" ;\n")} .\n\n`;
}

function term(node: Term): string {
  return node.termType === "Literal" ? literal(node) : iri(iriOf(node));
}

function iri(value: string): string {
  const end = Math.max(value.lastIndexOf("#"), value.lastIndexOf("/")) + 1;
  const prefix = PREFIX_OF.get(value.slice(0, end));
  const local = value.slice(end);
  if (prefix !== undefined && LOCAL_NAME.test(local)) return `${prefix}:${local}`;
  return bracketed(value);
}

function literal(node: Literal): string {
  const { value, datatype } = node;
  if (datatype.value === XSD.boolean.value && (value === "true" || value === "false")) return value;
  const text = quoted(value, ESCAPED);
  if (node.language !== "") return text + languageTag(node);
  return datatype.value === XSD.string.value ? text : `${text}^^${iri(datatype.value)}`;
}
