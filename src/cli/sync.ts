import type { Digest } from "../base/digest.ts";
import { visible } from "../base/visible.ts";
import {
  type InstallRequest,
  type PlannedRelease,
  planInstall,
  unresolved,
  type Wanted,
} from "../client/install-plan.ts";
import { isAddress } from "../client/reader.ts";
import type { Registry } from "../client/registry.ts";
import { readV1Index, type Synced, syncArchives, syncGraph, syncView } from "../client/sync.ts";
import type { TrustStore } from "../node/trust-store.ts";
import { type Context, type Options, type Run, UsageError } from "./command.ts";
import { minimumAge } from "./minimum-age.ts";
import { onPlace, openPlace, registryLocation } from "./open-registry.ts";
import { parsePackageSpec } from "./package-spec.ts";
import { plural } from "./refused.ts";
import { callWith, everyCall } from "./several-registries.ts";
import type { Terminal } from "./terminal.ts";
import { unknownPackage } from "./unknown-package.ts";
import { ggenVersion, rangeOf } from "./version-spec.ts";

const NOTHING: Synced = { files: 0, bytes: 0 };

/** What `--json` prints of a registry. */
interface SyncedRegistry extends Synced {
  readonly registry: string;
  readonly title: string;
  readonly root: Digest;
  readonly counts: Registry["root"]["counts"];
  readonly archives: Synced;
  /** Where it was asked for. */
  readonly graph?: Synced;
  /** It is a folder on this machine, and read where it stands. */
  readonly isFolder: boolean;
}

export const run: Run = async (args, options, context) => {
  const wanted = wantedArchives(args, options);
  const synced: SyncedRegistry[] = [];
  for (const { call, archives } of await callsOf(wanted, options, context))
    synced.push(await syncOne(archives, call, context));
  const told = synced.map(({ isFolder, ...said }) => said);
  context.terminal.result(told.length === 1 ? told[0] : { registries: told }, () =>
    synced.map(text).join("\n"),
  );
  return undefined;
};

/** Every registry that the call may mean; where packages are named, those that have them. */
async function callsOf(wanted: readonly Wanted[] | "all", options: Options, context: Context) {
  if (wanted === "all" || wanted.length === 0)
    return everyCall(options, context).map((call) => ({ call, archives: wanted }));
  const calls = new Map<string | undefined, { call: Options; archives: Wanted[] }>();
  for (const one of wanted) {
    const call = await callWith(one.name, options, context);
    const known = calls.get(call.text("registry"));
    if (known === undefined) calls.set(call.text("registry"), { call, archives: [one] });
    else known.archives.push(one);
  }
  return [...calls.values()];
}

async function syncOne(
  wanted: readonly Wanted[] | "all",
  call: Options,
  context: Context,
): Promise<SyncedRegistry> {
  const place = await openPlace(registryLocation(call, context), call, context);
  const isFolder = !isAddress(place.location);
  const { terminal } = context;
  const sync = async (registry: Registry, kept?: TrustStore) => {
    const { registry: about, counts } = registry.root;
    const view = {
      registry: place.location,
      title: about.title,
      root: registry.rootDigest,
      counts,
      isFolder,
    };
    if (isFolder) {
      await seeAll(registry, kept);
      return { ...view, ...NOTHING, archives: NOTHING };
    }
    await registry.trustRoot();
    const fetched = await syncView(registry, {
      onFile: (done) => terminal.progress(`fetched ${plural(done, "file")} of the view`),
      packs: kept?.synced === undefined ? "take" : "ignore",
    });
    await seeAll(registry, kept);
    const choosing = {
      ggen: ggenVersion(call, context),
      age: minimumAge(call, context, kept, undefined),
    };
    const archives = await fetchArchives(registry, wanted, choosing, terminal);
    if (!call.flag("graph")) return { ...view, ...fetched, archives };
    terminal.progress("fetching the graph");
    await readV1Index(registry);
    return { ...view, ...fetched, archives, graph: await syncGraph(registry) };
  };
  return onPlace(place, call, context, sync, { asking: "must-answer", onDone: keepSynced });
}

/** Notes that every release of the view is there today: for a minimum age, whoever sets one later. */
async function seeAll(registry: Registry, kept: TrustStore | undefined): Promise<void> {
  if (kept === undefined) return;
  const records = await registry.resolveRecords();
  kept.seen.firstSeen(new Map(records.map(({ name, releases }) => [name, releases])), Date.now());
}

function text(synced: SyncedRegistry): string {
  const { registry, title, counts, archives, graph, isFolder } = synced;
  if (isFolder)
    return `${registry} is a folder on this machine: nothing to fetch (${plural(counts.packages, "package")}).`;
  const more = archives.files === 0 ? "" : `, and ${sizeOf(archives, "archive")}`;
  const asked = graph === undefined ? "" : `, and the graph (${sizeOf(graph, "file")})`;
  return `${visible(title)}: ${plural(counts.packages, "package")}, ${plural(counts.releases, "release")}; the view is on this machine (${sizeOf(synced, "file")})${more}${asked}.`;
}

/** Offline, this view is read whole, whatever is looked at meanwhile. */
function keepSynced({ view }: Registry, kept: TrustStore | undefined): void {
  if (view === undefined) return;
  const { version, indexRoot, ratified, expires } = view;
  kept?.keepSynced({ version, indexRoot, ratified, expires });
}

function wantedArchives(args: readonly string[], options: Options): readonly Wanted[] | "all" {
  const wanted = args
    .map(parsePackageSpec)
    .map((spec): Wanted => ({ name: spec.name, range: rangeOf(spec) }));
  if (!options.flag("archives")) return wanted;
  if (wanted.length === 0) return "all";
  throw new UsageError("--archives fetches those of every package; leave it out, or the names");
}

/** What else decides which releases `install` takes. */
type Choosing = Pick<InstallRequest, "ggen" | "age">;

async function fetchArchives(
  registry: Registry,
  wanted: readonly Wanted[] | "all",
  choosing: Choosing,
  terminal: Terminal,
): Promise<Synced> {
  const releases = wanted === "all" ? wanted : await withDependencies(registry, wanted, choosing);
  return syncArchives(registry, releases, (done, total) =>
    terminal.progress(`fetched ${done} of ${plural(total, "archive")}`),
  );
}

/** Each package as `install` would choose it in an empty project: what one of them needs may not go with another. */
async function withDependencies(
  registry: Registry,
  wanted: readonly Wanted[],
  choosing: Choosing,
): Promise<readonly PlannedRelease[]> {
  const releases: PlannedRelease[] = [];
  for (const one of wanted) {
    if ((await registry.resolveRecord(one.name)) === undefined)
      throw await unknownPackage(one.name, registry);
    const plan = await planInstall(registry, { wanted: [one], kept: [], locked: new Map(), ...choosing });
    if (!plan.ok) throw unresolved(plan.failure, "nothing more was fetched");
    releases.push(...plan.releases);
  }
  return releases;
}

function sizeOf({ files, bytes }: Synced, word: string): string {
  return `${plural(files, word)}, ${Math.ceil(bytes / 1024)} kB`;
}
