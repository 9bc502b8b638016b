/** The packages that are searched: a file of lines, and what of it goes into an index. */
import { readFileSync } from "node:fs";
import type { SearchDocument } from "../../src/search/document.ts";
import { draw, randomStream } from "./random.ts";

export interface Package {
  readonly name: string;
  readonly version: string;
  /** A month. */
  readonly downloads: number;
  readonly summary: string;
}

const HEADER = "name\tversion\tdownloads_a_month\tsummary";

/** Packages of a file of tab-separated lines, each name once. Throws where the file has another header. */
export function readCorpus(file: string): Package[] {
  return parseCorpus(readFileSync(file, "utf8"), file);
}

export function parseCorpus(text: string, file: string): Package[] {
  const [header, ...lines] = text.split("\n");
  if (header?.trimEnd() !== HEADER) throw new Error(`"${file}" has not the header "${HEADER}"`);
  const packages = new Map<string, Package>();
  for (const line of lines) {
    const [name = "", version = "", downloads = "", summary = ""] = line.replace(/\r$/, "").split("\t");
    if (name !== "" && !packages.has(name))
      packages.set(name, { name, version, downloads: Number(downloads) || 0, summary });
  }
  return [...packages.values()];
}

/** The packages that are measured, most downloaded first: `count` drawn by `seed`, all where nothing is said. */
export function chosenPackages(file: string, seed: number, count?: number): Package[] {
  const all = readCorpus(file);
  const chosen = count === undefined ? all : draw(randomStream(seed, "documents"), all, count);
  return byDownloads(chosen);
}

export function byDownloads(packages: readonly Package[]): Package[] {
  return [...packages].sort((a, b) => b.downloads - a.downloads || (a.name < b.name ? -1 : 1));
}

export function searchDocument({ name, version, downloads, summary }: Package): SearchDocument {
  return {
    name,
    version,
    summary,
    description: summary,
    publisher: /^@([^/]+)\//.exec(name)?.[1] ?? "someone",
    keywords: [],
    license: "MIT",
    kind: "pack",
    dependencies: [],
    popularity: downloads,
    deprecated: false,
  };
}
