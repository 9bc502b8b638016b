/**
 * FlexSearch as pages get it: the package's own ES modules, and of them what an index needs that takes entries
 * and is asked for tokens. The whole package is most of what a visitor loads before the first result.
 *
 *     import { Index } from "flexsearch"      the same line in Node, where it is the whole package
 *
 * A test holds both to the same answers.
 */
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

/** The package exports its bundles alone; its modules lie beside them. */
const MODULES = join(dirname(fileURLToPath(import.meta.resolve("flexsearch"))), "module");

/**
 * What an index in a page makes no use of (it adds no document, keeps nothing and is asked for one token at a
 * time), by file, each with the exports that the modules around it name.
 */
const LEFT_OUT = new Map([
  ["async.js", "export default () => {};"],
  ["cache.js", "export let searchCache; export default undefined;"],
  ["charset.js", "export default {};"],
  ["compress.js", "export default undefined;"],
  ["document.js", "export default undefined;"],
  ["document/highlight.js", "export let highlight_fields;"],
  ["document/search.js", "export let apply_enrich;"],
  ["encoder.js", "export let fallback_encoder; export default undefined;"],
  ["index/add.js", ""],
  ["index/remove.js", "export let remove_index;"],
  ["intersect.js", "export let intersect;"],
  ["keystore.js", "export let KeystoreArray, KeystoreMap, KeystoreSet;"],
  ["preset.js", "export default (options) => options;"],
  ["resolve/and.js", ""],
  ["resolve/handler.js", ""],
  ["resolve/not.js", ""],
  ["resolve/or.js", ""],
  ["resolve/xor.js", ""],
  ["worker.js", "export default undefined;"],
]);

/** An ES module that exports `Index`. */
export async function pageFlexSearch(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: 'export { default as Index } from "./index.js";', resolveDir: MODULES },
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2023",
    legalComments: "none",
    plugins: [{ name: "left-out", setup: leaveOut }],
  });
  return outputFiles[0]?.text ?? "";
}

const leaveOut: Plugin["setup"] = ({ onLoad }) => {
  onLoad({ filter: /\.js$/ }, ({ path }) => {
    const contents = LEFT_OUT.get(relative(MODULES, path).split(sep).join("/"));
    return contents === undefined ? undefined : { contents };
  });
};

/** For esbuild. */
export const pageFlexSearchPlugin: Plugin = {
  name: "page-flexsearch",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^flexsearch$/ }, ({ path }) => ({ path, namespace: "page" }));
    onLoad({ filter: /^flexsearch$/, namespace: "page" }, async () => ({ contents: await pageFlexSearch() }));
  },
};
