/**
 * Builds the search index: documents in, a manifest and immutable files out.
 *
 *   documents ─► rank ─► FlexSearch ─► runs ─► entries ─► slices ─► files + manifest
 *                ids     invert.ts     run.ts  merged     layout.ts
 *                        terms
 *                        names
 *                        reversed names
 *
 * The same documents give the same bytes, in whatever order they come and in however many threads.
 */
import type { Digest, Hash } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { mapInOrder } from "../base/in-order.ts";
import { sortedBy } from "../base/order.ts";
import { DOCUMENTS_MAX, NAME_LENGTH_MAX, rowText, type SearchDocument, type SearchRow } from "./document.ts";
import type { IndexWorkshop } from "./index-workshop.ts";
import type { TermsWork } from "./invert.ts";
import { LAYOUT, type Layout, layOut } from "./layout.ts";
import { popularityStep } from "./popularity.ts";
import { entriesOf, RUN_DOCUMENTS } from "./run.ts";

export interface SearchIndex {
  /** What `openSearchIndex` takes. */
  readonly manifest: Uint8Array;
  /** Compressed files by the sha256 of their bytes. */
  readonly files: ReadonlyMap<Digest, Uint8Array>;
}

export interface BuildOptions {
  readonly hash: Hash;
  readonly workshop: IndexWorkshop;
  /** How the index is cut into files. */
  readonly layout?: Layout;
  /** Documents that are inverted together; says nothing in the bytes of the index. */
  readonly runDocuments?: number;
}

/** Runs that are made at the same time: every thread has the next at hand, and memory no more than these. */
const RUNS_AT_ONCE_MAX = 4;

/**
 * The search index of `documents`. Throws `SEARCH_DUPLICATE_NAME` where two have one name, and
 * `SEARCH_DOCUMENT_INVALID` where a name or a popularity cannot be indexed or there are too many documents.
 */
export async function buildSearchIndex(
  documents: readonly SearchDocument[],
  options: BuildOptions,
): Promise<SearchIndex> {
  const ranked = rankDocuments(documents);
  const { hash, workshop, layout = LAYOUT, runDocuments = RUN_DOCUMENTS } = options;
  const [{ names, reversed }, terms] = await Promise.all([
    workshop.invertNames(ranked.map(({ name }) => name)),
    mapInOrder(termsWorks(ranked, runDocuments), RUNS_AT_ONCE_MAX, (work) => workshop.invertTerms(work)),
  ]);
  return layOut(
    {
      terms: entriesOf(terms, ranked.length),
      names: entriesOf(names, ranked.length),
      reversed: entriesOf(reversed, ranked.length),
      rows: ranked.map(rowOf),
      popularity: popularitySteps(ranked),
    },
    layout,
    { hash, deflate: (bytes) => workshop.deflate(bytes) },
  );
}

function* termsWorks(ranked: readonly SearchDocument[], many: number): Generator<TermsWork> {
  for (let firstId = 0; firstId < ranked.length; firstId += many)
    yield { firstId, documents: ranked.slice(firstId, firstId + many) };
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

function rowOf(document: SearchDocument): SearchRow {
  const { name, version, publisher, kind, license, deprecated } = document;
  const row = {
    name,
    version: rowText(version),
    summary: rowText(document.summary),
    publisher: rowText(publisher),
    kind: rowText(kind),
    license: rowText(license),
    deprecated,
  };
  return document.category === undefined ? row : { ...row, category: rowText(document.category) };
}
