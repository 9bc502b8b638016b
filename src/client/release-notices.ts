/**
 * What the statements say of a release whose bytes are good: that it was yanked, has fallen, is deprecated or
 * archived, or that an advisory is about it. Of deprecations the last word counts, on the package as a whole and on
 * a range. Judged from the chains that this machine has folded, never from a
 * record's word.
 */
import type { Problem } from "../base/problem.ts";
import { covers } from "../manifest/version.ts";
import type { KeyStanding } from "../trust/publisher-chain.ts";
import type { ReleaseAuthority, VerifiedRelease } from "../trust/release.ts";

/** Warnings: NAME_NOT_RATIFIED, RELEASE_FALLEN, RELEASE_BY_FORMER_OWNER, RELEASE_YANKED, RELEASE_ADVISORY, RELEASE_DEPRECATED, PACKAGE_ARCHIVED. */
export function releaseNotices(release: VerifiedRelease, authority: ReleaseAuthority): Problem[] {
  const { name, version } = release.manifest;
  const { yanked, deprecated, advisories, archived } = authority.package;
  const found: Problem[] = [];
  const warn = (code: string, message: string, remedy: string) =>
    found.push({ code, severity: "warning", file: `${name}@${version}`, message, remedy });
  if (authority.ratifies === true && !authority.package.ratified)
    warn(
      "NAME_NOT_RATIFIED",
      "The holders of the registry's root have not ratified this name yet: whose it is rests on the key of CI alone",
      "see that it is the package you mean, and whose it is",
    );
  if (release.standing === "fallen") {
    const [code, why] = whyFallen(release, authority);
    warn(code, `The release has fallen: ${why}`, "take another version");
  }
  const yankedFor = yanked.get(version);
  if (yankedFor !== undefined) warn("RELEASE_YANKED", `Yanked: ${yankedFor}`, "take another version");
  for (const { id, severity, versions, summary, url } of advisories)
    if (covers(versions, version))
      warn(
        "RELEASE_ADVISORY",
        `Advisory ${id} (${severity}, ${versions}): ${summary}`,
        url === undefined ? "take a version that it is not about" : `read ${url}`,
      );
  for (const said of [
    deprecated.findLast(({ versions }) => versions === undefined),
    deprecated.findLast(({ versions }) => versions !== undefined && covers(versions, version)),
  ]) {
    if (said === undefined) continue;
    const { reason, replacement, versions } = said;
    warn(
      "RELEASE_DEPRECATED",
      `Deprecated${versions === undefined ? "" : ` (${versions})`}: ${reason}`,
      replacement === undefined ? "take another version or package" : `use ${replacement}`,
    );
  }
  if (archived !== undefined) warn("PACKAGE_ARCHIVED", `Archived: ${archived}`, "expect no further releases");
  return found;
}

function whyFallen(
  { signature, digest }: VerifiedRelease,
  { publishers }: ReleaseAuthority,
): readonly [code: string, why: string] {
  const key = publishers.get(signature.publisher)?.keys.get(signature.keyId);
  if (key?.state === "revoked" && !key.validReleases.has(digest)) return ["RELEASE_FALLEN", whyRevoked(key)];
  return ["RELEASE_BY_FORMER_OWNER", `"${signature.publisher}" does not own the package any more`];
}

export function whyRevoked(key: KeyStanding | undefined): string {
  const reason = key?.reason === undefined ? "" : ` (${key.reason})`;
  return `the key that signed it was revoked${reason}, and the release is not among those that stay valid`;
}
