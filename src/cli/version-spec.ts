/** What stands behind the `@` of `name@version` or `name@range`. Apart from package-spec.ts, for it brings semver along. */
import { visible } from "../base/visible.ts";
import { parseRange, parseVersion, type Range, type Version } from "../manifest/version.ts";
import { type Context, type Options, UsageError } from "./command.ts";
import type { PackageSpec } from "./package-spec.ts";
import { resolveSetting } from "./settings.ts";

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

/** The engine's version, where it is set. */
export function ggenVersion(options: Options, context: Context): Version | undefined {
  const { text, from } = resolveSetting("ggen", options, context);
  return text === undefined ? undefined : parsedVersion(text, from ?? "ggen");
}

/** `what` is what a person called it. */
export function parsedVersion(text: string, what: string): Version {
  const version = parseVersion(text);
  if (version !== undefined) return version;
  throw new UsageError(`${what} wants a whole version such as 26.7.3, not "${visible(text)}"`);
}

export function versionOf({ name, wanted }: PackageSpec): Version | undefined {
  if (wanted === undefined) return undefined;
  const version = parseVersion(wanted);
  if (version === undefined) throw new UsageError(`"${wanted}" is not a version; write ${name}@1.2.3`);
  return version;
}
