/** The dependency tables of a package.toml: names and ranges, no package twice, none on itself. */
import type { Problem } from "../base/problem.ts";
import { RANGE_EXPECTED, RANGE_REMEDY } from "./fields.ts";
import { explainName, type PackageName, parsePackageName } from "./name.ts";
import { DEPENDENCY_TABLES, PACKAGE_TOML } from "./package-schema.ts";
import type { ProblemList } from "./problem-list.ts";
import { placeOf, shown } from "./shown.ts";
import { problemAt } from "./toml.ts";
import { isTable, type TomlDocument } from "./toml-document.ts";
import { parseRange, type Range } from "./version.ts";

export interface DependencyTables {
  readonly dependencies: ReadonlyMap<PackageName, Range>;
  readonly optionalDependencies: ReadonlyMap<PackageName, Range>;
  readonly devDependencies: ReadonlyMap<PackageName, Range>;
}

const codes = PACKAGE_TOML.codes;

/** The tables of `document`, in the order written; what is wrong with them is added to `problems`. */
export function checkDependencies(
  document: TomlDocument,
  namesMax: number,
  problems: ProblemList,
): DependencyTables {
  const self = isTable(document.root.package) ? document.root.package.name : undefined;
  const tableOf = new Map<string, string>();
  const [dependencies, optionalDependencies, devDependencies] = DEPENDENCY_TABLES.map((table) => {
    const found = new Map<PackageName, Range>();
    const entries = document.root[table];
    if (!isTable(entries)) return found;
    for (const name of Object.keys(entries)) {
      const range = checkEntry(document, [table, name], entries[name], problems);
      const packageName = checkTarget(document, table, name, self, tableOf, problems);
      if (range !== undefined && packageName !== undefined) found.set(packageName, range);
    }
    return found;
  });
  if (tableOf.size > namesMax) problems.add(() => tooMany(document, tableOf.size, namesMax));
  const none: ReadonlyMap<PackageName, Range> = new Map();
  return {
    dependencies: dependencies ?? none,
    optionalDependencies: optionalDependencies ?? none,
    devDependencies: devDependencies ?? none,
  };
}

function checkEntry(
  document: TomlDocument,
  path: readonly [string, string],
  value: unknown,
  problems: ProblemList,
): Range | undefined {
  if (typeof value === "string") {
    const range = parseRange(value);
    if (range !== undefined) return range;
  }
  const inner = isTable(value) && typeof value.version === "string" ? value.version : undefined;
  const isRange = inner !== undefined && parseRange(inner) !== undefined;
  problems.add(() =>
    problemAt(document, path, {
      code: typeof value === "string" ? `${codes}_DEPENDENCY_RANGE` : `${codes}_WRONG_TYPE`,
      message: `${placeOf(path)} must be ${RANGE_EXPECTED}, got ${shown(value)}`,
      expected: RANGE_EXPECTED,
      found: shown(value),
      remedy: isRange ? `write the range alone: ${path[1]} = "${inner}"` : RANGE_REMEDY,
      rule: typeof value === "string" ? "M10" : "M4",
    }),
  );
  return undefined;
}

function checkTarget(
  document: TomlDocument,
  table: string,
  name: string,
  self: unknown,
  tableOf: Map<string, string>,
  problems: ProblemList,
): PackageName | undefined {
  const path = [table, name];
  const packageName = parsePackageName(name);
  if (packageName === undefined) {
    problems.add(() =>
      problemAt(document, path, {
        code: `${codes}_DEPENDENCY_NAME`,
        message: `[${table}] names ${shown(name)}, which no package can be called: ${explainName(name)}`,
        expected: "the name of a package",
        found: shown(name),
        remedy: "name a package of this registry; crates, tools and files are not dependencies here",
        rule: "M7",
      }),
    );
  }
  if (name === self) problems.add(() => onItself(document, path));
  const other = tableOf.get(name);
  if (other === undefined) tableOf.set(name, table);
  else problems.add(() => inTwoTables(document, path, other));
  return packageName;
}

function onItself(document: TomlDocument, path: readonly string[]): Problem {
  return problemAt(document, path, {
    code: `${codes}_SELF_DEPENDENCY`,
    message: `${placeOf(path)} is the package itself`,
    expected: "another package",
    found: shown(path[1]),
    remedy: "remove the line",
    rule: "M16",
  });
}

function inTwoTables(document: TomlDocument, path: readonly string[], other: string): Problem {
  return problemAt(document, path, {
    code: `${codes}_DEPENDENCY_TWICE`,
    message: `${placeOf(path)} is also in [${other}]`,
    expected: "each package in one table",
    found: `in [${other}] and [${path[0]}]`,
    remedy: "keep one of the two lines",
    rule: "M16",
  });
}

function tooMany(document: TomlDocument, count: number, max: number): Problem {
  return problemAt(document, ["dependencies"], {
    code: `${codes}_TOO_MANY_DEPENDENCIES`,
    message: `the package has more than ${max} dependencies`,
    expected: `at most ${max}`,
    found: String(count),
    remedy: "depend on a package that gathers some of them",
    rule: "M16",
  });
}
