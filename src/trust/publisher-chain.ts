/**
 * A publisher: the fold of a chain of statements about keys.
 *
 *     register(K1) ─► add-key(K2, replaces K1) ─► revoke-key(K2, stays valid: …)
 *     signed by K1    signed by K1 and K2         signed by any key active before, or a maintainer
 *
 *     active ── replaced ──► retired ──┐      what it signed stands
 *        └───────── revoked ───────────┴──► revoked    what it signed falls, but for what is listed
 *
 * Each statement is judged against the state before it. A key never comes back: once in the table,
 * it stays there with its state. No date is read anywhere.
 */
import type { Digest } from "../base/digest.ts";
import { sortedBy } from "../base/order.ts";
import { failed, ok, type Problem, type Result } from "../base/problem.ts";
import type { PublisherName } from "../manifest/name.ts";
import type { PublisherStatement } from "../manifest/statement.ts";
import type { TrustPorts } from "./ed25519.ts";
import { type KeyId, type PublicKey, parseOpenSshPublicKey } from "./public-key.ts";
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

export interface KeyStanding {
  readonly key: PublicKey;
  readonly state: "active" | "retired" | "revoked";
  /** Of a revoked key: digests of the releases that stay valid. */
  readonly validReleases: ReadonlySet<Digest>;
  /** Of a revoked key: digests of the package statements that stay valid. */
  readonly validStatements: ReadonlySet<Digest>;
  /** Why it was revoked. */
  readonly reason?: string;
}

export interface PublisherState {
  readonly name: PublisherName;
  readonly title?: string;
  readonly homepage?: string;
  /** Its registration is the one that the maintainers ratified. */
  readonly ratified: boolean;
  /** Every key that ever was, in the order they came. */
  readonly keys: ReadonlyMap<KeyId, KeyStanding>;
  /** Digest of the last statement. */
  readonly head: Digest;
  /** Statements in the chain. */
  readonly length: number;
  readonly events: readonly StatementEvent[];
}

type Linked = LinkedStatement<PublisherStatement>;
type Of<Action extends PublisherStatement["action"]> = Extract<PublisherStatement, { action: Action }>;
type Author = StatementEvent["by"];

/**
 * The keys of publisher `name` after `chain`, in any order. All faults of form are reported together;
 * of the faults of authority the first, since what follows it cannot be judged.
 */
export function foldPublisher(
  root: TrustRoot,
  name: PublisherName,
  chain: readonly SignedStatement[],
  ports: TrustPorts,
): Result<PublisherState> {
  const read = readChain(root, "publisher", name, chain, ports);
  if (!read.ok) return read;
  const [first] = read.value;
  const expected = root.ratified?.publishers.get(name);
  const ratified = ratificationOf(first, expected);
  if (ratified === "another" && first !== undefined && expected !== undefined) {
    const message = `The publisher "${name}" was ratified with another registration`;
    return failed([...read.warnings, notTheRatified("REGISTRATION_NOT_RATIFIED", first, expected, message)]);
  }
  const fold = new PublisherFold(root, name, ports);
  for (const linked of read.value) {
    const problems = fold.apply(linked);
    if (problems.length > 0) return failed([...read.warnings, ...problems]);
  }
  return ok({ ...fold.state(), ratified: ratified === "ratified" }, read.warnings);
}

const NOTHING: ReadonlySet<Digest> = new Set();

class PublisherFold {
  readonly #root: TrustRoot;
  readonly #name: PublisherName;
  readonly #ports: TrustPorts;
  readonly #keys = new Map<KeyId, KeyStanding>();
  readonly #events: StatementEvent[] = [];
  #about: Pick<PublisherState, "title" | "homepage"> = {};

  constructor(root: TrustRoot, name: PublisherName, ports: TrustPorts) {
    this.#root = root;
    this.#name = name;
    this.#ports = ports;
  }

  state(): Omit<PublisherState, "ratified"> {
    const last = this.#events.at(-1);
    if (last === undefined) throw new Error("a chain is read before it is folded");
    const keys = new Map(this.#keys);
    const events = [...this.#events];
    return { name: this.#name, ...this.#about, keys, head: last.digest, length: events.length, events };
  }

  apply(linked: Linked): readonly Problem[] {
    const { statement } = linked;
    const isFirst = statement.sequence === 1;
    if (isFirst !== (statement.action === "register")) return [misplacedRegister(linked, isFirst)];
    switch (statement.action) {
      case "register":
        return this.#register(linked, statement);
      case "add-key":
        return this.#addKey(linked, statement);
      case "revoke-key":
        return this.#revokeKey(linked, statement);
    }
  }

  /** T12: signed by the key it registers, so that nobody registers another's. */
  #register(linked: Linked, statement: Of<"register">): readonly Problem[] {
    const key = parseOpenSshPublicKey(statement.key, linked.file, "key");
    if (!key.ok) return key.problems;
    if (key.value.id !== linked.signature.keyId) {
      const message = "A publisher is registered by the key itself; this statement is signed by another";
      const more = { expected: key.value.id, found: linked.signature.keyId };
      return [
        chainProblem(
          "REGISTER_BY_OTHER_KEY",
          linked.file,
          message,
          "sign it with the key in it",
          "T12",
          more,
        ),
      ];
    }
    const invalid = checkSignature(linked.signature, linked.bytes, key.value, this.#ports);
    if (invalid.length > 0) return invalid;
    const { title, homepage } = statement;
    this.#about = {
      ...(title === undefined ? {} : { title }),
      ...(homepage === undefined ? {} : { homepage }),
    };
    this.#activate(key.value);
    this.#record(linked, { publisher: this.#name, maintainer: false, keyId: key.value.id });
    return [];
  }

  /** T13: by a key that was active, or a maintainer; and by the new key. */
  #addKey(linked: Linked, statement: Of<"add-key">): readonly Problem[] {
    const key = parseOpenSshPublicKey(statement.key, linked.file, "key");
    const author = this.#author(linked);
    if (!key.ok) return [...key.problems, ...(author.ok ? [] : author.problems)];
    if (!author.ok) return author.problems;
    const { replaces } = statement;
    const retiring = replaces === undefined ? undefined : this.#keys.get(replaces as KeyId);
    if (replaces !== undefined && retiring?.state !== "active")
      return [notActive(linked, "replaces", replaces)];
    if (this.#keys.has(key.value.id)) return [knownKey(linked, key.value.id)];
    const invalid = this.#checkCoSignature(linked, key.value);
    if (invalid.length > 0) return invalid;
    if (retiring !== undefined) this.#keys.set(retiring.key.id, { ...retiring, state: "retired" });
    this.#activate(key.value);
    this.#record(linked, author.value);
    return [];
  }

  /**
   * T14: by any key that was active, the revoked one too, or a maintainer. A maintainer may revoke a
   * key again, and so put right the list of a thief who revoked the owner's key: the last list counts.
   */
  #revokeKey(linked: Linked, statement: Of<"revoke-key">): readonly Problem[] {
    const author = this.#author(linked);
    if (!author.ok) return author.problems;
    const standing = this.#keys.get(statement.key as KeyId);
    const again = standing?.state === "revoked" && !author.value.maintainer;
    if (standing === undefined || again) return [notRevocable(linked, statement.key, standing)];
    this.#keys.set(standing.key.id, {
      key: standing.key,
      state: "revoked",
      validReleases: new Set(statement.releases),
      validStatements: new Set(statement.statements),
      reason: statement.reason,
    });
    this.#record(linked, author.value);
    return [];
  }

  /** Who signed, with the right to: a key active before this statement, else a maintainer's. */
  #author(linked: Linked): Result<Author> {
    const { keyId } = linked.signature;
    const own = this.#keys.get(keyId);
    const maintainer = this.#root.maintainers.find((key) => key.id === keyId);
    const isOwn = own?.state === "active";
    const key = isOwn ? own.key : maintainer;
    if (key === undefined)
      return failed([
        own === undefined ? strangerProblem(linked.signature) : inactiveSigner(linked, own.state),
      ]);
    const invalid = checkSignature(linked.signature, linked.bytes, key, this.#ports);
    if (invalid.length > 0) return failed(invalid);
    return ok(isOwn ? { publisher: this.#name, maintainer: false, keyId } : { maintainer: true, keyId });
  }

  #checkCoSignature(linked: Linked, key: PublicKey): Problem[] {
    const { coSignature } = linked;
    if (coSignature !== undefined && coSignature.keyId === key.id)
      return checkSignature(coSignature, linked.bytes, key, this.#ports);
    const message = "The second signature is not by the key that is added";
    const more = { expected: key.id, ...(coSignature === undefined ? {} : { found: coSignature.keyId }) };
    return [
      chainProblem(
        "COSIGNATURE_BY_OTHER_KEY",
        `${linked.file}.new.sig`,
        message,
        "sign it with the new key",
        "T13",
        more,
      ),
    ];
  }

  #activate(key: PublicKey): void {
    this.#keys.set(key.id, { key, state: "active", validReleases: NOTHING, validStatements: NOTHING });
  }

  #record(linked: Linked, by: Author): void {
    const { statement, digest } = linked;
    this.#events.push({
      sequence: statement.sequence,
      action: statement.action,
      by,
      digest,
      standing: "good",
      statement,
    });
  }
}

function misplacedRegister(linked: Linked, isFirst: boolean): Problem {
  return isFirst
    ? chainProblem(
        "CHAIN_BEGINS_OTHERWISE",
        linked.file,
        'A publisher\'s first statement is "register"',
        "begin with the registration",
        "T12",
      )
    : chainProblem(
        "REGISTER_TWICE",
        linked.file,
        "A publisher is registered once",
        "use add-key for another key",
        "T12",
      );
}

function inactiveSigner(linked: Linked, state: string): Problem {
  const message = `The statement is signed by a key that was ${state} before it`;
  const more = { found: linked.signature.keyId };
  return chainProblem(
    "STATEMENT_BY_INACTIVE_KEY",
    linked.signature.file,
    message,
    "sign with an active key, or ask a maintainer",
    "T13",
    more,
  );
}

function notActive(linked: Linked, place: string, found: string): Problem {
  const message = "The key that is to retire is not an active key of this publisher";
  return chainProblem(
    "KEY_NOT_ACTIVE",
    linked.file,
    message,
    "name an active key by its fingerprint",
    "T13",
    { place, found },
  );
}

function knownKey(linked: Linked, found: KeyId): Problem {
  const message = "The publisher has, or had, this key already: a key never comes back";
  return chainProblem("KEY_KNOWN", linked.file, message, "make a new key", "T13", { place: "key", found });
}

function notRevocable(linked: Linked, found: string, standing: KeyStanding | undefined): Problem {
  const more = { place: "key", found };
  return standing === undefined
    ? chainProblem(
        "KEY_UNKNOWN",
        linked.file,
        "This publisher never had the key",
        "name the key by its fingerprint",
        "T14",
        more,
      )
    : chainProblem(
        "KEY_ALREADY_REVOKED",
        linked.file,
        "The key is revoked already",
        "remove the statement",
        "T14",
        more,
      );
}

/** T15: the problem KEY_SHARED for every key that two publishers have; one key is one publisher. */
export function checkKeysUnique(publishers: ReadonlyMap<PublisherName, PublisherState>): Problem[] {
  const holders = new Map<KeyId, PublisherName>();
  const problems: Problem[] = [];
  for (const state of sortedBy(publishers.values(), (publisher) => publisher.name)) {
    for (const id of state.keys.keys()) {
      const holder = holders.get(id);
      if (holder === undefined) holders.set(id, state.name);
      else {
        const message = `The key is registered by two publishers, "${holder}" and "${state.name}"`;
        const remedy = "register one of them with a key of its own";
        problems.push(
          chainProblem("KEY_SHARED", `publishers/${state.name}/statements`, message, remedy, "T15", {
            found: id,
          }),
        );
      }
    }
  }
  return problems;
}
