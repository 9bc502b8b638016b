/** The chain of a publisher, as a story: register, then whatever is told. */
import { isDigest } from "../../src/base/digest.ts";
import type { RegistryStory } from "./a-registry.ts";
import { chainFiles, type Said, type SignOptions, Story, type Telling } from "./chain-story.ts";
import type { TestKey } from "./fixture-keys.ts";

export interface Revocation {
  /** "name@version", or digests. */
  readonly releases?: readonly string[];
  /** "name#sequence", or digests. */
  readonly statements?: readonly string[];
  readonly reason?: string;
}

export class PublisherStory extends Story {
  readonly name: string;
  /** The key it registered with. */
  readonly key: TestKey;
  readonly #told: Telling[] = [];

  constructor(
    registry: RegistryStory,
    name: string,
    key: TestKey,
    about: { title?: string; homepage?: string },
  ) {
    super(registry);
    this.name = name;
    this.key = key;
    const { title, homepage } = about;
    this.statement({
      action: "register",
      key: key.publicKey.openssh,
      ...(title === undefined ? {} : { title }),
      ...(homepage === undefined ? {} : { homepage }),
    });
  }

  /** Any statement: what `signedBy` and `with` change is the last one told. */
  statement(said: Said | (() => Said), coSigner?: TestKey): this {
    const telling = { said: typeof said === "function" ? said : () => said, options: {}, overrides: {} };
    this.#told.push(coSigner === undefined ? telling : { ...telling, coSigner });
    return this;
  }

  /** Signed by the first key unless `signedBy` says otherwise; co-signed by the new key unless told. */
  addKey(key: TestKey, options: { readonly replaces?: TestKey; readonly coSignedBy?: TestKey } = {}): this {
    const replaces = options.replaces?.publicKey.id;
    const said: Said = {
      action: "add-key",
      key: key.publicKey.openssh,
      ...(replaces === undefined ? {} : { replaces }),
    };
    return this.statement(said, options.coSignedBy ?? key);
  }

  revokeKey(key: TestKey, revocation: Revocation = {}): this {
    const { releases = [], statements = [], reason = "the key was stolen" } = revocation;
    return this.statement(() => ({
      action: "revoke-key",
      key: key.publicKey.id,
      releases: releases.map((release) =>
        isDigest(release) ? release : this.registry.releaseDigest(release),
      ),
      statements: statements.map((named) => (isDigest(named) ? named : this.registry.statementDigest(named))),
      reason,
    }));
  }

  /** The signer of the last statement told. */
  signedBy(key: TestKey, options: SignOptions = {}): this {
    const last = this.#told.at(-1);
    if (last !== undefined) Object.assign(last, { signer: key, options });
    return this;
  }

  /** Other values in the last statement told: `with({ registry: "https://other.example/" })`. */
  with(overrides: Readonly<Record<string, unknown>>): this {
    const last = this.#told.at(-1);
    if (last !== undefined) last.overrides = { ...last.overrides, ...overrides };
    return this;
  }

  files(): Map<string, Uint8Array> {
    const subject = { kind: "publisher", name: this.name } as const;
    const folder = `publishers/${this.name}/statements`;
    const { iri } = this.registry.config;
    return chainFiles(folder, subject, this.#told, iri, (telling) => telling.signer ?? this.key).files;
  }
}
