/**
 * FlexSearch's own Document with its own defaults and forward tokens: all words first, some of them where
 * nothing has all. It tells an order and no scores: a rank counts as one, field by field.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Document } from "flexsearch";
import { type Engine, readRows, writeRows } from "./engine.ts";
import { joined, spaced } from "./fairness.ts";
import { CANDIDATES, FIELD_BOOST, peerDocument, Scores } from "./peers.ts";

const PARTS_FOLDER = "flexsearch";
type Field = keyof typeof FIELD_BOOST;

const empty = () =>
  new Document({
    document: { id: "id", index: ["name", "joined", "summary"] satisfies Field[] },
    tokenize: "forward",
  });

export const flexSearch: Engine = {
  async build(packages, folder) {
    const index = empty();
    for (const [id, each] of packages.entries()) {
      const document = peerDocument(each, id);
      // Words are looked for field by field: the field of summaries has the name, so that all can be in one.
      index.add({ ...document, summary: `${document.name} ${document.summary}` });
    }
    mkdirSync(join(folder, PARTS_FOLDER));
    await index.export((key: string, data: string) => {
      if (data) writeFileSync(join(folder, PARTS_FOLDER, key), data);
    });
    writeRows(folder, packages);
  },

  async open(folder) {
    const index = empty();
    for (const key of readdirSync(join(folder, PARTS_FOLDER)))
      index.import(key, readFileSync(join(folder, PARTS_FOLDER, key), "utf8"));
    const rows = readRows(folder);
    const ask = (scores: Scores, query: string, fields: Field[], suggest: boolean) => {
      const found = index.search(query, { index: fields, limit: CANDIDATES, suggest });
      for (const { field, result } of found) {
        const boost = FIELD_BOOST[field as Field];
        for (const [rank, id] of result.entries()) scores.add(Number(id), boost * (1 - rank / CANDIDATES));
      }
      return found.length;
    };
    return async (query) => {
      const scores = new Scores();
      const named = ask(scores, joined(query), ["joined"], false);
      const found = ask(scores, spaced(query), ["name", "summary"], false);
      if (named + found === 0) ask(scores, spaced(query), ["name", "summary"], true);
      return scores.best(query, rows);
    };
  },
};
