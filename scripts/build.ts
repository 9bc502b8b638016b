/** `npm run build`: the CLI to dist/cli, the published tree with the site to dist/site. */
import { spawnSync } from "node:child_process";
import { bundleCli } from "./cli-bundle.ts";
import { buildSite } from "./site.ts";

export const CLI = "dist/cli/main.js";
export const SITE = "dist/site";

export async function buildAll(): Promise<void> {
  await bundleCli("dist/cli");
  const built = spawnSync(process.execPath, [CLI, "build", "--registry", "registry", "--out", SITE], {
    stdio: "inherit",
  });
  if (built.status !== 0) process.exit(built.status ?? 1);
  const { SITE_BASE } = process.env;
  await buildSite({ tree: SITE, ...(SITE_BASE === undefined ? {} : { base: SITE_BASE }) });
}

if (import.meta.main) await buildAll();
