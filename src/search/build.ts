/**
 * Builds the search index: documents in, a manifest and immutable files out.
 *
 *   documents ─► rank ─► FlexSearch ─► entries ─► slices ─► files + manifest
 *                ids     terms         sorted     layout.ts
 *                        names         by key
 *                        reversed names
 *
 * The same documents give the same bytes, in whatever order they come.
 */
import type { Digest, Hash } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { sortedBy } from "../base/order.ts";
import { filterToken, indexTokens, joinedName, licenseNames, proseTokens, reversed } from "./analyse.ts";
import {
  cutText,
  DEPENDENCIES_INDEXED_MAX,
  DESCRIPTION_INDEXED_MAX,
  DOCUMENTS_MAX,
  KEYWORDS_INDEXED_MAX,
  NAME_LENGTH_MAX,
  ROW_TEXT_MAX,
  type SearchDocument,
  type SearchRow,
  SUMMARY_INDEXED_MAX,
} from "./document.ts";
import { addDocument, createIndex, type Entry, exportEntries, type FlexIndex } from "./flexsearch.ts";
import { LAYOUT, type Layout, layOut } from "./layout.ts";
import { NameTokens } from "./name-tokens.ts";
import { popularityStep } from "./popularity.ts";
import { FILTER_SLOT, REVERSED_NAMES_MAX, SLOT_COUNT, summarySlot, TERM_SLOT } from "./slots.ts";

export interface SearchIndex {
  /** Canonical JSON, what `openSearchIndex` takes. */
  readonly manifest: Uint8Array;
  /** Compressed files by the sha256 of their bytes. */
  readonly files: ReadonlyMap<Digest, Uint8Array>;
}

export interface BuildOptions {
  readonly hash: Hash;
  /** Deflate-raw, the same bytes on every machine. */
  readonly compress: (bytes: Uint8Array) => Uint8Array;
  /** How the index is cut into files. */
  readonly layout?: Layout;
}

/** The FlexSearch indexes of a registry, whole and in memory. */
export interface Families {
  readonly terms: FlexIndex;
  readonly names: FlexIndex;
  readonly reversed: FlexIndex;
}

/**
 * The search index of `documents`. Throws `SEARCH_DUPLICATE_NAME` where two have one name, and
 * `SEARCH_DOCUMENT_INVALID` where a name or a popularity cannot be indexed or there are too many documents.
 */
export function buildSearchIndex(documents: readonly SearchDocument[], options: BuildOptions): SearchIndex {
  const ranked = rankDocuments(documents);
  const families = buildFamilies(ranked);
  return layOut(
    {
      terms: sortedEntries(families.terms),
      names: sortedEntries(families.names),
      reversed: sortedEntries(families.reversed),
      rows: ranked.map(rowOf),
      popularity: popularitySteps(ranked),
    },
    options.layout ?? LAYOUT,
    options,
  );
}

/** `documents` by popularity and then by name, newcomers by name after them: the position is the id. */
export function rankDocuments(documents: readonly SearchDocument[]): SearchDocument[] {
  if (documents.length > DOCUMENTS_MAX) throw refuse(`an index has at most ${DOCUMENTS_MAX} documents`);
  const names = new Set<string>();
  for (const { name, popularity } of documents) {
    if (names.has(name)) {
      throw new RegistryError(
        "SEARCH_DUPLICATE_NAME",
        `Two documents are named "${name}"`,
        "give each package once",
      );
    }
    if (name === "" || name.length > NAME_LENGTH_MAX)
      throw refuse(`a name has 1 to ${NAME_LENGTH_MAX} characters`);
    if (!(popularity >= 0)) throw refuse(`the popularity of "${name}" is not a number from 0 up`);
    names.add(name);
  }
  const ranked = sortedBy(documents, ({ name }) => name).map((document) => ({
    document,
    rank: rankOf(document),
  }));
  return ranked.sort((a, b) => b.rank - a.rank).map(({ document }) => document);
}

/** Newcomers after all others. */
function rankOf(document: SearchDocument): number {
  return document.newcomer === true ? -1 : prior(document);
}

function refuse(what: string): RegistryError {
  return new RegistryError(
    "SEARCH_DOCUMENT_INVALID",
    `Cannot build the search index: ${what}`,
    "correct the document",
  );
}

/** Popularity as it ranks: stepped, so that small changes of counts leave the ids as they are. */
function prior(document: SearchDocument): number {
  return document.deprecated || document.newcomer === true ? 0 : popularityStep(document.popularity);
}

function popularitySteps(ranked: readonly SearchDocument[]): [number, number][] {
  const steps: [number, number][] = [];
  for (const [id, document] of ranked.entries()) {
    if (steps.at(-1)?.[1] !== prior(document)) steps.push([id, prior(document)]);
  }
  return steps;
}

/** Adds `ranked` documents, in the order of their ids, to one FlexSearch index for each family. */
export function buildFamilies(ranked: readonly SearchDocument[]): Families {
  const families = { terms: createIndex(), names: createIndex(), reversed: createIndex() };
  const nameTokens = new NameTokens(ranked.map((document) => document.name));
  for (const [id, document] of ranked.entries()) {
    addDocument(families.terms, id, termTokens(document));
    addDocument(families.names, id, nameTokens.next(document.name));
    if (id < REVERSED_NAMES_MAX) addDocument(families.reversed, id, [[reversed(joinedName(document.name))]]);
  }
  return families;
}

/** Every entry of `index`, ascending by key: what a family's shards are cut from. */
export function sortedEntries(index: FlexIndex): Entry[] {
  return sortedBy(exportEntries(index), ([key]) => key);
}

function termTokens(document: SearchDocument): string[][] {
  const tokens: string[][] = Array.from({ length: SLOT_COUNT }, () => []);
  const summary = proseTokens(cutText(document.summary, SUMMARY_INDEXED_MAX));
  tokens[FILTER_SLOT] = filterTokens(document);
  tokens[TERM_SLOT.name]?.push(...indexTokens(document.name));
  tokens[TERM_SLOT.label] = [
    ...document.keywords.slice(0, KEYWORDS_INDEXED_MAX),
    document.category ?? "",
    document.kind,
  ].flatMap((label) => indexTokens(shortText(label)));
  tokens[TERM_SLOT.publisher] = indexTokens(shortText(document.publisher));
  tokens[summarySlot(summary.length)] = summary;
  tokens[TERM_SLOT.description] = proseTokens(furtherText(document));
  return tokens;
}

function filterTokens({ category, publisher, kind, license, dependencies }: SearchDocument): string[] {
  return [
    ...(category === undefined || category === "" ? [] : [filterToken("category", category)]),
    filterToken("publisher", publisher),
    filterToken("kind", kind),
    ...licenseNames(shortText(license)).map((name) => filterToken("license", name)),
    ...dependencies.slice(0, DEPENDENCIES_INDEXED_MAX).map((name) => filterToken("depends", name)),
  ];
}

/** What a description says beyond the summary it begins with. */
function furtherText({ description, summary }: SearchDocument): string {
  const text = cutText(description, DESCRIPTION_INDEXED_MAX);
  return summary.length <= SUMMARY_INDEXED_MAX && text.startsWith(summary)
    ? text.slice(summary.length)
    : text;
}

function shortText(text: string): string {
  return cutText(text, ROW_TEXT_MAX);
}

function rowOf(document: SearchDocument): SearchRow {
  const { name, version, publisher, kind, license, deprecated } = document;
  const row = {
    name,
    version: shortText(version),
    summary: shortText(document.summary),
    publisher: shortText(publisher),
    kind: shortText(kind),
    license: shortText(license),
    deprecated,
  };
  return document.category === undefined ? row : { ...row, category: shortText(document.category) };
}
