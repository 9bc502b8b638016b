/** Vitest's global set-up: the CLI bundled as `npm run build` bundles it, once for all tests. */
import { bundleCli } from "../../scripts/cli-bundle.ts";

export default async function setup(): Promise<void> {
  await bundleCli("dist/test-cli");
}
