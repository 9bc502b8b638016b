/**
 * Where the ontologies of what is installed are, by IRI, so that tools resolve `owl:imports` without the network.
 *
 *     packs/catalog-v001.xml   an OASIS XML catalog (XML Catalogs 1.1, OASIS 2005), as Protégé and ROBOT read it
 *     packs/ontologies.json    { "format": 1, "ontologies": { iri: file }, "unresolved": [iri], "double": { iri: [file] } }
 *
 * Files are relative to packs/. An IRI that two files have leads to the first: the one at a pack's root, then by name.
 */
import { join } from "node:path";
import { utf8 } from "../base/bytes.ts";
import { compareText, sortedBy } from "../base/order.ts";
import { contentIri, iriOf } from "../content/describe.ts";
import { ontologyFile } from "../content/ontology-files.ts";
import { readFolderFiles } from "./folder-files.ts";
import { packFolder } from "./installed-pack.ts";
import type { Lock } from "./lock.ts";

export const CATALOG_FILE = "packs/catalog-v001.xml";
export const ONTOLOGIES_FILE = "packs/ontologies.json";

export interface Imports {
  /** IRI → file, relative to packs/. */
  readonly ontologies: ReadonlyMap<string, string>;
  /** Imported, and in no file that is installed. */
  readonly unresolved: readonly Unresolved[];
  /** IRI → files, of those that more than one has. */
  readonly double: ReadonlyMap<string, readonly string[]>;
  /** IRI → version IRI → files, of ontologies that are there in more than one version. */
  readonly versions: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
}

export interface Unresolved {
  readonly iri: string;
  /** The files that import it. */
  readonly by: readonly string[];
}

type Files = ReadonlyMap<string, Uint8Array>;

/** `arriving` are files of packages that are not in their folders yet. */
export function importsIn(
  project: string,
  packages: Lock["packages"],
  arriving: ReadonlyMap<string, Files> = new Map(),
): Imports {
  const places = new Map<string, string[]>();
  const importers = new Map<string, string[]>();
  const versions = new Map<string, Map<string, string[]>>();
  for (const [name, { version, registry }] of sortedBy(packages, ([name]) => name)) {
    const files =
      arriving.get(name) ?? readFolderFiles(join(project, packFolder(name)), { lenient: true }).files;
    for (const [path, bytes] of files) {
      const found = ontologyFile(path, bytes, iriOf(contentIri(registry, name, version), path));
      for (const iri of found?.iris ?? []) push(places, iri, `${name}/${path}`);
      for (const iri of found?.imports ?? []) push(importers, iri, `${name}/${path}`);
      for (const [iri, version] of found?.versions ?? []) {
        const known = versions.get(iri) ?? new Map<string, string[]>();
        versions.set(iri, known);
        push(known, version, `${name}/${path}`);
      }
    }
  }
  for (const files of places.values()) files.sort((a, b) => depth(a) - depth(b) || compareText(a, b));
  const sorted = sortedBy(places, ([iri]) => iri);
  return {
    ontologies: new Map(sorted.map(([iri, [file = ""]]) => [iri, file])),
    unresolved: sortedBy(importers, ([iri]) => iri)
      .filter(([iri]) => !places.has(iri))
      .map(([iri, by]) => ({ iri, by: [...by].sort(compareText) })),
    double: new Map(sorted.filter(([, files]) => files.length > 1)),
    versions: new Map(sortedBy(versions, ([iri]) => iri).filter(([, known]) => known.size > 1)),
  };
}

function push(map: Map<string, string[]>, key: string, value: string): void {
  const there = map.get(key);
  if (there === undefined) map.set(key, [value]);
  else there.push(value);
}

function depth(path: string): number {
  return path.split("/").length;
}

/** What a person should know of them, in a line. */
export function importNotes({ unresolved, double, versions }: Imports): string[] {
  const parts = [
    ...(unresolved.length > 0 ? [`${unresolved.length} imported, and not installed`] : []),
    ...(double.size > 0 ? [`${double.size} in two files`] : []),
    ...(versions.size > 0 ? [`${versions.size} in two versions`] : []),
  ];
  if (parts.length === 0) return [];
  return [`of the ontologies of what is installed: ${parts.join("; ")} (\`imports\` names them)`];
}

/** Both files, by path in the project. */
export function importFiles({ ontologies, unresolved, double }: Imports): Files {
  const json = {
    format: 1,
    ontologies: Object.fromEntries(ontologies),
    unresolved: unresolved.map(({ iri }) => iri),
    double: Object.fromEntries(double),
  };
  return new Map([
    [CATALOG_FILE, utf8(catalog(ontologies))],
    [ONTOLOGIES_FILE, utf8(`${JSON.stringify(json, null, 2)}\n`)],
  ]);
}

function catalog(ontologies: ReadonlyMap<string, string>): string {
  const lines = [...ontologies].map(
    ([iri, file]) => `  <uri name="${xmlText(iri)}" uri="${xmlText(encodeURI(file))}"/>\n`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<!-- Where owl:imports are on this machine. Written by ggen-marketplace; do not edit. -->\n<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog" prefer="public">\n${lines.join("")}</catalog>\n`;
}

function xmlText(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
