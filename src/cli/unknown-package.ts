import { RegistryError } from "../base/error.ts";
import { nearest } from "../base/nearest.ts";
import type { Registry } from "../client/registry.ts";

const NAMED_MAX = 3;

/** The error for a name that the registry does not have, with what may have been meant. */
export async function unknownPackage(name: string, registry: Registry): Promise<RegistryError> {
  const near = (await registry.search(name, { limit: NAMED_MAX })).hits.map((hit) => hit.name);
  const meant = nearest(name, near) ?? near.join(", ");
  return new RegistryError(
    "UNKNOWN_PACKAGE",
    `There is no package "${name}" in ${registry.reader.location}`,
    meant === "" ? "`list` prints every package" : `did you mean ${meant}?`,
  );
}
