/**
 * Edges between packages, out of what `dependencies` has meant to ggen's users: crates, tools, file paths,
 * tables per language, lists `required` and `optional`, and now and then another package.
 *
 *     dependencies = ["agent-memory-forge"]                    a list of names
 *     [dependencies]
 *     sector-observability-8020 = "1.0.0"                      a range, as Cargo reads it: ^1.0.0
 *     serde = { version = "1.0", features = ["derive"] }       a specification
 *     rdf_ontology = "ontology/core.ttl"                       a path
 *     ggen = ">=2.6.0"                                         the engine: [requires]
 *     [dependencies.rust]  …                                   a group of these
 *
 * An edge is taken where the name is a package that is there; all else is named in one warning.
 */
import { compareText } from "../base/order.ts";
import { type PackageName, parsePackageName } from "../manifest/name.ts";
import { isTable } from "../manifest/toml-document.ts";
import { parseRange, type Range } from "../manifest/version.ts";
import type { Notes } from "./notes.ts";

export interface KnownPackages {
  /** Packages of the registry, and those of the same import. */
  readonly names: ReadonlySet<string>;
  /** Names that this package must not lead to although they may be known, each with the reason. */
  readonly barred: ReadonlyMap<string, string>;
}

interface Edge {
  readonly target: string;
  readonly range: string;
  readonly optional: boolean;
}

export interface ForeignDependencies {
  readonly dependencies: ReadonlyMap<PackageName, Range>;
  readonly optionalDependencies: ReadonlyMap<PackageName, Range>;
  readonly requires: { readonly ggen?: Range };
}

const ENGINE = "ggen";
/** A table with one of these keys says how to get one dependency; any other is a group of several. */
const SPECIFICATION_KEYS = [
  "version",
  "path",
  "git",
  "url",
  "features",
  "optional",
  "workspace",
  "registry",
  "package",
  "branch",
];
const GROUP_DEPTH_MAX = 4;
const NAMES_SHOWN_MAX = 20;

export function foreignDependencies(
  self: PackageName,
  tables: readonly unknown[],
  known: KnownPackages,
  notes: Notes,
): ForeignDependencies {
  const taken = new Map<PackageName, Edge & { readonly range: Range }>();
  const leftOut = new Set<string>();
  let requires: ForeignDependencies["requires"] = {};
  for (const edge of tables.flatMap((table) => edgesIn(table, false, 0))) {
    const name = parsePackageName(edge.target);
    const range = parseRange(cargoRange(edge.range));
    const barred = known.barred.get(edge.target);
    if (name === self) continue;
    if (barred !== undefined)
      notes.warn(
        "IMPORT_DEPENDENCY_BARRED",
        `dependencies.${edge.target}`,
        `Dependency "${edge.target}" ${edge.range} is left out: ${barred}`,
        "mend it, and publish a new version",
      );
    else if (edge.target === ENGINE && range !== undefined) requires = { ggen: range };
    else if (name !== undefined && range !== undefined && known.names.has(name))
      taken.set(name, { ...edge, range });
    else leftOut.add(edge.target);
  }
  if (leftOut.size > 0) noteLeftOut([...leftOut], notes);
  const ranges = (optional: boolean) => {
    const edges = [...taken].filter(([, edge]) => edge.optional === optional);
    return new Map(
      edges.map(([name, edge]) => [name, edge.range] as const).sort(([a], [b]) => compareText(a, b)),
    );
  };
  return { dependencies: ranges(false), optionalDependencies: ranges(true), requires };
}

function noteLeftOut(names: readonly string[], notes: Notes): void {
  const more = names.length > NAMES_SHOWN_MAX ? ` and ${names.length - NAMES_SHOWN_MAX} more` : "";
  const shown = names.slice(0, NAMES_SHOWN_MAX).join(", ");
  notes.warn(
    "IMPORT_DEPENDENCY_LEFT_OUT",
    "dependencies",
    `Left out, for no package here has these names: ${shown}${more}`,
    "crates, tools and files are no dependencies between packages; they stay in the package's own file",
  );
}

/** These tables were written for Cargo's reading: a bare version means what is compatible with it, a comma "and". */
function cargoRange(text: string): string {
  const range = text.trim().replace(/\s*,\s*/g, " ");
  return /^\d+(?:\.\d+){0,2}$/.test(range) ? `^${range}` : range;
}

function edgesIn(value: unknown, optional: boolean, depth: number): Edge[] {
  if (depth > GROUP_DEPTH_MAX) return [];
  if (Array.isArray(value)) return value.flatMap((item) => edgeOfItem(item, optional));
  if (!isTable(value)) return [];
  return Object.entries(value).flatMap(([key, entry]): Edge[] => {
    if (typeof entry === "string") return [{ target: key, range: entry, optional }];
    if (isTable(entry) && SPECIFICATION_KEYS.some((known) => Object.hasOwn(entry, known)))
      return [{ target: key, range: rangeOf(entry.version), optional: optional || entry.optional === true }];
    return edgesIn(entry, optional || key === "optional", depth + 1);
  });
}

/** `"name"`, `"name@range"`, or a table with a name. */
function edgeOfItem(item: unknown, optional: boolean): Edge[] {
  if (typeof item === "string") {
    const at = item.indexOf("@", 1);
    return [
      { target: at < 0 ? item : item.slice(0, at), range: at < 0 ? "*" : item.slice(at + 1), optional },
    ];
  }
  return isTable(item) && typeof item.name === "string"
    ? [{ target: item.name, range: rangeOf(item.version), optional }]
    : [];
}

function rangeOf(version: unknown): string {
  return typeof version === "string" ? version : "*";
}
