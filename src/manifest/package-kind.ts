/** What a package mainly is; `pack` holds several of the others, `project` is a whole ggen project. */
export const PACKAGE_KINDS = ["ontology", "shapes", "gates", "templates", "pack", "project"] as const;
export type PackageKind = (typeof PACKAGE_KINDS)[number];
