/** What stands behind the `@` of `name@version` or `name@range`. Apart from package-spec.ts, for it brings semver along. */
import { visible } from "../base/visible.ts";
import { parseRange, parseVersion, type Range, type Version } from "../manifest/version.ts";
import { type Options, UsageError } from "./command.ts";
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

/** The engine's version, as `--ggen` names it. */
export function ggenVersion(options: Options): Version | undefined {
  const text = options.text("ggen");
  if (text === undefined) return undefined;
  const version = parseVersion(text);
  if (version === undefined)
    throw new UsageError(`--ggen wants a whole version such as 26.7.3, not "${visible(text)}"`);
  return version;
}

export function versionOf({ name, wanted }: PackageSpec): Version | undefined {
  if (wanted === undefined) return undefined;
  const version = parseVersion(wanted);
  if (version === undefined) throw new UsageError(`"${wanted}" is not a version; write ${name}@1.2.3`);
  return version;
}
