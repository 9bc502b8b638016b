/**
 * The view of a registry that a command reads: which one is current, asked for when the last answer is old,
 * and what may be done with it where nobody answers or it has run out.
 *
 * The current view is asked for anew when the last answer is older than an hour; where nobody answers, the
 * last one is read. Where that is damaged here, or offline was never fetched whole, the one of the last
 * `sync` is read. Every view is verified from the user's own root down each time (client/trusted-view.ts).
 */
import { RegistryError } from "../base/error.ts";
import { isBehind, isBeingReplaced, isNoAnswer } from "../client/current-view.ts";
import type { Reader } from "../client/reader.ts";
import { freshnessOf, metadataOf, type TrustedView } from "../client/trusted-view.ts";
import { clientTrustPorts } from "../node/crypto.ts";
import type { TrustStore, VerifiedView } from "../node/trust-store.ts";
import { dateText } from "../trust/tuf/fields.ts";
import { METADATA_BYTES_MAX } from "../trust/tuf/roles.ts";
import type { MetadataSource, MetadataStore } from "../trust/tuf/update.ts";
import type { Context } from "./command.ts";
import { explained, nothingKept } from "./no-view.ts";

const FRESH_MS_MAX = 60 * 60 * 1000;
export const DAY_MS = 24 * 60 * 60 * 1000;

/** When the registry is asked which view is current. */
export type Asking =
  /** When the last answer is an hour old; without an answer the last view does. */
  | "hourly"
  /** Now; without an answer the last view does. */
  | "now"
  /** Now; without an answer there is nothing to do. */
  | "must-answer";

export interface ViewRequest {
  /** Where the metadata is: not through the cache, which could only hold it back. */
  readonly reader: Reader;
  readonly store: MetadataStore;
  /** The store where it is on disk, and can tell of earlier answers. */
  readonly kept: TrustStore | undefined;
  readonly asking: Asking;
  readonly offline: boolean;
  /** Whether something new is to be taken from it, which an expired view is not good for. */
  readonly forNew: boolean;
  readonly allowStale: boolean;
  /** How long something new is still taken from a view that ran out. */
  readonly graceMs: number;
  /** The metadata themselves are wanted, and not only what they lead to. */
  readonly whole: boolean;
}

/** The view to read; `again` where the one that was given has not held. Notes on stderr what a person should know of it. */
export async function viewToRead(
  request: ViewRequest,
  again: boolean,
  { terminal }: Context,
): Promise<TrustedView> {
  const { kept, reader } = request;
  const view = request.offline
    ? await offlineView(request, again)
    : await askedOrKept(request, again, (text) => terminal.note(text));
  if (kept?.notKept !== undefined)
    terminal.note(
      `what was seen of ${reader.location} could not be kept in "${kept.notKept}": an older view would not be noticed next time`,
    );
  const freshness = freshnessOf(view, request.graceMs);
  if (freshness.state === "fresh") return view;
  const since = `its signatures ran out ${ageText(view.now - freshness.expired)} ago, on ${dateText(freshness.expired).slice(0, 10)}`;
  if (freshness.state === "expired" && request.forNew && !request.allowStale)
    throw tooOld(`The view of ${reader.location} is too old to take something new from: ${since}`);
  terminal.note(
    `this is an old view of ${reader.location}: ${since}; what is newer, and what was yanked since, is not seen`,
  );
  return view;
}

async function askedOrKept(
  request: ViewRequest,
  again: boolean,
  note: (text: string) => void,
): Promise<TrustedView> {
  const { asking, kept, reader } = request;
  const ago = kept?.askedAgoMs;
  const isRecent = asking === "hourly" && ago !== undefined && ago >= 0 && ago < FRESH_MS_MAX;
  if (isRecent && !again) {
    const view = await storedView(request).catch(ignoreRefusal);
    if (view !== undefined) return view;
  }
  try {
    return await ask(request);
  } catch (error) {
    if (!(error instanceof RegistryError) || asking === "must-answer" || kept === undefined) throw error;
    const behind = isBehind(error);
    if (!behind && !isNoAnswer(error)) throw error;
    const last = await lastView(request, again).catch(ignoreRefusal);
    if (last === undefined) throw error.code === "METADATA_EXPIRED" ? tooOld(error.message, error) : error;
    const { agoMs } = last;
    note(
      behind
        ? `${error.message}; this is the last view of ${reader.location} that was good`
        : `${reader.location} does not answer; this is its view of ${agoMs === undefined || agoMs < 0 ? "an unknown time" : `${ageText(agoMs)} ago`}`,
    );
    return last.view;
  }
}

async function ask(request: ViewRequest): Promise<TrustedView> {
  const { store, reader, kept, forNew, allowStale } = request;
  // Within the grace what is out of date is taken, and it is said; beyond, an old view would stand for the current one.
  const graceMs = forNew && !allowStale ? request.graceMs : Number.POSITIVE_INFINITY;
  const { known, source } = await askWhetherUnchanged(request);
  if (known !== undefined) {
    kept?.noteAsked();
    return known;
  }
  const open = async () => {
    const { openTrustedView, policy } = await verifier();
    return openTrustedView(store, policy(graceMs), source);
  };
  const openOnceMore = (error: unknown) => {
    if (isBeingReplaced(error)) return open();
    throw error;
  };
  const view = await open()
    .catch(openOnceMore)
    .catch(async (error: unknown) => {
      throw await explained(error, reader);
    });
  keepVerified(view, kept);
  kept?.noteAsked();
  return view;
}

/**
 * Asks for the next root and the timestamp, as every update begins (trust/tuf/update.ts). Where there is no next root
 * and the timestamp is the one that was verified, byte for byte, the view is the one that was verified; else the
 * update goes on with these two answers.
 */
async function askWhetherUnchanged({ reader, kept, whole }: ViewRequest): Promise<{
  readonly known?: TrustedView;
  readonly source: MetadataSource;
}> {
  const source = metadataOf(reader);
  const verified = whole ? undefined : kept?.verified;
  if (verified === undefined) return { source };
  const answers = new Map<string, Uint8Array | undefined>();
  for (const file of [`${verified.rootVersion + 1}.root.json`, "timestamp.json"])
    answers.set(file, await source.read(file, METADATA_BYTES_MAX));
  const [next, timestamp] = answers.values();
  if (
    next === undefined &&
    timestamp !== undefined &&
    clientTrustPorts.hash(timestamp) === verified.timestamp
  )
    return { known: viewOf(verified), source };
  const first = (file: string, bytesMax: number) => {
    if (!answers.has(file)) return source.read(file, bytesMax);
    const answer = answers.get(file);
    answers.delete(file);
    return Promise.resolve(answer);
  };
  return { source: { read: first } };
}

function viewOf({
  version,
  indexRoot,
  ratified,
  registry,
  development,
  commit,
  expires,
  issued,
}: VerifiedView): TrustedView {
  return {
    ...{ version, indexRoot, ratified, registry, development, expires },
    ...(commit === undefined ? {} : { commit }),
    now: Math.max(Date.now(), issued),
    trust: undefined,
  };
}

function keepVerified(view: TrustedView, kept: TrustStore | undefined): void {
  const { set } = view.trust ?? {};
  if (kept === undefined || set?.timestamp === undefined) return;
  const { trust: _, now: __, ...named } = view;
  kept.keepVerified({
    ...named,
    timestamp: clientTrustPorts.hash(set.timestamp.bytes),
    rootVersion: set.root.signed.version,
    issued: set.timestamp.signed.issued ?? 0,
  });
}

/** What was seen last: as it was verified, or judged again. */
async function storedView({ store, kept, whole }: ViewRequest): Promise<TrustedView> {
  const verified = whole ? undefined : kept?.verified;
  if (verified !== undefined) return viewOf(verified);
  const { openTrustedView, policy } = await verifier();
  return openTrustedView(store, policy(Number.POSITIVE_INFINITY));
}

interface LastView {
  readonly view: TrustedView;
  /** How long ago it was current, where that is known. */
  readonly agoMs: number | undefined;
}

/** What was seen last; where that is damaged, or has not held, what `sync` took whole. */
async function lastView(request: ViewRequest, again: boolean): Promise<LastView> {
  const { store, kept } = request;
  const whole = kept?.synced;
  const seen = async () => ({ view: await storedView(request), agoMs: kept?.askedAgoMs });
  if (whole === undefined) return seen();
  const root = await store.recall("root");
  if (root === undefined) return seen();
  const synced = async () => {
    const { openEarlierView, policy } = await verifier();
    return {
      view: openEarlierView(root, store, policy(Number.POSITIVE_INFINITY), whole),
      agoMs: kept?.syncedAgoMs,
    };
  };
  return again ? synced() : seen().catch((error) => ignoreRefusal(error) ?? synced());
}

async function offlineView(request: ViewRequest, again: boolean): Promise<TrustedView> {
  try {
    return (await lastView(request, again)).view;
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    // Nothing was kept, or it is damaged: what is judged here came from this machine alone.
    throw nothingKept(request.reader.location, error);
  }
}

/** What verifies metadata: loaded where there are some to verify, and not for a view that has not changed. */
async function verifier() {
  const [{ openTrustedView, openEarlierView }, { verifyEd25519 }] = await Promise.all([
    import("../client/open-trusted-view.ts"),
    import("../trust/tuf/threshold.ts"),
  ]);
  const { ed25519, hash } = clientTrustPorts;
  const policy = (graceMs: number) => ({ verify: verifyEd25519(ed25519), hash, now: Date.now(), graceMs });
  return { openTrustedView, openEarlierView, policy };
}

function tooOld(message: string, cause?: unknown): RegistryError {
  return new RegistryError(
    "VIEW_EXPIRED",
    message,
    "run `sync` while the network is there; where that says the same, its operator has to sign it anew (trust renew). Or take it as it is: --allow-stale. What a project's lock holds is still installed: `install` without a name",
    { cause },
  );
}

function ignoreRefusal(error: unknown): undefined {
  if (error instanceof RegistryError) return undefined;
  throw error;
}

/** Minutes, hours or days, as people say them. */
export function ageText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${minutes} minutes`;
  const hours = Math.round(ms / (DAY_MS / 24));
  return hours < 48 ? `${hours} hours` : `${Math.round(ms / DAY_MS)} days`;
}
