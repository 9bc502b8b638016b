/**
 * Statements as they lie in a chain: signed, numbered, each holding the digest of the one before.
 *
 *     publishers/<publisher>/statements/0001.toml  0001.toml.sig
 *                                       0002.toml  0002.toml.sig  0002.toml.new.sig   (add-key only)
 *     packages/<name>/statements/0001.toml …
 *
 *     0001 ◄─ sha256 ── 0002 ◄─ sha256 ── 0003        `previous`; two files cannot have one number,
 *                                                     so a chain that forks does not link
 *
 * `readChain` judges what can be judged of a chain without knowing anyone's keys, and collects every
 * fault of it; who may say what is for publisher-chain.ts and package-chain.ts.
 */
import type { Digest } from "../base/digest.ts";
import { failed, ok, type Problem, problemsOf, type Result, settle } from "../base/problem.ts";
import { visible } from "../base/visible.ts";
import type { PackageName, PublisherName } from "../manifest/name.ts";
import {
  type PackageStatement,
  type PublisherStatement,
  parseStatement,
  type Statement,
  type StatementAction,
} from "../manifest/statement.ts";
import type { TrustPorts } from "./ed25519.ts";
import type { KeyId, PublicKey } from "./public-key.ts";
import { type DecodedSignature, decodeSignature } from "./signature-check.ts";
import { STATEMENT_NAMESPACE } from "./sshsig.ts";

/** Four digits of a file name. */
export const STATEMENTS_MAX = 9999;

export interface SignedStatement {
  /** Path; its last part is the statement's number in four digits and `.toml`. */
  readonly file: string;
  readonly bytes: Uint8Array;
  /** The file `<file>.sig`. */
  readonly signature: Uint8Array;
  /** The file `<file>.new.sig`: the new key's own signature, where a key is added. */
  readonly coSignature?: Uint8Array;
}

/** What a verdict begins from: which registry this is, and who may override. */
export interface TrustRoot {
  /** The registry's IRI. */
  readonly registry: string;
  readonly maintainers: readonly PublicKey[];
  /** What the maintainers, offline, have said of names (ratification.ts); absent where nobody has yet. */
  readonly ratified?: RatifiedNames;
}

/** Digests of the first statements of names. */
export interface RatifiedNames {
  readonly claims: ReadonlyMap<PackageName, Digest>;
  readonly publishers: ReadonlyMap<PublisherName, Digest>;
}

/** One statement of a folded chain, and what became of it. */
export interface StatementEvent {
  readonly sequence: number;
  readonly action: StatementAction;
  readonly by: { readonly publisher?: PublisherName; readonly maintainer: boolean; readonly keyId: KeyId };
  readonly digest: Digest;
  /** `fallen`: authentic, but a revocation took its effect away. */
  readonly standing: "good" | "fallen";
  readonly statement: Statement;
}

/** A statement in its place: parsed, numbered, linked; its signatures decoded and not yet verified. */
export interface LinkedStatement<S extends Statement> {
  readonly statement: S;
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  readonly signature: DecodedSignature;
  readonly coSignature?: DecodedSignature;
}

type StatementOf<Kind extends "publisher" | "package"> = Kind extends "publisher"
  ? PublisherStatement
  : PackageStatement;

/** The statements of one chain in order, or all that is wrong with its form. */
export function readChain<Kind extends "publisher" | "package">(
  root: TrustRoot,
  kind: Kind,
  name: string,
  chain: readonly SignedStatement[],
  ports: TrustPorts,
): Result<readonly LinkedStatement<StatementOf<Kind>>[]> {
  const sized = checkLength(kind, name, chain);
  if (sized.length > 0) return failed(sized);
  const problems: Problem[] = [];
  const linked: LinkedStatement<StatementOf<Kind>>[] = [];
  let previous: Digest | undefined;
  // By number: the order in which a reader lists files decides nothing.
  const numbered = chain.map((signed) => ({ signed, number: numberOf(signed.file) }));
  numbered.sort((a, b) => a.number - b.number);
  for (const [at, { signed, number }] of numbered.entries()) {
    const digest = ports.hash(signed.bytes);
    const parsed = parseStatement(signed.bytes, signed.file);
    problems.push(...problemsOf(parsed), ...checkNumber(signed.file, number, at + 1));
    const signatures = decodeSignatures(signed, ports);
    problems.push(...problemsOf(signatures));
    if (parsed.ok) {
      const { value: statement } = parsed;
      problems.push(...checkPlace(statement, { root, kind, name, number, previous, file: signed.file }));
      problems.push(...checkCoSignature(statement, signed));
      if (signatures.ok) {
        // checkPlace has compared the kind: a problem stands where the cast would be wrong.
        const narrowed = statement as StatementOf<Kind>;
        linked.push({
          statement: narrowed,
          file: signed.file,
          bytes: signed.bytes,
          digest,
          ...signatures.value,
        });
      }
    }
    previous = digest;
  }
  return settle(linked, problems);
}

function checkLength(kind: string, name: string, chain: readonly SignedStatement[]): Problem[] {
  const file = `${kind === "publisher" ? "publishers" : "packages"}/${visible(name)}/statements`;
  if (chain.length === 0) {
    const first = kind === "publisher" ? "register" : "claim";
    return [
      chainProblem("CHAIN_EMPTY", file, "There are no statements", `begin with 0001.toml, "${first}"`, "T8"),
    ];
  }
  if (chain.length <= STATEMENTS_MAX) return [];
  const message = `There are ${chain.length} statements, at most ${STATEMENTS_MAX} are allowed`;
  return [chainProblem("CHAIN_TOO_LONG", file, message, "ask the registry's maintainers", "T8")];
}

/** The number in a statement's file name; 0, which is no statement's number, where there is none. */
function numberOf(file: string): number {
  const digits = /(?:^|\/)(\d{4})\.toml$/.exec(file)?.[1];
  return digits === undefined ? 0 : Number(digits);
}

function checkNumber(file: string, number: number, expected: number): Problem[] {
  if (number === expected) return [];
  const name = `${String(expected).padStart(4, "0")}.toml`;
  return [
    chainProblem(
      "STATEMENT_NUMBER",
      file,
      "Statements are numbered 0001, 0002, 0003 … without a gap, and no number is there twice",
      `name the file ${name}, or bring back the statement that is missing`,
      "T8",
      { expected: name, found: visible(file.slice(file.lastIndexOf("/") + 1)) },
    ),
  ];
}

interface Place {
  readonly root: TrustRoot;
  readonly kind: "publisher" | "package";
  readonly name: string;
  readonly number: number;
  readonly previous: Digest | undefined;
  readonly file: string;
}

function checkPlace(statement: Statement, place: Place): Problem[] {
  const problems: Problem[] = [];
  const { file } = place;
  const differ = (
    code: string,
    what: string,
    expected: string,
    found: string,
    remedy: string,
    rule: string,
  ): void => {
    if (expected !== found)
      problems.push(chainProblem(code, file, what, remedy, rule, { expected, found: visible(found) }));
  };
  differ(
    "STATEMENT_SEQUENCE",
    "The statement's sequence is not the number of its file",
    String(place.number),
    String(statement.sequence),
    "write the statement again with the next free number, and sign it",
    "T8",
  );
  differ(
    "STATEMENT_PREVIOUS",
    "The statement does not follow the one before it: the chain was forked, or an old statement was changed",
    place.previous ?? "nothing",
    statement.previous ?? "nothing",
    "set previous to the sha256 of the statement before, and sign again",
    "T9",
  );
  differ(
    "STATEMENT_REGISTRY",
    "The statement is for another registry",
    place.root.registry,
    statement.registry,
    "write and sign a statement for this registry",
    "T10",
  );
  differ(
    "STATEMENT_SUBJECT",
    "The statement is about someone or something else than its folder",
    `${place.kind}:${place.name}`,
    `${statement.subject.kind}:${statement.subject.name}`,
    "move it to its own folder, or write it anew",
    "T11",
  );
  return problems;
}

function checkCoSignature(statement: Statement, signed: SignedStatement): Problem[] {
  const wanted = statement.action === "add-key";
  if (wanted === (signed.coSignature !== undefined)) return [];
  if (wanted) {
    const remedy = `sign it with the new key too, as ${visible(signed.file)}.new.sig`;
    const message = "The new key has not signed: nobody may add a key that is not theirs";
    return [chainProblem("STATEMENT_NOT_COSIGNED", signed.file, message, remedy, "T13")];
  }
  const message = "Only a statement that adds a key has a second signature";
  return [chainProblem("STATEMENT_COSIGNED", signed.file, message, "remove the file .new.sig", "T13")];
}

type Signatures = Pick<LinkedStatement<Statement>, "signature" | "coSignature">;

function decodeSignatures(signed: SignedStatement, ports: TrustPorts): Result<Signatures> {
  const signature = decodeSignature(signed.signature, `${signed.file}.sig`, STATEMENT_NAMESPACE, ports);
  if (signed.coSignature === undefined) return signature.ok ? ok({ signature: signature.value }) : signature;
  const coSignature = decodeSignature(
    signed.coSignature,
    `${signed.file}.new.sig`,
    STATEMENT_NAMESPACE,
    ports,
  );
  if (!signature.ok || !coSignature.ok) return failed([...problemsOf(signature), ...problemsOf(coSignature)]);
  return ok({ signature: signature.value, coSignature: coSignature.value });
}

/** T29: whether the first statement of a name is the one that was ratified; `undefined` where the name was not. */
export function ratificationOf(
  first: LinkedStatement<Statement> | undefined,
  ratified: Digest | undefined,
): "ratified" | "another" | undefined {
  if (ratified === undefined || first === undefined) return undefined;
  return first.digest === ratified ? "ratified" : "another";
}

/** T29: the chain of a ratified name begins with another statement. */
export function notTheRatified(
  code: string,
  first: LinkedStatement<Statement>,
  expected: Digest,
  message: string,
): Problem {
  const remedy = "do not use it: somebody puts another in the place of this name";
  return chainProblem(code, first.file, message, remedy, "T29", { expected, found: first.digest });
}

/** A problem of a chain or one of its statements. */
export function chainProblem(
  code: string,
  file: string,
  message: string,
  remedy: string,
  rule: string,
  more: Pick<Problem, "place" | "expected" | "found"> = {},
): Problem {
  return { code, severity: "error", file, message, ...more, remedy, rule };
}
