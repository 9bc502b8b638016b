/**
 * How long a release must be known before it is taken, so that others have had the time to find a bad one.
 *
 * The age is what whoever installs can vouch for: the time since they first saw the release's digest in a view that
 * verified. Neither `published` in package.toml nor the signed time of the view counts: the first is the publisher's
 * word, the second that of the online key, and the thief of either would write an older one.
 */
import type { Digest } from "../base/digest.ts";
import type { PackageName } from "../manifest/name.ts";
import type { Version } from "../manifest/version.ts";
import type { ResolveRelease } from "../snapshot/records.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

export interface MinimumAge {
  /** 0: every release is taken. What is seen is remembered all the same. */
  readonly days: number;
  /** Milliseconds since 1970, by the clock that `firstSeen` goes by. */
  readonly now: number;
  /** Releases that the project's lock has: these are taken at any age. */
  readonly locked: ReadonlySet<Digest>;
  /** When each was first seen; those that were not before are seen now. */
  readonly firstSeen: (
    releases: ReadonlyMap<PackageName, readonly ResolveRelease[]>,
  ) => ReadonlyMap<Digest, number>;
}

/** A release that was not taken for its age alone. */
export interface LeftOut {
  readonly name: PackageName;
  readonly version: Version;
  readonly why: string;
}

/** Gives why a release is too young, and `undefined` where it is not. */
export type AgeCheck = (release: ResolveRelease) => string | undefined;

export function ageCheck(
  age: MinimumAge | undefined,
  releases: ReadonlyMap<PackageName, readonly ResolveRelease[]>,
): AgeCheck {
  if (age === undefined) return () => undefined;
  const seen = age.firstSeen(releases);
  return ({ digest }) => {
    if (age.locked.has(digest)) return undefined;
    const knownMs = age.now - (seen.get(digest) ?? age.now);
    if (knownMs >= age.days * DAY_MS) return undefined;
    return `known here for ${Math.floor(knownMs / DAY_MS)} of ${age.days} days`;
  };
}
