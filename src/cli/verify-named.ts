/** `verify` of what is called by its name: an installed package, or `name@version`, installed or in the registry. */
import { RegistryError } from "../base/error.ts";
import type { Problem } from "../base/problem.ts";
import { type ProvenRelease, verifyArchive } from "../client/verify-archive.ts";
import { type PackageName, parsePackageName } from "../manifest/name.ts";
import { parseVersion, type Version } from "../manifest/version.ts";
import { adaptedFolder, compareAdapted, compareInstalled, packFolder } from "../node/installed-pack.ts";
import type { Lock, LockedPackage } from "../node/lock.ts";
import type { Context, Options } from "./command.ts";
import { checkHeads } from "./locked-heads.ts";
import { onRegistry } from "./open-registry.ts";
import { type PreparedRelease, prepare } from "./prepared.ts";
import { plural } from "./refused.ts";
import { callsFor, callWith } from "./several-registries.ts";
import { attempt, type Proof, refuted, type Verdict } from "./verdict.ts";

export interface VerifyCall {
  readonly project: string;
  readonly lock: Lock;
  readonly options: Options;
  readonly context: Context;
  /** Gets every installed release that was proven. */
  readonly seen: PreparedRelease[];
}

export interface NamedRelease {
  readonly name: PackageName;
  readonly version: Version;
}

/** What `name@version` names; `undefined` for other words. */
export function releaseNamed(target: string): NamedRelease | undefined {
  const at = target.indexOf("@");
  if (at < 0) return undefined;
  const name = parsePackageName(target.slice(0, at));
  const version = parseVersion(target.slice(at + 1));
  return name === undefined || version === undefined ? undefined : { name, version };
}

/** Where the package is installed here, its files, if it is this version; else the registry's release, from its archive. */
export async function verifyNamed({ name, version }: NamedRelease, call: VerifyCall): Promise<Verdict> {
  const what = `${name}@${version}`;
  const locked = call.lock.packages.get(name);
  if (locked === undefined)
    return onRegistry(await callWith(name, call.options, call.context), call.context, (registry) =>
      attempt(what, async () => {
        const { detail, warnings = [] } = namedProof(await verifyArchive(registry, name, version));
        return { detail: `${detail} (the registry's release; it is not installed here)`, warnings };
      }),
    );
  if (locked.version === version) return verifyInstalled(name, call);
  return refuted(what, [
    {
      code: "OTHER_VERSION_INSTALLED",
      severity: "error",
      file: packFolder(name),
      message: `${name}@${locked.version} is installed here, and not ${version}`,
      remedy: `\`verify ${name}\` for what is installed; \`install ${what}\` for the other version`,
    },
  ]);
}

function onlyLocked(name: PackageName, lock: Lock): Lock {
  return { roots: new Map(), packages: new Map([...lock.packages].filter(([locked]) => locked === name)) };
}

/** An installed package: the release anew from the registry, then each file on disk against it. */
export async function verifyInstalled(
  name: PackageName,
  { project, lock, options, context, seen }: VerifyCall,
): Promise<Verdict> {
  const locked = lock.packages.get(name);
  const what = `${name}@${locked?.version}`;
  const [from] = await callsFor([], onlyLocked(name, lock), options, context);
  return onRegistry(from?.call ?? options, context, (registry) =>
    attempt(what, async () => {
      checkRegistry(what, locked, registry.root.registry.iri);
      const proven = await verifyArchive(registry, name, locked?.version ?? "");
      const { release, notices } = proven;
      if (release.digest !== locked?.digest)
        throw new RegistryError(
          "LOCK_DIFFERS",
          `The lock names release ${locked?.digest}, the registry has ${release.digest}`,
          "a release never changes: find out which of the two is right",
        );
      checkHeads(proven, locked);
      const { iri } = registry.root.registry;
      const prepared = prepare(proven, iri, locked.adapted !== undefined, registry.ports.hash);
      const problems = [...compareInstalled(project, release), ...adaptedProblems(project, prepared, locked)];
      if (problems.length > 0)
        throw new RegistryError("INSTALLED_DIFFERS", `Files of ${name} are not those that were signed`, "", {
          problems,
        });
      seen.push(prepared);
      const detail = `${plural(release.content.size, "file")} as signed by ${release.signature.publisher}`;
      return { detail, warnings: notices };
    }),
  );
}

/** The adapted form is made again from the verified release, and is what the lock and the folder have. */
function adaptedProblems(
  project: string,
  { release, form, noForm }: PreparedRelease,
  { adapted }: LockedPackage,
): Problem[] {
  if (adapted === undefined) return [];
  if (form?.digest === adapted) return compareAdapted(project, release, form.files);
  const why = noForm === undefined ? "" : `: it cannot be adapted (${noForm.join("; ")})`;
  return [
    {
      code: "ADAPTED_DIFFERS",
      severity: "error",
      file: adaptedFolder(release.manifest.name),
      message: `The lock has a form that does not follow from the release${why}`,
      remedy: `install it again: ggen-marketplace install ${release.manifest.name}@${release.manifest.version}`,
    },
  ];
}

/** A name of one registry is not that of another. */
function checkRegistry(what: string, locked: LockedPackage | undefined, iri: string): void {
  if (locked === undefined || locked.registry === iri) return;
  throw new RegistryError(
    "OTHER_REGISTRY",
    `${what} was installed from the registry ${locked.registry}, and this one is ${iri}`,
    "give the registry it came from: --registry PATH|URL",
  );
}

/** Of what is called otherwise than by its name and version. */
export function proof(proven: ProvenRelease): Proof {
  const { name, version } = proven.release.manifest;
  const { detail, warnings } = namedProof(proven);
  return { detail: `${name}@${version}, ${detail}`, ...(warnings === undefined ? {} : { warnings }) };
}

export function namedProof({ release: { digest, signature }, notices }: ProvenRelease): Proof {
  return { detail: `${digest}, signed by ${signature.publisher}`, warnings: notices };
}
