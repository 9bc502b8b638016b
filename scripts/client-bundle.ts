/**
 * Bundles the public library, `ggen-marketplace/client`, with everything it needs.
 *
 *     node.js     of src/node/client.ts        browser.js   of src/client/browser.ts
 *     index.d.ts  of src/client/index.ts: types for both, of no other module, neither ours nor Node's
 *     *-<hash>.js what they load when it is asked for
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import ts from "typescript";
import { pageFlexSearchPlugin } from "./page-flexsearch.ts";

const SURFACE = "src/client/index.ts";

export async function bundleClient(out: string): Promise<void> {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const common: BuildOptions = {
    outdir: out,
    bundle: true,
    splitting: true,
    format: "esm",
    minify: true,
    legalComments: "none",
  };
  await build({
    ...common,
    entryPoints: { node: "src/node/client.ts" },
    chunkNames: "node-[hash]",
    platform: "node",
    target: "node22",
    // For dependencies that are CommonJS and ask for Node's own modules.
    banner: {
      js: 'import { createRequire as __cr } from "node:module"; const require = __cr(import.meta.url);',
    },
  });
  await build({
    ...common,
    entryPoints: { browser: "src/client/browser.ts" },
    chunkNames: "browser-[hash]",
    platform: "browser",
    target: "es2023",
    plugins: [pageFlexSearchPlugin],
  });
  writeFileSync(join(out, "index.d.ts"), declarations());
}

/** The surface as declarations; it must import nothing, for nothing else is shipped. */
function declarations(): string {
  const { outputText, diagnostics } = ts.transpileDeclaration(readFileSync(SURFACE, "utf8"), {
    fileName: SURFACE,
    reportDiagnostics: true,
  });
  if (
    (diagnostics ?? []).length > 0 ||
    /\b(?:from|import)\b\s*\(?\s*["']/.test(outputText.replace(/\/\*[\s\S]*?\*\//g, ""))
  )
    throw new Error(`${SURFACE} is to declare types that are whole in themselves`);
  return outputText;
}
