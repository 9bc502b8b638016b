/**
 * The files of a release and what each is for, by the layout that the ggen engine reads:
 *
 *     pack.toml  ggen.toml      manifest
 *     ontology.ttl              ontology     loaded
 *     hook.ttl                  hook         loaded
 *     templates/…/*.tmpl        template     loaded
 *     gates/*.rq                gate         loaded
 *     README*  LICENSE*         readme, license (at the root)
 *     examples/ tests/ …        example, test
 *     shapes/ *shapes.ttl       shapes
 *     ontology/ *.ttl at root   ontology
 *     *.rq  *.sparql            query
 *
 * A fault in a file that the engine loads is an error; elsewhere it is a warning, since packages
 * ship broken fixtures on purpose.
 */
import type { Digest } from "../base/digest.ts";
import { sortedBy } from "../base/order.ts";
import type { ContentFile, FileRole } from "./content.ts";
import { rdfFormatOf } from "./rdf.ts";

/** Content files by path, relative to `content/`. */
export type Files = ReadonlyMap<string, Uint8Array>;

const MEDIA_TYPES: ReadonlyMap<string, string> = new Map([
  ["ttl", "text/turtle"],
  ["nt", "application/n-triples"],
  ["nq", "application/n-quads"],
  ["trig", "application/trig"],
  ["rdf", "application/rdf+xml"],
  ["owl", "application/rdf+xml"],
  ["jsonld", "application/ld+json"],
  ["rq", "application/sparql-query"],
  ["sparql", "application/sparql-query"],
  ["tmpl", "text/plain"],
  ["tera", "text/plain"],
  ["txt", "text/plain"],
  ["md", "text/markdown"],
  ["toml", "application/toml"],
  ["json", "application/json"],
  ["yaml", "application/yaml"],
  ["yml", "application/yaml"],
  ["csv", "text/csv"],
  ["html", "text/html"],
  ["svg", "image/svg+xml"],
  ["png", "image/png"],
  ["jpg", "image/jpeg"],
  ["jpeg", "image/jpeg"],
  ["pdf", "application/pdf"],
]);

/** Folders, anywhere in a path, that hold what is shown and what is tried out. */
const EXAMPLE_FOLDER = /(?:^|\/)(?:examples?|samples?|demos?)\//i;
const TEST_FOLDER = /(?:^|\/)(?:tests?|fixtures?|qualification|testdata|test-data)\//i;
const SHAPES_FILE = /(?:^|\/)shapes?\/|(?:^|[./_-])(?:shapes?|shacl)\.[a-z]+$/i;
const ONTOLOGY_FOLDER = /^(?:ontology|ontologies|vocab|vocabulary)\//i;

/** The text after the last dot of the name, in lower case; empty where there is none. */
export function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot <= 0 ? "" : name.slice(dot + 1).toLowerCase();
}

export function mediaTypeOf(path: string): string {
  return MEDIA_TYPES.get(extensionOf(path)) ?? "application/octet-stream";
}

/** A template of the folder that the engine reads templates from. */
export function isLoadedTemplate(path: string): boolean {
  return /^templates\/(?:.*\/)?[^/]+\.tmpl$/s.test(path);
}

/** A gate of the folder that the engine reads gates from. */
export function isLoadedGate(path: string): boolean {
  return /^gates\/[^/]+\.rq$/.test(path);
}

/** Whether the ggen engine reads this file when it loads the package. */
export function isLoaded(path: string): boolean {
  return path === "ontology.ttl" || path === "hook.ttl" || isLoadedTemplate(path) || isLoadedGate(path);
}

/** The places that ontologies lie in: the root, and folders that are named for them. */
export function isOntologyPlace(path: string): boolean {
  return !path.includes("/") || ONTOLOGY_FOLDER.test(path);
}

export function roleOf(path: string): FileRole {
  if (path === "ontology.ttl") return "ontology";
  if (path === "hook.ttl") return "hook";
  if (isLoadedTemplate(path)) return "template";
  if (isLoadedGate(path)) return "gate";
  if (path === "pack.toml" || path === "ggen.toml") return "manifest";
  if (/^readme(?:[._-][^/]*)?$/i.test(path)) return "readme";
  if (/^(?:licen[cs]e|copying|notice)(?:[._-][^/]*)?$/i.test(path)) return "license";
  if (TEST_FOLDER.test(path)) return "test";
  if (EXAMPLE_FOLDER.test(path)) return "example";
  const extension = extensionOf(path);
  if (extension === "rq" || extension === "sparql") return "query";
  if (rdfFormatOf(path) !== undefined || extension === "owl" || extension === "rdf") {
    if (SHAPES_FILE.test(path)) return "shapes";
    if (isOntologyPlace(path)) return "ontology";
  }
  return "other";
}

/** Every file, sorted by path. `digestOf` gives the sha256 that the release lists for a path. */
export function inventory(files: Files, digestOf: (path: string) => Digest): ContentFile[] {
  return sortedBy(files.keys(), (path) => path).map((path) => ({
    path,
    size: files.get(path)?.length ?? 0,
    sha256: digestOf(path),
    mediaType: mediaTypeOf(path),
    role: roleOf(path),
  }));
}
