/**
 * The SPARQL engine: Oxigraph, compiled to WebAssembly. Its megabytes are read when a query is run, and by the
 * thread that runs it.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { initSync } from "oxigraph/web.js";

declare const __PROGRAM__: string | undefined;

export { Store } from "oxigraph/web.js";

/** Must be called before anything of the engine is used. */
export function startOxigraph(): void {
  initSync({ module: readFileSync(moduleFile()) });
}

/** Beside the program as it is shipped; where it is run from its sources, in the package. */
function moduleFile(): string | URL {
  if (typeof __PROGRAM__ === "string") return new URL("./oxigraph.wasm", import.meta.url);
  return createRequire(import.meta.url).resolve("oxigraph/web_bg.wasm");
}
