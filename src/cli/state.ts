import { RegistryError } from "../base/error.ts";
import type { Problem } from "../base/problem.ts";
import { visible } from "../base/visible.ts";
import { overlay } from "../build/overlay.ts";
import { emptyRange, unknownReplacement } from "../build/statement-aims.ts";
import { nodeTrustPorts } from "../node/crypto.ts";
import { addFiles } from "../node/source-writer.ts";
import { checkSigner } from "../publish/publication.ts";
import { type ChainEnd, signStatement } from "../publish/sign-statement.ts";
import type { SignedStatement } from "../trust/statement.ts";
import type { Run } from "./command.ts";
import { judge } from "./judge.ts";
import { gitSteps } from "./next-steps.ts";
import { refusedToSign } from "./refused.ts";
import { openSigning, type Signing } from "./signer.ts";
import { type StatedAction, stateAction } from "./state-action.ts";

export const run: Run = async (args, options, context) => {
  const [action = "", subject = "", value] = args;
  const said = await stateAction({ action, subject, value }, options, context);
  const into = await openSigning(options, context);
  refuseInactiveKey(into);
  const { statement, newKey } = said(into);
  const already = alreadySo(statement, into);
  if (already !== undefined) {
    context.terminal.result({ action, subject, files: [], already }, () => `${already}: nothing to do.`);
    return undefined;
  }
  const warnings = aimless(statement, into);
  context.terminal.warnings(warnings);
  const end = endOf(chainOf(statement, into));
  const signers = { signer: into.signer, ...(newKey === undefined ? {} : { newKey }) };
  const { files } = signStatement(into.source.config.iri, statement, end, signers, nodeTrustPorts);
  // A statement can make releases fall and what leans on them with it: the whole registry is judged.
  const { result } = await judge(overlay(into.tree, files), into.folder, true, context, async () =>
    addFiles(into.folder, files),
  );
  if (!result.ok) throw refusedToSign("With this statement the registry has", result.problems);
  const paths = [...files.keys()];
  context.terminal.result({ action, subject, files: paths, warnings }, () =>
    [
      `Signed: ${[action, subject, value ?? ""].join(" ").trim()}`,
      ...gitSteps(into, paths, `${action} ${subject}`),
    ].join("\n"),
  );
  return undefined;
};

/** A yank of what is yanked, and an unyank of what is not, say nothing new. */
function alreadySo({ subject, action }: StatedAction["statement"], into: Signing): string | undefined {
  if (subject.kind !== "package" || (action.action !== "yank" && action.action !== "unyank"))
    return undefined;
  const { version } = action;
  const folded = into.authority.packages.get(subject.name);
  const isThere = into.source.packages.get(subject.name)?.releases.some((one) => one.version === version);
  if (folded === undefined || isThere !== true) return undefined;
  const reason = folded.state.yanked.get(version);
  const what = `${subject.name}@${version}`;
  if (action.action === "unyank") return reason === undefined ? `${what} is not yanked` : undefined;
  return reason === undefined ? undefined : `${what} is already yanked (${visible(reason)})`;
}

/** What the statement points at and the registry does not have: it is signed all the same, for it may still come. */
function aimless({ subject, action }: StatedAction["statement"], into: Signing): Problem[] {
  if (subject.kind !== "package") return [];
  const versions = (into.source.packages.get(subject.name)?.releases ?? []).map(({ version }) => version);
  const file = `${action.action} ${subject.name}`;
  const range = action.action === "deprecate" || action.action === "advise" ? action.versions : undefined;
  const replacement = action.action === "deprecate" ? action.replacement : undefined;
  return [
    emptyRange(file, range, versions),
    unknownReplacement(file, replacement, into.source.packages),
  ].filter((problem) => problem !== undefined);
}

/** A package's chain takes the word of a retired key, for it may be an old one (H3); nothing new is signed with it here. */
function refuseInactiveKey(into: Signing): void {
  if (into.source.maintainers.some(({ id }) => id === into.signer.publicKey.id)) return;
  const inactive = checkSigner(into).find(({ code }) => code === "PUBLISH_INACTIVE_KEY");
  if (inactive !== undefined) throw new RegistryError(inactive.code, inactive.message, inactive.remedy);
}

function chainOf({ subject }: StatedAction["statement"], into: Signing): readonly SignedStatement[] {
  const { packages, publishers } = into.authority;
  const folded = subject.kind === "package" ? packages.get(subject.name) : publishers.get(subject.name);
  if (folded !== undefined) return folded.chain;
  throw new RegistryError(
    "UNKNOWN_SUBJECT",
    `There is no ${subject.kind} "${subject.name}" in ${into.folder}`,
    "check the name",
  );
}

function endOf(chain: readonly SignedStatement[]): ChainEnd {
  const last = chain.at(-1);
  return { length: chain.length, ...(last === undefined ? {} : { head: nodeTrustPorts.hash(last.bytes) }) };
}
