/** A thread that answers queries over one graph, in turn, and ends: it can be stopped at any moment, whatever a query does. */
import { parentPort, workerData } from "node:worker_threads";
import { gunzipSync } from "node:zlib";
import { Store, startOxigraph } from "./oxigraph.ts";
import type { GraphSource, QueryAnswer, QueryWork } from "./sparql.ts";

const { sources, queries, format } = workerData as QueryWork;
startOxigraph();
const store = new Store();
const unreadable = sources.filter((source) => !load(source)).map(({ name }) => name);
for (const query of queries) parentPort?.postMessage(answer(query));

function answer(sparql: string): QueryAnswer {
  try {
    const text = store.query(sparql, { results_format: format, use_default_graph_as_union: true });
    return { ok: true, text: String(text), unreadable };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

/** False for what is not the RDF that its name says. */
function load({ bytes, format, base, packed }: GraphSource): boolean {
  try {
    const text = packed === undefined ? bytes : gunzipSync(bytes, { maxOutputLength: packed.unpackedMax });
    const graph = base === undefined ? {} : { base_iri: base };
    store.load(new TextDecoder("utf-8", { fatal: true }).decode(text), { format, ...graph });
    return true;
  } catch {
    return false;
  }
}
