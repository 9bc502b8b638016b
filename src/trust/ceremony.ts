/**
 * What the holders of the offline keys sign together, as files of the registry's source.
 *
 *     trust/1.root.json  trust/2.root.json …    every root there ever was, each signed by the one before it and by itself
 *     trust/<n>.targets.json                    the newest: names ratified.json, delegates the index
 *     trust/ratified.json                       maintainers, and the first statement of every ratified name
 *
 * Signatures gather in the files, on a branch, until there are enough; `lacking` says what is missing. Only a
 * complete ceremony belongs on the branch that is published.
 */
import type { Hash } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { failed, ok, type Problem, problemsOf, type Result } from "../base/problem.ts";
import { visible } from "../base/visible.ts";
import { parseRatification, type Ratification } from "./ratification.ts";
import { registryOf } from "./registry-trust.ts";
import { RATIFIED_TARGET, TRUST_FOLDER } from "./trust-paths.ts";
import {
  type Metadata,
  parseMetadata,
  type Role,
  type Root,
  sha256In,
  type Targets,
} from "./tuf/metadata.ts";
import { signersOf, type VerifySignature } from "./tuf/threshold.ts";

export const RATIFIED_FILE = RATIFIED_TARGET;
export const rootFile = (version: number): string => `${TRUST_FOLDER}/${version}.root.json`;
export const targetsFile = (version: number): string => `${TRUST_FOLDER}/${version}.targets.json`;

/** Signatures that a file still needs of the keys of one role. */
export interface Lacking {
  readonly file: string;
  /** Whose keys: "the root before it", "the new root". */
  readonly by: string;
  readonly role: Role;
  /** Ids of the keys that have signed. */
  readonly signed: readonly string[];
}

export interface CeremonyState {
  /** By version, from 1. */
  readonly roots: readonly Metadata<Root>[];
  readonly targets: Metadata<Targets>;
  readonly ratified: { readonly bytes: Uint8Array; readonly value: Ratification };
  /** Empty where everything is signed by as many as must. */
  readonly lacking: readonly Lacking[];
}

export interface CeremonyPorts {
  readonly verify: VerifySignature;
  readonly hash: Hash;
}

/** The newest root. */
export function newestRoot({ roots }: CeremonyState): Metadata<Root> {
  const last = roots.at(-1);
  if (last === undefined) throw new Error("a ceremony has a root");
  return last;
}

/** The paths among `paths` that are a ceremony's. */
export function ceremonyPaths(paths: Iterable<string>): string[] {
  return [...paths].filter(
    (path) => path === RATIFIED_FILE || versionIn(path, "root") > 0 || versionIn(path, "targets") > 0,
  );
}

/**
 * The ceremony in `files`, by path in the source; `undefined` where there is none. Signatures that are missing
 * are no problem here (`lacking`). Problems: TRUST_ROOT_MISSING, TRUST_INVALID, TRUST_OTHER_REGISTRY,
 * TRUST_TARGETS_MISSING, RATIFIED_DIFFERS, and those of `parseRatification`.
 */
export function readCeremony(
  files: ReadonlyMap<string, Uint8Array>,
  registry: string,
  ports: CeremonyPorts,
): Result<CeremonyState | undefined> {
  if (files.size === 0) return ok(undefined);
  const problems: Problem[] = [];
  const roots = readRoots(files, registry, problems);
  const targets = newestTargets(files, problems);
  const bytes = files.get(RATIFIED_FILE);
  const ratified = bytes === undefined ? undefined : parseRatification(bytes, RATIFIED_FILE);
  if (bytes === undefined)
    problems.push(
      missing(RATIFIED_FILE, "TRUST_TARGETS_MISSING", "The file of what was ratified is missing"),
    );
  if (ratified !== undefined) problems.push(...problemsOf(ratified));
  if (bytes === undefined || !ratified?.ok || targets === undefined || problems.length > 0)
    return failed(problems);
  const { value } = ratified;
  if (value.registry !== registry) return failed([otherRegistry(RATIFIED_FILE, registry, value.registry)]);
  const named = targets.metadata.signed.targets.get(RATIFIED_TARGET);
  if (named === undefined || sha256In(named.hashes) !== ports.hash(bytes) || named.length !== bytes.length)
    return failed([ratifiedDiffers(targets.file)]);
  const lacking = [...lackingRoots(roots, ports), ...lackingTargets(targets, roots, ports)];
  return ok({ roots, targets: targets.metadata, ratified: { bytes, value }, lacking });
}

function versionIn(path: string, role: string): number {
  const [, version, found] = /^trust\/([1-9]\d{0,8})\.(root|targets)\.json$/.exec(path) ?? [];
  return found === role ? Number(version) : 0;
}

function versionsOf(files: ReadonlyMap<string, Uint8Array>, role: string): number[] {
  return [...files.keys()]
    .map((path) => versionIn(path, role))
    .filter((version) => version > 0)
    .sort((a, b) => a - b);
}

function readRoots(
  files: ReadonlyMap<string, Uint8Array>,
  registry: string,
  problems: Problem[],
): Metadata<Root>[] {
  const newest = versionsOf(files, "root").at(-1) ?? 0;
  if (newest === 0) problems.push(missing(rootFile(1), "TRUST_ROOT_MISSING", "There is no root"));
  const roots: Metadata<Root>[] = [];
  for (let version = 1; version <= newest; version++) {
    const file = rootFile(version);
    const bytes = files.get(file);
    if (bytes === undefined) {
      problems.push(
        missing(file, "TRUST_ROOT_MISSING", "Clients go from root to root, and this one is missing"),
      );
      continue;
    }
    const root = read(bytes, "root", file, problems);
    if (root === undefined) continue;
    checkRoot(root.signed, { version, registry, file }, problems);
    roots.push(root);
  }
  return roots;
}

function checkRoot(
  root: Root,
  { version, registry, file }: { readonly version: number; readonly registry: string; readonly file: string },
  problems: Problem[],
): void {
  if (root.version !== version)
    problems.push(invalid(file, `It has version ${root.version}, and its name says ${version}`));
  if (!root.consistentSnapshot) problems.push(invalid(file, "It does not say consistent_snapshot"));
  let said: ReturnType<typeof registryOf> | undefined;
  try {
    said = registryOf(root);
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    problems.push(invalid(file, error.message));
  }
  if (said !== undefined && said.registry !== registry)
    problems.push(otherRegistry(file, registry, said.registry));
  if (said?.development) problems.push(invalid(file, "It is a development root, which is for one machine"));
}

function newestTargets(
  files: ReadonlyMap<string, Uint8Array>,
  problems: Problem[],
): { readonly file: string; readonly metadata: Metadata<Targets> } | undefined {
  const version = versionsOf(files, "targets").at(-1) ?? 0;
  const file = targetsFile(Math.max(1, version));
  const bytes = files.get(file);
  if (bytes === undefined) {
    problems.push(
      missing(file, "TRUST_TARGETS_MISSING", "Nothing says what was ratified, nor who signs the index"),
    );
    return undefined;
  }
  const metadata = read(bytes, "targets", file, problems);
  if (metadata === undefined) return undefined;
  if (metadata.signed.version !== version)
    problems.push(invalid(file, `It has version ${metadata.signed.version}, and its name says ${version}`));
  return { file, metadata };
}

function read<T extends "root" | "targets">(bytes: Uint8Array, type: T, file: string, problems: Problem[]) {
  try {
    return parseMetadata(bytes, type, file);
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    problems.push(invalid(file, error.message));
    return undefined;
  }
}

/** T32: a root is signed by the one before it and by itself. */
function lackingRoots(roots: readonly Metadata<Root>[], { verify }: CeremonyPorts): Lacking[] {
  return roots.flatMap((root, at) => {
    const before = roots[at - 1];
    const file = rootFile(at + 1);
    return [
      ...(before === undefined
        ? []
        : lackingOf(root, file, "the root before it", before.signed, "root", verify)),
      ...lackingOf(root, file, "the root itself", root.signed, "root", verify),
    ];
  });
}

function lackingTargets(
  { file, metadata }: { readonly file: string; readonly metadata: Metadata<Targets> },
  roots: readonly Metadata<Root>[],
  { verify }: CeremonyPorts,
): Lacking[] {
  const newest = roots.at(-1);
  return newest === undefined
    ? []
    : lackingOf(metadata, file, "the newest root", newest.signed, "targets", verify);
}

function lackingOf(
  metadata: Metadata,
  file: string,
  by: string,
  root: Root,
  name: "root" | "targets",
  verify: VerifySignature,
): Lacking[] {
  const role = root.roles[name];
  const signed = signersOf(metadata, role, root.keys, verify);
  return signed.length >= role.threshold ? [] : [{ file, by, role, signed }];
}

function missing(file: string, code: string, message: string): Problem {
  return trustProblem(
    code,
    file,
    message,
    "bring it back from the registry's history, or begin with `trust init`",
  );
}

function invalid(file: string, message: string): Problem {
  return trustProblem("TRUST_INVALID", file, message, "write it with `trust`, and never by hand");
}

function otherRegistry(file: string, expected: string, found: string): Problem {
  const remedy = "make it for this registry: trust init";
  const problem = trustProblem("TRUST_OTHER_REGISTRY", file, "It is for another registry", remedy);
  return { ...problem, expected, found: visible(found) };
}

function ratifiedDiffers(targets: string): Problem {
  return trustProblem(
    "RATIFIED_DIFFERS",
    RATIFIED_FILE,
    `It is not what "${targets}" names`,
    "bring it back from the registry's history, or write both again: trust ratify",
  );
}

function trustProblem(code: string, file: string, message: string, remedy: string): Problem {
  return { code, severity: "error", file, message, remedy, rule: "T32" };
}
