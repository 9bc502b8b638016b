/** A package as a whole: its statements' state joined with the views of its releases. */
import type { PackageDeprecation, PackageVersion, PackageView, ReleaseView } from "../content/view.ts";
import type { PackageName } from "../manifest/name.ts";
import { covers } from "../manifest/version.ts";
import type { Deprecation, PackageState } from "../trust/package-chain.ts";

/** `releases` newest first, at least one. */
export function packageView(
  state: PackageState,
  releases: readonly [ReleaseView, ...ReleaseView[]],
  dependents: readonly PackageName[],
): PackageView {
  const versions = releases.map((view): PackageVersion => {
    const yanked = state.yanked.get(view.version);
    // The last word on a version counts.
    const deprecated = state.deprecated.findLast(
      ({ versions }) => versions !== undefined && covers(versions, view.version),
    );
    const advisories = state.advisories.filter(({ versions }) => covers(versions, view.version));
    return {
      version: view.version,
      digest: view.digest,
      ...(yanked === undefined ? {} : { yanked }),
      fallen: view.standing === "fallen",
      ...(view.published === undefined ? {} : { published: view.published }),
      ...(deprecated === undefined ? {} : { deprecated: deprecation(deprecated) }),
      ...(advisories.length === 0 ? {} : { advisories: advisories.map(({ id }) => id) }),
    };
  });
  const whole = state.deprecated.findLast((entry) => entry.versions === undefined);
  return {
    name: state.name,
    owners: [...state.owners],
    latest: latestOf(releases, versions),
    versions,
    ...(whole === undefined ? {} : { deprecated: deprecation(whole) }),
    ...(state.archived === undefined ? {} : { archived: state.archived }),
    advisories: [...state.advisories],
    dependents: [...dependents],
    statementsHead: state.head,
  };
}

function deprecation({ reason, replacement }: Deprecation): PackageDeprecation {
  return { reason, ...(replacement === undefined ? {} : { replacement }) };
}

/** The newest release a newcomer should take: good, not yanked, not a pre-release; each wish given up in turn. */
function latestOf(
  releases: readonly [ReleaseView, ...ReleaseView[]],
  versions: readonly PackageVersion[],
): ReleaseView {
  const sound = releases.filter((_, i) => !versions[i]?.fallen && versions[i]?.yanked === undefined);
  const stable = sound.find((view) => !view.version.includes("-"));
  return stable ?? sound[0] ?? releases.find((view) => view.standing === "good") ?? releases[0];
}
