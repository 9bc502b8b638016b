/**
 * Which of several registries a call means. One that the call names is the one; else all that were added count,
 * and a name that two of them have is nobody's until the project says whose: by its lock, or by --registry.
 */
import { RegistryError } from "../base/error.ts";
import type { Wanted } from "../client/install-plan.ts";
import type { PackageName } from "../manifest/name.ts";
import { homeFolders } from "../node/home.ts";
import type { Lock } from "../node/lock.ts";
import { addedRegistries, distinctRegistries } from "../node/registries.ts";
import type { Context, Options } from "./command.ts";
import { onRegistry } from "./open-registry.ts";
import { resolveSetting } from "./settings.ts";

/** The call once for each registry that it may mean, with --registry; the call itself where that is one. */
export function everyCall(options: Options, context: Context): readonly Options[] {
  return resolveSetting("registry", options, context).text === undefined
    ? everyAdded(options, context)
    : [options];
}

function everyAdded(options: Options, context: Context): readonly Options[] {
  const all = distinctRegistries(homeFolders(context.environment).trust);
  return all.length < 2 ? [options] : all.map(({ name }) => options.with("registry", name));
}

/** The call for the registry that has the package. Throws NAME_OF_TWO_REGISTRIES, UNKNOWN_PACKAGE. */
export async function callWith(name: PackageName, options: Options, context: Context): Promise<Options> {
  const calls = everyCall(options, context);
  const [only] = calls;
  if (calls.length === 1 && only !== undefined) return only;
  const having: Options[] = [];
  // Every one is asked, and must answer: else whoever silences one decides where the name leads.
  for (const call of calls)
    if (
      await onRegistry(call, context, async (registry) => (await registry.resolveRecord(name)) !== undefined)
    )
      having.push(call);
  const [first, second] = having;
  const names = (found: readonly Options[]) =>
    found.map((call) => `"${call.text("registry")}"`).join(" and ");
  if (first === undefined)
    throw new RegistryError(
      "UNKNOWN_PACKAGE",
      `There is no package "${name}" in ${names(calls)}`,
      "look for it with `search`",
    );
  if (second === undefined) return first;
  throw new RegistryError(
    "NAME_OF_TWO_REGISTRIES",
    `${names(having)} each have a package "${name}", and they are two registries`,
    `say which: --registry ${first.text("registry")}; once it is installed, the project's lock remembers`,
  );
}

export interface CallOfRegistry {
  readonly call: Options;
  /** What is asked for of it. */
  readonly wanted: readonly Wanted[];
}

/** An installation by registry: what is asked for anew, and where nothing is, everything that the lock holds. */
export async function callsFor(
  wanted: readonly Wanted[],
  lock: Lock,
  options: Options,
  context: Context,
): Promise<readonly CallOfRegistry[]> {
  const named = resolveSetting("registry", options, context);
  // A setting for good says where something new comes from, and never whose the lock's packages are.
  const calls = named.level === "user" ? everyAdded(options, context) : everyCall(options, context);
  const [only] = calls;
  if (calls.length === 1 && only !== undefined) return [{ call: only, wanted }];
  const all = addedRegistries(homeFolders(context.environment).trust);
  const callOf = (iri: string) => {
    const found = all.find((registry) => registry.iri === iri);
    return found === undefined ? undefined : calls.find((call) => call.text("registry") === found.name);
  };
  if (wanted.length === 0) {
    const iris = new Set([...lock.packages.values()].map(({ registry }) => registry));
    return [...iris].map((iri) => ({ call: callOf(iri) ?? missing(iri), wanted: [] }));
  }
  const byCall = new Map<Options, Wanted[]>();
  for (const one of wanted) {
    const locked = lock.packages.get(one.name);
    const call =
      locked === undefined
        ? await callWith(one.name, options, context)
        : (callOf(locked.registry) ?? missing(locked.registry));
    const known = calls.find((candidate) => candidate.text("registry") === call.text("registry")) ?? call;
    byCall.set(known, [...(byCall.get(known) ?? []), one]);
  }
  return [...byCall].map(([call, here]) => ({ call, wanted: here }));
}

/** A project names a registry; only its user adds one. */
function missing(iri: string): never {
  throw new RegistryError(
    "OTHER_REGISTRY",
    `The project's lock names the registry ${iri}, which you have not added`,
    "add it, by a root that you have from somewhere you trust: ggen-marketplace registry add PATH|URL --root FILE|SHA256",
  );
}
