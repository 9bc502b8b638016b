/** What was ratified before the newest targets, out of git: a signer is shown what is new. */
import { resolve } from "node:path";
import { ceremonyOf } from "../build/ceremony-check.ts";
import { nodeTrustPorts } from "../node/crypto.ts";
import { revisionsOf } from "../node/git.ts";
import { openBaseTree } from "../node/git-base.ts";
import { RATIFIED_FILE } from "../trust/ceremony.ts";
import type { Ratification } from "../trust/ratification.ts";
import type { RatificationChange } from "../trust/ratification-changes.ts";
import type { TrustSource } from "./trust-source.ts";

/** Signatures gather in commits of their own, so that the last few may have the newest already. */
const REVISIONS_MAX = 50;
const CHANGES_SHOWN_MAX = 200;

/** `undefined` where there was none, or git does not know. */
export async function ratifiedBefore({
  folder,
  source,
  state,
}: TrustSource): Promise<Ratification | undefined> {
  const newest = state?.targets.signed.version ?? 0;
  if (newest < 2) return undefined;
  for (const revision of revisionsOf(resolve(folder), `${resolve(folder)}/${RATIFIED_FILE}`, REVISIONS_MAX)) {
    const earlier = ceremonyOf(await openBaseTree(folder, revision), source.config.iri, nodeTrustPorts, []);
    if (earlier !== undefined && earlier.targets.signed.version < newest) return earlier.ratified.value;
  }
  return undefined;
}

/** "+ maintainer SHA256:…: may override every owner", "+ package x, claimed by packages/x/statements/0001.toml (sha256 …)". */
export function changeLines(changes: readonly RatificationChange[]): string[] {
  if (changes.length === 0) return ["nothing"];
  const lines = changes.slice(0, CHANGES_SHOWN_MAX).map(changeLine);
  if (changes.length <= CHANGES_SHOWN_MAX) return lines;
  return [...lines, `… and ${changes.length - CHANGES_SHOWN_MAX} more, in ${RATIFIED_FILE}`];
}

function changeLine({ change, what, name, claim }: RatificationChange): string {
  const sign = { added: "+", removed: "-", changed: "!" }[change];
  const claimed =
    claim === undefined ? "" : `, by ${what}s/${name}/statements/0001.toml (sha256 ${claim.slice(0, 16)}…)`;
  const may = what === "maintainer" && change === "added" ? ": may override every owner" : "";
  return `${sign} ${what} ${name}${claimed}${may}`;
}
