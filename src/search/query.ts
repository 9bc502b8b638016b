/**
 * Searches an index of static files.
 *
 *     const searcher = await openSearchIndex(manifest, (ref) => readVerifiedAndInflated(ref));
 *     const { total, hits } = await searcher.search("react rout license:MIT", { limit: 10 });
 *
 * A query brings in the entries of its own words, lets FlexSearch answer from them, gathers and ranks
 * the answers (`rank.ts`), and reads the rows of the results that are shown.
 */
import type { SearchRow } from "./document.ts";
import {
  allowedIds,
  type Correction,
  corrections,
  type Evidence,
  Gathering,
  highlights,
} from "./evidence.ts";
import { type EntrySource, Family, type ReadFile, Rows, SliceReader } from "./family.ts";
import { matchMisspeltNames, matchNames } from "./name-match.ts";
import { PartialIndex } from "./partial-index.ts";
import { hasPhrases, PHRASE_ROWS_AT_ONCE, PHRASE_ROWS_MAX, type Phrase } from "./phrase.ts";
import { PopularityWeights } from "./popularity.ts";
import { type ParsedQuery, parseQuery } from "./query-text.ts";
import { Best, type Gathered, Scale, type ScoreParts, total } from "./rank.ts";
import { parseManifest } from "./slice-lists.ts";
import type { SearchField } from "./slots.ts";
import { matchWords } from "./word-match.ts";

export const LIMIT_DEFAULT = 10;

export type { Correction } from "./evidence.ts";

export interface SearchOptions {
  /** Results to return, at least 0; 10 where nothing is said. */
  readonly limit?: number;
  /** Results to pass over. */
  readonly offset?: number;
  /** Whether each result says what its score is made of. */
  readonly explain?: boolean;
}

export interface SearchHit extends SearchRow {
  readonly score: number;
  /** Words of the package, as the index has them (folded, lower case), that answered the query: what to highlight. */
  readonly matched: readonly string[];
  /** Where they stand. */
  readonly fields: readonly SearchField[];
  readonly explain?: ScoreParts;
}

export interface SearchResults {
  /**
   * Documents that answer the query. Where very many names begin with it, only the most popular of those
   * count; where `unread` is not 0, those of them that were looked at.
   */
  readonly total: number;
  /** Of a query with quoted words: documents that have the words, and were not looked at for their order. */
  readonly unread: number;
  readonly hits: readonly SearchHit[];
  /** The words that were looked for. */
  readonly terms: readonly string[];
  readonly filters: readonly { readonly field: string; readonly value: string }[];
  /** Words that nothing answered, and the words that were looked for instead. */
  readonly corrections: readonly Correction[];
  /** Words that no package has, nor anything like them; the others were looked for. */
  readonly missing: readonly string[];
  /** The query was longer than 256 characters, 16 words or 16 filters: the rest was not read. */
  readonly cut: boolean;
}

/** The entries and rows that a searcher answers from. */
export interface SearchSources {
  readonly documents: number;
  readonly popularity: readonly (readonly [number, number])[];
  readonly terms: EntrySource;
  readonly names: EntrySource;
  readonly reversed: EntrySource;
  readonly rows: { find(ids: readonly number[]): Promise<Map<number, SearchRow>> };
}

/**
 * Opens the index whose manifest is `manifest`. `read` gives the inflated bytes of a file and has
 * verified its digest and lengths; `keptBytesMax` of them stay in memory. Throws `SEARCH_INDEX_INVALID` or `SEARCH_INDEX_NEWER`, as `search` does.
 */
export async function openSearchIndex(
  manifest: Uint8Array,
  read: ReadFile,
  keptBytesMax?: number,
): Promise<Searcher> {
  const { documents, popularity, ...parts } = parseManifest(manifest);
  const slices = new SliceReader(read, keptBytesMax);
  return new Searcher({
    documents,
    popularity,
    terms: new Family(parts.terms, slices, documents),
    names: new Family(parts.names, slices, documents),
    reversed: new Family(parts.reversed, slices, documents),
    rows: new Rows(parts.blocks, parts.pages, slices, documents),
  });
}

export class Searcher {
  readonly #sources: SearchSources;
  /** Filled and read without waiting in between: queries may overlap. */
  readonly #gathering: Gathering;
  readonly #popularity: PopularityWeights;

  constructor(sources: SearchSources) {
    this.#sources = sources;
    this.#popularity = new PopularityWeights(sources.popularity);
    this.#gathering = new Gathering(sources.documents);
  }

  /** Documents in the index. */
  get documents(): number {
    return this.#sources.documents;
  }

  async search(text: string, options: SearchOptions = {}): Promise<SearchResults> {
    const offset = wholeNumber(options.offset ?? 0);
    const limit = Math.min(wholeNumber(options.limit ?? LIMIT_DEFAULT), this.documents);
    const query = parseQuery(text);
    const evidence = await this.#ask(query);
    const { answer, rows } = await this.#answer(query, evidence, offset, limit);
    const hits = answer.page.flatMap((ranked) => {
      const row = rows.get(ranked.id);
      return row === undefined ? [] : [hitOf(ranked, row, evidence, options.explain ?? false)];
    });
    return {
      total: answer.total,
      unread: answer.unread ?? 0,
      hits,
      terms: query.terms.map((term) => term.text),
      filters: query.filters.map(({ field, value }) => ({ field, value })),
      corrections: corrections(query, evidence),
      missing: missing(evidence),
      cut: query.cut,
    };
  }

  async #ask(query: ParsedQuery): Promise<Evidence> {
    const { terms, documents } = this.#sources;
    const index = new PartialIndex(terms, documents);
    const [words, found] = await Promise.all([
      matchWords(query.terms, terms, index, documents),
      matchNames(query, this.#sources),
      index.need(query.filters.map((filter) => filter.token)),
    ]);
    // Words with spaces between them that stand together in a package are no misspelt name: rounds are saved.
    const isProse = /\s/.test(query.name) && this.#gathering.gather(words, found).someHas(words.length);
    const misspelt = found.size === 0 && !isProse;
    const allowed = allowedIds(query.filters, index);
    if (!misspelt) return { words, names: found, allowed };
    return { words, names: await matchMisspeltNames(query, this.#sources), allowed };
  }

  /** The page that was asked for, with its rows. */
  async #answer(
    query: ParsedQuery,
    evidence: Evidence,
    offset: number,
    limit: number,
  ): Promise<{ answer: Answer; rows: Map<number, SearchRow> }> {
    if (query.phrases.length > 0) return this.#withPhrases(query.phrases, evidence, offset, limit);
    const answer =
      query.name === "" ? this.#listed(evidence, offset, limit) : this.#ranked(evidence, offset, limit);
    return { answer, rows: await this.#sources.rows.find(answer.page.map(({ id }) => id)) };
  }

  /**
   * Of the best documents that have all words, those that have them as they were quoted. Looks on until the
   * page is full and one more is found, so that who asks knows whether others follow.
   */
  async #withPhrases(phrases: readonly Phrase[], evidence: Evidence, offset: number, limit: number) {
    const candidates = this.#ranked(evidence, 0, PHRASE_ROWS_MAX, evidence.words.length);
    const found: Ranked[] = [];
    const rows = new Map<number, SearchRow>();
    let looked = 0;
    while (looked < candidates.page.length && found.length <= offset + limit) {
      const some = candidates.page.slice(looked, looked + PHRASE_ROWS_AT_ONCE);
      looked += some.length;
      for (const [id, row] of await this.#sources.rows.find(some.map(({ id }) => id)))
        if (hasPhrases(row, phrases)) rows.set(id, row);
      found.push(...some.filter(({ id }) => rows.has(id)));
    }
    const page = found.slice(offset, offset + limit);
    return { answer: { total: found.length, unread: candidates.total - looked, page }, rows };
  }

  /** Everything that passes the filters, by popularity. */
  #listed({ allowed }: Evidence, offset: number, limit: number): Answer {
    const scale = new Scale(0, 0);
    const page = (ids: readonly number[]) =>
      ids.map((id) => ({ id, parts: scale.parts(NOTHING, this.#popularity.of(id)) }));
    if (allowed !== undefined)
      return { total: allowed.length, page: page(allowed.slice(offset, offset + limit)) };
    const length = Math.max(0, Math.min(limit, this.documents - offset));
    const ids = Array.from({ length }, (_, position) => offset + position);
    return { total: this.documents, page: page(ids) };
  }

  /**
   * What answers the query, best first: a document that has fewer than `wordsMin` of its words, half of those
   * that any document has, answers another question.
   */
  #ranked(
    evidence: Evidence,
    offset: number,
    limit: number,
    wordsMin = Math.ceil(evidence.words.filter(({ alternatives }) => alternatives.length > 0).length / 2),
  ): Answer {
    const best = new Best(offset + limit);
    const { words, names } = evidence;
    const allowed = evidence.allowed && new Set(evidence.allowed);
    const gathering = this.#gathering.gather(words, names);
    const idfSum = words.reduce((sum, word) => sum + word.idf, 0);
    const scale = new Scale(words.length, idfSum);
    let found = 0;
    for (const [position, id] of gathering.ids.entries()) {
      if (allowed !== undefined && !allowed.has(id)) continue;
      const gathered = gathering.at(position);
      if (gathered.name === 0 && gathered.words < wordsMin) continue;
      found++;
      best.add({ id, score: scale.score(gathered, this.#popularity.of(id)) });
    }
    const page = best.list().slice(offset, offset + limit);
    return {
      total: found,
      page: page.map(({ id }) => ({ id, parts: scale.parts(gathering.of(id), this.#popularity.of(id)) })),
    };
  }
}

const NOTHING: Gathered = { sum: 0, words: 0, closeness: 0, name: 0 };

/** A query that is a name, run together or misspelt, has no words to miss. */
function missing({ words, names }: Evidence): string[] {
  if (names.size > 0) return [];
  return words.filter(({ alternatives }) => alternatives.length === 0).map(({ text }) => text);
}

function hitOf({ id, parts }: Ranked, row: SearchRow, evidence: Evidence, explain: boolean): SearchHit {
  const hit = { ...row, score: total(parts), ...highlights(id, row, evidence) };
  return explain ? { ...hit, explain: parts } : hit;
}

interface Ranked {
  readonly id: number;
  readonly parts: ScoreParts;
}

interface Answer {
  readonly total: number;
  readonly unread?: number;
  /** What to show, in order. */
  readonly page: readonly Ranked[];
}

function wholeNumber(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError("limit and offset are whole numbers from 0 up");
  return value;
}
