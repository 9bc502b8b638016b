/**
 * Inverts documents: from what each says to the ids of each token, by FlexSearch.
 *
 *   documents ─► terms                    a name's words, labels, the publisher, prose, filters
 *   names     ─► names, reversed names    name-tokens.ts
 */
import { filterToken, indexTokens, joinedName, licenseNames, proseTokens, reversed } from "./analyse.ts";
import {
  cutText,
  DEPENDENCIES_INDEXED_MAX,
  DESCRIPTION_INDEXED_MAX,
  KEYWORDS_INDEXED_MAX,
  rowText,
  type SearchDocument,
  SUMMARY_INDEXED_MAX,
} from "./document.ts";
import { addDocument, createIndex, type FlexIndex } from "./flexsearch.ts";
import { nameTokens } from "./name-tokens.ts";
import { RUN_DOCUMENTS, type Run, writeRun } from "./run.ts";
import { FILTER_SLOT, REVERSED_NAMES_MAX, SLOT_COUNT, summarySlot, TERM_SLOT } from "./slots.ts";

/** Documents in the order of their ids. */
export interface TermsWork {
  readonly firstId: number;
  readonly documents: readonly SearchDocument[];
}

/** In the order of their ids. */
export interface NameRuns {
  readonly names: readonly Run[];
  readonly reversed: readonly Run[];
}

/** The terms of some documents. */
export function invertTerms(work: TermsWork): Run {
  return writeRun(indexTerms(work));
}

export function indexTerms({ firstId, documents }: TermsWork): FlexIndex {
  const index = createIndex();
  for (const [at, document] of documents.entries()) addDocument(index, firstId + at, termTokens(document));
  return index;
}

/** All names, by id: which of their prefixes are hot depends on every one. */
export function invertNames(names: readonly string[], runDocuments = RUN_DOCUMENTS): NameRuns {
  const runs = { names: [] as Run[], reversed: [] as Run[] };
  for (const indexes of indexNames(names, runDocuments)) {
    runs.names.push(writeRun(indexes.names));
    runs.reversed.push(writeRun(indexes.reversed));
  }
  return runs;
}

/** The indexes of `runDocuments` names each. */
export function* indexNames(
  names: readonly string[],
  runDocuments: number,
): Generator<{ readonly names: FlexIndex; readonly reversed: FlexIndex }> {
  let indexes = { names: createIndex(), reversed: createIndex() };
  let id = 0;
  for (const tokens of nameTokens(names)) {
    if (id > 0 && id % runDocuments === 0) {
      yield indexes;
      indexes = { names: createIndex(), reversed: createIndex() };
    }
    addDocument(indexes.names, id, tokens);
    if (id < REVERSED_NAMES_MAX) addDocument(indexes.reversed, id, [[reversed(joinedName(names[id] ?? ""))]]);
    id++;
  }
  yield indexes;
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
  ].flatMap((label) => indexTokens(rowText(label)));
  tokens[TERM_SLOT.publisher] = indexTokens(rowText(document.publisher));
  tokens[summarySlot(summary.length)] = summary;
  tokens[TERM_SLOT.description] = proseTokens(furtherText(document));
  return tokens;
}

function filterTokens({ category, publisher, kind, license, dependencies }: SearchDocument): string[] {
  return [
    ...(category === undefined || category === "" ? [] : [filterToken("category", category)]),
    filterToken("publisher", publisher),
    filterToken("kind", kind),
    ...licenseNames(rowText(license)).map((name) => filterToken("license", name)),
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
