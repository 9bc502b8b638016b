/** What stands behind the `@` of `name@version` or `name@range`. Apart from package-spec.ts, for it brings semver along. */
import { parseRange, parseVersion, type Range, type Version } from "../manifest/version.ts";
import { UsageError } from "./command.ts";
import type { PackageSpec } from "./package-spec.ts";

export const ANY_VERSION = "*" as Range;

export function rangeOf({ name, wanted }: PackageSpec): Range {
  if (wanted === undefined) return ANY_VERSION;
  const range = parseRange(wanted);
  if (range === undefined)
    throw new UsageError(
      `"${wanted}" is not a range of versions; write ${name}@^1.0.0, ${name}@1.2.3 or just ${name}`,
    );
  return range;
}

export function versionOf({ name, wanted }: PackageSpec): Version | undefined {
  if (wanted === undefined) return undefined;
  const version = parseVersion(wanted);
  if (version === undefined) throw new UsageError(`"${wanted}" is not a version; write ${name}@1.2.3`);
  return version;
}
