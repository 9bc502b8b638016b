/**
 * H5: what the holders signed stays. People pin a root by the sha256 of its file, clients go from root to root, and
 * a version that was published is never said again with other bytes.
 *
 * A file that had too few signatures is no more than a draft: it may still change.
 */
import { equalBytes } from "../base/bytes.ts";
import type { Problem } from "../base/problem.ts";
import { ceremonyOf } from "../build/ceremony-check.ts";
import { readFile, sortSource } from "../build/registry-source.ts";
import type { SourceTree } from "../build/source.ts";
import { type CeremonyState, rootFile, targetsFile } from "../trust/ceremony.ts";
import type { TrustPorts } from "../trust/ed25519.ts";

export function judgeCeremonyHistory(before: SourceTree, now: SourceTree, ports: TrustPorts): Problem[] {
  const past = ceremonyIn(before, ports);
  if (past === undefined) return [];
  const drafts = new Set(past.lacking.map(({ file }) => file));
  const roots = past.roots.map((root, at) => ({ file: rootFile(at + 1), was: root.bytes }));
  const changedRoots = roots
    .filter(({ file, was }) => !drafts.has(file) && !isThere(file, was, now))
    .map(({ file }) => changed(file, "TRUST_ROOT_CHANGED", "A root that was signed was changed or removed"));
  return [...changedRoots, ...judgeTargets(past, drafts, now, ports)];
}

function judgeTargets(
  past: CeremonyState,
  drafts: ReadonlySet<string>,
  now: SourceTree,
  ports: TrustPorts,
): Problem[] {
  const present = ceremonyIn(now, ports);
  const { version } = past.targets.signed;
  const file = targetsFile(version);
  if (drafts.has(file)) return [];
  // A newer one may stand in its place; that as many as must have signed it is T32.
  const isKept = present !== undefined && present.targets.signed.version > version;
  const targets =
    isKept || isThere(file, past.targets.bytes, now)
      ? []
      : [changed(file, "TRUST_TARGETS_CHANGED", "What was signed for targets was changed, or is older now")];
  return [...targets, ...(present === undefined ? [] : takenBack(past, present))];
}

/** Only the holders together can do it, and hardly on purpose: their name is somebody else's then. */
function takenBack(past: CeremonyState, present: CeremonyState): Problem[] {
  const claims = present.ratified.value.claims;
  return [...past.ratified.value.claims]
    .filter(([name, digest]) => claims.get(name) !== digest)
    .map(([name]) => ({
      ...changed(
        targetsFile(present.targets.signed.version),
        "RATIFIED_TAKEN_BACK",
        `The claim of "${name}" was ratified, and is no more, or is another one`,
      ),
      severity: "warning",
      remedy: "if the holders did not mean it, ratify the first claim again: trust ratify",
    }));
}

function ceremonyIn(tree: SourceTree, ports: TrustPorts): CeremonyState | undefined {
  const { source } = sortSource(tree);
  // What is wrong with it is told where the source itself is judged.
  return source === undefined ? undefined : ceremonyOf(tree, source.config.iri, ports, []);
}

function isThere(file: string, was: Uint8Array, now: SourceTree): boolean {
  const is = now.paths().includes(file) ? readFile(file, now, []) : undefined;
  return is !== undefined && equalBytes(was, is);
}

function changed(file: string, code: string, message: string): Problem {
  const remedy =
    "bring back the bytes that were there; what is to change is a new version: trust rotate, trust ratify";
  return { code, severity: "error", file, message, remedy, rule: "H5" };
}
