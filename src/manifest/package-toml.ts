import type { PackageName, PublisherName } from "./name.ts";
import type { Range, Version } from "./version.ts";

/** What a package mainly is; `pack` holds several of the others, `project` is a whole ggen project. */
export const PACKAGE_KINDS = ["ontology", "shapes", "gates", "templates", "pack", "project"] as const;
export type PackageKind = (typeof PACKAGE_KINDS)[number];

/** A package.toml that was read and found good. */
export interface PackageManifest {
  readonly format: 1;
  readonly name: PackageName;
  readonly version: Version;
  readonly publisher: PublisherName;
  /** First line of the description that is not blank, without surrounding white space. */
  readonly summary: string;
  readonly description: string;
  /** SPDX licence expression, or `NOASSERTION`. */
  readonly license: string;
  readonly kind?: PackageKind;
  readonly category?: string;
  readonly keywords: readonly string[];
  readonly authors: readonly string[];
  readonly repository?: string;
  readonly homepage?: string;
  /** RFC 3339 date or date-time, as the author wrote it; it decides nothing. */
  readonly published?: string;
  readonly dependencies: ReadonlyMap<PackageName, Range>;
  readonly optionalDependencies: ReadonlyMap<PackageName, Range>;
  readonly devDependencies: ReadonlyMap<PackageName, Range>;
  readonly requires: { readonly ggen?: Range };
}
