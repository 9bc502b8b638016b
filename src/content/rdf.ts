/**
 * RDF as files carry it: Turtle, N-Triples, TriG, N-Quads, parsed in one pass without a store.
 *
 * Relative IRIs resolve against the file's own IRI; nothing is fetched. The engine's parser holds
 * IRIs to RFC 3987, where the one used here lets some through: `iriFault` closes that gap.
 */
import {
  DataFactory,
  Parser,
  type ParserOptions,
  type Quad,
  type Quad_Graph,
  type Quad_Object,
  type Quad_Predicate,
  type Quad_Subject,
  type Term,
} from "n3";

export type RdfFormat = "text/turtle" | "application/n-triples" | "application/trig" | "application/n-quads";

const FORMATS: ReadonlyMap<string, RdfFormat> = new Map([
  ["ttl", "text/turtle"],
  ["nt", "application/n-triples"],
  ["trig", "application/trig"],
  ["nq", "application/n-quads"],
]);

/** The syntax of a file, by its extension; `undefined` where it is none of the four that are read. */
export function rdfFormatOf(path: string): RdfFormat | undefined {
  return FORMATS.get(path.slice(path.lastIndexOf(".") + 1).toLowerCase());
}

/** Triples of all files of one release together. Above it, a release is refused. */
export const TRIPLES_MAX = 500_000;

/** In UTF-16 units. Longer IRIs are refused: no tool can use them. */
export const IRI_LENGTH_MAX = 2048;

export interface RdfSource {
  readonly text: string;
  readonly format: RdfFormat;
  /** The IRI that relative ones resolve against. */
  readonly base: string;
  /** Most triples that may be read. */
  readonly triplesMax: number;
}

export type RdfOutcome =
  | { readonly state: "parsed"; readonly quads: readonly Quad[] }
  | { readonly state: "fault"; readonly message: string; readonly line?: number }
  | { readonly state: "too-many" };

export function parseRdf(source: RdfSource): RdfOutcome {
  if (source.text.startsWith("\ufeff"))
    return { state: "fault", line: 1, message: "a byte order mark stands at the start" };
  let count = 0;
  const tooMany = new RangeError("too many triples");
  // The factory sees each triple as it is read, so that a flood stops early.
  const quad = (
    subject: Quad_Subject,
    predicate: Quad_Predicate,
    object: Quad_Object,
    graph?: Quad_Graph,
  ) => {
    if (++count > source.triplesMax) throw tooMany;
    return DataFactory.quad(subject, predicate, object, graph);
  };
  try {
    const factory = { ...DataFactory, quad } as typeof DataFactory;
    const options = { format: source.format, baseIRI: source.base, factory, blankNodePrefix: "b" };
    const parser = new Parser(options as ParserOptions);
    const quads = parser.parse(source.text);
    return findIriFault(quads, source.text) ?? { state: "parsed", quads };
  } catch (error) {
    if (error === tooMany || count > source.triplesMax) return { state: "too-many" };
    return faultOf(error);
  }
}

function faultOf(error: unknown): RdfOutcome {
  const message = error instanceof Error ? error.message : String(error);
  const line = / on line (\d+)\.?$/.exec(message)?.[1];
  return line === undefined
    ? { state: "fault", message }
    : { state: "fault", message: message.replace(/ on line \d+\.?$/, ""), line: Number(line) };
}

function findIriFault(quads: readonly Quad[], text: string): RdfOutcome | undefined {
  for (const quad of quads) {
    const fault =
      termFault(quad.subject, text) ??
      termFault(quad.predicate, text) ??
      termFault(quad.object, text) ??
      termFault(quad.graph, text);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function termFault(term: Term, text: string): RdfOutcome | undefined {
  if (term.termType !== "NamedNode") return undefined;
  const reason = iriFault(term.value);
  if (reason === undefined) return undefined;
  const line = lineOf(text, term.value);
  return { state: "fault", message: `an IRI ${reason}`, ...(line === undefined ? {} : { line }) };
}

function lineOf(text: string, needle: string): number | undefined {
  const at = text.indexOf(needle);
  return at < 0 ? undefined : text.slice(0, at).split("\n").length;
}

/** ASCII, a plain host, no escapes: what nearly all IRIs are, known to be good at one look. */
const PLAIN_IRI =
  /^[A-Za-z][A-Za-z0-9+.-]*:(?:\/\/[\w.-]+(?::\d*)?(?:[/?#][\w\-.~!$&'()*+,;=:@/?]*)?(?:#[\w\-.~!$&'()*+,;=:@/?]*)?|(?!\/\/)[\w\-.~!$&'()*+,;=:@/?]*(?:#[\w\-.~!$&'()*+,;=:@/?]*)?)$/;

/** Why `iri` is refused, in words that follow "an IRI"; `undefined` where it is absolute and RFC 3987 allows it. */
export function iriFault(iri: string): string | undefined {
  if (iri.length <= IRI_LENGTH_MAX && PLAIN_IRI.test(iri)) return undefined;
  if (iri.length > IRI_LENGTH_MAX) return `has more than ${IRI_LENGTH_MAX} characters`;
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:/.test(iri)) return "is not absolute";
  if (/[\u0000-\u0020<>"{}|\\^`\u007f-\u009f]/.test(iri) || !iri.isWellFormed())
    return "has a character that IRIs cannot have";
  if (/%(?![0-9A-Fa-f]{2})/.test(iri)) return "has a % that two hex digits do not follow";
  // Brackets belong to an IP address in the host and nowhere else; private use to the query alone.
  const [authority = "", rest = ""] = splitAuthority(iri);
  if (/[[\]]/.test(rest)) return "has a bracket outside its host";
  if (/:[^\]]*[^0-9\]][^\]]*$/.test(authority.replace(/^[^@]*@/, "")))
    return "has a port that is not a number";
  if (/[\ue000-\uf8ff]/.test(iri.split("?", 1)[0] ?? "")) return "has a private character outside its query";
  return undefined;
}

function splitAuthority(iri: string): [string, string] {
  const match = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?#]*)(.*)$/su.exec(iri);
  return match === null ? ["", iri] : [match[1] ?? "", match[2] ?? ""];
}
