/** What one ratification has that an earlier one has not: what its signers decide on. */
import type { Ratification } from "./ratification.ts";

export interface RatificationChange {
  readonly change: "added" | "removed" | "changed";
  readonly what: "maintainer" | "package" | "publisher";
  /** A name, or the key's fingerprint. */
  readonly name: string;
  /** Of a name: sha256 of its first statement. */
  readonly claim?: string;
}

/** Maintainers first, for they may override everybody. Without `before` everything is added. */
export function ratificationChanges(
  before: Ratification | undefined,
  now: Ratification,
): readonly RatificationChange[] {
  const keys = (ratification: Ratification | undefined) =>
    new Map((ratification?.maintainers ?? []).map(({ id }) => [id as string, undefined]));
  return [
    ...changes("maintainer", keys(before), keys(now)),
    ...changes("publisher", before?.publishers, now.publishers),
    ...changes("package", before?.claims, now.claims),
  ];
}

function changes(
  what: RatificationChange["what"],
  before: ReadonlyMap<string, string | undefined> = new Map(),
  now: ReadonlyMap<string, string | undefined>,
): RatificationChange[] {
  const found: RatificationChange[] = [];
  for (const [name, claim] of now) {
    const about = { what, name, ...(claim === undefined ? {} : { claim }) };
    if (!before.has(name)) found.push({ change: "added", ...about });
    else if (before.get(name) !== claim) found.push({ change: "changed", ...about });
  }
  for (const name of before.keys()) if (!now.has(name)) found.push({ change: "removed", what, name });
  return found;
}
