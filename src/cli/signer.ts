/** The private key that a command signs with, and where it is about to sign. */

import { RegistryError } from "../base/error.ts";
import type { Problem } from "../base/problem.ts";
import { foldAuthority } from "../build/authority.ts";
import { readRegistrySource } from "../build/registry-source.ts";
import type { SourceTree } from "../build/source.ts";
import type { PublisherName } from "../manifest/name.ts";
import { explainName, parsePublisherName } from "../manifest/name.ts";
import { nodeTrustPorts } from "../node/crypto.ts";
import { type PrivateKey, readPrivateKeyFile } from "../node/keys.ts";
import { openSourceTree } from "../node/source-tree.ts";
import type { Publishing } from "../publish/publication.ts";
import { type Context, type Options, UsageError } from "./command.ts";
import { refusedToSign } from "./refused.ts";

export const PASSPHRASE_VARIABLE = "GGEN_MARKETPLACE_PASSPHRASE";

export interface Signing extends Publishing {
  readonly folder: string;
  readonly tree: SourceTree;
}

/** Reads --into, --publisher and --key, and folds what the registry says of its publishers. */
export async function openSigning(options: Options, context: Context): Promise<Signing> {
  const folder = options.required("into", "the registry source to add to");
  const publisher = publisherName(options.required("publisher", "who signs"));
  const signer = await readSigner(options.required("key", "the file of the private key"), context);
  const tree = await openSourceTree(folder);
  const source = readRegistrySource(tree);
  if (!source.ok) throw refusedToSign("The registry has", source.problems);
  const problems: Problem[] = [];
  const authority = foldAuthority(source.value, tree, nodeTrustPorts, problems);
  if (problems.some((problem) => problem.severity === "error"))
    throw refusedToSign("The registry has", problems);
  return { folder, tree, source: source.value, authority, publisher, signer };
}

export async function readSigner(file: string, context: Context): Promise<PrivateKey> {
  const passphrase = context.environment[PASSPHRASE_VARIABLE];
  const key = await readPrivateKeyFile(file, passphrase === undefined ? {} : { passphrase });
  if (!key.ok) throw unusableKey(file, key.problems);
  context.terminal.warnings(key.warnings);
  return key.value;
}

export function unusableKey(file: string, problems: readonly Problem[]): RegistryError {
  const [first] = problems;
  const remedy =
    first?.code === "KEY_PASSPHRASE_NEEDED" ? `put its passphrase in ${PASSPHRASE_VARIABLE}` : first?.remedy;
  return new RegistryError(
    first?.code ?? "KEY_FORMAT",
    `${first?.message ?? "No key"}: "${file}"`,
    remedy ?? "give another file",
    // One problem is what the message and the hint say already.
    problems.length > 1 ? { problems } : {},
  );
}

export function publisherName(text: string): PublisherName {
  const name = parsePublisherName(text);
  if (name === undefined)
    throw new UsageError(`"${text}" cannot be the name of a publisher: ${explainName(text)}`);
  return name;
}
