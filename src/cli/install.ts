import { resolve as resolvePath } from "node:path";
import { RegistryError } from "../base/error.ts";
import { visible } from "../base/visible.ts";
import { type PlannedRelease, planInstall, type Wanted } from "../client/install-plan.ts";
import type { Registry } from "../client/registry.ts";
import { howToFetch, type ProvenRelease, verifyArchive } from "../client/verify-archive.ts";
import { type Lock, type LockedPackage, readLock } from "../node/lock.ts";
import { installReleases, isInstalled, lacksPackEntry, packFolder } from "../node/project.ts";
import { type Context, type Options, type Run, UsageError } from "./command.ts";
import { checkHeads, headsOf } from "./locked-heads.ts";
import { onRegistry } from "./open-registry.ts";
import { parsePackageSpec } from "./package-spec.ts";
import { isHarmless, permissionLines } from "./permission-text.ts";
import { plural, unresolved } from "./refused.ts";
import type { Terminal } from "./terminal.ts";
import { unknownPackage } from "./unknown-package.ts";
import { rangeOf } from "./version-spec.ts";

export const run: Run = async (args, options, context) => {
  const project = resolvePath(options.text("project") ?? ".");
  const wanted = args
    .map(parsePackageSpec)
    .map((spec): Wanted => ({ name: spec.name, range: rangeOf(spec) }));
  const lock = readLock(project);
  if (wanted.length === 0 && lock.roots.size === 0)
    throw new UsageError("What to install? Nothing is named, and nothing was installed here before");
  const work = (registry: Registry) =>
    prove(registry, { project, wanted, lock, force: options.flag("force") }, context.terminal);
  const proven = await onRegistry(options, context, work, { asking: "now", forNew: wanted.length > 0 });
  for (const one of proven.releases) tell(one, context.terminal);
  for (const { notices } of proven.kept) context.terminal.warnings(notices);
  return write(proven, wanted, project, options, context);
};

interface Asked {
  readonly project: string;
  readonly wanted: readonly Wanted[];
  readonly lock: Lock;
  readonly force: boolean;
}

interface Proven {
  /** The registry's IRI. */
  readonly iri: string;
  readonly hash: Registry["ports"]["hash"];
  readonly releases: readonly ProvenRelease[];
  /** Verified like the others, and there already, byte for byte. */
  readonly kept: readonly ProvenRelease[];
}

/** Plans and verifies; writes nothing. */
async function prove(
  registry: Registry,
  { project, wanted, lock, force }: Asked,
  terminal: Terminal,
): Promise<Proven> {
  const { iri } = registry.root.registry;
  const { hash } = registry.ports;
  for (const { name } of wanted)
    if ((await registry.resolveRecord(name)) === undefined) throw await unknownPackage(name, registry);
  const ours = [...lock.packages].filter(([, locked]) => locked.registry === iri);
  const locked = new Map(ours.map(([name, { version }]) => [name as string, version as string]));
  const kept = [...lock.roots]
    .filter(([name]) => locked.has(name))
    .map(([name, range]): Wanted => ({ name, range }));
  const plan = await planInstall(registry, { wanted, kept, locked });
  if (!plan.ok) throw unresolved(plan.problems);
  const proven: ProvenRelease[] = [];
  for (const { name, version } of plan.value) {
    terminal.progress(`verifying ${name}@${version} (${proven.length + 1} of ${plan.value.length})`);
    try {
      const one = await verifyArchive(registry, name, version);
      const before = lock.packages.get(name);
      // Of another version the publisher may be another.
      if (before?.registry === iri)
        checkHeads(one, before.version === version ? before : withoutPublisher(before));
      proven.push(one);
    } catch (error) {
      throw withAllThatIsMissing(error, plan.value.slice(proven.length));
    }
  }
  const stays = new Set(proven.filter((one) => !force && isUnchanged(one, iri, project, lock)));
  return { iri, hash, releases: proven.filter((one) => !stays.has(one)), kept: [...stays] };
}

function withoutPublisher({ "publisher-statements": _, ...rest }: LockedPackage): LockedPackage {
  return rest;
}

/**
 * Whether a release is installed with every signed byte and none besides, locked, and entered in ggen.toml where it
 * should be: then there is nothing to do about it. The lock alone says nothing: it may have come with the project.
 */
function isUnchanged({ release, content }: ProvenRelease, iri: string, project: string, lock: Lock): boolean {
  const { name, version } = release.manifest;
  const entry = lock.packages.get(name);
  if (entry?.registry !== iri || entry.version !== version || !isInstalled(project, release, lock))
    return false;
  return !content.engine.loadable || !lacksPackEntry(project, name);
}

/** Offline: what else is to be installed may be missing too, and one `sync` fetches all of it. */
function withAllThatIsMissing(error: unknown, open: readonly PlannedRelease[]): unknown {
  if (!(error instanceof RegistryError) || error.code !== "OFFLINE_MISSING") return error;
  const hint = howToFetch(open.map(({ name, version }) => `${name}@${version}`));
  return new RegistryError(error.code, error.message, hint, { cause: error });
}

function write(
  { iri, hash, releases, kept }: Proven,
  wanted: readonly Wanted[],
  project: string,
  options: Options,
  { terminal }: Context,
): undefined {
  const dryRun = options.flag("dry-run");
  const roots = new Map(wanted.map(({ name, range }) => [name, range]));
  const verified = releases.map(({ release }) => release);
  const packs = new Set(
    releases.filter(({ content }) => content.engine.loadable).map(({ release }) => release.manifest.name),
  );
  const done = dryRun
    ? undefined
    : installReleases(project, verified, {
        ...{ roots, packs, force: options.flag("force"), registry: iri, hash },
        heads: new Map([...releases, ...kept].map((one) => [one.release.manifest.name, headsOf(one)])),
      });
  for (const note of done?.notes ?? []) terminal.note(note);
  if (done?.ggenToml === "absent" && packs.size > 0)
    terminal.note(
      "there is no ggen.toml here, so that ggen does not know of these packs yet: write one (with its [packs] table, or without), and `install` again enters them",
    );
  const installed = verified.map(({ manifest, digest }) => ({
    package: manifest.name,
    version: manifest.version,
    path: packFolder(manifest.name),
    digest,
    dependencies: [...manifest.dependencies.keys()],
  }));
  const stayed = kept.map(({ release: { manifest } }) => ({
    package: manifest.name,
    version: manifest.version,
    path: packFolder(manifest.name),
  }));
  const asked =
    wanted.length === 1
      ? [...installed, ...stayed].find((one) => one.package === wanted[0]?.name)
      : undefined;
  const warnings = [...releases, ...kept].flatMap(({ notices }) => notices);
  const ggenToml = done?.ggenToml ?? "unchanged";
  const unchanged = stayed.map(({ package: name, version }) => ({ name, version }));
  terminal.result({ ...asked, installed, kept: unchanged, dryRun, ggenToml, warnings }, () => {
    const lines = installed.map(
      (one) =>
        `${dryRun ? "would install" : terminal.style("green", "installed")} ${one.package}@${one.version} → ${one.path}`,
    );
    const named = stayed.filter((one) => roots.has(one.package));
    const same = named.map((one) => `unchanged ${one.package}@${one.version} → ${one.path}`);
    const counts = [
      ...(installed.length > 0 ? [`${plural(installed.length, "package")} verified`] : []),
      ...(stayed.length > 0 ? [`${plural(stayed.length, "package")} unchanged`] : []),
    ];
    return [
      ...lines,
      ...same,
      `${counts.join(", ")}${done?.ggenToml === "changed" ? "; [packs] in ggen.toml updated" : ""}.`,
    ].join("\n");
  });
}

/** What a person should see before it runs: whether the engine loads it, and what it may do here. */
function tell({ release, content, notices }: ProvenRelease, terminal: Terminal): void {
  const name = `${release.manifest.name}@${release.manifest.version}`;
  terminal.warnings(notices);
  if (!content.engine.loadable) {
    const why = content.engine.problems
      .map((problem) => `${problem.code} ${visible(problem.message)}`)
      .join("; ");
    terminal.note(`ggen does not load ${name} as a pack, so that it is not entered in ggen.toml: ${why}`);
  }
  if (isHarmless(content.permissions)) return;
  terminal.notice(`${name} may do this on your machine when ggen runs it:`);
  for (const line of permissionLines(content.permissions)) terminal.notice(`  ${line}`);
}
