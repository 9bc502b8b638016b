/**
 * `npm run build`: the CLI to dist/cli, a registry's published tree with the catalogue's pages to a folder.
 *
 *     npm run build                                        registry/ → dist/site
 *     npm run build -- --registry ../acme --out ../site    another registry's, to another folder
 *
 * SITE_BASE is the path under which the pages will be served, such as /packages/. In CI the tree is left unsigned:
 * it is signed by `trust publish`, in a job of its own, and the pages are made from it either way.
 */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { isCi } from "../src/cli/ci.ts";
import { bundleCli } from "./cli-bundle.ts";
import { buildSite } from "./site.ts";

export const CLI = "dist/cli/main.js";

export interface SiteToBuild {
  /** The registry source. */
  readonly registry: string;
  /** Where the published tree and its pages are written. */
  readonly out: string;
}

/** What the words of the call name; throws TypeError for others. */
export function siteToBuild(words: readonly string[]): SiteToBuild {
  const { values } = parseArgs({
    args: [...words],
    options: { registry: { type: "string" }, out: { type: "string" } },
  });
  if (values.registry !== undefined && values.out === undefined)
    throw new TypeError("Another registry needs another folder: --registry DIR --out DIR");
  return { registry: values.registry ?? "registry", out: values.out ?? "dist/site" };
}

/** How the tree is signed: with this machine's development root, or not here. */
export type Signing = "--development" | "--unsigned";

export async function buildAll(site: SiteToBuild, signing?: Signing): Promise<void> {
  await bundleCli("dist/cli");
  await buildTree(CLI, site, signing);
}

/**
 * The published tree by the program `cli`, then its pages. Where nothing is said, it is signed but in CI. Ends the
 * process where the registry is refused.
 */
export async function buildTree(
  cli: string,
  { registry, out }: SiteToBuild,
  signing: Signing = isCi(process.env) ? "--unsigned" : "--development",
): Promise<void> {
  const words = [cli, "build", "--registry", registry, "--out", out, signing];
  const built = spawnSync(process.execPath, words, { stdio: "inherit" });
  if (built.status !== 0) process.exit(built.status ?? 1);
  const { SITE_BASE } = process.env;
  await buildSite({ tree: out, ...(SITE_BASE === undefined ? {} : { base: SITE_BASE }) });
}

/** The words of a script's call, or a message and exit code 2. */
export function siteOfCall(script: string): SiteToBuild {
  try {
    return siteToBuild(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(`error: ${error.message}\nhint: ${script} -- [--registry DIR --out DIR]`);
    process.exit(2);
  }
}

if (import.meta.main) await buildAll(siteOfCall("npm run build"));
