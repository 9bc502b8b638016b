/**
 * What a change does to a registry's past: what was released or said stays, byte for byte, and what is new is
 * signed by keys that still sign.
 *
 *     before   the source as it was, at the commit that the change is held against
 *     now      the source with the change
 *
 *     releases     packages/<name>/<version>/        no file changed, added or removed
 *     statements   …/statements/                     only new ones behind those that were there
 *     ceremony     what the holders of root and targets signed (judge-ceremony-history.ts)
 *     new ones     by a key that is active now: a key that was replaced or revoked signs nothing new
 *
 * Of a source alone this cannot be told: it has no dates, and a release by an old key may be an old release.
 * Folders that git vouches for as unchanged are not read.
 */
import { equalBytes } from "../base/bytes.ts";
import type { Problem } from "../base/problem.ts";
import { foldPackageChain, foldPublishers, statesOf } from "../build/authority.ts";
import { MAINTAINERS_FILE, REGISTRY_CONFIG_FILE, readFile, sortSource } from "../build/registry-source.ts";
import type { SourceTree } from "../build/source.ts";
import { parsePackageToml } from "../manifest/package-toml.ts";
import type { TrustPorts } from "../trust/ed25519.ts";
import type { KeyId } from "../trust/public-key.ts";
import type { PublisherState } from "../trust/publisher-chain.ts";
import { decodeSignature } from "../trust/signature-check.ts";
import { RELEASE_NAMESPACE } from "../trust/sshsig.ts";
import { judgeCeremonyHistory } from "./judge-ceremony-history.ts";

/** A release, or the statements of one package or publisher. */
const UNIT = /^(?:packages\/[^/]+\/[^/]+|publishers\/[^/]+\/statements)(?=\/)/;

export function judgeHistory(before: SourceTree, now: SourceTree, ports: TrustPorts): Problem[] {
  const past = unitsOf(before);
  const present = unitsOf(now);
  const problems: Problem[] = [];
  const changed = new Set<string>();
  for (const unit of new Set([...past.keys(), ...present.keys()])) {
    const tree = before.treeId(unit);
    if (tree !== undefined && tree === now.treeId(unit)) continue;
    changed.add(unit);
    const files = { past: past.get(unit) ?? new Set(), present: present.get(unit) ?? new Set() };
    problems.push(...compareUnit(unit, files, before, now));
  }
  const fresh = (unit: string) => changed.has(unit) && !past.has(unit);
  const told = (unit: string) => (changed.has(unit) ? (past.get(unit) ?? new Set<string>()) : undefined);
  return [
    ...problems,
    ...judgeNew(now, ports, fresh, told),
    ...judgeRoot(before, now),
    ...judgeCeremonyHistory(before, now, ports),
  ];
}

/** The paths of each release and of each chain. */
function unitsOf(tree: SourceTree): Map<string, Set<string>> {
  const units = new Map<string, Set<string>>();
  for (const path of tree.paths()) {
    const unit = UNIT.exec(path)?.[0];
    if (unit === undefined) continue;
    const paths = units.get(unit) ?? new Set();
    units.set(unit, paths.add(path));
  }
  return units;
}

interface UnitFiles {
  readonly past: ReadonlySet<string>;
  readonly present: ReadonlySet<string>;
}

/** H1, H2: everything of a release or a chain that was there and is not there as it was. */
function compareUnit(unit: string, files: UnitFiles, before: SourceTree, now: SourceTree): Problem[] {
  const isChain = unit.endsWith("/statements");
  const [changedCode, removedCode, rule] = isChain
    ? ["STATEMENT_CHANGED", "STATEMENT_REMOVED", "H2"]
    : ["RELEASE_CHANGED", "RELEASE_REMOVED", "H1"];
  const changed = (file: string, message: string) =>
    problem(changedCode, file, message, "bring back the bytes that were there", rule);
  const removed = (file: string, message: string) => problem(removedCode, file, message, BRING_BACK, rule);
  if (!isChain && files.past.size > 0 && files.present.size === 0)
    return [removed(unit, "The release was removed; a release stays, and is yanked where it is wrong")];
  const found: Problem[] = [];
  for (const path of files.past) {
    if (!files.present.has(path)) found.push(removed(path, "The file was there and was removed"));
    else if (!isSame(path, before, now, found))
      found.push(changed(path, "The file was there with other bytes"));
  }
  if (!isChain && files.past.size > 0)
    for (const path of files.present)
      if (!files.past.has(path)) found.push(changed(path, "The file was added to a release that was there"));
  return found;
}

const BRING_BACK =
  "bring it back; where the branch is behind what it is held against, merge or rebase it first";

function isSame(path: string, before: SourceTree, now: SourceTree, problems: Problem[]): boolean {
  const was = readFile(path, before, problems);
  const is = readFile(path, now, problems);
  return was === undefined || is === undefined || equalBytes(was, is);
}

/** H3: new releases and new statements about packages; those of publishers are judged in their chain (T13). */
function judgeNew(
  now: SourceTree,
  ports: TrustPorts,
  isNew: (unit: string) => boolean,
  told: (unit: string) => ReadonlySet<string> | undefined,
): Problem[] {
  const { source } = sortSource(now);
  if (source === undefined) return [];
  const publishers = statesOf(foldPublishers(source, now, ports, []));
  const problems: Problem[] = [];
  for (const [name, { chain, releases }] of source.packages) {
    for (const { folder } of releases) if (isNew(folder)) problems.push(...judgeRelease(folder));
    const before = told(`packages/${name}/statements`);
    const folded =
      before === undefined ? undefined : foldPackageChain(name, chain, source, publishers, now, ports);
    if (!folded?.ok) continue;
    for (const { sequence, by } of folded.value.state.events) {
      const file = `packages/${name}/statements/${String(sequence).padStart(4, "0")}.toml`;
      if (by.publisher === undefined || before?.has(file)) continue;
      const remedy = `delete ${file}, ${file}.sig and what was said after it, and say it again with an active key`;
      const inactive = { code: "STATEMENT_BY_INACTIVE_KEY", file, remedy };
      problems.push(...judgeKey(publishers.get(by.publisher), by.keyId, inactive));
    }
  }
  return problems;

  /** What is wrong with its files is told where releases are verified. */
  function judgeRelease(folder: string): Problem[] {
    const [manifestAt, file] = [`${folder}/package.toml`, `${folder}/SHA256SUMS.sig`];
    const bytes = readFile(manifestAt, now, []);
    const armor = readFile(file, now, []);
    const manifest = bytes === undefined ? undefined : parsePackageToml(bytes, manifestAt);
    const signature =
      armor === undefined ? undefined : decodeSignature(armor, file, RELEASE_NAMESPACE, ports);
    if (!manifest?.ok || !signature?.ok) return [];
    const remedy = `delete ${folder}/, and publish it again with an active key`;
    const inactive = { code: "RELEASE_BY_INACTIVE_KEY", file, remedy };
    return judgeKey(publishers.get(manifest.value.publisher), signature.value.keyId, inactive);
  }
}

function judgeKey(
  publisher: PublisherState | undefined,
  keyId: KeyId,
  { code, file, remedy }: Pick<Problem, "code" | "file" | "remedy">,
): Problem[] {
  const key = publisher?.keys.get(keyId);
  if (publisher === undefined || key === undefined || key.state === "active") return [];
  const active = [...publisher.keys.values()].filter(({ state }) => state === "active");
  const message = `This is new, and signed by a ${key.state} key of "${publisher.name}": only an active one signs anything new`;
  const more = { expected: active.map((standing) => standing.key.id).join(", ") || "none is", found: keyId };
  return [{ ...problem(code, file, message, remedy, "H3"), ...more }];
}

/** H4: who may do what is decided by these two, and nobody signs them. */
function judgeRoot(before: SourceTree, now: SourceTree): Problem[] {
  const bytesOf = (tree: SourceTree, path: string) =>
    tree.paths().includes(path) ? readFile(path, tree, []) : undefined;
  if (bytesOf(before, REGISTRY_CONFIG_FILE) === undefined) return [];
  return [REGISTRY_CONFIG_FILE, MAINTAINERS_FILE].flatMap((path): Problem[] => {
    const [was, is] = [bytesOf(before, path), bytesOf(now, path)];
    const isSame = was === undefined || is === undefined ? was === is : equalBytes(was, is);
    if (isSame) return [];
    const message = "The change is also one of who may do what here";
    const remedy = "let those decide on it who run the registry";
    return [{ ...problem("ROOT_OF_TRUST_CHANGED", path, message, remedy, "H4"), severity: "warning" }];
  });
}

function problem(code: string, file: string, message: string, remedy: string, rule: string): Problem {
  return { code, severity: "error", file, message, remedy, rule };
}
