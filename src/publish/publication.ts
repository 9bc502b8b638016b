/**
 * A publication: the files that a publisher's releases add to a registry source, with the statements
 * they need (the publisher registered, the names claimed). Nothing is written here and nothing
 * judged but what must be known to sign; whether the registry would be good with it is the build's
 * to say, over the source with these files laid on top.
 */
import { type Problem, type Result, ok, settle } from "../base/problem.ts";
import type { Authority } from "../build/authority.ts";
import type { RegistrySource } from "../build/registry-source.ts";
import type { PackageName, PublisherName } from "../manifest/name.ts";
import type { Version } from "../manifest/version.ts";
import type { TrustPorts } from "../trust/ed25519.ts";
import type { PublisherState } from "../trust/publisher-chain.ts";
import type { Signer } from "../trust/sshsig.ts";
import { type ReleaseDraft, signRelease } from "./sign-release.ts";
import { signStatement } from "./sign-statement.ts";

export interface NamedDraft extends ReleaseDraft {
  readonly name: PackageName;
  readonly version: Version;
}

export interface PublishedRelease {
  readonly name: PackageName;
  readonly version: Version;
  readonly folder: string;
}

export interface Publication {
  /** Path in the registry source → bytes; none of them is there yet. */
  readonly additions: ReadonlyMap<string, Uint8Array>;
  readonly releases: readonly PublishedRelease[];
  /** Set where the publisher was not registered before. */
  readonly registered: boolean;
  readonly claimed: readonly PackageName[];
}

export interface Publishing {
  readonly source: RegistrySource;
  readonly authority: Authority;
  readonly publisher: PublisherName;
  readonly signer: Signer;
}

export function composePublication(drafts: readonly NamedDraft[], into: Publishing, ports: TrustPorts): Result<Publication> {
  const problems: Problem[] = [];
  const additions = new Map<string, Uint8Array>();
  const add = (files: ReadonlyMap<string, Uint8Array>, folder = "") => {
    for (const [path, bytes] of files) additions.set(`${folder}${path}`, bytes);
  };
  const iri = into.source.config.iri;
  const registered = into.authority.publishers.get(into.publisher)?.state;
  problems.push(...checkSigner(into, registered));
  if (registered === undefined) {
    const action = { action: "register", key: into.signer.publicKey.openssh } as const;
    add(signStatement(iri, { subject: { kind: "publisher", name: into.publisher }, action }, { length: 0 }, into, ports).files);
  }
  const claimed = new Set<PackageName>();
  const releases: PublishedRelease[] = [];
  for (const draft of drafts) {
    const folder = `packages/${draft.name}/${draft.version}`;
    problems.push(...checkPlace(draft, folder, into));
    if (!into.source.packages.has(draft.name) && !claimed.has(draft.name)) {
      claimed.add(draft.name);
      const action = { action: "claim", publisher: into.publisher } as const;
      add(signStatement(iri, { subject: { kind: "package", name: draft.name }, action }, { length: 0 }, into, ports).files);
    }
    add(signRelease(draft, into.signer, ports), `${folder}/`);
    releases.push({ name: draft.name, version: draft.version, folder });
  }
  return settle({ additions, releases, registered: registered === undefined, claimed: [...claimed] }, problems);
}

function checkSigner(into: Publishing, state: PublisherState | undefined): Problem[] {
  const { publicKey } = into.signer;
  const standing = state?.keys.get(publicKey.id);
  if (state !== undefined && standing === undefined)
    return [refusal("PUBLISH_FOREIGN_KEY", `publishers/${into.publisher}`, `Key ${publicKey.id} is not registered for "${into.publisher}"`, "sign with a registered key, or add this one with `state add-key`")];
  if (standing !== undefined && standing.state !== "active")
    return [refusal("PUBLISH_INACTIVE_KEY", `publishers/${into.publisher}`, `Key ${publicKey.id} is ${standing.state}; it signs nothing new`, "sign with an active key of the publisher")];
  for (const [name, other] of into.authority.publishers) {
    if (name !== into.publisher && other.state.keys.has(publicKey.id))
      return [refusal("PUBLISH_KEY_OF_ANOTHER", `publishers/${name}`, `Key ${publicKey.id} is registered for "${name}"; a key has one publisher`, `publish as "${name}", or make a key of your own`)];
  }
  return [];
}

function checkPlace(draft: NamedDraft, folder: string, into: Publishing): Problem[] {
  const found = into.source.packages.get(draft.name);
  if (found?.releases.some((release) => release.version === draft.version))
    return [refusal("PUBLISH_EXISTS", folder, `${draft.name}@${draft.version} is published already; a release never changes`, "raise the version in package.toml")];
  const owners = into.authority.packages.get(draft.name)?.state.owners;
  if (owners !== undefined && !owners.includes(into.publisher))
    return [refusal("PUBLISH_NOT_OWNER", folder, `"${draft.name}" belongs to ${owners.join(", ") || "nobody"}, not to "${into.publisher}"`, "choose another name, or have an owner add you with `state add-owner`")];
  return [];
}

function refusal(code: string, file: string, message: string, remedy: string): Problem {
  return { code, severity: "error", file, message, remedy };
}

/** Drops the releases that `problems` blame, with their claims; for an import that keeps what is good. */
export function withoutBlamed(drafts: readonly NamedDraft[], problems: readonly Problem[]): Result<NamedDraft[]> {
  const blamed = problems.filter((problem) => problem.severity === "error");
  const isBlamed = (draft: NamedDraft) => blamed.some((problem) => problem.file.startsWith(`packages/${draft.name}/${draft.version}/`) || problem.file === `packages/${draft.name}/${draft.version}`);
  return ok(drafts.filter((draft) => !isBlamed(draft)));
}
