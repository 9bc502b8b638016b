/** Bundles the CLI to dist/cli: split ES modules, so that a command loads only what it needs. */
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const SOURCE = "src";

export async function bundleCli(out: string): Promise<void> {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  await build({
    entryPoints: { main: "src/cli/main.ts", "compile-worker": "src/node/compile-worker.ts" },
    outdir: out,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    minify: true,
    legalComments: "none",
    chunkNames: "[name]-[hash]",
    define: {
      __PROGRAM__: JSON.stringify(programDigest()),
      __VERSION__: JSON.stringify(projectVersion()),
    },
    // Some dependencies are CommonJS and ask for Node's own modules with require.
    banner: { js: 'import { createRequire as __cr } from "node:module"; const require = __cr(import.meta.url);' },
  });
  writeFileSync(join(out, "package.json"), '{ "type": "module" }\n');
  chmodSync(join(out, "main.js"), 0o755);
}

export function projectVersion(): string {
  return (JSON.parse(readFileSync("package.json", "utf8")) as { version: string }).version;
}

/** Names the code that makes verdicts, so that a build never takes one of other code from its cache. */
function programDigest(): string {
  const hash = createHash("sha256");
  const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  for (const file of files.sort()) hash.update(`${file}\0`).update(readFileSync(join(SOURCE, file)));
  return hash.update(readFileSync("package-lock.json")).digest("hex");
}
