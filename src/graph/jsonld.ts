/**
 * A package as one JSON-LD document, for tools that read JSON and for those that read RDF.
 *
 *     { "@context": …, "id": "<package>", "type": [...], "name": …, "release": [ { "distribution": [...], … } ], … }
 *
 * It is folded from the same quads as the package's Turtle: parts stand inside what they are part
 * of, everything else is an IRI. A processor that expands it gets exactly those triples.
 */
import type { Literal, NamedNode, Quad } from "n3";
import type { Json } from "../base/json.ts";
import { compareText, sortedTexts } from "../base/order.ts";
import type { PackageView, ReleaseView } from "../content/view.ts";
import { packageIri } from "./iri.ts";
import {
  JSONLD_CATALOG_KEY,
  JSONLD_CLASSES,
  JSONLD_CONTEXT,
  JSONLD_TERMS,
  type JsonLdTerm,
} from "./jsonld-context.ts";
import { packageGraph } from "./package-quads.ts";
import type { GraphConfig } from "./release-quads.ts";
import { inDefaultGraph, iriOf } from "./term-text.ts";
import { DCAT, RDF, XSD } from "./vocabulary.ts";

/** Pure. What was left out of the graph is left out here; `packageGraph` has the warnings. */
export function packageJsonLd(
  view: PackageView,
  releaseViews: readonly ReleaseView[],
  config: GraphConfig,
): Json {
  return quadsToJsonLd(packageGraph(view, releaseViews, config).quads, packageIri(config.iri, view.name));
}

type Predicates = Map<string, Map<string, NamedNode | Literal>>;

/**
 * The document of `root`. Every subject of `quads` must be `root` or a part of it; the one other
 * statement is that a catalogue has it. Throws a `TypeError` where something would be left out: a bug.
 */
export function quadsToJsonLd(quads: Iterable<Quad>, root: NamedNode): Json {
  const nodes = new Map<string, Predicates>();
  const catalogs = new Set<string>();
  for (const quad of quads) {
    const { subject, predicate, object } = inDefaultGraph(quad);
    if (predicate.value === DCAT.dataset.value && object.value === root.value) catalogs.add(iriOf(subject));
    else addTo(nodes, iriOf(subject), predicate.value, object as NamedNode | Literal);
  }
  const document = fold(root.value, nodes);
  const left = sortedTexts(nodes.keys())[0];
  if (left !== undefined) throw new TypeError(`<${left}> is no part of <${root.value}>`);
  const inCatalog = catalogs.size === 0 ? {} : { [JSONLD_CATALOG_KEY]: oneOrAll(sortedTexts(catalogs)) };
  return { "@context": JSONLD_CONTEXT, ...document, ...inCatalog };
}

function addTo(
  nodes: Map<string, Predicates>,
  subject: string,
  predicate: string,
  object: NamedNode | Literal,
): void {
  const predicates: Predicates = nodes.get(subject) ?? new Map();
  const objects = predicates.get(predicate) ?? new Map<string, NamedNode | Literal>();
  nodes.set(subject, predicates.set(predicate, objects.set(object.id, object)));
}

/** Takes the node out of `nodes`, so that a part is written once and what is left over is noticed. */
function fold(iri: string, nodes: Map<string, Predicates>): { [key: string]: Json } {
  const predicates = nodes.get(iri) ?? new Map<string, Map<string, NamedNode | Literal>>();
  nodes.delete(iri);
  const members: [string, Json][] = [];
  for (const [predicate, objects] of predicates) {
    const values = [...objects].sort(([a], [b]) => compareText(a, b)).map(([, object]) => object);
    if (predicate === RDF.type.value) {
      members.push(["type", oneOrAll(values.map((value) => JSONLD_CLASSES.get(value.value) ?? value.value))]);
      continue;
    }
    const term = JSONLD_TERMS.get(predicate) ?? { key: predicate };
    members.push([term.key, oneOrAll(values.map((value) => objectOf(value, term, nodes)))]);
  }
  members.sort(([a], [b]) => Number(b === "type") - Number(a === "type") || compareText(a, b));
  return Object.fromEntries([["id", iri], ...members]);
}

function oneOrAll(values: readonly Json[]): Json {
  return values.length === 1 ? (values[0] as Json) : values;
}

function objectOf(value: NamedNode | Literal, term: JsonLdTerm, nodes: Map<string, Predicates>): Json {
  if (value.termType === "NamedNode") {
    if (term.part && nodes.has(value.value)) return fold(value.value, nodes);
    return term.coercion === "@id" ? value.value : { "@id": value.value };
  }
  return literal(value, term);
}

/** Booleans and sizes as JSON has them, where a processor makes the same literal of them again. */
function literal({ value, language, datatype }: Literal, { coercion }: JsonLdTerm): Json {
  if (language !== "") return { "@value": value, "@language": language };
  if (coercion !== undefined && coercion !== "@id" && coercion.value === datatype.value) {
    const number = datatype.value === XSD.nonNegativeInteger.value ? Number(value) : Number.NaN;
    return Number.isSafeInteger(number) && String(number) === value ? number : value;
  }
  if (coercion === undefined && datatype.value === XSD.string.value) return value;
  if (coercion === undefined && datatype.value === XSD.boolean.value && /^(true|false)$/.test(value)) {
    return value === "true";
  }
  return { "@value": value, "@type": datatype.value };
}
