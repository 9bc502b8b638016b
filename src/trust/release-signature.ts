/** Whose release it is: the owner, the key, the signature, and how all that stands today. */
import type { Digest } from "../base/digest.ts";
import { failed, ok, type Problem, type Result } from "../base/problem.ts";
import type { PublisherName } from "../manifest/name.ts";
import type { PackageManifest } from "../manifest/package-toml.ts";
import type { TrustPorts } from "./ed25519.ts";
import type { KeyStanding, PublisherState } from "./publisher-chain.ts";
import type { ReleaseAuthority, UnverifiedRelease } from "./release.ts";
import { fileOf, fileProblem, MANIFEST_FILE, SIGNATURE_FILE, SUMS_FILE } from "./release-files.ts";
import {
  checkSignature,
  type DecodedSignature,
  decodeSignature,
  strangerProblem,
} from "./signature-check.ts";
import { RELEASE_NAMESPACE } from "./sshsig.ts";

export interface ReleaseOwner {
  readonly publisher: PublisherState;
  /** Whether the publisher owns the package now; false: did so once. */
  readonly isCurrent: boolean;
}

/** T25, T31: RELEASE_PUBLISHER where the publisher in package.toml never owned the package, RELEASE_NOT_RATIFIED. */
export function checkOwner(
  release: UnverifiedRelease,
  manifest: PackageManifest,
  authority: ReleaseAuthority,
): Result<ReleaseOwner> {
  const { owners, formerOwners, name } = authority.package;
  const publisher = authority.publishers.get(manifest.publisher);
  const isCurrent = owners.includes(manifest.publisher);
  // The chain of another package says nothing of this one.
  const isItsChain = name === manifest.name;
  if (publisher !== undefined && isItsChain && (isCurrent || formerOwners.includes(manifest.publisher)))
    return authority.package.ratified && !publisher.ratified
      ? failed([notRatified(release, manifest.publisher)])
      : ok({ publisher, isCurrent });
  const message = `"${manifest.publisher}" does not own the package "${manifest.name}"`;
  const more = { place: "package.publisher", expected: owners.join(", "), found: manifest.publisher };
  const remedy = "let an owner release it, or let an owner add this publisher (add-owner)";
  return failed([
    fileProblem("RELEASE_PUBLISHER", fileOf(release, MANIFEST_FILE), message, remedy, "T25", more),
  ]);
}

/** T31: nobody publishes under a ratified name who was not ratified too. */
function notRatified(release: UnverifiedRelease, publisher: PublisherName): Problem {
  const message = `"${publisher}" publishes under a ratified name, and was not ratified as a publisher yet`;
  const remedy = "the registry's maintainers ratify the publisher first: trust ratify";
  const more = { place: "package.publisher", found: publisher };
  return fileProblem("RELEASE_NOT_RATIFIED", fileOf(release, MANIFEST_FILE), message, remedy, "T31", more);
}

/** SHA256SUMS.sig, decoded and not verified: RELEASE_FILE_MISSING, or the problems of `decodeSignature`. */
export function readReleaseSignature(
  release: UnverifiedRelease,
  ports: TrustPorts,
): Result<DecodedSignature> {
  const file = fileOf(release, SIGNATURE_FILE);
  const armor = release.files.get(SIGNATURE_FILE);
  if (armor !== undefined) return decodeSignature(armor, file, RELEASE_NAMESPACE, ports);
  const remedy = `sign it: ssh-keygen -Y sign -f KEY -n ${RELEASE_NAMESPACE} ${SUMS_FILE}`;
  return failed([fileProblem("RELEASE_FILE_MISSING", file, "The release is not signed", remedy, "T23")]);
}

export interface ReleaseSigned {
  /** The release digest. */
  readonly digest: Digest;
  readonly key: KeyStanding;
}

/** T6, T7: SIGNATURE_BY_STRANGER, SIGNATURE_INVALID. */
export function checkReleaseSignature(
  release: UnverifiedRelease,
  signature: DecodedSignature,
  owner: ReleaseOwner,
  ports: TrustPorts,
): Result<ReleaseSigned> {
  const sums = release.files.get(SUMS_FILE) ?? new Uint8Array();
  const key = owner.publisher.keys.get(signature.keyId);
  if (key === undefined) return failed([notThePublisher(signature, owner.publisher.name)]);
  const invalid = checkSignature(signature, sums, key.key, ports);
  return invalid.length > 0 ? failed(invalid) : ok({ digest: ports.hash(sums), key });
}

function notThePublisher(signature: DecodedSignature, publisher: PublisherName): Problem {
  const problem = strangerProblem(signature);
  const message = `The signature is by a key that is not registered for "${publisher}"`;
  return {
    ...problem,
    message,
    remedy: `sign with a key of "${publisher}", or register this one with add-key`,
  };
}

export interface Judgement {
  readonly standing: "good" | "fallen";
  readonly warnings: readonly Problem[];
}

/** T27: an authentic release falls with its key, unless the revocation lists it, or with its publisher's ownership. */
export function judgeStanding(
  release: UnverifiedRelease,
  digest: Digest,
  key: KeyStanding,
  owner: ReleaseOwner,
): Judgement {
  const warnings: Problem[] = [];
  const fall = (code: string, message: string, remedy: string): void => {
    const problem = fileProblem(code, fileOf(release, SIGNATURE_FILE), message, remedy, "T27", {
      found: digest,
    });
    warnings.push({ ...problem, severity: "warning" });
  };
  if (key.state === "revoked" && !key.validReleases.has(digest)) {
    const message =
      "The release has fallen: the key that signed it was revoked, and the revocation does not list it";
    fall("RELEASE_FALLEN", message, "release a new version with a key that is active");
  }
  if (!owner.isCurrent) {
    const message = `The release has fallen: "${owner.publisher.name}" does not own the package any more`;
    fall("RELEASE_BY_FORMER_OWNER", message, "let an owner release a new version");
  }
  return { standing: warnings.length > 0 ? "fallen" : "good", warnings };
}
