/** `trust publish`: verifies what is published and what was built, and signs the one to follow the other. `trust renew`: the same view for longer. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { RegistryError } from "../base/error.ts";
import { incomplete } from "../build/ceremony-check.ts";
import { lostStatements } from "../client/kept-statements.ts";
import { openTrustedView } from "../client/open-trusted-view.ts";
import { trustRootOf } from "../client/ratified.ts";
import { isAddress, type Reader } from "../client/reader.ts";
import { openRegistry, openUnsigned, type Registry } from "../client/registry.ts";
import { metadataOf, type TrustedView, trustOf } from "../client/trusted-view.ts";
import type { PackageName } from "../manifest/name.ts";
import { nodeTrustPorts } from "../node/crypto.ts";
import { directoryReader } from "../node/directory-reader.ts";
import { nativeInflate } from "../node/inflate.ts";
import { isAncestor } from "../node/is-ancestor.ts";
import { LOCK_FILE } from "../node/output-tree.ts";
import { takeLock } from "../node/process-lock.ts";
import { replaceFiles } from "../node/replace-files.ts";
import {
  AFTER_THEFT,
  type Ceremony,
  type PublishedTrust,
  type SignedView,
  signView,
} from "../publish/sign-view.ts";
import { REGISTRY_FILE } from "../snapshot/layout.ts";
import type { CeremonyState } from "../trust/ceremony.ts";
import { newestRoot } from "../trust/ceremony.ts";
import { dateText } from "../trust/tuf/fields.ts";
import { memoryStore } from "../trust/tuf/memory-store.ts";
import { verifyEd25519 } from "../trust/tuf/threshold.ts";
import { onlineKeysDiffer } from "../trust/tuf/update.ts";
import { type Context, type Options, type Run, UsageError } from "./command.ts";
import { onlineSigners } from "./online-keys.ts";
import { plural, refused } from "./refused.ts";
import { noWords, openTrustSource, requireCeremony, type TrustSource } from "./trust-source.ts";
import { verifyTree } from "./verify-tree.ts";

const { hash } = nodeTrustPorts;
const opening = { ports: nodeTrustPorts, inflate: nativeInflate };

export const publish: Run = async ([tree, ...words], options, context) => {
  noWords("publish", words);
  if (tree === undefined) throw new UsageError("Missing <tree>: the folder that was built");
  const before = options.text("previous");
  if ((before === undefined) === !options.flag("first"))
    throw new UsageError(
      "Give --previous PATH|URL, what is published now; or --first, where nothing ever was",
    );
  if (!existsSync(join(tree, REGISTRY_FILE)))
    throw new RegistryError(
      "NOT_A_REGISTRY",
      `"${tree}" is no tree that was built: it has no ${REGISTRY_FILE}`,
      "build it first: ggen-marketplace build --unsigned --registry DIR --out DIR",
    );
  const opened = await openTrustSource(options);
  const state = signedCeremony(opened);
  const signers = await onlineSigners(state, opened.folder, options, context);
  const release = takeLock(join(tree, LOCK_FILE), `sign "${tree}"`);
  try {
    const built = await openBuilt(tree, state);
    const verified = await verifyAnew(built, context);
    const published =
      before === undefined ? undefined : await openPublished(await readerOf(before, options, context), state);
    const { commit } = opened.tree;
    if (published !== undefined)
      await checkFollows(published, built, opened).catch((error: unknown) => {
        throw isAfterRotation(published, state) ? withHint(error, AFTER_THEFT) : error;
      });
    const previous = published === undefined ? {} : { previous: published.files };
    const signed = signView(
      {
        ...{
          ceremony: ceremonyOf(state),
          indexRoot: built.rootRef,
          signers,
          lifetimes: opened.source.config.trust,
          now: Date.now(),
        },
        ...(commit === undefined ? {} : { commit }),
        ...previous,
      },
      hash,
    );
    replaceFiles(tree, signed.files);
    tell(
      `Signed ${built.rootDigest}, after ${plural(verified, "release")} had been verified anew`,
      signed,
      { tree, commit },
      context,
    );
  } finally {
    release();
  }
};

export const renew: Run = async ([tree, ...words], options, context) => {
  noWords("renew", words);
  if (tree === undefined) throw new UsageError("Missing <tree>: what is published, a folder or an address");
  const out = options.text("out") ?? (isAddress(tree) ? undefined : tree);
  if (out === undefined)
    throw new UsageError("Where to write the renewed files of an address? Give --out DIR");
  const opened = await openTrustSource(options);
  const state = signedCeremony(opened);
  const signers = await onlineSigners(state, opened.folder, options, context);
  const release = existsSync(out) ? takeLock(join(out, LOCK_FILE), `renew "${out}"`) : () => {};
  try {
    const { files, view } = await openPublished(await readerOf(tree, options, context), state);
    const { indexRoot, commit } = view;
    const signed = signView(
      {
        ...{ ceremony: ceremonyOf(state), indexRoot, signers, previous: files },
        ...{ lifetimes: opened.source.config.trust, now: Date.now() },
        ...(commit === undefined ? {} : { commit }),
      },
      hash,
    );
    replaceFiles(out, signed.files);
    tell(`Renewed ${indexRoot.sha256}`, signed, { tree: out, commit }, context);
  } finally {
    release();
  }
};

/** The ceremony, complete and in date: nobody takes what is signed under another. */
function signedCeremony(opened: TrustSource): CeremonyState {
  const state = requireCeremony(opened);
  const open = incomplete(state);
  if (open.length > 0) throw refused("The registry's trust/ has", open);
  const now = Date.now();
  for (const [what, { expires }, remedy] of [
    ["The root", newestRoot(state).signed, "trust rotate"],
    ["What targets says", state.targets.signed, "trust ratify"],
  ] as const)
    if (expires <= now)
      throw new RegistryError(
        "CEREMONY_EXPIRED",
        `${what} ran out on ${dateText(expires)}: clients take nothing that rests on it`,
        `let its holders make and sign the next: ${remedy}, then trust sign`,
      );
  return state;
}

function ceremonyOf({ roots, targets, ratified }: CeremonyState): Ceremony {
  return { roots: roots.map(({ bytes }) => bytes), targets: targets.bytes, ratified: ratified.bytes };
}

async function readerOf(location: string, options: Options, context: Context): Promise<Reader> {
  if (!isAddress(location)) {
    if (existsSync(join(location, REGISTRY_FILE))) return directoryReader(location);
    throw new RegistryError(
      "NOT_A_REGISTRY",
      `"${location}" is no published tree: it has no ${REGISTRY_FILE}`,
      "give the folder, or the address, of what is published now",
    );
  }
  const { addressReader } = await import("./address-reader.ts");
  return addressReader(location, options, context);
}

/** The tree as it was built, judged by what the holders ratified and not by what it says of itself. */
async function openBuilt(tree: string, { ratified: { value } }: CeremonyState): Promise<Registry> {
  const built = await openUnsigned({
    ...opening,
    reader: directoryReader(tree),
    trustRoot: trustRootOf(value),
  });
  const { registry, maintainers } = built.root;
  if (registry.iri !== value.registry)
    throw new RegistryError(
      "OTHER_REGISTRY",
      `"${tree}" is the registry ${registry.iri}, and the root is of ${value.registry}`,
      "give the tree that was built from this source",
    );
  const listed = [...maintainers].sort().join("\n");
  if (
    listed ===
    value.maintainers
      .map(({ openssh }) => openssh)
      .sort()
      .join("\n")
  )
    return built;
  throw new RegistryError(
    "MAINTAINERS_NOT_RATIFIED",
    `"${tree}" was built with other maintainers than those that were ratified`,
    "build it again from this source",
  );
}

/** Every release again, from its archive and its statements; gives how many. */
async function verifyAnew(built: Registry, { terminal }: Context): Promise<number> {
  const verdicts = await verifyTree(built, terminal);
  const problems = verdicts.filter(({ ok }) => !ok).flatMap((verdict) => verdict.problems);
  if (problems.length > 0) throw refused("What was built has", problems);
  return verdicts.length - 2;
}

interface Published {
  readonly view: TrustedView;
  readonly registry: Registry;
  readonly files: PublishedTrust;
}

/** What is published now, verified from the first root on; it may have run out, or there would be no way back. */
async function openPublished(reader: Reader, state: CeremonyState): Promise<Published> {
  const [first] = state.roots;
  if (first === undefined) throw new Error("a ceremony has a root");
  const store = memoryStore(first.bytes);
  const policy = {
    ...{ verify: verifyEd25519(nodeTrustPorts.ed25519), hash, now: Date.now() },
    graceMs: Number.POSITIVE_INFINITY,
  };
  const view = await openTrustedView(store, policy, metadataOf(reader));
  const published = trustOf(view).set.root.signed.version;
  if (published > state.roots.length)
    throw new RegistryError(
      "SOURCE_BEHIND",
      `Root version ${published} is published, and this source has ${state.roots.length}`,
      "check out the newest commit of the registry",
    );
  const registry = await openRegistry({ ...opening, reader, view });
  const [index, snapshot, timestamp] = await Promise.all(
    ["index", "snapshot", "timestamp"].map((role) => store.recall(role)),
  );
  if (!index || !snapshot || !timestamp) throw new Error("an opened view has its metadata");
  return { view, registry, files: { index, snapshot, timestamp } };
}

/** Whether what is published was signed by online keys that the holders have replaced since. */
function isAfterRotation({ view }: Published, state: CeremonyState): boolean {
  return onlineKeysDiffer(trustOf(view).set.root.signed, newestRoot(state).signed);
}

function withHint(error: unknown, hint: string): unknown {
  if (!(error instanceof RegistryError)) return error;
  return new RegistryError(error.code, error.message, hint, { cause: error, problems: error.problems });
}

/** The new view comes after the published one in git, and takes back nothing that was said. */
async function checkFollows(
  { view, registry }: Published,
  built: Registry,
  { tree: { commit }, folder, source }: TrustSource,
): Promise<void> {
  if (view.commit !== undefined) {
    if (commit === undefined)
      throw new RegistryError(
        "COMMIT_UNKNOWN",
        `Commit ${view.commit} is published, and "${folder}" is in no git checkout`,
        "sign from a checkout of the registry's repository",
      );
    if (!isAncestor(folder, view.commit, commit))
      throw new RegistryError(
        "NOT_AN_ANCESTOR",
        `Commit ${view.commit} is published, and ${commit} does not come after it`,
        "sign the newest commit; to go back to older releases, build these with the statements of today: build --releases-of COMMIT",
      );
  }
  const problems = await lostStatements(registry, built, (name) => source.packages.has(name as PackageName));
  if (problems.length > 0) throw refused("Against what is published, what was built has", problems);
}

const LAST_FILE = "trust/timestamp.json";

function tell(
  done: string,
  { versions, files }: SignedView,
  about: { readonly tree: string; readonly commit: string | undefined },
  { terminal }: Context,
): void {
  const named = Object.entries(versions).map(([role, version]) => `${role} ${version}`);
  terminal.result({ ...about, versions, files: [...files.keys()] }, () =>
    [
      `${done}: ${named.join(", ")}.`,
      `Copy ${about.tree} to the host, ${existsSync(join(about.tree, REGISTRY_FILE)) ? `${LAST_FILE} and ${REGISTRY_FILE}` : LAST_FILE} last.`,
    ].join("\n"),
  );
}
