/** The words of `state`, as the statement they mean. */
import { type Digest, isDigest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { nearest } from "../base/nearest.ts";
import type { PublisherName } from "../manifest/name.ts";
import { ADVISORY_SEVERITIES, type PackageAction, type PublisherAction } from "../manifest/statement.ts";
import { nodeTrustPorts } from "../node/crypto.ts";
import { readRegularFile } from "../node/regular-file.ts";
import type { NewStatement } from "../publish/sign-statement.ts";
import { keyIdOf } from "../trust/public-key.ts";
import { decodeSshsig, type Signer } from "../trust/sshsig.ts";
import { type Context, type Options, UsageError } from "./command.ts";
import { type PackageSpec, parsePackageSpec } from "./package-spec.ts";
import { publisherName, readSigner, type Signing } from "./signer.ts";
import { rangeOf, versionOf } from "./version-spec.ts";

export interface StatedAction {
  readonly statement: NewStatement;
  /** The key that is added: it signs too. */
  readonly newKey?: Signer;
}

export interface StateWords {
  readonly action: string;
  readonly subject: string;
  readonly value: string | undefined;
}

const PACKAGE_ACTIONS = ["yank", "unyank", "deprecate", "advise", "archive", "add-owner", "remove-owner"];
const PUBLISHER_ACTIONS = ["add-key", "revoke-key"];

/** What the words mean in a registry: the one part that needs it. Throws RegistryError UNKNOWN_KEY. */
export type ActionIn = (into: Signing) => StatedAction;

/** Judges the words and options, before anything of the registry is read. Throws UsageError. */
export async function stateAction(words: StateWords, options: Options, context: Context): Promise<ActionIn> {
  const { action, subject } = words;
  if (PUBLISHER_ACTIONS.includes(action)) {
    const name = publisherName(subject);
    if (action === "add-key") return addKey(name, options, context);
    return revokeKey(name, words.value, options);
  }
  if (!PACKAGE_ACTIONS.includes(action)) {
    const known = [...PACKAGE_ACTIONS, ...PUBLISHER_ACTIONS];
    const meant = nearest(action, known);
    throw new UsageError(
      `Unknown action "${action}"${meant === undefined ? "" : `; did you mean "${meant}"?`}`,
      `there are ${known.join(", ")}`,
    );
  }
  const spec = parsePackageSpec(subject);
  const stated = packageAction(words, spec, options);
  return () => ({ statement: { subject: { kind: "package", name: spec.name }, action: stated } });
}

function packageAction(words: StateWords, spec: PackageSpec, options: Options): PackageAction {
  const { action, subject, value } = words;
  const reason = () => options.required("reason", "consumers will read it");
  const version = () => {
    const found = versionOf(spec);
    if (found === undefined) throw new UsageError(`${action} needs a version: ${subject}@1.2.3`);
    return found;
  };
  if (action === "yank") return { action, version: version(), reason: reason() };
  if (action === "unyank") return { action, version: version() };
  if (action === "deprecate") return deprecate(spec, reason(), options.text("replacement"));
  if (action === "advise") return advise(spec, options);
  if (spec.wanted !== undefined)
    throw new UsageError(`${action} is about the whole package: write ${spec.name}, without a version`);
  if (action === "archive") return { action, reason: reason() };
  if (value === undefined)
    throw new UsageError(`${action} needs a publisher: state ${action} ${subject} PUBLISHER`);
  return { action: action === "add-owner" ? "add-owner" : "remove-owner", publisher: publisherName(value) };
}

/** The whole package, or with `name@range` the versions in that range. */
function deprecate(spec: PackageSpec, reason: string, replacement: string | undefined): PackageAction {
  return {
    action: "deprecate",
    reason,
    ...(replacement === undefined ? {} : { replacement: parsePackageSpec(replacement).name }),
    ...(spec.wanted === undefined ? {} : { versions: rangeOf(spec) }),
  };
}

/** All versions, or with `name@range` those in that range. The same id again replaces what was said. */
function advise(spec: PackageSpec, options: Options): PackageAction {
  const given = options.required("severity", ADVISORY_SEVERITIES.join(", "));
  const severity = ADVISORY_SEVERITIES.find((known) => known === given);
  if (severity === undefined)
    throw new UsageError(`--severity is one of ${ADVISORY_SEVERITIES.join(", ")}, got "${given}"`);
  const url = options.text("url");
  return {
    action: "advise",
    id: options.required("id", "what the advisory is called, such as ACME-2027-1"),
    severity,
    versions: rangeOf(spec),
    summary: options.required("summary", "what is wrong, in a line"),
    ...(url === undefined ? {} : { url }),
  };
}

async function addKey(name: PublisherName, options: Options, context: Context): Promise<ActionIn> {
  const file = options.required("new-key", "the file of the private key to add");
  const replaces = options.text("replaces");
  if (replaces !== undefined) checkFingerprint(replaces, "--replaces");
  const newKey = await readSigner(file, context);
  return (into) => {
    if (replaces !== undefined) checkKnown(replaces, name, into);
    const action: PublisherAction = {
      action: "add-key",
      key: newKey.publicKey.openssh,
      ...(replaces === undefined ? {} : { replaces }),
    };
    return { statement: { subject: { kind: "publisher", name }, action }, newKey };
  };
}

/**
 * What stays valid of what the key signed must be said, since a thief may have signed too: `all`, `none`,
 * or a file of digests between white space.
 */
function revokeKey(name: PublisherName, fingerprint: string | undefined, options: Options): ActionIn {
  if (fingerprint === undefined)
    throw new UsageError(`revoke-key needs the key's fingerprint: state revoke-key ${name} SHA256:…`);
  checkFingerprint(fingerprint, "The key");
  const reason = options.required("reason", "consumers will read it");
  const stays = whatStays(
    options.required("valid", "what stays of what this key signed: all, none, or a file of digests"),
  );
  return (into) => {
    checkKnown(fingerprint, name, into);
    const action: PublisherAction = {
      action: "revoke-key",
      key: fingerprint,
      reason,
      releases: releasesSignedBy(fingerprint, into).filter(stays),
      statements: statementsSignedBy(fingerprint, into).filter(stays),
    };
    return { statement: { subject: { kind: "publisher", name }, action } };
  };
}

function checkFingerprint(text: string, what: string): void {
  if (/^SHA256:[A-Za-z0-9+/]{43}$/.test(text)) return;
  throw new UsageError(
    `${what} is a fingerprint, SHA256: and 43 letters or digits, got "${text}"`,
    "`key show FILE` prints the fingerprint of a key",
  );
}

/** Of a publisher that is not there the chain is missed, and that is said. */
function checkKnown(fingerprint: string, name: PublisherName, into: Signing): void {
  const keys = into.authority.publishers.get(name)?.state.keys;
  const known = [...(keys?.keys() ?? [])];
  if (keys === undefined || known.some((id) => id === fingerprint)) return;
  throw new RegistryError(
    "UNKNOWN_KEY",
    `"${name}" has no key ${fingerprint}`,
    `there are ${known.join(", ")}`,
  );
}

function whatStays(said: string): (digest: Digest) => boolean {
  if (said === "all") return () => true;
  const valid = said === "none" ? new Set<string>() : digestsIn(said);
  return (digest) => valid.has(digest);
}

/** A hundred thousand digests. */
const DIGEST_LIST_BYTES_MAX = 8 * 1024 * 1024;

function digestsIn(file: string): ReadonlySet<string> {
  const read = readRegularFile(file, DIGEST_LIST_BYTES_MAX);
  if ("fault" in read)
    throw new RegistryError(
      "NOT_A_DIGEST_LIST",
      `Cannot read "${file}": it ${read.what}`,
      "name a text file of digests",
    );
  const words = new TextDecoder()
    .decode(read.bytes)
    .split(/\s+/)
    .filter((word) => word !== "");
  const other = words.find((word) => !isDigest(word));
  if (other === undefined) return new Set(words);
  throw new RegistryError(
    "NOT_A_DIGEST",
    `"${file}" holds "${other.slice(0, 80)}", which is not a digest`,
    "write the digests of the releases and statements that stay valid, 64 hex digits each, one a line",
  );
}

function releasesSignedBy(fingerprint: string, { source, tree }: Signing): Digest[] {
  const folders = [...source.packages.values()].flatMap(({ releases }) =>
    releases.map(({ folder }) => folder),
  );
  const signed = folders.filter((folder) => {
    const file = `${folder}/SHA256SUMS.sig`;
    const decoded = decodeSshsig(tree.read(file), file);
    return decoded.ok && keyIdOf(decoded.value.publicKey) === fingerprint;
  });
  return signed.map((folder) => nodeTrustPorts.hash(tree.read(`${folder}/SHA256SUMS`))).sort();
}

function statementsSignedBy(fingerprint: string, { authority }: Signing): Digest[] {
  const events = [...authority.packages.values()].flatMap(({ state }) => state.events);
  return events.filter((event) => event.by.keyId === fingerprint).map((event) => event.digest);
}
