import { readFileSync } from "node:fs";
import { RegistryError } from "../base/error.ts";
import { overlay } from "../build/overlay.ts";
import type { PublisherName } from "../manifest/name.ts";
import type { PackageAction, PublisherAction } from "../manifest/statement.ts";
import type { Digest } from "../base/digest.ts";
import { nodeTrustPorts } from "../node/crypto.ts";
import { addFiles } from "../node/source-writer.ts";
import { type NewStatement, signStatement } from "../publish/sign-statement.ts";
import { keyIdOf } from "../trust/public-key.ts";
import { decodeSshsig, type Signer } from "../trust/sshsig.ts";
import { refused } from "./refused.ts";
import { type Context, type Options, type Run, UsageError } from "./command.ts";
import { judge } from "./judge.ts";
import { parsePackageSpec, versionOf } from "./package-spec.ts";
import { openSigning, publisherName, readSigner, type Signing } from "./signer.ts";

const ACTIONS = ["yank", "unyank", "deprecate", "archive", "add-owner", "remove-owner", "add-key", "revoke-key"];

export const run: Run = async (args, options, context) => {
  const [action = "", subject = "", value] = args;
  const into = await openSigning(options, context);
  const { statement, newKey } = await compose(action, subject, value, options, into, context);
  const chain =
    statement.subject.kind === "package" ? into.authority.packages.get(statement.subject.name)?.chain : into.authority.publishers.get(statement.subject.name)?.chain;
  if (chain === undefined)
    throw new RegistryError("UNKNOWN_SUBJECT", `There is no ${statement.subject.kind} "${statement.subject.name}" in ${into.folder}`, "check the name");
  const last = chain.at(-1);
  const end = { length: chain.length, ...(last === undefined ? {} : { head: nodeTrustPorts.hash(last.bytes) }) };
  const { files } = signStatement(into.source.config.iri, statement, end, { signer: into.signer, ...(newKey === undefined ? {} : { newKey }) }, nodeTrustPorts);
  const { result } = await judge(overlay(into.tree, files), into.folder, true, context);
  if (!result.ok) throw refused("With this statement the registry has", result.problems);
  addFiles(into.folder, files);
  context.terminal.result({ action, subject, files: [...files.keys()] }, () => [`Signed: ${action} ${subject}${value === undefined ? "" : ` ${value}`}`, ...[...files.keys()].map((path) => `  ${path}`)].join("\n"));
  return undefined;
};

interface Composed {
  readonly statement: NewStatement;
  readonly newKey?: Signer;
}

async function compose(
  action: string,
  subject: string,
  value: string | undefined,
  options: Options,
  into: Signing,
  context: Context,
): Promise<Composed> {
  if (action === "add-key") return addKey(publisherName(subject), options, context);
  if (action === "revoke-key") return { statement: { subject: { kind: "publisher", name: publisherName(subject) }, action: revokeKey(value, options, into) } };
  const spec = parsePackageSpec(subject);
  return { statement: { subject: { kind: "package", name: spec.name }, action: packageAction(action, subject, value, options) } };
}

function packageAction(action: string, subject: string, value: string | undefined, options: Options): PackageAction {
  const reason = () => options.required("reason", "consumers will read it");
  const version = () => {
    const found = versionOf(parsePackageSpec(subject));
    if (found === undefined) throw new UsageError(`${action} needs a version: ${subject}@1.2.3`);
    return found;
  };
  const owner = () => {
    if (value === undefined) throw new UsageError(`${action} needs a publisher: state ${action} ${subject} PUBLISHER`);
    return publisherName(value);
  };
  const replacement = options.text("replacement");
  if (action === "yank") return { action, version: version(), reason: reason() };
  if (action === "unyank") return { action, version: version() };
  if (action === "archive") return { action, reason: reason() };
  if (action === "add-owner" || action === "remove-owner") return { action, publisher: owner() };
  if (action === "deprecate") return { action, reason: reason(), ...(replacement === undefined ? {} : { replacement: parsePackageSpec(replacement).name }) };
  throw new UsageError(`Unknown action "${action}"; there are ${ACTIONS.join(", ")}`);
}

async function addKey(name: PublisherName, options: Options, context: Context): Promise<Composed> {
  const newKey = await readSigner(options.required("new-key", "the file of the private key to add"), context);
  const replaces = options.text("replaces");
  const action: PublisherAction = { action: "add-key", key: newKey.publicKey.openssh, ...(replaces === undefined ? {} : { replaces }) };
  return { statement: { subject: { kind: "publisher", name }, action }, newKey };
}

/** Everything the key signed up to now stays valid; what turns up later falls. `--valid FILE` narrows that to the digests in a file. */
function revokeKey(fingerprint: string | undefined, options: Options, into: Signing): PublisherAction {
  if (fingerprint === undefined) throw new UsageError("revoke-key needs the key's fingerprint: state revoke-key PUBLISHER SHA256:…");
  const list = options.text("valid");
  const digests = list === undefined ? undefined : new Set(readFileSync(list, "utf8").split(/\s+/));
  const stays = (digest: Digest) => digests === undefined || digests.has(digest);
  const releases = signedBy(fingerprint, into).filter(stays);
  const statements = [...into.authority.packages.values()].flatMap(({ state }) => state.events.filter((event) => event.by.keyId === fingerprint).map((event) => event.digest)).filter(stays);
  return { action: "revoke-key", key: fingerprint, reason: options.required("reason", "consumers will read it"), releases, statements };
}

function signedBy(fingerprint: string, into: Signing): Digest[] {
  const found: Digest[] = [];
  for (const { releases } of into.source.packages.values()) {
    for (const { folder } of releases) {
      const signature = `${folder}/SHA256SUMS.sig`;
      if (signatureKeyId(into.tree.read(signature), signature) === fingerprint) found.push(nodeTrustPorts.hash(into.tree.read(`${folder}/SHA256SUMS`)));
    }
  }
  return found.sort();
}

function signatureKeyId(armor: Uint8Array, file: string): string | undefined {
  const decoded = decodeSshsig(armor, file);
  return decoded.ok ? keyIdOf(decoded.value.publicKey) : undefined;
}
