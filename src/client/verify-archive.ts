/**
 * A release from a registry, verified end to end: archive → files → publisher's key → statements.
 *
 * The statement chains come with the records and are folded here, on this machine; then
 * `verifyRelease` judges the files. What the record said of the release is compared with what the
 * verified bytes say.
 */
import { utf8 } from "../base/bytes.ts";
import { RegistryError } from "../base/error.ts";
import { failed, ok, type Problem, type Result, settle } from "../base/problem.ts";
import type { PublisherName } from "../manifest/name.ts";
import { LIMIT_CEILINGS } from "../manifest/limits.ts";
import type { ReleaseView } from "../content/view.ts";
import { type ArchiveLimits, readArchive } from "../snapshot/archive.ts";
import type { PackageRecord, StatementRecord } from "../snapshot/records.ts";
import { foldPackage } from "../trust/package-chain.ts";
import { foldPublisher, type PublisherState } from "../trust/publisher-chain.ts";
import { type ReleaseAuthority, type VerifiedRelease, verifyRelease } from "../trust/release.ts";
import type { SignedStatement } from "../trust/statement.ts";
import { readTrustRoot } from "../trust/trust-root.ts";
import type { Registry } from "./registry.ts";

/** What an archive of any registry may unpack to: a release's files with SHA256SUMS and its signature. */
export const ARCHIVE_LIMITS: ArchiveLimits = Object.freeze({
  archiveBytesMax: LIMIT_CEILINGS.releaseBytesMax,
  filesMax: LIMIT_CEILINGS.releaseFilesMax + 3,
  fileBytesMax: LIMIT_CEILINGS.fileBytesMax,
  totalBytesMax: LIMIT_CEILINGS.releaseBytesMax + LIMIT_CEILINGS.fileBytesMax,
});

export async function verifyArchive(registry: Registry, name: string, version: string): Promise<VerifiedRelease> {
  const { record, view } = await findRelease(registry, name, version);
  if (view.archive === undefined)
    throw new RegistryError(
      "RELEASE_FALLEN",
      `${name}@${version} has fallen: the key that signed it was revoked, and the release is not among those that stay valid`,
      "take another version",
    );
  const bytes = await registry.archive(view.archive);
  const files = unwrap(readArchive(bytes, ARCHIVE_LIMITS), `${name}@${version}`);
  return judgeFiles(registry, record, view, files);
}

/** Judges files that came from elsewhere, an archive or a folder, by what this registry says of the release. */
export async function verifyReleaseFiles(
  registry: Registry,
  name: string,
  version: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<VerifiedRelease> {
  const { record, view } = await findRelease(registry, name, version);
  return judgeFiles(registry, record, view, files);
}

async function findRelease(registry: Registry, name: string, version: string): Promise<{ record: PackageRecord; view: ReleaseView }> {
  const record = await registry.show(name);
  if (record === undefined)
    throw new RegistryError("UNKNOWN_PACKAGE", `There is no package "${name}" in ${registry.reader.location}`, "look for it with `search`");
  const view = record.releases.find((release) => release.version === version);
  if (view !== undefined) return { record, view };
  throw new RegistryError(
    "UNKNOWN_VERSION",
    `"${name}" has no release ${version}; it has ${record.releases.map((release) => release.version).join(", ")}`,
    "ask for one of these",
  );
}

async function judgeFiles(
  registry: Registry,
  record: PackageRecord,
  view: ReleaseView,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<VerifiedRelease> {
  const where = `${view.name}@${view.version}`;
  const authority = unwrap(await foldAuthority(registry, record), where);
  const release = unwrap(verifyRelease({ name: view.name, version: view.version, where, files }, authority, registry.ports), where);
  unwrap(settle(release, compareWithRecord(release, view, where)), where);
  return release;
}

function compareWithRecord(release: VerifiedRelease, view: ReleaseView, where: string): Problem[] {
  const differs: string[] = [];
  if (release.standing === "fallen") differs.push("standing");
  if (release.digest !== view.digest) differs.push("release digest");
  const edges = (list: Iterable<readonly [string, string]>) => JSON.stringify([...list].map(([to, range]) => [to, range]).sort());
  if (edges(release.manifest.dependencies) !== edges(view.dependencies)) differs.push("dependencies");
  if (edges(release.manifest.optionalDependencies) !== edges(view.optionalDependencies)) differs.push("optional dependencies");
  return differs.map((what) => ({
    code: "RECORD_DIFFERS",
    severity: "error",
    file: where,
    message: `The index says another ${what} than the signed bytes`,
    remedy: "do not use this view of the registry: run `sync`, and tell the registry's operator",
  }));
}

/** Folds the chains that stand in the records: who owned the package, with which keys. */
export async function foldAuthority(registry: Registry, record: PackageRecord): Promise<Result<ReleaseAuthority>> {
  const problems: Problem[] = [];
  const root = readTrustRoot(registry.root.registry.iri, registry.root.maintainers, "index root");
  if (!root.ok) return root;
  const publishers = new Map<PublisherName, PublisherState>();
  for (const name of involved(record)) {
    const found = await registry.publisher(name);
    if (found === undefined) continue;
    const folded = foldPublisher(root.value, found.name, found.statements.map(signed), registry.ports);
    if (folded.ok) publishers.set(found.name, folded.value);
    else problems.push(...folded.problems);
  }
  const folded = foldPackage(root.value, record.package.name, record.statements.map(signed), publishers, registry.ports);
  if (!folded.ok) return failed([...problems, ...folded.problems]);
  return ok({ package: folded.value, publishers, limits: LIMIT_CEILINGS });
}

/** Every publisher that the chain or the releases name: past owners count too. */
function involved(record: PackageRecord): string[] {
  const named = record.statements.flatMap((entry) => /^publisher = "([a-z0-9-]+)"$/m.exec(entry.statement)?.[1] ?? []);
  return [...new Set([...named, ...record.package.owners, ...record.releases.map((release) => release.publisher)])].sort();
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
