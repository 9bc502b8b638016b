/**
 * A release from a registry, verified end to end: archive → files → publisher's key → statements.
 *
 * The statement chains come with the records and are folded here, on this machine; then
 * `verifyRelease` judges the files. What the records said of the release, its dependencies and what it
 * may do among them, is compared with what the verified bytes say.
 */
import { equalBytes, utf8 } from "../base/bytes.ts";
import type { Digest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { canonicalJson, type Json } from "../base/json.ts";
import { compareText, sortedTexts } from "../base/order.ts";
import { failed, ok, type Problem, type Result, settle } from "../base/problem.ts";
import type { ReleaseContent } from "../content/content.ts";
import { describeContent } from "../content/describe.ts";
import type { ReleaseView } from "../content/view.ts";
import { LIMIT_CEILINGS } from "../manifest/limits.ts";
import type { PublisherName } from "../manifest/name.ts";
import { parseStatement } from "../manifest/statement.ts";
import { type ArchiveLimits, readArchive } from "../snapshot/archive.ts";
import type { PackageRecord, PublisherRecord, ResolveRelease, StatementRecord } from "../snapshot/records.ts";
import type { TrustPorts } from "../trust/ed25519.ts";
import { foldPackage, type PackageState } from "../trust/package-chain.ts";
import { checkKeysUnique, foldPublisher, type PublisherState } from "../trust/publisher-chain.ts";
import { type ReleaseAuthority, type VerifiedRelease, verifyRelease } from "../trust/release.ts";
import type { SignedStatement, TrustRoot } from "../trust/statement.ts";
import type { Registry } from "./registry.ts";
import { releaseNotices, whyRevoked } from "./release-notices.ts";

/** What an archive of any registry may unpack to: a release's files with SHA256SUMS and its signature. */
export const ARCHIVE_LIMITS: ArchiveLimits = Object.freeze({
  archiveBytesMax: LIMIT_CEILINGS.releaseBytesMax,
  filesMax: LIMIT_CEILINGS.releaseFilesMax + 3,
  fileBytesMax: LIMIT_CEILINGS.fileBytesMax,
  totalBytesMax: LIMIT_CEILINGS.releaseBytesMax + LIMIT_CEILINGS.fileBytesMax,
});

/** A verified release, and what its verified bytes hold. */
export interface ProvenRelease {
  readonly release: VerifiedRelease;
  readonly content: ReleaseContent;
  /** What the statements say of it: warnings (release-notices.ts). */
  readonly notices: readonly Problem[];
  readonly chains: SeenChains;
}

/** Digests of the statements that were folded, in order: of the package, and of the publisher who signed. */
export interface SeenChains {
  readonly package: readonly Digest[];
  readonly publisher: readonly Digest[];
}

/** Everything the records say of one release. */
interface Recorded {
  readonly record: PackageRecord;
  readonly view: ReleaseView;
  readonly resolved: ResolveRelease | undefined;
}

/** Throws UNKNOWN_PACKAGE, UNKNOWN_VERSION, RELEASE_FALLEN, RECORD_DIFFERS, or the first code of what does not verify. */
export async function verifyArchive(
  registry: Registry,
  name: string,
  version: string,
): Promise<ProvenRelease> {
  const recorded = await findRecorded(registry, name, version);
  const { archive } = recorded.view;
  if (archive === undefined) throw await fallen(registry, recorded);
  const bytes = await fetchArchive(registry, recorded.view, archive);
  const files = unwrap(await readArchive(bytes, ARCHIVE_LIMITS, registry.read.inflate), `${name}@${version}`);
  return judgeFiles(registry, recorded, files);
}

/** What brings the archives of `releases`, written name@version, to a machine. */
export function howToFetch(releases: readonly string[]): string {
  return `while the network is there: ggen-marketplace sync ${releases.join(" ")} (or sync --archives, for all of them)`;
}

/** Offline, an archive that is not held is called by what a person knows it as. */
async function fetchArchive(
  registry: Registry,
  { name, version }: ReleaseView,
  archive: NonNullable<ReleaseView["archive"]>,
): Promise<Uint8Array> {
  try {
    return await registry.archive(archive);
  } catch (error) {
    if (!(error instanceof RegistryError) || error.code !== "OFFLINE_MISSING") throw error;
    throw new RegistryError(
      error.code,
      `The archive of ${name}@${version} is not on this machine`,
      howToFetch([`${name}@${version}`]),
      { cause: error },
    );
  }
}

/** A fallen release has no archive: there is nothing to verify. */
async function fallen(registry: Registry, { record, view }: Recorded): Promise<RegistryError> {
  const where = `${view.name}@${view.version}`;
  const { publishers } = unwrap(await foldAuthority(registry, record), where);
  const key = publishers.get(view.publisher)?.keys.get(view.keyId);
  const why =
    key?.state === "revoked" ? whyRevoked(key) : `"${view.publisher}" does not own the package any more`;
  return new RegistryError("RELEASE_FALLEN", `${where} has fallen: ${why}`, "take another version");
}

/** Judges files that came from elsewhere, an archive or a folder, by what this registry says of the release. */
export async function verifyReleaseFiles(
  registry: Registry,
  name: string,
  version: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<ProvenRelease> {
  return judgeFiles(registry, await findRecorded(registry, name, version), files);
}

async function findRecorded(registry: Registry, name: string, version: string): Promise<Recorded> {
  const record = await registry.show(name);
  if (record === undefined)
    throw new RegistryError(
      "UNKNOWN_PACKAGE",
      `There is no package "${name}" in ${registry.reader.location}`,
      "look for it with `search`",
    );
  const resolved = await registry.resolveRecord(name);
  const view = record.releases.find((release) => release.version === version);
  if (view !== undefined)
    return { record, view, resolved: resolved?.releases.find((release) => release.version === version) };
  throw new RegistryError(
    "UNKNOWN_VERSION",
    `"${name}" has no release ${version}; it has ${record.releases.map((release) => release.version).join(", ")}`,
    "ask for one of these",
  );
}

async function judgeFiles(
  registry: Registry,
  recorded: Recorded,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<ProvenRelease> {
  const { name, version } = recorded.view;
  const where = `${name}@${version}`;
  const authority = unwrap(await foldAuthority(registry, recorded.record), where);
  const release = unwrap(verifyRelease({ name, version, where, files }, authority, registry.ports), where);
  const content = unwrap(describeContent(release, registry.root.registry.iri), where);
  unwrap(settle(release, differences(recorded, release, content, authority.package)), where);
  return {
    release,
    content,
    notices: releaseNotices(release, authority),
    chains: chainsOf(release, authority),
  };
}

function chainsOf(
  { signature }: VerifiedRelease,
  { package: state, publishers }: ReleaseAuthority,
): SeenChains {
  return {
    package: state.events.map(({ digest }) => digest),
    publisher: (publishers.get(signature.publisher)?.events ?? []).map(({ digest }) => digest),
  };
}

/** Where a record says anything else than the signed bytes and the statements: nobody could have been told the truth by it. */
function differences(
  { view, resolved }: Recorded,
  release: VerifiedRelease,
  content: ReleaseContent,
  state: PackageState,
): Problem[] {
  const { manifest, signature } = release;
  const fallen = release.standing === "fallen";
  const yanked = state.yanked.has(manifest.version);
  const facts: readonly (readonly [what: string, signed: unknown, recorded: unknown])[] = [
    ["release digest", release.digest, view.digest],
    ["standing", release.standing, view.standing],
    ["publisher", signature.publisher, view.publisher],
    ["key", signature.keyId, view.keyId],
    ["licence", manifest.license, view.license],
    ["dependencies", edges(manifest.dependencies), edges(view.dependencies)],
    ["optional dependencies", edges(manifest.optionalDependencies), edges(view.optionalDependencies)],
    ["permissions", content.permissions, view.content.permissions],
    ["release digest to resolve with", release.digest, resolved?.digest],
    ["dependencies to resolve with", edges(manifest.dependencies), edges(resolved?.dependencies ?? [])],
    [
      "optional dependencies to resolve with",
      edges(manifest.optionalDependencies),
      edges(resolved?.optional ?? []),
    ],
    ["ggen to resolve with", manifest.requires.ggen, resolved?.ggen],
    [
      "status",
      fallen ? "fallen" : yanked ? "yanked" : "free",
      resolved?.withheld?.replace(/:.*$/s, "") ?? "free",
    ],
  ];
  return facts
    .filter(([, signed, recorded]) => !same(signed, recorded))
    .map(([what]) => recordDiffers(what, `${view.name}@${view.version}`));
}

function recordDiffers(what: string, where: string): Problem {
  return {
    code: "RECORD_DIFFERS",
    severity: "error",
    file: where,
    message: `The index says another ${what} than what was signed`,
    remedy: "do not use this view of the registry, and tell the registry's operator",
  };
}

function edges(list: Iterable<readonly [string, string]>): Json {
  return [...list].sort(([a], [b]) => compareText(a, b)).map(([to, range]) => [to, range]);
}

function same(signed: unknown, recorded: unknown): boolean {
  return equalBytes(canonicalJson((signed ?? null) as Json), canonicalJson((recorded ?? null) as Json));
}

/** Folds the chains that stand in the records: who owned the package, with which keys. */
export async function foldAuthority(
  registry: Registry,
  record: PackageRecord,
): Promise<Result<ReleaseAuthority>> {
  const root = await registry.trustRoot();
  const records = await Promise.all(involved(record).map((name) => registry.publisher(name)));
  const named = records.filter((found) => found !== undefined);
  const { publishers, problems } = foldPublishers(root, named, registry.ports);
  // T15: with a key of two publishers nobody could tell whose word a statement is.
  const shared = checkKeysUnique(publishers);
  if (shared.length > 0) return failed(shared);
  const folded = foldPackage(
    root,
    record.package.name,
    record.statements.map(signed),
    publishers,
    registry.ports,
  );
  if (!folded.ok) return failed([...problems, ...folded.problems]);
  return ok({
    package: folded.value,
    publishers,
    limits: LIMIT_CEILINGS,
    ratifies: root.ratified !== undefined,
  });
}

/** All publishers of the view, each folded from its chain, no two with one key. */
export async function foldEveryPublisher(
  registry: Registry,
): Promise<Result<ReadonlyMap<PublisherName, PublisherState>>> {
  const root = await registry.trustRoot();
  const { publishers, problems } = foldPublishers(root, await registry.publishers(), registry.ports);
  return settle(publishers, [...problems, ...checkKeysUnique(publishers)]);
}

function foldPublishers(root: TrustRoot, records: readonly PublisherRecord[], ports: TrustPorts) {
  const problems: Problem[] = [];
  const publishers = new Map<PublisherName, PublisherState>();
  for (const { name, statements } of records) {
    const folded = foldPublisher(root, name, statements.map(signed), ports);
    if (folded.ok) publishers.set(name, folded.value);
    else problems.push(...folded.problems);
  }
  return { publishers, problems };
}

/** Every publisher that the chain or the releases name: past owners count too. */
function involved(record: PackageRecord): string[] {
  const named = record.statements.flatMap(({ file, statement }) => {
    const parsed = parseStatement(utf8(statement), file);
    return parsed.ok && "publisher" in parsed.value ? [parsed.value.publisher] : [];
  });
  const all = [...named, ...record.package.owners, ...record.releases.map((release) => release.publisher)];
  return sortedTexts(new Set<string>(all));
}

function signed(record: StatementRecord): SignedStatement {
  return {
    file: record.file,
    bytes: utf8(record.statement),
    signature: utf8(record.signature),
    ...(record.coSignature === undefined ? {} : { coSignature: utf8(record.coSignature) }),
  };
}

/** The value, or an error that carries every problem. */
export function unwrap<T>(result: Result<T>, what: string): T {
  if (result.ok) return result.value;
  throw new RegistryError(
    result.problems[0]?.code ?? "NOT_VERIFIED",
    `${what} does not verify`,
    "nothing was written; do not use these bytes, and tell the registry's operator",
    { problems: result.problems },
  );
}
