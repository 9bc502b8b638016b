/**
 * Packs what users install, the CLI and the library, with a generated package.json. Everything they need is
 * bundled, so that it has no dependencies, no install script and none of the toolchain.
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
import { bundleClient } from "./client-bundle.ts";

const { values: asked } = parseArgs({ options: { lint: { type: "boolean" }, out: { type: "string" } } });
const OUT = asked.out ?? "dist/package";

async function pack(): Promise<void> {
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  await bundleCli(`${OUT}/cli`);
  await bundleClient(`${OUT}/client`);
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
    exports: {
      "./client": {
        types: "./client/index.d.ts",
        browser: "./client/browser.js",
        node: "./client/node.js",
        default: "./client/browser.js",
      },
      "./package.json": "./package.json",
    },
    // What a bundler may not leave out, even where nothing of a file is named.
    sideEffects: ["./client/*.js"],
    files: ["cli", "client", "README.md", "LICENSE"],
    engines: { node: ">=22" },
  };
  writeFileSync(`${OUT}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
  for (const file of ["README.md", "LICENSE"]) cpSync(file, `${OUT}/${file}`);
}

async function lint(): Promise<number> {
  const { messages } = await publint({ pkgDir: OUT, strict: true });
  const manifest = JSON.parse(readFileSync(`${OUT}/package.json`, "utf8"));
  for (const message of messages) console.error(formatMessage(message, manifest));
  // Whoever takes the types has other libraries than ours, and perhaps none of Node's.
  const types = [`${OUT}/client/index.d.ts`, "--lib", "ES2022,DOM", "--strict", "--noEmit"];
  const tsc = ["node_modules/typescript/bin/tsc", "--ignoreConfig", ...types];
  const typed = spawnSync(process.execPath, tsc, { stdio: "inherit" });
  const { status } = spawnSync("npm", ["pack", "--dry-run", "--silent"], {
    cwd: OUT,
    stdio: ["ignore", "ignore", "inherit"],
  });
  return messages.length === 0 && typed.status === 0 && status === 0 ? 0 : 1;
}

await pack();
if (asked.lint) process.exitCode = await lint();
else console.log(`${OUT} is ready. To have ggen-marketplace on your PATH: npm install --global ./${OUT}`);
