import { RegistryError } from "../base/error.ts";
import { overlay } from "../build/overlay.ts";
import { nodeTrustPorts } from "../node/crypto.ts";
import { addFiles } from "../node/source-writer.ts";
import { checkSigner } from "../publish/publication.ts";
import { type ChainEnd, signStatement } from "../publish/sign-statement.ts";
import type { SignedStatement } from "../trust/statement.ts";
import type { Run } from "./command.ts";
import { judge } from "./judge.ts";
import { gitSteps } from "./next-steps.ts";
import { refused } from "./refused.ts";
import { openSigning, type Signing } from "./signer.ts";
import { type StatedAction, stateAction } from "./state-action.ts";

export const run: Run = async (args, options, context) => {
  const [action = "", subject = "", value] = args;
  const into = await openSigning(options, context);
  refuseInactiveKey(into);
  const { statement, newKey } = await stateAction({ action, subject, value }, options, into, context);
  const end = endOf(chainOf(statement, into));
  const signers = { signer: into.signer, ...(newKey === undefined ? {} : { newKey }) };
  const { files } = signStatement(into.source.config.iri, statement, end, signers, nodeTrustPorts);
  // A statement can make releases fall and what leans on them with it: the whole registry is judged.
  const { result } = await judge(overlay(into.tree, files), into.folder, true, context, async () =>
    addFiles(into.folder, files),
  );
  if (!result.ok) throw refused("With this statement the registry has", result.problems);
  const paths = [...files.keys()];
  context.terminal.result({ action, subject, files: paths }, () =>
    [
      `Signed: ${[action, subject, value ?? ""].join(" ").trim()}`,
      ...gitSteps(into, paths, `${action} ${subject}`),
    ].join("\n"),
  );
  return undefined;
};

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
