/**
 * Packs the CLI that users install: dist/cli with a generated package.json. Everything it needs is
 * bundled, so it has no dependencies, no install script and none of the toolchain.
 *
 *     npm run pack                                   → dist/package, to install: npm install --global ./dist/package
 *     node scripts/pack.ts [--lint] [--out <dir>]    elsewhere; with --lint what publint says of it
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { bundleCli } from "./cli-bundle.ts";

const { values: asked } = parseArgs({ options: { lint: { type: "boolean" }, out: { type: "string" } } });
const OUT = asked.out ?? "dist/package";

async function pack(): Promise<void> {
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  await bundleCli(`${OUT}/cli`);
  const { version, description, license } = JSON.parse(readFileSync("package.json", "utf8")) as Record<
    string,
    string
  >;
  const manifest = {
    name: "ggen-marketplace",
    version,
    description,
    license,
    type: "module",
    bin: { "ggen-marketplace": "cli/main.js" },
    exports: { "./package.json": "./package.json" },
    files: ["cli", "README.md", "LICENSE"],
    engines: { node: ">=22" },
  };
  writeFileSync(`${OUT}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
  for (const file of ["README.md", "LICENSE"]) cpSync(file, `${OUT}/${file}`);
}

async function lint(): Promise<number> {
  const { messages } = await publint({ pkgDir: OUT, strict: true });
  const manifest = JSON.parse(readFileSync(`${OUT}/package.json`, "utf8"));
  for (const message of messages) console.error(formatMessage(message, manifest));
  const { status } = spawnSync("npm", ["pack", "--dry-run", "--silent"], {
    cwd: OUT,
    stdio: ["ignore", "ignore", "inherit"],
  });
  return messages.length === 0 && status === 0 ? 0 : 1;
}

await pack();
if (asked.lint) process.exitCode = await lint();
else console.log(`${OUT} is ready. To have ggen-marketplace on your PATH: npm install --global ./${OUT}`);
