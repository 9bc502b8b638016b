/**
 * Releases: from files that claim to be one to a release that is.
 *
 *     UnverifiedRelease ── verifyRelease ──► VerifiedRelease
 *     files, and the     limits, files,      what every later stage accepts,
 *     folder they lie in checksums, names,   and nothing else
 *                        signature, standing
 *
 *     package.toml       who, what, which version
 *     content/…          the files
 *     SHA256SUMS         sha256 of each of these; its own sha256 is the release digest
 *     SHA256SUMS.sig     SSHSIG over SHA256SUMS by a key of the publisher, for releases
 *
 * A release that is not authentic is refused. One that is authentic, by a key since revoked or a
 * publisher who has no longer any part in the package, is verified and has *fallen*.
 */
import type { Digest } from "../base/digest.ts";
import { failed, ok, type Problem, problemsOf, type Result } from "../base/problem.ts";
import type { Limits } from "../manifest/limits.ts";
import type { PublisherName } from "../manifest/name.ts";
import type { PackageManifest } from "../manifest/package-toml.ts";
import { CONTENT_PREFIX, type ContentPath } from "../manifest/path.ts";
import type { SumsEntry } from "../manifest/sha256sums.ts";
import type { TrustPorts } from "./ed25519.ts";
import type { PackageState } from "./package-chain.ts";
import type { KeyId } from "./public-key.ts";
import type { KeyStanding, PublisherState } from "./publisher-chain.ts";
import {
  checkChecksums,
  checkFilesListed,
  checkLimits,
  checkNamedAsItsPlace,
  readManifest,
  readSums,
} from "./release-files.ts";
import {
  checkOwner,
  checkReleaseSignature,
  judgeStanding,
  readReleaseSignature,
} from "./release-signature.ts";

/** Files as they were found; nothing of them is believed. */
export interface UnverifiedRelease {
  /** As the path has it. */
  readonly name: string;
  /** As the path has it. */
  readonly version: string;
  /** What stands before a file's path in messages, without a slash at the end. */
  readonly where: string;
  /** "package.toml", "SHA256SUMS", "SHA256SUMS.sig", "content/…", in any order. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Who may release, as the statements say. */
export interface ReleaseAuthority {
  readonly package: PackageState;
  readonly publishers: ReadonlyMap<PublisherName, PublisherState>;
  readonly limits: Limits;
  /** Whether anybody ratifies names here: an unratified one is then worth a word. */
  readonly ratifies?: boolean;
}

export interface ReleaseSignature {
  readonly publisher: PublisherName;
  readonly keyId: KeyId;
  readonly keyState: KeyStanding["state"];
}

interface ReleaseFields {
  readonly manifest: PackageManifest;
  readonly digest: Digest;
  readonly entries: readonly SumsEntry[];
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly signature: ReleaseSignature;
  readonly standing: "good" | "fallen";
}

/** Held by this module alone: whoever has a VerifiedRelease has it from verifyRelease. */
const MADE_BY_VERIFYING = Symbol("made by verifying");

export class VerifiedRelease {
  /** Makes the type nominal: nothing else is shaped like it. */
  readonly #verified = true;
  readonly manifest: PackageManifest;
  /** The release digest: sha256 of SHA256SUMS. */
  readonly digest: Digest;
  /** The lines of SHA256SUMS, in its order. */
  readonly entries: readonly SumsEntry[];
  /** The content files, in the order of SHA256SUMS. */
  readonly content: ReadonlyMap<ContentPath, Uint8Array>;
  /** Every file: package.toml, SHA256SUMS, SHA256SUMS.sig, then content, in the order of SHA256SUMS. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly signature: ReleaseSignature;
  readonly standing: "good" | "fallen";

  constructor(maker: typeof MADE_BY_VERIFYING, fields: ReleaseFields) {
    if (maker !== MADE_BY_VERIFYING) throw new TypeError("a VerifiedRelease is made by verifyRelease only");
    const { manifest, digest, entries, files, signature, standing } = fields;
    this.manifest = manifest;
    this.digest = digest;
    this.entries = entries;
    this.files = inOrder(files, entries);
    this.content = contentOf(this.files);
    this.signature = signature;
    this.standing = standing;
    Object.freeze(this);
  }

  static is(value: unknown): value is VerifiedRelease {
    return typeof value === "object" && value !== null && #verified in value;
  }
}

function inOrder(
  files: ReadonlyMap<string, Uint8Array>,
  entries: readonly SumsEntry[],
): Map<string, Uint8Array> {
  const paths = ["package.toml", "SHA256SUMS", "SHA256SUMS.sig", ...entries.map((entry) => entry.path)];
  return new Map(
    [...new Set(paths)].flatMap((path): [string, Uint8Array][] => {
      const bytes = files.get(path);
      return bytes === undefined ? [] : [[path, bytes]];
    }),
  );
}

function contentOf(files: ReadonlyMap<string, Uint8Array>): Map<ContentPath, Uint8Array> {
  const content = new Map<ContentPath, Uint8Array>();
  for (const [path, bytes] of files) {
    if (path.startsWith(CONTENT_PREFIX)) content.set(path.slice(CONTENT_PREFIX.length) as ContentPath, bytes);
  }
  return content;
}

/**
 * Judges a release. All problems are reported together, from the cheapest check to the dearest; only
 * a release beyond the limits is not looked at further. Each check names its rule of docs/format.md.
 */
export function verifyRelease(
  release: UnverifiedRelease,
  authority: ReleaseAuthority,
  ports: TrustPorts,
): Result<VerifiedRelease> {
  // T22: the limits, before anything is read
  const tooMuch = checkLimits(release, authority.limits);
  if (tooMuch.length > 0) return failed(tooMuch);
  // M-rules: SHA256SUMS and package.toml are well formed, every path can be a file everywhere
  const sums = readSums(release);
  const manifest = readManifest(release, authority.limits);
  // T23: the files are those that SHA256SUMS lists, no more and no fewer
  const listed = sums.ok ? checkFilesListed(release, sums.value) : [];
  // T24: name and version are those of the path
  const named = manifest.ok ? checkNamedAsItsPlace(release, manifest.value) : [];
  // T25: its publisher owns the package, or did
  const owner = manifest.ok ? checkOwner(release, manifest.value, authority) : undefined;
  // T3, T4, T5: the signature is an SSHSIG, by an Ed25519 key, for releases
  const signature = readReleaseSignature(release, ports);
  // T26: every file has the sha256 that SHA256SUMS gives it
  const checksums = sums.ok ? checkChecksums(release, sums.value, ports) : [];
  // T6, T7: the signature is over SHA256SUMS, by a key registered for the publisher
  const signed =
    owner?.ok && signature.ok
      ? checkReleaseSignature(release, signature.value, owner.value, ports)
      : undefined;

  const found: Problem[] = [
    ...problemsOf(sums),
    ...problemsOf(manifest),
    ...listed,
    ...named,
    ...(owner === undefined ? [] : problemsOf(owner)),
    ...problemsOf(signature),
    ...checksums,
    ...(signed === undefined ? [] : problemsOf(signed)),
  ];
  const isRefused = found.some((problem) => problem.severity === "error");
  if (isRefused || !sums.ok || !manifest.ok || !owner?.ok || !signed?.ok) return failed(found);
  // T27: what a retired key signed stands; a revoked key, for what is listed; a former owner, for nothing
  const { digest, key } = signed.value;
  const judged = judgeStanding(release, digest, key, owner.value);
  const verified = new VerifiedRelease(MADE_BY_VERIFYING, {
    manifest: manifest.value,
    digest,
    entries: sums.value,
    files: release.files,
    signature: { publisher: owner.value.publisher.name, keyId: key.key.id, keyState: key.state },
    standing: judged.standing,
  });
  return ok(verified, [...found, ...judged.warnings]);
}
