/** `name`, `name@version` and `name@range`, as people type them. */
import { explainName, type PackageName, parsePackageName } from "../manifest/name.ts";
import { parseRange, parseVersion, type Range, type Version } from "../manifest/version.ts";
import { UsageError } from "./command.ts";

export interface PackageSpec {
  readonly name: PackageName;
  /** What stood behind the `@`. */
  readonly wanted?: string;
}

export function parsePackageSpec(text: string): PackageSpec {
  const at = text.indexOf("@");
  const nameText = at < 0 ? text : text.slice(0, at);
  const name = parsePackageName(nameText);
  if (name === undefined) throw new UsageError(`"${nameText}" cannot be the name of a package: ${explainName(nameText)}`);
  const wanted = at < 0 ? "" : text.slice(at + 1);
  return wanted === "" ? { name } : { name, wanted };
}

export function rangeOf(spec: PackageSpec): Range {
  if (spec.wanted === undefined) return "*" as Range;
  const range = parseRange(spec.wanted);
  if (range === undefined) throw new UsageError(`"${spec.wanted}" is not a range of versions; write ${spec.name}@^1.0.0, ${spec.name}@1.2.3 or just ${spec.name}`);
  return range;
}

export function versionOf(spec: PackageSpec): Version | undefined {
  if (spec.wanted === undefined) return undefined;
  const version = parseVersion(spec.wanted);
  if (version === undefined) throw new UsageError(`"${spec.wanted}" is not a version; write ${spec.name}@1.2.3`);
  return version;
}
