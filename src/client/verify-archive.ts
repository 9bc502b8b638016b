/**
 * A release from a registry, verified end to end: archive → files → publisher's key → statements.
 *
 * The statement chains come with the records and are folded here, on this machine; then
 * `verifyRelease` judges the files. What the record said of the release is compared with what the
 * verified bytes say.
 */
import { utf8 } from "../base/bytes.ts";
import { RegistryError } from "../base/error.ts";
import { type Problem, type Result, failed, ok } from "../base/problem.ts";
import type { PublisherName } from "../manifest/name.ts";
import { LIMIT_CEILINGS } from "../manifest/limits.ts";
import type { ReleaseView } from "../content/view.ts";
import { readArchive } from "../snapshot/archive.ts";
import type { PackageRecord, StatementRecord } from "../snapshot/records.ts";
import { foldPackage } from "../trust/package-chain.ts";
import { parseOpenSshPublicKey } from "../trust/public-key.ts";
import { foldPublisher, type PublisherState } from "../trust/publisher-chain.ts";
import { type ReleaseAuthority, type VerifiedRelease, verifyRelease } from "../trust/release.ts";
import type { SignedStatement, TrustRoot } from "../trust/statement.ts";
import type { Registry } from "./registry.ts";

export async function verifyArchive(registry: Registry, name: string, version: string): Promise<VerifiedRelease> {
  const record = await registry.show(name);
  if (record === undefined)
    throw new RegistryError("UNKNOWN_PACKAGE", `There is no package "${name}" in ${registry.reader.location}`, "look for it with `search`");
  const view = record.releases.find((release) => release.version === version);
  if (view === undefined)
    throw new RegistryError(
      "UNKNOWN_VERSION",
      `"${name}" has no release ${version}; it has ${record.releases.map((release) => release.version).join(", ")}`,
      "ask for one of these",
    );
  if (view.archive === undefined)
    throw new RegistryError(
      "RELEASE_FALLEN",
      `${name}@${version} has fallen: the key that signed it was revoked, and the release is not among those that stay valid`,
      "take another version",
    );
  const authority = unwrap(await foldAuthority(registry, record), `${name}@${version}`);
  const bytes = await registry.archive(view.archive);
  return unwrap(verifyArchiveBytes(bytes, view, authority, registry), `${name}@${version}`);
}

/** Judges an archive's bytes against the record that led to it. */
export function verifyArchiveBytes(
  bytes: Uint8Array,
  view: ReleaseView,
  authority: ReleaseAuthority,
  registry: Registry,
): Result<VerifiedRelease> {
  const files = readArchive(bytes, {
    archiveBytesMax: LIMIT_CEILINGS.releaseBytesMax,
    filesMax: LIMIT_CEILINGS.releaseFilesMax + 3,
    fileBytesMax: LIMIT_CEILINGS.fileBytesMax,
    totalBytesMax: LIMIT_CEILINGS.releaseBytesMax,
  });
  if (!files.ok) return files;
  const where = `${view.name}@${view.version}`;
  const verified = verifyRelease({ name: view.name, version: view.version, where, files: files.value }, authority, registry.ports);
  if (!verified.ok) return verified;
  const problems = compareWithRecord(verified.value, view, where);
  return problems.length > 0 ? failed(problems) : ok(verified.value, verified.warnings);
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
  const root: TrustRoot = {
    registry: registry.root.registry.iri,
    maintainers: registry.root.maintainers.flatMap((text) => {
      const key = parseOpenSshPublicKey(text, "index root");
      return key.ok ? [key.value] : [];
    }),
  };
  const publishers = new Map<PublisherName, PublisherState>();
  for (const name of await involved(registry, record)) {
    const found = await registry.publisher(name);
    if (found === undefined) continue;
    const folded = foldPublisher(root, found.name, found.statements.map(signed), registry.ports);
    if (folded.ok) publishers.set(found.name, folded.value);
    else problems.push(...folded.problems);
  }
  const folded = foldPackage(root, record.package.name, record.statements.map(signed), publishers, registry.ports);
  if (!folded.ok) return failed([...problems, ...folded.problems]);
  return ok({ package: folded.value, publishers, limits: LIMIT_CEILINGS });
}

/** Every publisher that the chain or the releases name: past owners count too. */
async function involved(registry: Registry, record: PackageRecord): Promise<string[]> {
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
