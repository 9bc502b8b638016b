/** T32: the ceremony's files of a source are whole, signed by as many as must, and say what the source says. */
import type { Problem } from "../base/problem.ts";
import { problemsOf } from "../base/problem.ts";
import { type CeremonyState, ceremonyPaths, type Lacking, readCeremony } from "../trust/ceremony.ts";
import type { TrustPorts } from "../trust/ed25519.ts";
import { verifyEd25519 } from "../trust/tuf/threshold.ts";
import { readFile } from "./registry-source.ts";
import type { SourceTree } from "./source.ts";

/** The ceremony in `tree`, complete or not; `undefined` where there is none, or one that is damaged. */
export function ceremonyOf(
  tree: SourceTree,
  registry: string,
  ports: TrustPorts,
  problems: Problem[],
): CeremonyState | undefined {
  const files = new Map<string, Uint8Array>();
  for (const path of ceremonyPaths(tree.paths())) {
    const bytes = readFile(path, tree, problems);
    if (bytes !== undefined) files.set(path, bytes);
  }
  const read = readCeremony(files, registry, { verify: verifyEd25519(ports.ed25519), hash: ports.hash });
  problems.push(...problemsOf(read));
  return read.ok ? read.value : undefined;
}

/** What keeps the source from being published: files that too few have signed. */
export function incomplete({ lacking }: CeremonyState): Problem[] {
  return lacking.map(unsigned);
}

function unsigned({ file, by, role, signed }: Lacking): Problem {
  return {
    code: "TRUST_INCOMPLETE",
    severity: "error",
    file,
    message: `It is signed by ${signed.length} of the keys of ${by}; ${role.threshold} must sign`,
    remedy: "let the other holders sign it before it is merged: trust sign",
    rule: "T32",
  };
}
