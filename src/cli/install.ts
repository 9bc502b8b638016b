import { resolve as resolvePath } from "node:path";
import { visible } from "../base/visible.ts";
import { planInstall } from "../client/install-plan.ts";
import { unwrap } from "../client/verify-archive.ts";
import { describeContent } from "../content/describe.ts";
import type { ReleaseContent } from "../content/content.ts";
import { installReleases } from "../node/project.ts";
import type { VerifiedRelease } from "../trust/release.ts";
import type { Run } from "./command.ts";
import { openClientRegistry } from "./open-registry.ts";
import { parsePackageSpec, rangeOf } from "./package-spec.ts";
import { isHarmless, permissionLines } from "./permission-text.ts";
import { plural } from "./refused.ts";
import { unknownPackage } from "./show.ts";
import type { Terminal } from "./terminal.ts";

export const run: Run = async (args, options, context) => {
  const project = resolvePath(options.text("project") ?? ".");
  const wanted = args.map((word) => parsePackageSpec(word)).map((spec) => ({ name: spec.name, range: rangeOf(spec) }));
  const registry = await openClientRegistry(options, context);
  for (const { name } of wanted) if ((await registry.show(name)) === undefined) throw await unknownPackage(name, registry);
  const plan = unwrap(await planInstall(registry, wanted), "What you asked for");
  const releases: VerifiedRelease[] = [];
  for (const { name, version } of plan) {
    context.terminal.progress(`verifying ${name}@${version}`);
    const release = await registry.download(name, version);
    const content = unwrap(describeContent(release, registry.root.registry.iri), `${name}@${version}`);
    tell(release, content, context.terminal);
    releases.push(release);
  }
  const dryRun = options.flag("dry-run");
  const roots = new Map(wanted.map(({ name, range }) => [name, range]));
  const done = dryRun ? undefined : installReleases(project, releases, { roots, force: options.flag("force"), registry: registry.root.registry.iri, hash: registry.ports.hash });
  for (const note of done?.notes ?? []) context.terminal.notice(`note: ${note}`);
  const installed = releases.map((release) => ({ package: release.manifest.name, version: release.manifest.version, path: `packs/${release.manifest.name}`, digest: release.digest, dependencies: [...release.manifest.dependencies.keys()] }));
  context.terminal.result({ installed, dryRun, ggenToml: done?.ggenToml ?? "unchanged" }, () => {
    const lines = installed.map((one) => `${dryRun ? "would install" : "installed"} ${one.package}@${one.version} → ${one.path}`);
    return [...lines, `${plural(installed.length, "package")} verified${done?.ggenToml === "changed" ? ", [packs] in ggen.toml updated" : ""}.`].join("\n");
  });
  return undefined;
};

/** What a person should see before it runs: whether the engine loads it, and what it may do here. */
function tell(release: VerifiedRelease, content: ReleaseContent, terminal: Terminal): void {
  const name = `${release.manifest.name}@${release.manifest.version}`;
  if (!content.engine.loadable) {
    const why = content.engine.problems.map((problem) => `${problem.code} ${visible(problem.message)}`).join("; ");
    terminal.notice(`note: ggen would not load ${name} as a pack: ${why}`);
  }
  if (isHarmless(content.permissions)) return;
  terminal.notice(`${name} may do this on your machine when ggen runs it:`);
  for (const line of permissionLines(content.permissions)) terminal.notice(`  ${line}`);
}

