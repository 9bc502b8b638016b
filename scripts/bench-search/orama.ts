/** Orama: all words first, then all but for a misspelt letter, then any. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { create, insertMultiple, load, type RawData, save, search } from "@orama/orama";
import { type Engine, readRows, writeRows } from "./engine.ts";
import { joined, spaced } from "./fairness.ts";
import { CANDIDATES, FIELD_BOOST, peerDocument, Scores } from "./peers.ts";

const FILE = "orama.json";
const empty = () => create({ schema: { name: "string", joined: "string", summary: "string" } });
/** Documents put in before the event loop has a turn. */
const BATCH = 10_000;

export const orama: Engine = {
  async build(packages, folder) {
    const database = empty();
    const documents = packages.map((each, at) => {
      const { id, ...fields } = peerDocument(each, at);
      return { ...fields, id: String(id) };
    });
    await insertMultiple(database, documents, BATCH);
    writeFileSync(join(folder, FILE), JSON.stringify(save(database)));
    writeRows(folder, packages);
  },

  async open(folder) {
    const database = empty();
    load(database, JSON.parse(readFileSync(join(folder, FILE), "utf8")) as RawData);
    const rows = readRows(folder);
    const ask = async (term: string, properties: Field[], threshold: number, tolerance: number) => {
      const { hits } = await search(database, {
        term,
        properties,
        boost: FIELD_BOOST,
        threshold,
        limit: CANDIDATES,
        ...(tolerance === 0 ? {} : { tolerance }),
      });
      return hits;
    };
    return async (query) => {
      const scores = new Scores();
      const named = await ask(joined(query), ["joined"], 0, 0);
      let found = await ask(spaced(query), ["name", "summary"], 0, 0);
      if (named.length + found.length === 0) found = await ask(joined(query), ["joined"], 0, 1);
      if (named.length + found.length === 0) found = await ask(spaced(query), ["name", "summary"], 0, 1);
      if (named.length + found.length === 0) found = await ask(spaced(query), ["name", "summary"], 1, 0);
      for (const { id, score } of [...named, ...found]) scores.add(Number(id), score);
      return scores.best(query, rows);
    };
  },
};

type Field = "name" | "joined" | "summary";
