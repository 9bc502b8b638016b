/** MiniSearch: all words first, any of them where nothing has all; prefixes and misspelt words as it offers them. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import MiniSearch, { type Options, type Query } from "minisearch";
import { type Engine, readRows, writeRows } from "./engine.ts";
import { joined, spaced } from "./fairness.ts";
import { FIELD_BOOST, type PeerDocument, peerDocument, Scores } from "./peers.ts";

const FILE = "minisearch.json";
const OPTIONS: Options<PeerDocument> = { fields: ["name", "joined", "summary"] };
/** As its documentation has it: a fifth of a word's letters may be wrong, and any word may go on. */
const SEARCH = {
  boost: FIELD_BOOST,
  prefix: (term: string) => term.length > 1,
  fuzzy: (term: string) => (term.length > 3 ? 0.2 : false),
};

export const miniSearch: Engine = {
  async build(packages, folder) {
    const index = new MiniSearch(OPTIONS);
    index.addAll(packages.map(peerDocument));
    writeFileSync(join(folder, FILE), JSON.stringify(index));
    writeRows(folder, packages);
  },

  async open(folder) {
    const index = MiniSearch.loadJSON(readFileSync(join(folder, FILE), "utf8"), OPTIONS);
    const rows = readRows(folder);
    return async (query) => {
      const name: Query = { queries: [joined(query)], fields: ["joined"] };
      const words = (combineWith: "AND" | "OR") => ({
        queries: [spaced(query)],
        combineWith,
        fields: ["name", "summary"],
      });
      let found = index.search({ ...SEARCH, combineWith: "OR", queries: [words("AND"), name] });
      if (found.length === 0) found = index.search({ ...SEARCH, ...words("OR") });
      const scores = new Scores();
      for (const { id, score } of found) scores.add(id, score);
      return scores.best(query, rows);
    };
  },
};
