/**
 * Quads to look up in: the reading half of an RDF/JS DatasetCore, with the two indexes that a SHACL
 * engine asks for (the values of a property; the instances of a class). General stores index more
 * and copy what they find, which made a package's validation twice as slow.
 */
import type { Quad, Term } from "n3";

type Wanted = Term | null | undefined;
type Index = Map<string, Map<string, Quad[]>>;

export class QuadIndex implements Iterable<Quad> {
  readonly #quads: readonly Quad[];
  readonly #bySubject: Index = new Map();
  readonly #byObject: Index = new Map();

  /** A quad that is given twice is found twice; the engine makes sets of what it finds. */
  constructor(quads: readonly Quad[]) {
    this.#quads = quads;
    for (const quad of quads) {
      append(this.#bySubject, quad.subject.value, quad);
      append(this.#byObject, quad.object.value, quad);
    }
  }

  get size(): number {
    return this.#quads.length;
  }

  [Symbol.iterator](): Iterator<Quad> {
    return this.#quads[Symbol.iterator]();
  }

  match(subject?: Wanted, predicate?: Wanted, object?: Wanted): FoundQuads {
    let found = this.#quads;
    if (subject) found = candidates(this.#bySubject, subject, predicate);
    else if (object) found = candidates(this.#byObject, object, predicate);
    else if (predicate) found = found.filter((quad) => quad.predicate.equals(predicate));
    // The indexes are by text: a literal and an IRI may have the same one.
    return new FoundQuads(
      found.filter(
        (quad) => (!subject || quad.subject.equals(subject)) && (!object || quad.object.equals(object)),
      ),
    );
  }
}

function candidates(index: Index, node: Term, predicate: Wanted): readonly Quad[] {
  const predicates = index.get(node.value);
  if (predicates === undefined) return [];
  return predicate ? (predicates.get(predicate.value) ?? []) : [...predicates.values()].flat();
}

class FoundQuads implements Iterable<Quad> {
  readonly #quads: readonly Quad[];

  constructor(quads: readonly Quad[]) {
    this.#quads = quads;
  }

  get size(): number {
    return this.#quads.length;
  }

  [Symbol.iterator](): Iterator<Quad> {
    return this.#quads[Symbol.iterator]();
  }
}

function append(index: Index, node: string, quad: Quad): void {
  const predicates = index.get(node) ?? new Map<string, Quad[]>();
  const quads = predicates.get(quad.predicate.value);
  index.set(node, predicates);
  if (quads === undefined) predicates.set(quad.predicate.value, [quad]);
  else quads.push(quad);
}
