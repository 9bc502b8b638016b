/**
 * The ends of statement chains that a lock remembers: what was said when a package was installed is said still.
 * A host that hides a yank or a revocation, or forks a chain, shows one that lacks the statement that the lock names.
 */
import { RegistryError } from "../base/error.ts";
import type { ProvenRelease } from "../client/verify-archive.ts";
import type { LockedPackage } from "../node/lock.ts";
import type { LockedHeads } from "../node/project.ts";

/** Throws STATEMENTS_WITHDRAWN. `locked` is of the same package and registry. */
export function checkHeads({ release, chains }: ProvenRelease, locked: LockedPackage | undefined): void {
  const { name, publisher } = release.manifest;
  // Another owner may have signed another version: what the lock remembers is of who signed the one it names.
  const isSamePublisher = locked?.publisher === undefined || locked.publisher === publisher;
  const seen = [
    [locked?.statements, chains.package, `the package "${name}"`],
    [
      isSamePublisher ? locked?.["publisher-statements"] : undefined,
      chains.publisher,
      `its publisher "${publisher}"`,
    ],
  ] as const;
  for (const [head, chain, what] of seen) {
    if (head === undefined || chain.includes(head)) continue;
    throw new RegistryError(
      "STATEMENTS_WITHDRAWN",
      `The lock remembers a statement about ${what}, ${head}, that this view does not have: a yank or a revocation may be hidden`,
      "do not use this view: ask another mirror, and tell the registry's operator",
    );
  }
}

export function headsOf({ release, chains }: ProvenRelease): LockedHeads {
  const [statements, publisher] = [chains.package.at(-1), chains.publisher.at(-1)];
  return {
    publisher: release.manifest.publisher,
    ...(statements === undefined ? {} : { statements }),
    ...(publisher === undefined ? {} : { "publisher-statements": publisher }),
  };
}
