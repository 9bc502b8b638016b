/**
 * How the catalogue is built: static pages, one stylesheet, script files only (nothing inline, so
 * that the pages' Content-Security-Policy can forbid inline code).
 *
 * scripts/site.ts sets the environment: GGEN_SITE_TREE is the published tree to read,
 * GGEN_SITE_BASE the path it will be served under, GGEN_SITE_OUT where the pages go,
 * GGEN_SITE_REPOSITORY, which may be empty, the git repository that the pages link to.
 */
import { defineConfig } from "astro/config";
import { pageFlexSearch } from "../scripts/page-flexsearch.ts";
import { verifyScript } from "../scripts/page-verify.ts";

const out = process.env.GGEN_SITE_OUT;
/** Of what pages load: CSS, scripts. Not the default `_astro`: some static hosts ignore folders whose name begins with an underscore. */
const ASSETS = "assets";
const ADDRESS = /\?address$/;

export default defineConfig({
  output: "static",
  base: process.env.GGEN_SITE_BASE ?? "/",
  trailingSlash: "ignore",
  devToolbar: { enabled: false },
  ...(out === undefined ? {} : { outDir: out, cacheDir: `${out}.cache` }),
  build: { assets: ASSETS, format: "directory", inlineStylesheets: "never" },
  vite: {
    build: { assetsInlineLimit: 0 },
    plugins: [
      {
        name: "page-flexsearch",
        enforce: "pre",
        // The pages themselves are made in Node, with the whole package.
        applyToEnvironment: ({ name }) => name === "client",
        resolveId: (id) => (id === "flexsearch" ? "\0flexsearch" : undefined),
        load: (id) => (id === "\0flexsearch" ? pageFlexSearch() : undefined),
      },
      {
        name: "page-verify",
        enforce: "pre",
        applyToEnvironment: ({ name }) => name === "client",
        async load(id) {
          if (!ADDRESS.test(id)) return undefined;
          const { name, bytes } = await verifyScript(id.replace(ADDRESS, ""));
          this.emitFile({ type: "asset", fileName: `${ASSETS}/${name}`, source: bytes });
          // Beside the script that asks for it.
          return `const file = "./${name}"; export default new URL(file, import.meta.url).href;`;
        },
      },
    ],
  },
});
