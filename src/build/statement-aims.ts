/**
 * What a statement about a package points at: a range of versions, and what to use instead. One that points at
 * nothing is good, for what it points at may still come; nobody is helped by it meanwhile, and that is a warning.
 */
import { nearest } from "../base/nearest.ts";
import type { Problem } from "../base/problem.ts";
import type { PackageName } from "../manifest/name.ts";
import { covers, type Range, type Version } from "../manifest/version.ts";
import type { PackageState } from "../trust/package-chain.ts";

/** B5: the range of a deprecation or an advisory that holds none of `versions`, those of the package. */
export function emptyRange(
  file: string,
  range: Range | undefined,
  versions: readonly Version[],
): Problem | undefined {
  if (range === undefined || versions.some((version) => covers(range, version))) return undefined;
  return {
    code: "STATEMENT_RANGE_EMPTY",
    severity: "warning",
    file,
    place: "versions",
    message: `No release of the package is in the range ${range}`,
    expected: versions.length === 0 ? "a release" : `a range that holds one of ${versions.join(", ")}`,
    found: range,
    remedy: "say it again with the range that was meant: the last word counts",
    rule: "B5",
  };
}

/** B5: the replacement that a deprecation names and the registry does not have. */
export function unknownReplacement(
  file: string,
  replacement: PackageName | undefined,
  packages: ReadonlyMap<PackageName, unknown>,
): Problem | undefined {
  if (replacement === undefined || packages.has(replacement)) return undefined;
  const meant = nearest(replacement, packages.keys());
  return {
    code: "REPLACEMENT_UNKNOWN",
    severity: "warning",
    file,
    place: "replacement",
    message: `The replacement "${replacement}" is not in this registry`,
    found: replacement,
    remedy: `${meant === undefined ? "" : `did you mean "${meant}"? `}say it again with the package that was meant: the last word counts`,
    rule: "B5",
  };
}

/** The last word of each kind: what was said before it and has been corrected is nobody's concern. */
export function emptyRanges(
  name: PackageName,
  { deprecated, advisories }: PackageState,
  versions: readonly Version[],
): Problem[] {
  const file = `packages/${name}/statements`;
  const last = deprecated.findLast((entry) => entry.versions !== undefined);
  return [last?.versions, ...advisories.map((advisory) => advisory.versions)].flatMap(
    (range) => emptyRange(file, range, versions) ?? [],
  );
}
