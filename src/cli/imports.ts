/** `imports`: which ontologies are installed, what imports lead nowhere, and which lead to two files or versions. */
import { resolve } from "node:path";
import { visible } from "../base/visible.ts";
import { CATALOG_FILE, importsIn } from "../node/import-catalog.ts";
import { readProject } from "../node/project.ts";
import type { Run } from "./command.ts";
import { plural } from "./refused.ts";

export const run: Run = async (_args, options, { terminal }) => {
  const project = resolve(options.text("project") ?? ".");
  const { ontologies, unresolved, double, versions } = importsIn(project, readProject(project).packages);
  const json = {
    catalog: CATALOG_FILE,
    ontologies: Object.fromEntries(ontologies),
    unresolved,
    double: Object.fromEntries(double),
    versions: Object.fromEntries([...versions].map(([iri, known]) => [iri, Object.fromEntries(known)])),
  };
  terminal.result(json, () =>
    [
      ...[...ontologies].map(([iri, file]) => `<${visible(iri)}> → packs/${visible(file)}`),
      ...unresolved.map(({ iri, by }) =>
        terminal.style(
          "yellow",
          `<${visible(iri)}> is not installed; imported by ${by.map((file) => visible(file)).join(", ")}`,
        ),
      ),
      ...[...double].map(([iri, files]) =>
        terminal.style(
          "yellow",
          `<${visible(iri)}> is in ${files.map((file) => visible(file)).join(" and ")}`,
        ),
      ),
      ...[...versions].map(([iri, known]) =>
        terminal.style(
          "yellow",
          `<${visible(iri)}> is there as ${[...known].map(versionText).join(" and ")}`,
        ),
      ),
      `${ontologies.size} ${ontologies.size === 1 ? "ontology" : "ontologies"}, ${plural(unresolved.length, "import")} unresolved, ${double.size} doubly resolved.`,
    ].join("\n"),
  );
  return undefined;
};

function versionText([version, files]: readonly [string, readonly string[]]): string {
  return `<${visible(version)}> in ${files.map((file) => visible(file)).join(", ")}`;
}
