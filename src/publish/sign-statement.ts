/** The next statement of a chain, signed: number, link to the one before, signature files. */
import { utf8 } from "../base/bytes.ts";
import type { Digest } from "../base/digest.ts";
import {
  type PackageAction,
  type PackageSubject,
  type PublisherAction,
  type PublisherSubject,
  type Statement,
  writeStatement,
} from "../manifest/statement.ts";
import type { TrustPorts } from "../trust/ed25519.ts";
import { type Signer, STATEMENT_NAMESPACE, signSshsig } from "../trust/sshsig.ts";

/** Where a chain ends: how many statements it has and the digest of the last. */
export interface ChainEnd {
  readonly length: number;
  readonly head?: Digest;
}

export type NewStatement =
  | { readonly subject: PublisherSubject; readonly action: PublisherAction }
  | { readonly subject: PackageSubject; readonly action: PackageAction };

/** The files to add to the registry source, by path, and the end of the chain with them. */
export function signStatement(
  registry: string,
  what: NewStatement,
  end: ChainEnd,
  signers: { readonly signer: Signer; readonly newKey?: Signer },
  ports: TrustPorts,
): { files: Map<string, Uint8Array>; end: ChainEnd } {
  const sequence = end.length + 1;
  const statement = {
    format: 1,
    registry,
    subject: what.subject,
    sequence,
    ...(end.head === undefined ? {} : { previous: end.head }),
    ...what.action,
  } as Statement;
  const bytes = utf8(writeStatement(statement));
  const path = `${statementFolder(what.subject)}/${String(sequence).padStart(4, "0")}.toml`;
  const files = new Map([
    [path, bytes],
    [`${path}.sig`, signSshsig(bytes, STATEMENT_NAMESPACE, signers.signer, ports)],
  ]);
  if (signers.newKey !== undefined)
    files.set(`${path}.new.sig`, signSshsig(bytes, STATEMENT_NAMESPACE, signers.newKey, ports));
  return { files, end: { length: sequence, head: ports.hash(bytes) } };
}

function statementFolder(subject: PublisherSubject | PackageSubject): string {
  return `${subject.kind === "publisher" ? "publishers" : "packages"}/${subject.name}/statements`;
}
