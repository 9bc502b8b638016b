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

const out = process.env.GGEN_SITE_OUT;

export default defineConfig({
  output: "static",
  base: process.env.GGEN_SITE_BASE ?? "/",
  trailingSlash: "ignore",
  devToolbar: { enabled: false },
  ...(out === undefined ? {} : { outDir: out, cacheDir: `${out}.cache` }),
  // Not the default `_astro`: some static hosts ignore folders whose name begins with an underscore.
  build: { assets: "assets", format: "directory", inlineStylesheets: "never" },
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
    ],
  },
});
