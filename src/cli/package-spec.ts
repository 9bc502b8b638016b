/** `name`, `name@version` and `name@range`, as people type them. */
import { explainName, type PackageName, parsePackageName } from "../manifest/name.ts";
import { UsageError } from "./command.ts";

export interface PackageSpec {
  readonly name: PackageName;
  /** What stood behind the `@`. */
  readonly wanted?: string;
}

export function parsePackageSpec(text: string): PackageSpec {
  const [nameText = "", ...rest] = text.split("@");
  const name = parsePackageName(nameText);
  if (name === undefined)
    throw new UsageError(`"${nameText}" cannot be the name of a package: ${explainName(nameText)}`);
  const wanted = rest.join("@");
  return wanted === "" ? { name } : { name, wanted };
}
