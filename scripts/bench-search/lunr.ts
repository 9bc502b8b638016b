/**
 * lunr, with its stemmer: all words first, then all with what begins like them or is misspelt, then any.
 * It is given a part of a large corpus: what the queries look for, and the most downloaded besides.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import lunr from "lunr";
import { byDownloads, type Package } from "./corpus.ts";
import { type Engine, readRows, writeRows } from "./engine.ts";
import { joined, spaced } from "./fairness.ts";
import { FIELD_BOOST, peerDocument, Scores } from "./peers.ts";

const FILE = "lunr.json";
/** More take it minutes and gigabytes to build. */
export const LUNR_DOCUMENTS_MAX = 50_000;
/** Shorter words are not corrected. */
const TYPO_LENGTH_MIN = 4;

export const lunrIndex: Engine = {
  async build(packages, folder, { targets }) {
    const part = partOf(packages, targets);
    const index = lunr(function () {
      this.ref("id");
      for (const [field, boost] of Object.entries(FIELD_BOOST)) this.field(field, { boost });
      for (const [id, each] of part.entries()) this.add(peerDocument(each, id));
    });
    writeFileSync(join(folder, FILE), JSON.stringify(index));
    writeRows(folder, part);
  },

  async open(folder) {
    const index = lunr.Index.load(JSON.parse(readFileSync(join(folder, FILE), "utf8")) as object);
    const rows = readRows(folder);
    return async (query) => {
      const scores = new Scores();
      for (const { ref, score } of search(index, query)) scores.add(Number(ref), score);
      return scores.best(query, rows);
    };
  },
};

function partOf(packages: readonly Package[], targets: readonly string[]): readonly Package[] {
  if (packages.length <= LUNR_DOCUMENTS_MAX) return packages;
  const wanted = new Set(targets);
  const needed = packages.filter(({ name }) => wanted.has(name));
  const others = packages.filter(({ name }) => !wanted.has(name));
  return byDownloads([...needed, ...others.slice(0, LUNR_DOCUMENTS_MAX - needed.length)]);
}

function search(index: lunr.Index, query: string): lunr.Index.Result[] {
  const words = lunr.tokenizer(spaced(query)).map(String);
  const name = joined(query);
  const { REQUIRED, OPTIONAL } = lunr.Query.presence;
  const { TRAILING } = lunr.Query.wildcard;
  const fields = ["name", "summary"];
  const found = [
    ...index.query((q) => {
      for (const word of words) q.term(word, { fields, presence: REQUIRED });
    }),
    ...index.query((q) => {
      q.term(name, { fields: ["joined"], boost: 2 });
      q.term(name, { fields: ["joined"], wildcard: TRAILING });
    }),
  ];
  if (found.length > 0) return found;
  const loose = (presence: lunr.Query.presence) =>
    index.query((q) => {
      const editDistance = (word: string) => (word.length < TYPO_LENGTH_MIN ? 0 : 1);
      q.term(name, { fields: ["joined"], editDistance: editDistance(name), presence: OPTIONAL });
      for (const word of words) q.term(word, { fields, editDistance: editDistance(word), presence });
    });
  const misspelt = index.query((q) =>
    q.term(name, { fields: ["joined"], editDistance: name.length < TYPO_LENGTH_MIN ? 0 : 1 }),
  );
  if (misspelt.length > 0) return misspelt;
  const all = loose(REQUIRED);
  return all.length > 0 ? all : loose(OPTIONAL);
}
