/** What a package mainly is, derived from its files where the manifest does not say. */
import type { PackageKind } from "../manifest/package-toml.ts";
import type { FileRole } from "./content.ts";

/** What each role makes of a package; roles that are not here make nothing of it. */
const FAMILY: ReadonlyMap<FileRole, PackageKind> = new Map([
  ["ontology", "ontology"],
  ["shapes", "shapes"],
  ["template", "templates"],
  ["gate", "gates"],
  ["query", "gates"],
]);

/**
 * `project` with a `ggen.toml` at the root, the one family that the files belong to, else `pack`.
 * An empty `ontology.ttl`, which the engine demands of everybody, does not make an ontology of
 * a package of templates.
 */
export function deriveKind(
  files: Iterable<{ readonly path: string; readonly size: number; readonly role: FileRole }>,
  triples: number,
): PackageKind {
  const families = new Set<PackageKind>();
  for (const { path, role } of files) {
    if (path === "ggen.toml") return "project";
    const family = FAMILY.get(role);
    if (family !== undefined) families.add(family);
  }
  if (families.size > 1 && triples === 0) families.delete("ontology");
  const [only, ...others] = families;
  return only !== undefined && others.length === 0 ? only : "pack";
}
