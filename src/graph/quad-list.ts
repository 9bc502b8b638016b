/**
 * Quads as they are collected for one part of the graph, and the only door through which a
 * stranger's text or address comes in. All are in the default graph.
 */
import { DataFactory, type NamedNode, type Quad } from "n3";
import type { Problem } from "../base/problem.ts";
import { visible } from "../base/visible.ts";
import { explainIri, isIri, isWebIri } from "./iri.ts";
import { RDF, XSD } from "./vocabulary.ts";

/** Quads of one part of the graph, and what was left out of it. */
export interface GraphPart {
  readonly quads: readonly Quad[];
  /** Warnings only: what is left out does not stop a build. */
  readonly warnings: readonly Problem[];
}

/** Warnings kept for one part; the rest is counted. */
export const WARNINGS_MAX = 50;

/** Characters of a refused address that a message shows. */
const SHOWN_MAX = 120;

/** Where a warning points to. */
export interface Source {
  /** As the reader of the message would type it. */
  readonly file: string;
}

export class QuadList {
  readonly #quads: Quad[] = [];
  readonly #warnings: Problem[] = [];
  readonly #source: Source;
  #unshown = 0;

  constructor(source: Source) {
    this.#source = source;
  }

  /** Each of `objects` is an IRI of a vocabulary, or one that iri.ts minted. */
  link(subject: NamedNode, predicate: NamedNode, ...objects: readonly NamedNode[]): void {
    for (const object of objects) this.#quads.push(DataFactory.quad(subject, predicate, object));
  }

  type(subject: NamedNode, ...classes: readonly NamedNode[]): void {
    this.link(subject, RDF.type, ...classes);
  }

  /** A string. Unpaired surrogates, which no encoding can carry, become U+FFFD; nothing where it is absent. */
  text(subject: NamedNode, predicate: NamedNode, value: string | undefined): void {
    if (value === undefined) return;
    this.#quads.push(DataFactory.quad(subject, predicate, DataFactory.literal(value.toWellFormed())));
  }

  /** `lexical` must be a form of `datatype`. */
  typed(subject: NamedNode, predicate: NamedNode, lexical: string, datatype: NamedNode): void {
    this.#quads.push(DataFactory.quad(subject, predicate, DataFactory.literal(lexical, datatype)));
  }

  flag(subject: NamedNode, predicate: NamedNode, value: boolean): void {
    this.typed(subject, predicate, String(value), XSD.boolean);
  }

  /** A count or a number of bytes. */
  count(subject: NamedNode, predicate: NamedNode, value: number): void {
    this.typed(subject, predicate, String(value), XSD.nonNegativeInteger);
  }

  /**
   * G1: an IRI that a stranger wrote. Where it is not valid, nothing is written and a warning says so.
   * Returns the node that was written.
   */
  foreign(subject: NamedNode, predicate: NamedNode, iri: string, place: string): NamedNode | undefined {
    const node = this.foreignNode(iri, place);
    if (node !== undefined) this.link(subject, predicate, node);
    return node;
  }

  /** G1, without a statement. */
  foreignNode(iri: string, place: string): NamedNode | undefined {
    if (isIri(iri)) return DataFactory.namedNode(iri);
    this.warn({
      code: "GRAPH_IRI_REFUSED",
      place,
      message: `the IRI was left out of the registry's graph: ${explainIri(iri)}`,
      expected: "an absolute IRI (RFC 3987)",
      found: visible(iri.slice(0, SHOWN_MAX).toWellFormed()),
      remedy: "write an absolute IRI, with other characters percent-encoded",
      rule: "G1",
    });
    return undefined;
  }

  /** G2: an address that a reader may follow: an IRI of http or https. */
  address(
    subject: NamedNode,
    predicate: NamedNode,
    iri: string | undefined,
    place: string,
  ): NamedNode | undefined {
    if (iri === undefined) return undefined;
    if (!isIri(iri) || isWebIri(iri)) return this.foreign(subject, predicate, iri, place);
    this.warn({
      code: "GRAPH_IRI_NOT_WEB",
      place,
      message: "the address was left out of the registry's graph: it does not lead to a web page",
      expected: "an address that begins with https:// or http://, without user or password",
      found: visible(iri.slice(0, SHOWN_MAX).toWellFormed()),
      remedy: "give the address of a page that a browser can open",
      rule: "G2",
    });
    return undefined;
  }

  warn(problem: Omit<Problem, "severity" | "file">): void {
    if (this.#warnings.length < WARNINGS_MAX) {
      this.#warnings.push({ severity: "warning", file: this.#source.file, ...problem });
    } else {
      this.#unshown++;
    }
  }

  part(): GraphPart {
    if (this.#unshown === 0) return { quads: this.#quads, warnings: this.#warnings };
    const rest: Problem = {
      code: "GRAPH_MORE_WARNINGS",
      severity: "warning",
      file: this.#source.file,
      message: `${this.#unshown} more were left out of the registry's graph`,
      remedy: "mend the ones that are listed and build again",
    };
    return { quads: this.#quads, warnings: [...this.#warnings, rest] };
  }
}
