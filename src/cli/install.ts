import { existsSync } from "node:fs";
import { resolve as resolvePath } from "node:path";
import { RegistryError } from "../base/error.ts";
import { visible } from "../base/visible.ts";
import type { Wanted } from "../client/install-plan.ts";
import { consentKinds } from "../content/consent.ts";
import type { PackageName } from "../manifest/name.ts";
import type { Version } from "../manifest/version.ts";
import { clientTrustPorts } from "../node/crypto.ts";
import { adaptedFolder, packFolder } from "../node/installed-pack.ts";
import type { Lock } from "../node/lock.ts";
import { installReleases } from "../node/project.ts";
import { checkSet, refuseFailing, type SetCheck } from "./check-set.ts";
import { type Context, type Options, type Run, UsageError } from "./command.ts";
import { settleConsent } from "./consent.ts";
import { inTurn } from "./in-turn.ts";
import { headsOf } from "./locked-heads.ts";
import { minimumAge, noteLeftOut } from "./minimum-age.ts";
import { type OnRegistry, onRegistry } from "./open-registry.ts";
import { parsePackageSpec } from "./package-spec.ts";
import { loadedFrom, type PreparedRelease, permissionsOf } from "./prepared.ts";
import { type Proven, proveInstall } from "./prove-install.ts";
import { plural } from "./refused.ts";
import { callsFor } from "./several-registries.ts";
import type { Terminal } from "./terminal.ts";
import { ggenVersion, rangeOf } from "./version-spec.ts";

export const run: Run = async (args, options, context) => {
  const project = resolvePath(options.text("project") ?? ".");
  const wanted = args
    .map(parsePackageSpec)
    .map((spec): Wanted => ({ name: spec.name, range: rangeOf(spec) }));
  if (options.flag("frozen") && wanted.length > 0)
    throw new UsageError("--frozen installs what the lock holds; leave out the names, or --frozen");
  return inTurn(project, context.terminal, (lock) => {
    if (wanted.length === 0 && lock.roots.size === 0)
      throw new UsageError("What to install? Nothing is named, and nothing was installed here before");
    return bring({ project, wanted, lock }, options, context);
  });
};

export interface ToBring {
  readonly project: string;
  readonly wanted: readonly Wanted[];
  readonly lock: Lock;
  readonly unlocked?: ReadonlySet<string>;
}

/** Everything is proven, and agreed to, before anything is written, whichever registry it comes from. */
export async function bring(
  { project, wanted, lock, unlocked }: ToBring,
  options: Options,
  context: Context,
): Promise<undefined> {
  if (!existsSync(project))
    throw new RegistryError(
      "PROJECT_MISSING",
      `There is no folder "${visible(project)}"`,
      "make the project's folder first, or give another: --project DIR",
    );
  const proven: Proven[] = [];
  const [force, adapt] = [options.flag("force"), options.flag("adapt")];
  const ggen = ggenVersion(options, context);
  for (const { call, wanted: here } of await callsFor(wanted, lock, options, context)) {
    const asked = { project, wanted: here, lock, force, adapt, unlocked, ggen };
    const allowStale = options.flag("allow-stale");
    const work: OnRegistry<Proven> = (registry, seen, { id }) => {
      const age = minimumAge(options, context, seen, lock);
      return proveInstall(registry, { ...asked, age, root: id, allowStale }, context.terminal);
    };
    const forNew = here.length > 0 || unlocked !== undefined;
    proven.push(await onRegistry(call, context, work, { asking: "now", forNew }));
  }
  for (const { leftOut } of proven) noteLeftOut(leftOut, context.terminal);
  refuseTwice(proven);
  if (options.flag("frozen")) refuseOtherThan(lock, proven);
  const all = proven.flatMap((one) => [...one.releases, ...one.kept]);
  const there = new Set(all.map(nameOf));
  for (const { releases } of proven) for (const one of releases) tell(one, { there, ggen }, context.terminal);
  for (const { kept } of proven) for (const { notices } of kept) context.terminal.warnings(notices);
  const checked = await checkSet(all);
  if (options.flag("strict-gates")) refuseFailing(checked);
  context.terminal.warnings([...checked.failing, ...checked.warnings]);
  await settleConsent(all, lock, options, context);
  return write({ proven, checked, wanted, project, lock }, options, context);
}

/** In CI what is installed is what the lock says, release by release, or nothing. */
function refuseOtherThan(lock: Lock, proven: readonly Proven[]): void {
  const found = new Map(
    proven.flatMap(({ releases, kept }) =>
      [...releases, ...kept].map(
        ({ release, form }) =>
          [release.manifest.name, { digest: release.digest, adapted: form?.digest }] as const,
      ),
    ),
  );
  const names = new Set([...lock.roots.keys(), ...lock.packages.keys(), ...found.keys()]);
  const isSame = (name: PackageName) => {
    const [locked, one] = [lock.packages.get(name), found.get(name)];
    return one !== undefined && locked?.digest === one.digest && locked.adapted === one.adapted;
  };
  const differing = [...names].filter((name) => !isSame(name));
  if (differing.length === 0) return;
  throw new RegistryError(
    "FROZEN",
    `The lock is not what an installation would bring: ${differing.join(", ")} would change; nothing was changed`,
    "install without --frozen, look at what changes in ggen-marketplace.lock, and commit it",
  );
}

function nameOf({ release }: PreparedRelease): PackageName {
  return release.manifest.name;
}

/** A project holds one package of a name: what one registry's packages need is not another's of that name. */
function refuseTwice(proven: readonly Proven[]): void {
  const from = new Map<string, string>();
  for (const { origin, releases, kept } of proven)
    for (const { release } of [...releases, ...kept]) {
      const { name } = release.manifest;
      const other = from.get(name);
      if (other !== undefined)
        throw new RegistryError(
          "NAME_OF_TWO_REGISTRIES",
          `"${name}" would come from ${other} and from ${origin.registry}: a project holds one package of a name; nothing was changed`,
          "install what needs it from one registry only",
        );
      from.set(name, origin.registry);
    }
}

interface ToWrite extends Pick<ToBring, "project" | "wanted" | "lock"> {
  readonly proven: readonly Proven[];
  readonly checked: SetCheck;
}

function write(
  { proven, checked, wanted, project, lock }: ToWrite,
  options: Options,
  { terminal }: Context,
): undefined {
  const dryRun = options.flag("dry-run");
  const releases = proven.flatMap((one) => one.releases);
  const kept = proven.flatMap((one) => one.kept);
  const origins = new Map(
    proven.flatMap(({ origin, releases }) =>
      releases.map(({ release }) => [release.manifest.name, origin] as const),
    ),
  );
  const roots = new Map(wanted.map(({ name, range }) => [name, range]));
  const verified = releases.map(({ release }) => release);
  const packs = new Set(releases.filter((one) => loadedFrom(one) !== undefined).map(nameOf));
  const adapted = new Map(
    releases.flatMap((one) => (one.form === undefined ? [] : [[nameOf(one), one.form.files] as const])),
  );
  const done = dryRun
    ? undefined
    : installReleases(
        project,
        {
          ...{ releases: verified, roots, packs, adapted, origins, plannedOn: lock },
          consent: new Map(
            [...releases, ...kept].map((one) => [nameOf(one), consentKinds(permissionsOf(one))]),
          ),
          heads: new Map([...releases, ...kept].map((one) => [nameOf(one), headsOf(one)])),
        },
        { force: options.flag("force"), hash: clientTrustPorts.hash, now: Date.now() },
      );
  for (const note of done?.notes ?? []) terminal.note(note);
  if (done?.ggenToml === "absent" && packs.size > 0)
    terminal.note(
      "there is no ggen.toml here, so that ggen does not know of these packs yet: write one (with its [packs] table, or without), and `install` again enters them",
    );
  const installed = releases.map(({ release: { manifest, digest }, form }) => ({
    package: manifest.name,
    version: manifest.version,
    path: packFolder(manifest.name),
    ...(form === undefined ? {} : { adapted: { path: adaptedFolder(manifest.name), changes: form.changes } }),
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
  const warnings = [
    ...[...releases, ...kept].flatMap(({ notices }) => notices),
    ...checked.failing,
    ...checked.warnings,
  ];
  const gates = checked.gates?.gates ?? [];
  const ggenToml = done?.ggenToml ?? "unchanged";
  const removed = done?.removed ?? [];
  const leftOut = proven.flatMap((one) => one.leftOut);
  const unchanged = stayed.map(({ package: name, version }) => ({ name, version }));
  terminal.result(
    { ...asked, installed, kept: unchanged, leftOut, removed, dryRun, ggenToml, gates, warnings },
    () => {
      const lines = installed.flatMap(({ package: name, version, path, adapted }) => [
        `${dryRun ? "would install" : terminal.style("green", "installed")} ${name}@${version} → ${path}`,
        ...(adapted === undefined ? [] : [`  adapted → ${adapted.path}: ${adapted.changes.join("; ")}`]),
      ]);
      const named = stayed.filter((one) => roots.has(one.package));
      const same = named.map((one) => `unchanged ${one.package}@${one.version} → ${one.path}`);
      const counts = [
        ...(installed.length > 0 ? [`${plural(installed.length, "package")} verified`] : []),
        ...(stayed.length > 0 ? [`${plural(stayed.length, "package")} unchanged`] : []),
      ];
      return [
        ...lines,
        ...same,
        ...removed.map((name) => `removed ${name}: nothing needs it any more`),
        `${counts.join(", ")}${done?.ggenToml === "changed" ? "; [packs] in ggen.toml updated" : ""}.`,
      ].join("\n");
    },
  );
}

/** What a person should see before it runs: whether the engine loads it, and what it may do here. */
function tell(
  prepared: PreparedRelease,
  { there, ggen }: { readonly there: ReadonlySet<PackageName>; readonly ggen: Version | undefined },
  terminal: Terminal,
): void {
  const { release, content, notices, noForm } = prepared;
  const { optionalDependencies, requires } = release.manifest;
  const name = `${release.manifest.name}@${release.manifest.version}`;
  terminal.warnings(notices);
  if (loadedFrom(prepared) === undefined) {
    const why = content.engine.problems
      .map((problem) => `${problem.code} ${visible(problem.message)}`)
      .join("; ");
    terminal.note(`ggen does not load ${name} as a pack, so that it is not entered in ggen.toml: ${why}`);
    terminal.note(
      noForm === undefined
        ? `\`install --adapt\` gives what ggen does not load a form that it loads, where that can be done`
        : `${name} cannot be adapted: ${noForm.map((reason) => visible(reason)).join("; ")}`,
    );
  }
  if (requires.ggen !== undefined && ggen === undefined)
    terminal.note(
      `${name} is made for ggen ${requires.ggen}; --ggen VERSION leaves out what is made for another`,
    );
  for (const [other, range] of optionalDependencies)
    if (!there.has(other)) terminal.note(`${name} can also use ${other} ${range}, which you may install`);
}
