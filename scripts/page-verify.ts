/**
 * What a page loads to verify a release, bundled apart from all else that pages load: with one bundler for both,
 * whatever they share would lie in files of its own, and a search would wait for more of them.
 *
 *     import address from "./verify-page.ts?address";
 *     const { verifyPage } = await import(address);      on a click, and not before
 */
import { createHash } from "node:crypto";
import { basename } from "node:path";
import { build } from "esbuild";
import { pageFlexSearchPlugin } from "./page-flexsearch.ts";

export interface ScriptFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** `entry` and all that it imports, as one ES module: one request on the click. */
export async function verifyScript(entry: string): Promise<ScriptFile> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2023",
    legalComments: "none",
    plugins: [pageFlexSearchPlugin],
  });
  const bytes = outputFiles[0]?.contents ?? new Uint8Array();
  const digest = createHash("sha256").update(bytes).digest("hex");
  return { name: `${basename(entry, ".ts")}.${digest.slice(0, 8)}.js`, bytes };
}
