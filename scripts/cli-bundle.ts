/**
 * Bundles the CLI to dist/cli: what is done most and should start at once is two files, for each file costs
 * time to start; the rest is loaded when it is asked for.
 *
 *     main.js                            reads the call, and tells errors
 *     cli-search.js, -show.js, -list.js  each with all that it needs
 *     <folder>-<name>.js                 every other command, and what is heavy; they share code in chunks
 *
 * So there are several copies of some code in a process. Nothing may depend on a class being the same in
 * two of them: base/error.ts and cli/report.ts know errors by their names.
 */
import { createHash } from "node:crypto";
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, resolve, sep } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";

const SOURCE = "src";
/** The first files, each with what it holds of what import() names in the sources. */
const FIRST = new Map([
  ["main", []],
  ["cli-search", ["node/http-reader", "node/disk-cache", "search/query"]],
  ["cli-list", ["node/http-reader", "node/disk-cache", "search/query"]],
  ["cli-show", ["node/http-reader", "node/disk-cache"]],
]);

/** Threads, each begun by its file's name. */
const THREADS = {
  "compile-worker": "src/node/compile-worker.ts",
  "sparql-worker": "src/node/sparql-worker.ts",
};

export async function bundleCli(out: string): Promise<void> {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const common: BuildOptions = {
    outdir: out,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node22",
    minify: true,
    legalComments: "none",
    define: {
      __PROGRAM__: JSON.stringify(programDigest()),
      __VERSION__: JSON.stringify(projectVersion()),
    },
    // For Node's own modules, and for dependencies that are CommonJS and ask for them.
    banner: {
      js: 'import { createRequire as __cr } from "node:module"; const require = __cr(import.meta.url);',
    },
  };
  const later = new Map<string, string>();
  for (const [name, held] of FIRST)
    await build({
      ...common,
      entryPoints: { [name]: sourceOf(name) },
      plugins: [nodeModules, loadedLater(new Set(held.map(sourceOf)), later)],
    });
  await build({
    ...common,
    entryPoints: { ...Object.fromEntries(later), ...THREADS },
    splitting: true,
    chunkNames: "chunk-[hash]",
    plugins: [nodeModules],
  });
  cpSync(createRequire(import.meta.url).resolve("oxigraph/web_bg.wasm"), join(out, "oxigraph.wasm"));
  writeFileSync(join(out, "package.json"), '{ "type": "module" }\n');
  chmodSync(join(out, "main.js"), 0o755);
}

/** `main` and `cli-search` are in src/cli; others say their folder. */
function sourceOf(name: string): string {
  return resolve(SOURCE, name.includes("/") ? `${name}.ts` : `cli/${name.replace(/^cli-/, "")}.ts`);
}

/** Leaves what import() names out of a file where it is not `held`, and notes the one to make of it: its name → its source. */
function loadedLater(held: ReadonlySet<string>, later: Map<string, string>): Plugin {
  return {
    name: "loaded-later",
    setup({ onResolve }) {
      onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ kind, path, resolveDir }) => {
        const source = resolve(resolveDir, path);
        if (kind !== "dynamic-import" || held.has(source)) return undefined;
        const name = relative(SOURCE, source).replace(/\.ts$/, "").split(sep).join("-");
        if (!FIRST.has(name)) later.set(name, source);
        return { path: `./${name}.js`, external: true };
      });
    },
  };
}

/**
 * Takes Node's own modules by require, and of them the names that are used: an import statement asks a module
 * for all that it exports, and node:fs alone then loads fifty others.
 */
const nodeModules: Plugin = {
  name: "node-modules",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      loader: "ts",
      contents: readFileSync(path, "utf8").replace(
        /^import \{([^}]*)\} from ("node:(?!module)[^"]+");$/gm,
        (_, names: string, module: string) => {
          const used = names
            .split(",")
            .map((name) => name.trim())
            .filter((name) => name !== "" && !name.startsWith("type "));
          return `const { ${used.join(", ").replaceAll(" as ", ": ")} } = require(${module});${"\n".repeat(names.split("\n").length - 1)}`;
        },
      ),
    }));
  },
};

export function projectVersion(): string {
  return (JSON.parse(readFileSync("package.json", "utf8")) as { version: string }).version;
}

/** Names the code that makes verdicts, so that a build never takes one of other code from its cache. */
function programDigest(): string {
  const hash = createHash("sha256");
  const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  for (const file of files.sort()) hash.update(`${file}\0`).update(readFileSync(join(SOURCE, file)));
  return hash.update(readFileSync("package-lock.json")).digest("hex");
}
