/**
 * A package: the fold of a chain of statements about owners and status.
 *
 *     claim(alice) ─► add-owner(bob) ─► yank(1.0.1) ─► deprecate ─► …
 *     by alice        by an owner       by an owner, or by a maintainer as an override
 *
 * Keys are judged by how they stand in the end: what an active or retired key signed stands; what a
 * revoked key signed stands only where the revocation lists it. The rest has *fallen*: it is kept and
 * shown, and has no effect. Its author did have the right to say it then, so what was built on it
 * falls too, and is no error. Two states are folded for that (package-status.ts):
 *
 *     as signed    as if nothing had fallen: tells a fault (error) from a fall (warning)
 *     in effect    without what has fallen: what the package is
 */
import type { Digest } from "../base/digest.ts";
import { failed, ok, type Problem, type Result } from "../base/problem.ts";
import type { PackageName, PublisherName } from "../manifest/name.ts";
import type { PackageStatement } from "../manifest/statement.ts";
import type { Version } from "../manifest/version.ts";
import type { TrustPorts } from "./ed25519.ts";
import { type Advisory, checkRule, type Deprecation, PackageStatus } from "./package-status.ts";
import type { PublicKey } from "./public-key.ts";
import type { KeyStanding, PublisherState } from "./publisher-chain.ts";
import { checkSignature, strangerProblem } from "./signature-check.ts";
import {
  chainProblem,
  type LinkedStatement,
  notTheRatified,
  ratificationOf,
  readChain,
  type SignedStatement,
  type StatementEvent,
  type TrustRoot,
} from "./statement.ts";

export type { Advisory, Deprecation } from "./package-status.ts";

export interface PackageState {
  readonly name: PackageName;
  /** Its claim is the one that the maintainers ratified. */
  readonly ratified: boolean;
  /** In the order they came; empty where the claim has fallen and no maintainer has named an owner. */
  readonly owners: readonly PublisherName[];
  /** Owners once, as was signed, and not now: their releases are authentic and have fallen. */
  readonly formerOwners: readonly PublisherName[];
  /** Digest of the first statement. */
  readonly claim: Digest;
  /** Digest of the last statement. */
  readonly head: Digest;
  /** Statements in the chain. */
  readonly length: number;
  /** With the reason. */
  readonly yanked: ReadonlyMap<Version, string>;
  readonly deprecated: readonly Deprecation[];
  /** One for each id: a later advisory with the same id replaces the earlier. */
  readonly advisories: readonly Advisory[];
  /** Why the package is archived. */
  readonly archived?: string;
  readonly events: readonly StatementEvent[];
}

type Linked = LinkedStatement<PackageStatement>;

/** Who signed a statement, and how that key stands in the end. */
interface Author {
  readonly by: StatementEvent["by"];
  readonly key: PublicKey;
  readonly stands: boolean;
}

/**
 * The package `name` after `chain`, in any order; `publishers` holds at least those that the chain
 * names. Warnings: STATEMENT_FALLEN for each, PACKAGE_OWNERLESS.
 */
export function foldPackage(
  root: TrustRoot,
  name: PackageName,
  chain: readonly SignedStatement[],
  publishers: ReadonlyMap<PublisherName, PublisherState>,
  ports: TrustPorts,
): Result<PackageState> {
  const read = readChain(root, "package", name, chain, ports);
  if (!read.ok) return read;
  const [first] = read.value;
  const expected = root.ratified?.claims.get(name);
  const ratified = ratificationOf(first, expected);
  if (ratified === "another" && first !== undefined && expected !== undefined) {
    const message = `The package "${name}" was ratified with another claim`;
    return failed([...read.warnings, notTheRatified("CLAIM_NOT_RATIFIED", first, expected, message)]);
  }
  const fold = new PackageFold(root, name, ratified === "ratified", publishers, ports);
  for (const linked of read.value) {
    const problems = fold.apply(linked);
    if (problems.length > 0) return failed([...read.warnings, ...problems]);
  }
  return ok(fold.state(), [...read.warnings, ...fold.warnings()]);
}

class PackageFold {
  readonly #root: TrustRoot;
  readonly #name: PackageName;
  readonly #ratified: boolean;
  readonly #publishers: ReadonlyMap<PublisherName, PublisherState>;
  readonly #ports: TrustPorts;
  readonly #asSigned = new PackageStatus();
  readonly #inEffect = new PackageStatus();
  readonly #everOwners = new Set<PublisherName>();
  readonly #events: StatementEvent[] = [];
  readonly #fallen: Problem[] = [];

  constructor(
    root: TrustRoot,
    name: PackageName,
    ratified: boolean,
    publishers: ReadonlyMap<PublisherName, PublisherState>,
    ports: TrustPorts,
  ) {
    this.#root = root;
    this.#name = name;
    this.#ratified = ratified;
    this.#publishers = publishers;
    this.#ports = ports;
  }

  apply(linked: Linked): readonly Problem[] {
    const { statement, signature } = linked;
    const isFirst = statement.sequence === 1;
    if (isFirst !== (statement.action === "claim")) return [misplacedClaim(linked, isFirst)];
    const unknown = this.#checkPublisher(linked);
    if (unknown !== undefined) return [unknown];
    const author = this.#author(linked);
    if (author === undefined) return [this.#noRight(linked)];
    const unratified = this.#checkRatified(linked, author.by.publisher);
    if (unratified !== undefined) return [unratified];
    const invalid = checkSignature(signature, linked.bytes, author.key, this.#ports);
    if (invalid.length > 0) return invalid;
    const broken = checkRule(linked, author.by.maintainer, this.#asSigned, this.#inEffect);
    if (broken !== undefined) return [broken];
    this.#record(linked, author);
    return [];
  }

  #record(linked: Linked, author: Author): void {
    const { statement, digest } = linked;
    const good = author.stands && this.#hasEffect(statement, author.by);
    const standing = good ? "good" : "fallen";
    this.#asSigned.apply(statement);
    for (const owner of this.#asSigned.owners) this.#everOwners.add(owner);
    if (good) this.#inEffect.apply(statement);
    else this.#fallen.push(fallenProblem(linked, author));
    this.#events.push({
      sequence: statement.sequence,
      action: statement.action,
      by: author.by,
      digest,
      standing,
      statement,
    });
  }

  /** Whoever became owner only by what has fallen is none. */
  #hasEffect(statement: PackageStatement, by: StatementEvent["by"]): boolean {
    if (by.maintainer || statement.action === "claim") return true;
    return by.publisher !== undefined && this.#inEffect.owners.has(by.publisher);
  }

  /** T16, T18: who is named as an owner is a registered publisher. */
  #checkPublisher(linked: Linked): Problem | undefined {
    const { statement, file } = linked;
    if (statement.action !== "claim" && statement.action !== "add-owner") return undefined;
    if (this.#publishers.has(statement.publisher)) return undefined;
    const message = `There is no publisher "${statement.publisher}"`;
    const more = { place: "publisher", found: statement.publisher };
    return chainProblem("OWNER_UNKNOWN", file, message, "register the publisher first", "T18", more);
  }

  /** T31: with every online key in hand, somebody could make up a publisher of a name that an owner once added. */
  #checkRatified(linked: Linked, publisher: PublisherName | undefined): Problem | undefined {
    if (!this.#ratified || publisher === undefined || this.#publishers.get(publisher)?.ratified)
      return undefined;
    const message = `"${publisher}" signs for a ratified package, and was not ratified as a publisher yet`;
    const remedy = "the registry's maintainers ratify the publisher first: trust ratify";
    return chainProblem("AUTHOR_NOT_RATIFIED", linked.file, message, remedy, "T31", { found: publisher });
  }

  /** T16, T17, T18: a key of whoever may say it, else a maintainer's. */
  #author(linked: Linked): Author | undefined {
    const { statement, digest } = linked;
    const { keyId } = linked.signature;
    for (const publisher of this.#entitled(statement)) {
      const standing = this.#publishers.get(publisher)?.keys.get(keyId);
      if (standing !== undefined)
        return {
          by: { publisher, maintainer: false, keyId },
          key: standing.key,
          stands: stands(standing, digest),
        };
    }
    const key = this.#root.maintainers.find((maintainer) => maintainer.id === keyId);
    return key === undefined ? undefined : { by: { maintainer: true, keyId }, key, stands: true };
  }

  #entitled(statement: PackageStatement): Iterable<PublisherName> {
    if (statement.action === "claim") return [statement.publisher];
    const owners = new Set([...this.#inEffect.owners, ...this.#asSigned.owners]);
    if (statement.action !== "remove-owner") return owners;
    return owners.has(statement.publisher) ? [statement.publisher] : [];
  }

  /** Why nobody with the right to say it has signed. */
  #noRight(linked: Linked): Problem {
    const { statement, signature } = linked;
    const holder = [...this.#publishers.values()].find((publisher) =>
      publisher.keys.has(signature.keyId),
    )?.name;
    if (holder === undefined) return strangerProblem(signature);
    const found = holder;
    if (statement.action === "claim") {
      const message = `A claim is signed by the publisher it names, "${statement.publisher}"`;
      const more = { expected: statement.publisher, found };
      return chainProblem(
        "CLAIM_BY_OTHER",
        signature.file,
        message,
        "sign it with that publisher's key",
        "T16",
        more,
      );
    }
    if (statement.action === "remove-owner" && this.#asSigned.owners.has(holder)) {
      const message = "An owner is removed by that owner, or by a maintainer";
      const more = { expected: statement.publisher, found };
      return chainProblem(
        "OWNER_REMOVED_BY_OTHER",
        signature.file,
        message,
        "let the owner sign it",
        "T18",
        more,
      );
    }
    const message = `The statement is signed by "${holder}", who does not own the package`;
    const more = { expected: [...this.#asSigned.owners].join(", "), found };
    return chainProblem(
      "STATEMENT_BY_NON_OWNER",
      signature.file,
      message,
      "let an owner sign it",
      "T17",
      more,
    );
  }

  state(): PackageState {
    const events = [...this.#events];
    const first = events[0];
    const last = events.at(-1);
    if (first === undefined || last === undefined) throw new Error("a chain is read before it is folded");
    const { owners, yanked, deprecated, advisories, archived } = this.#inEffect;
    return {
      name: this.#name,
      ratified: this.#ratified,
      owners: [...owners],
      formerOwners: [...this.#everOwners].filter((owner) => !owners.has(owner)),
      claim: first.digest,
      head: last.digest,
      length: events.length,
      yanked: new Map(yanked),
      deprecated: [...deprecated],
      advisories: [...advisories.values()],
      ...(archived === undefined ? {} : { archived }),
      events,
    };
  }

  warnings(): readonly Problem[] {
    if (this.#inEffect.owners.size > 0) return this.#fallen;
    const ownerless: Problem = {
      code: "PACKAGE_OWNERLESS",
      severity: "warning",
      file: `packages/${this.#name}/statements`,
      message: `The package "${this.#name}" has no owner: what made it one has fallen`,
      remedy: "a maintainer can add an owner",
      rule: "T20",
    };
    return [...this.#fallen, ownerless];
  }
}

/** T20: what a revoked key signed stands only where its revocation lists it. */
function stands(standing: KeyStanding, digest: Digest): boolean {
  return standing.state !== "revoked" || standing.validStatements.has(digest);
}

function fallenProblem(linked: Linked, author: Author): Problem {
  const why = author.stands
    ? "its author's ownership rests on a statement that has fallen"
    : "the key that signed it was revoked, and the revocation does not list it";
  return {
    code: "STATEMENT_FALLEN",
    severity: "warning",
    file: linked.file,
    message: `The statement "${linked.statement.action}" has fallen and has no effect: ${why}`,
    found: linked.digest,
    remedy: "say it again with a key that is active, where it should hold",
    rule: "T20",
  };
}

function misplacedClaim(linked: Linked, isFirst: boolean): Problem {
  return isFirst
    ? chainProblem(
        "CHAIN_BEGINS_OTHERWISE",
        linked.file,
        'A package\'s first statement is "claim"',
        "begin with the claim",
        "T16",
      )
    : chainProblem(
        "CLAIM_TWICE",
        linked.file,
        "A name is claimed once and never again",
        "use add-owner for another owner",
        "T16",
      );
}
