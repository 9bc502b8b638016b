/** A thread that answers one query and ends: it can be stopped at any moment, whatever the query does. */
import { parentPort, workerData } from "node:worker_threads";
import { gunzipSync } from "node:zlib";
import { Store, startOxigraph } from "./oxigraph.ts";
import type { GraphSource, QueryAnswer, QueryWork } from "./sparql.ts";

const work = workerData as QueryWork;
parentPort?.postMessage(answer(work));

function answer({ sources, sparql, format }: QueryWork): QueryAnswer {
  startOxigraph();
  const store = new Store();
  const unreadable: string[] = [];
  for (const source of sources) if (!load(source, store)) unreadable.push(source.name);
  try {
    const text = store.query(sparql, { results_format: format, use_default_graph_as_union: true });
    return { ok: true, text: String(text), unreadable };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

/** False for what is not the RDF that its name says. */
function load({ bytes, format, base, packed }: GraphSource, store: Store): boolean {
  try {
    const text = packed === undefined ? bytes : gunzipSync(bytes, { maxOutputLength: packed.unpackedMax });
    const graph = base === undefined ? {} : { base_iri: base };
    store.load(new TextDecoder("utf-8", { fatal: true }).decode(text), { format, ...graph });
    return true;
  } catch {
    return false;
  }
}
