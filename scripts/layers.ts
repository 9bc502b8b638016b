/**
 * Holds src/ to its layers: imports point one way, and only node/ and cli/ may import `node:`.
 * The table is the one in docs/architecture.md; a folder that is not in it is an error.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";

/** Folder → folders it may import from, besides itself. */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  manifest: ["base"],
  trust: ["base", "manifest"],
  resolve: ["base", "manifest"],
  content: ["base", "manifest", "trust"],
  quality: ["base", "manifest", "content"],
  graph: ["base", "manifest", "trust", "content"],
  search: ["base", "manifest", "content"],
  snapshot: ["base", "manifest", "trust", "content", "graph", "search"],
  build: ["base", "manifest", "trust", "resolve", "content", "graph", "search", "snapshot"],
  publish: ["base", "manifest", "trust", "content", "build"],
  client: ["base", "manifest", "trust", "resolve", "content", "search", "snapshot"],
  node: ["base", "manifest", "trust", "content", "search", "snapshot", "build", "client"],
  cli: [
    "base",
    "manifest",
    "trust",
    "resolve",
    "content",
    "graph",
    "quality",
    "search",
    "snapshot",
    "build",
    "publish",
    "client",
    "node",
  ],
};

const MAY_IMPORT_NODE = new Set(["node", "cli"]);
const IMPORT = /(?:from|import)\s*\(?\s*["']([^"']+)["']/g;

/** Every import that breaks the table, as `file: what is wrong`. */
export function layerFaults(root: string): string[] {
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  return files.sort().flatMap((file) => fileFaults(root, file));
}

function fileFaults(root: string, file: string): string[] {
  const layer = file.split(sep)[0] ?? "";
  const allowed = LAYERS[layer];
  if (allowed === undefined) return [`${file}: the folder "${layer}" is not in the table of layers`];
  const faults: string[] = [];
  for (const [, target = ""] of readFileSync(join(root, file), "utf8").matchAll(IMPORT)) {
    if (target.startsWith("node:") && !MAY_IMPORT_NODE.has(layer))
      faults.push(`${file}: only node/ and cli/ import ${target}`);
    if (!target.startsWith(".")) continue;
    const to = normalize(join(dirname(file), target)).split(sep)[0] ?? "";
    if (to !== layer && !allowed.includes(to))
      faults.push(`${file}: ${layer}/ may not import from ${to}/ (${target})`);
  }
  return faults;
}

if (import.meta.main) {
  const faults = layerFaults("src");
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
