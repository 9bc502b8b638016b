/** The RDF of what is installed in a project, as it stands there: for a query over one's own ontologies. */
import { join } from "node:path";
import { contentIri, iriOf } from "../content/describe.ts";
import { rdfFormatOf } from "../content/rdf.ts";
import { readFolderFiles } from "./folder-files.ts";
import { packFolder } from "./installed-pack.ts";
import { readProject } from "./project.ts";
import type { GraphSource } from "./sparql.ts";

/** Every RDF file of every package in the lock; relative IRIs resolve against the file's own IRI in its registry. */
export function installedGraph(project: string): GraphSource[] {
  return [...readProject(project).packages].flatMap(([name, { version, registry }]) => {
    const folder = packFolder(name);
    const { files } = readFolderFiles(join(project, folder), { lenient: true });
    return [...files].flatMap(([path, bytes]): GraphSource[] => {
      const format = rdfFormatOf(path);
      if (format === undefined) return [];
      const base = iriOf(contentIri(registry, name, version), path);
      return [{ name: `${folder}/${path}`, bytes, format, base }];
    });
  });
}
