/**
 * Whether a graph keeps shapes, yes or not surely: the quick half of validate.ts.
 *
 * A graph that the registry makes keeps its shapes, and a general engine takes longer to find that out
 * than all else takes that is done for a package. So the shapes are read once into plain checks. They
 * know the part of SHACL Core that shapes.ts is written in, and where a check does not hold they do not
 * say why: the engine is asked, and its report is what people read.
 *
 *     shapes  ─► each: class ─► node kind, properties: path, counts, what each value is
 *     quads   ─► subject ─► property ─► its values
 *
 * "Yes" is the engine's own "yes": what a check does not know, it does not grant. Tests hold the two
 * together, on graphs as they are made and on broken ones.
 */
import type { Quad, Term } from "n3";
import { RDF, XSD } from "./vocabulary.ts";

const SH = "http://www.w3.org/ns/shacl#";
const RDF_NAMESPACE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const SUBCLASS = "http://www.w3.org/2000/01/rdf-schema#subClassOf";

/** Values of a property, each once, by their n3 ids. */
type Values = ReadonlyMap<string, Term>;
type Nodes = ReadonlyMap<string, ReadonlyMap<string, Values>>;
type ValueCheck = (value: Term, nodes: Nodes) => boolean;

interface PropertyChecks {
  readonly predicate: string;
  readonly isInverse: boolean;
  readonly min: number;
  readonly max: number;
  readonly values: readonly ValueCheck[];
}

interface ShapeChecks {
  readonly targetClass: string;
  readonly values: readonly ValueCheck[];
  readonly properties: readonly PropertyChecks[];
}

/** Says of quads whether they keep all shapes; false where they may not. */
export type Conforms = (quads: readonly Quad[]) => boolean;

/** Throws a TypeError where the shapes say something that is not known here: a bug. */
export function conformsTo(shapes: readonly Quad[]): Conforms {
  const parts = nodesOf(shapes, (quad) => [quad.subject.id, quad.object]);
  const checks = [...parts].flatMap(([id, said]) =>
    said.has(`${SH}targetClass`) ? [shapeChecks(id, parts)] : [],
  );
  const inversePaths = checks.flatMap(({ properties }) => properties.filter(({ isInverse }) => isInverse));
  const turned = new Set([RDF.type.value, ...inversePaths.map(({ predicate }) => predicate)]);
  return (quads) => {
    // Instances of a class are then not only those that say so.
    if (quads.some(({ predicate }) => predicate.value === SUBCLASS)) return false;
    const nodes = nodesOf(quads, (quad) => [quad.subject.id, quad.object]);
    const inverse = nodesOf(
      quads.filter(({ predicate }) => turned.has(predicate.value)),
      (quad) => [quad.object.id, quad.subject],
    );
    return checks.every(({ targetClass, values, properties }) => {
      const targets = inverse.get(targetClass)?.get(RDF.type.value) ?? new Map<string, Term>();
      return [...targets].every(
        ([id, node]) =>
          values.every((check) => check(node, nodes)) &&
          properties.every((property) => holds(property, id, nodes, inverse)),
      );
    });
  };
}

function nodesOf(quads: readonly Quad[], ends: (quad: Quad) => readonly [string, Term]): Nodes {
  const nodes = new Map<string, Map<string, Map<string, Term>>>();
  for (const quad of quads) {
    const [from, to] = ends(quad);
    const properties = nodes.get(from) ?? new Map<string, Map<string, Term>>();
    const values = properties.get(quad.predicate.value) ?? new Map<string, Term>();
    if (properties.size === 0) nodes.set(from, properties);
    if (values.size === 0) properties.set(quad.predicate.value, values);
    values.set(to.id, to);
  }
  return nodes;
}

const NONE: Values = new Map();

function holds(property: PropertyChecks, id: string, nodes: Nodes, inverse: Nodes): boolean {
  const from = property.isInverse ? inverse : nodes;
  const found = from.get(id)?.get(property.predicate) ?? NONE;
  if (found.size < property.min || found.size > property.max) return false;
  for (const value of found.values())
    for (const check of property.values) if (!check(value, nodes)) return false;
  return true;
}

function shapeChecks(id: string, parts: Nodes): ShapeChecks {
  const values: ValueCheck[] = [];
  const properties: PropertyChecks[] = [];
  let targetClass = "";
  for (const [parameter, value] of parameters(id, parts)) {
    if (parameter === "targetClass") targetClass = value.id;
    else if (parameter === "property") properties.push(propertyChecks(value.id, parts));
    else values.push(valueCheck(parameter, value, parts));
  }
  return { targetClass, values, properties };
}

function propertyChecks(id: string, parts: Nodes): PropertyChecks {
  const values: ValueCheck[] = [];
  let [predicate, isInverse, min, max] = ["", false, 0, Number.POSITIVE_INFINITY];
  for (const [parameter, value] of parameters(id, parts)) {
    if (parameter === "path") [predicate, isInverse] = pathOf(value, parts);
    else if (parameter === "minCount") min = Number(value.value);
    else if (parameter === "maxCount") max = Number(value.value);
    // Whatever is not as it should be is the engine's to report, with its words and its severity.
    else if (parameter !== "message" && parameter !== "severity")
      values.push(valueCheck(parameter, value, parts));
  }
  return { predicate, isInverse, min, max, values };
}

/** What a shape says in SHACL's own words. */
function parameters(id: string, parts: Nodes): [parameter: string, value: Term][] {
  return [...(parts.get(id) ?? [])].flatMap(([predicate, values]) =>
    predicate.startsWith(SH)
      ? [...values.values()].map((value): [string, Term] => [predicate.slice(SH.length), value])
      : [],
  );
}

function pathOf(path: Term, parts: Nodes): [predicate: string, isInverse: boolean] {
  if (path.termType === "NamedNode") return [path.value, false];
  const inverse = only(parts.get(path.id)?.get(`${SH}inversePath`));
  if (inverse?.termType !== "NamedNode") throw new TypeError("a path of the shapes is not known here");
  return [inverse.value, true];
}

function only(values: Values | undefined): Term | undefined {
  return values?.size === 1 ? [...values.values()][0] : undefined;
}

/** Forms of the datatypes that the registry writes; not all that XML Schema allows. */
const LEXICAL = new Map([
  [XSD.string.value, /^/],
  [XSD.boolean.value, /^(?:true|false)$/],
  [XSD.nonNegativeInteger.value, /^[0-9]+$/],
  [XSD.hexBinary.value, /^(?:[0-9a-f]{2})*$/],
]);

function valueCheck(parameter: string, given: Term, parts: Nodes): ValueCheck {
  switch (parameter) {
    case "nodeKind":
      if (given.value !== `${SH}IRI`) break;
      return (value) => value.termType === "NamedNode";
    case "class":
      return (value, nodes) => nodes.get(value.id)?.get(RDF.type.value)?.has(given.id) === true;
    case "datatype": {
      const form = LEXICAL.get(given.value);
      if (form === undefined) break;
      return (value) =>
        value.termType === "Literal" && value.datatype.value === given.value && form.test(value.value);
    }
    case "pattern": {
      const pattern = new RegExp(given.value);
      return (value) => value.termType !== "BlankNode" && pattern.test(value.value);
    }
    case "minLength":
      return (value) => value.termType !== "BlankNode" && value.value.length >= Number(given.value);
    case "maxLength":
      return (value) => value.termType !== "BlankNode" && value.value.length <= Number(given.value);
    case "in": {
      const allowed = new Set(listOf(given, parts).map((term) => term.id));
      return (value) => allowed.has(value.id);
    }
  }
  throw new TypeError(`the shapes say "${parameter}" of "${given.value}", which is not known here`);
}

function listOf(list: Term, parts: Nodes): Term[] {
  const terms: Term[] = [];
  for (let at = list; at.value !== `${RDF_NAMESPACE}nil`; ) {
    const [first, rest] = ["first", "rest"].map((local) =>
      only(parts.get(at.id)?.get(RDF_NAMESPACE + local)),
    );
    if (first === undefined || rest === undefined) throw new TypeError("a list of the shapes is broken");
    terms.push(first);
    at = rest;
  }
  return terms;
}
