/**
 * Every IRI of the registry's graph is minted or checked here.
 *
 *     <iri>                                             the catalogue
 *     <iri>categories, <iri>categories/<category>       the concept scheme and its concepts
 *     <iri>publishers/<publisher>                       …#key-<key>
 *     <iri>packages/<name>                              …#advisory-<id>  …#term-<iri>  …#repository
 *     <iri>packages/<name>/<version>                    …#file-<path>  …#archive  …#signature
 *                                                       …#sha256-archive  …#sha256-file-<path>
 *                                                       …#dependency-<kind>-<name>
 *
 * Hash IRIs, never blank nodes: a diff of the graph stays small and canonical order is a sort.
 *
 * Turtle, N-Quads and the libraries that write them have no escape for `>` in an IRI, so that an
 * IRI from a stranger could close itself and say whatever it likes after that. Only what RFC 3987
 * allows gets through: absolute, no space, no control, none of `<>"{}|^\` or backquote, every `%`
 * followed by two hex digits. Stricter than the RFC: no IP literals in brackets, no characters
 * that reorder or hide text.
 */
import { DataFactory, type NamedNode } from "n3";
import { utf8 } from "../base/bytes.ts";
import { sha256 } from "../base/digest.ts";
import type { PackageName, PublisherName } from "../manifest/name.ts";
import type { Version } from "../manifest/version.ts";

/** In UTF-16 units. Longer addresses are no use to anybody and every tool has a limit near it. */
export const IRI_LENGTH_MAX = 2048;

// RFC 3987 2.2, `ucschar` without bidirectional and zero-width controls (RFC 3987 4.1).
const UCS =
  "\\u{a0}-\\u{ac}\\u{ae}-\\u{61b}\\u{61d}-\\u{180d}\\u{180f}-\\u{1fff}\\u{2000}-\\u{200a}\\u{2010}-\\u{2027}" +
  "\\u{2030}-\\u{205f}\\u{2070}-\\u{d7ff}\\u{f900}-\\u{fdcf}\\u{fdf0}-\\u{fefe}\\u{ff00}-\\u{ffef}" +
  Array.from(
    { length: 13 },
    (_, at) => `\\u{${(at + 1).toString(16)}0000}-\\u{${(at + 1).toString(16)}fffd}`,
  ).join("");
const UNRESERVED = `A-Za-z0-9._~${UCS}\\-`;
const SUB_DELIMITERS = "!$&'()*+,;=";
const ESCAPED = "%[0-9A-Fa-f]{2}";
const PCHAR = `(?:[${UNRESERVED}${SUB_DELIMITERS}:@]|${ESCAPED})`;
const AUTHORITY =
  `(?:(?:[${UNRESERVED}${SUB_DELIMITERS}:]|${ESCAPED})*@)?` +
  `(?:[${UNRESERVED}${SUB_DELIMITERS}]|${ESCAPED})*(?::[0-9]*)?`;
const REST = `(?:\\?(?:${PCHAR}|[/?])*)?(?:#(?:${PCHAR}|[/?])*)?`;
const IRI = new RegExp(
  `^[A-Za-z][A-Za-z0-9+.\\-]*:(?://${AUTHORITY}(?:/${PCHAR}*)*|/(?:${PCHAR}+(?:/${PCHAR}*)*)?|${PCHAR}+(?:/${PCHAR}*)*)?${REST}$`,
  "u",
);
const WEB = new RegExp(`^https?://(?:[${UNRESERVED}]|${ESCAPED})+(?::[0-9]+)?(?:[/?#]|$)`, "iu");

/** Whether `text` is an absolute IRI that is safe to write in every serialisation. */
export function isIri(text: string): boolean {
  return text.length <= IRI_LENGTH_MAX && IRI.test(text);
}

/** Whether `text` is an IRI that a browser may be sent to: http or https, a host, no user or password. */
export function isWebIri(text: string): boolean {
  return isIri(text) && WEB.test(text);
}

/** Why `text` is refused, in plain words that never repeat what could be harmful. */
export function explainIri(text: string): string {
  if (text.length > IRI_LENGTH_MAX)
    return `it has ${text.length} characters, at most ${IRI_LENGTH_MAX} are allowed`;
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:/.test(text)) return "it is not absolute (it does not begin with a scheme)";
  const bad =
    /[\u0000-\u0020<>"{}|^`\\\u007f-\u009f[\]]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.exec(
      text,
    );
  if (bad === null) return "it is not an IRI as RFC 3987 has it";
  const code = (bad[0].codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0");
  return `it has the character U+${code} at position ${bad.index + 1}`;
}

/** The node of an IRI made by the registry itself. Throws a `TypeError` where it is not valid: a bug, not bad input. */
export function mint(iri: string): NamedNode {
  if (!isIri(iri)) throw new TypeError(`cannot mint an IRI: ${explainIri(iri)}`);
  return DataFactory.namedNode(iri);
}

/** `encodeURIComponent` of well-formed text; `/` stays, so that a path can be read. */
function encodePath(text: string): string {
  return text.toWellFormed().split("/").map(encodeURIComponent).join("/");
}

/** Encoded text longer than this is named by its digest instead. */
const ENCODED_LENGTH_MAX = 256;

/** One IRI segment for any text. No text encodes to another's: the encoding never has a `:`, a digest's form has one. */
function encodeWhole(text: string): string {
  const encoded = encodeURIComponent(text.toWellFormed());
  return encoded.length <= ENCODED_LENGTH_MAX ? encoded : `sha256:${sha256(utf8(text))}`;
}

export function catalogIri(registryIri: string): NamedNode {
  return mint(registryIri);
}

export function categorySchemeIri(registryIri: string): NamedNode {
  return mint(`${registryIri}categories`);
}

export function categoryIri(registryIri: string, category: string): NamedNode {
  return mint(`${registryIri}categories/${encodeWhole(category)}`);
}

export function publisherIri(registryIri: string, publisher: PublisherName): NamedNode {
  return mint(`${registryIri}publishers/${publisher}`);
}

/** `keyId` is `SHA256:…`, as `ssh-keygen -l` shows it. */
export function keyIri(registryIri: string, publisher: PublisherName, keyId: string): NamedNode {
  return mint(`${registryIri}publishers/${publisher}#key-${encodeWhole(keyId.replace(/^SHA256:/, ""))}`);
}

export function packageIri(registryIri: string, name: PackageName): NamedNode {
  return mint(`${registryIri}packages/${name}`);
}

export function releaseIri(registryIri: string, name: PackageName, version: Version): NamedNode {
  return mint(`${registryIri}packages/${name}/${version}`);
}

/** `path` is relative to `content/`. */
export function fileIri(release: NamedNode, path: string): NamedNode {
  return mint(`${release.value}#file-${encodePath(path)}`);
}

/** The checksum of a distribution of a release; `distribution` is the distribution's own hash IRI. */
export function checksumIri(distribution: NamedNode): NamedNode {
  return mint(distribution.value.replace("#", "#sha256-"));
}

/** A part of a package or a release that has an IRI of its own: `#<kind>` or `#<kind>-<text>`. */
export function partIri(owner: NamedNode, kind: string, text?: string): NamedNode {
  return mint(`${owner.value}#${kind}${text === undefined ? "" : `-${encodeWhole(text)}`}`);
}
