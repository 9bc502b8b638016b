/** Vitest's global set-up: the CLI bundled as `npm run build` bundles it, once a run and for that run alone. */
import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { bundleCli } from "../../scripts/cli-bundle.ts";

export default async function setup(): Promise<() => void> {
  const folder = resolve(`dist/test-cli-${process.pid}`);
  await bundleCli(folder);
  process.env.TEST_CLI = `${folder}/main.js`;
  return () => rmSync(folder, { recursive: true, force: true });
}
