/**
 * The names under which verdicts are kept from build to build. Each names everything that its
 * verdict was made from, so that a verdict is never taken where any of it has changed.
 *
 *   release   program · configuration · name, version · the folder's tree id · owners and former
 *             owners of the package, each with its mark
 *   package   program · configuration · maintainers · name · the ratified claim · the folder's tree id,
 *             which covers its statements and its releases; the verdict itself notes its owners, each
 *             with its mark
 *
 * A publisher's mark is all that a verdict can depend on of a publisher: its keys, their states, what
 * stays valid of the revoked ones, and whether it is ratified. Other publishers, and what they say, change nothing.
 */
import { utf8 } from "../base/bytes.ts";
import type { Digest, Hash } from "../base/digest.ts";
import { canonicalJson, type Json } from "../base/json.ts";
import { compareText, sortedBy } from "../base/order.ts";
import type { PackageName, PublisherName } from "../manifest/name.ts";
import type { RegistryConfig } from "../manifest/registry-toml.ts";
import type { Version } from "../manifest/version.ts";
import type { PackageState } from "../trust/package-chain.ts";
import type { PublicKey } from "../trust/public-key.ts";
import type { PublisherState } from "../trust/publisher-chain.ts";
import type { RatifiedNames } from "../trust/statement.ts";

/** Publishers with their marks, by name. */
export type Marks = readonly (readonly [PublisherName, Digest | null])[];

export interface KeyedOn {
  readonly config: RegistryConfig;
  readonly publishers: ReadonlyMap<PublisherName, PublisherState>;
  readonly maintainers?: readonly PublicKey[];
  readonly ratified?: RatifiedNames;
}

export class VerdictKeys {
  readonly #on: KeyedOn;
  readonly #hash: Hash;
  readonly #base: Digest;
  readonly #marks = new Map<PublisherName, Digest | null>();

  constructor(on: KeyedOn, program: string, hash: Hash) {
    this.#on = on;
    this.#hash = hash;
    const maintainers = (on.maintainers ?? []).map((key) => key.openssh);
    this.#base = hash(canonicalJson({ program, config: on.config as unknown as Json, maintainers }));
  }

  /** `tree`: what git vouches for; without it there is no key, and the release is verified anew. */
  release(
    name: PackageName,
    version: Version,
    tree: string | undefined,
    state: PackageState,
  ): string | undefined {
    if (tree === undefined) return undefined;
    const { owners, formerOwners } = state;
    const place = [this.#base, name, version, tree, state.ratified];
    return `release ${this.#hash(canonicalJson([...place, this.marksOf(owners), this.marksOf(formerOwners)]))}`;
  }

  package(name: PackageName, tree: string | undefined): string | undefined {
    return tree === undefined
      ? undefined
      : `package ${this.#hash(utf8([this.#base, name, this.#on.ratified?.claims.get(name) ?? "", tree].join("\n")))}`;
  }

  marksOf(names: readonly PublisherName[]): Marks {
    return sortedBy(new Set(names), (name) => name).map((name) => [name, this.#mark(name)] as const);
  }

  areCurrent(marks: Marks): boolean {
    return marks.every(([name, mark]) => this.#mark(name) === mark);
  }

  /** null where there is no such publisher. */
  #mark(name: PublisherName): Digest | null {
    const known = this.#marks.get(name);
    if (known !== undefined) return known;
    const state = this.#on.publishers.get(name);
    const mark = state === undefined ? null : this.#hash(canonicalJson(standingOf(state)));
    this.#marks.set(name, mark);
    return mark;
  }
}

function standingOf(publisher: PublisherState): Json {
  const keys = [...publisher.keys.values()].map(({ key, state, validReleases, validStatements }) => [
    key.openssh,
    state,
    [...validReleases].sort(compareText),
    [...validStatements].sort(compareText),
  ]);
  return [publisher.name, publisher.ratified, keys];
}
