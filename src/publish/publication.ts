/**
 * A publication: the files that a publisher's releases add to a registry source, with the statements
 * they need (the publisher registered, the names claimed).
 *
 *     drafts ─► composePublication ─► additions ─► PublicationJudge ─► written, or refused
 *               who may sign here,    path → bytes  chains, releases,
 *               is the place free                   edges, graph
 *
 * Nothing is written here. What has to be known to sign is judged here; the rest by the judge.
 */
import { type Problem, type Result, settle } from "../base/problem.ts";
import type { Authority } from "../build/authority.ts";
import type { RegistrySource } from "../build/registry-source.ts";
import type { PackageName, PublisherName } from "../manifest/name.ts";
import type { Version } from "../manifest/version.ts";
import type { TrustPorts } from "../trust/ed25519.ts";
import type { Signer } from "../trust/sshsig.ts";
import { type ReleaseDraft, signRelease } from "./sign-release.ts";
import { type NewStatement, signStatement } from "./sign-statement.ts";

export interface NamedDraft extends ReleaseDraft {
  readonly name: PackageName;
  readonly version: Version;
  /** As package.toml says. */
  readonly publisher: PublisherName;
}

export interface PublishedRelease {
  readonly name: PackageName;
  readonly version: Version;
}

export interface Publication {
  /** Path in the registry source → bytes; none of them is there yet. */
  readonly additions: ReadonlyMap<string, Uint8Array>;
  readonly releases: readonly PublishedRelease[];
  /** Whether the publisher is registered by it. */
  readonly registered: boolean;
  /** Names that nobody had. */
  readonly claimed: readonly PackageName[];
}

export interface Publishing {
  readonly source: RegistrySource;
  readonly authority: Authority;
  readonly publisher: PublisherName;
  readonly signer: Signer;
}

/** Where a release lies in a registry source. */
export function releaseFolder({ name, version }: PublishedRelease): string {
  return `packages/${name}/${version}`;
}

/** Signs `drafts`, of which no two have the same name and version, or says every reason not to. */
export function composePublication(
  drafts: readonly NamedDraft[],
  into: Publishing,
  ports: TrustPorts,
): Result<Publication> {
  const problems = [...checkSigner(into), ...drafts.flatMap((draft) => checkPlace(draft, into))];
  if (problems.length > 0)
    return settle({ additions: new Map(), releases: [], registered: false, claimed: [] }, problems);
  const additions = new Map<string, Uint8Array>();
  const begin = (statement: NewStatement) => {
    const { files } = signStatement(into.source.config.iri, statement, { length: 0 }, into, ports);
    for (const [path, bytes] of files) additions.set(path, bytes);
  };
  const registered = !into.authority.publishers.has(into.publisher);
  if (registered) {
    const action = { action: "register", key: into.signer.publicKey.openssh } as const;
    begin({ subject: { kind: "publisher", name: into.publisher }, action });
  }
  const claimed = [...new Set(drafts.map(({ name }) => name))].filter(
    (name) => !into.source.packages.has(name),
  );
  for (const name of claimed)
    begin({ subject: { kind: "package", name }, action: { action: "claim", publisher: into.publisher } });
  for (const draft of drafts) {
    for (const [path, bytes] of signRelease(draft, into.signer, ports))
      additions.set(`${releaseFolder(draft)}/${path}`, bytes);
  }
  const releases = drafts.map(({ name, version }) => ({ name, version }));
  return settle({ additions, releases, registered, claimed }, problems);
}

/** Whether this key may sign for this publisher: PUBLISH_FOREIGN_KEY, PUBLISH_INACTIVE_KEY, PUBLISH_KEY_OF_ANOTHER. */
export function checkSigner({ authority, publisher, signer }: Publishing): Problem[] {
  const { id } = signer.publicKey;
  const state = authority.publishers.get(publisher)?.state;
  const owner = [...authority.publishers].find(
    ([name, other]) => name !== publisher && other.state.keys.has(id),
  );
  if (owner !== undefined) {
    const message = `Key ${id} is registered for "${owner[0]}", and a key has one publisher`;
    return [
      refusal(
        "PUBLISH_KEY_OF_ANOTHER",
        `publishers/${owner[0]}`,
        message,
        `publish as "${owner[0]}", or make a key of your own: key generate --out FILE`,
      ),
    ];
  }
  if (state === undefined) return [];
  const standing = state.keys.get(id);
  const active = [...state.keys.values()].filter((key) => key.state === "active").map((key) => key.key.id);
  const remedy =
    active.length === 0
      ? "no key of this publisher is active: ask the registry's maintainers"
      : `sign with ${active.join(" or ")}`;
  if (standing === undefined) {
    const message = `"${publisher}" is somebody already, and key ${id} is not one of theirs`;
    return [
      refusal(
        "PUBLISH_FOREIGN_KEY",
        `publishers/${publisher}`,
        message,
        `${remedy}; if you are new here, choose another name`,
      ),
    ];
  }
  if (standing.state === "active") return [];
  const message = `Key ${id} is ${standing.state}: it signs nothing new`;
  return [refusal("PUBLISH_INACTIVE_KEY", `publishers/${publisher}`, message, remedy)];
}

/** Whether a release may be put there: PUBLISH_OTHER_PUBLISHER, PUBLISH_EXISTS, PUBLISH_NOT_OWNER. */
function checkPlace(draft: NamedDraft, into: Publishing): Problem[] {
  const { name, version } = draft;
  const folder = releaseFolder(draft);
  const problems: Problem[] = [];
  if (draft.publisher !== into.publisher) {
    const message = `package.toml says that the publisher is "${draft.publisher}", and you sign as "${into.publisher}"`;
    problems.push(
      refusal(
        "PUBLISH_OTHER_PUBLISHER",
        `${folder}/package.toml`,
        message,
        `write publisher = "${into.publisher}" in package.toml, or give --publisher ${draft.publisher}`,
      ),
    );
  }
  const owners = into.authority.packages.get(name)?.state.owners;
  if (owners !== undefined && !owners.includes(into.publisher)) {
    const message = `"${name}" belongs to ${owners.map((owner) => `"${owner}"`).join(", ") || "nobody"}, not to "${into.publisher}"`;
    problems.push(
      refusal(
        "PUBLISH_NOT_OWNER",
        folder,
        message,
        `choose another name, or have an owner add you: state add-owner ${name} ${into.publisher}`,
      ),
    );
  } else if (into.source.packages.get(name)?.releases.some((release) => release.version === version)) {
    const message = `${name}@${version} is published already, and a release never changes`;
    problems.push(refusal("PUBLISH_EXISTS", folder, message, "raise the version in package.toml"));
  }
  return problems;
}

function refusal(code: string, file: string, message: string, remedy: string): Problem {
  return { code, severity: "error", file, message, remedy };
}
