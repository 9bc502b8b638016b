/**
 * A registry's source, built in memory by saying what happened in it:
 *
 *     const files = aRegistry()
 *       .publisher(alice)
 *       .package("x").release("1.0.0", { files: { "ontology.ttl": "…" } }).signedBy(alice)
 *       .package("y").release("0.1.0", { dependencies: { x: "^1" } }).yank("0.1.0", "wrong").signedBy(alice)
 *       .build();                                  // Map<path, bytes>: registry.toml, publishers/…, packages/…
 *
 * Everything is signed for real, and the same story gives the same bytes. What is not said has a
 * sensible default: the signer is the package's claimant, who is whoever signs its first action, else
 * the first publisher. To break something: `signedBy(key, {namespace})`, `with({sequence: 7})` for a
 * statement, the options of `release`, and `raw(path, bytes)` as the last word on any file.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { utf8 } from "../../src/base/bytes.ts";
import type { Digest } from "../../src/base/digest.ts";
import { sortedBy } from "../../src/base/order.ts";
import { DEFAULT_LIMITS, type Limits } from "../../src/manifest/limits.ts";
import {
  DEFAULT_LIFETIMES,
  type RegistryConfig,
  writeMaintainersToml,
  writeRegistryToml,
} from "../../src/manifest/registry-toml.ts";
import { bytesOf, type Content } from "./chain-story.ts";
import { alice, type TestKey } from "./fixture-keys.ts";
import { PackageStory } from "./package-story.ts";
import { PublisherStory } from "./publisher-story.ts";

export const TEST_IRI = "https://registry.example/";

export interface RegistryOptions extends Partial<Omit<RegistryConfig, "limits" | "format">> {
  readonly limits?: Partial<Limits>;
  readonly maintainers?: readonly TestKey[];
}

export function aRegistry(options: RegistryOptions = {}): RegistryStory {
  return new RegistryStory(options);
}

export class RegistryStory {
  readonly config: RegistryConfig;
  readonly maintainers: readonly TestKey[];
  readonly publishers = new Map<string, PublisherStory>();
  readonly packages = new Map<string, PackageStory>();
  readonly #raw = new Map<string, Content | undefined>();

  constructor(options: RegistryOptions) {
    const { maintainers = [], limits, ...rest } = options;
    this.maintainers = maintainers;
    this.config = {
      format: 1,
      name: "example",
      title: "Example registry",
      iri: TEST_IRI,
      trust: DEFAULT_LIFETIMES,
      policy: { requireReadme: true },
      rollout: { backend: "v2" },
      ...rest,
      limits: { ...DEFAULT_LIMITS, ...limits },
    };
  }

  /** The publisher who registers with `key`; the same one again where the name is known. */
  publisher(
    key: TestKey,
    about: { readonly name?: string; readonly title?: string; readonly homepage?: string } = {},
  ): PublisherStory {
    const name = about.name ?? key.publisher;
    const known = this.publishers.get(name) ?? new PublisherStory(this, name, key, about);
    this.publishers.set(name, known);
    return known;
  }

  /** The package `name`; the same one again where it is known. */
  package(name: string, options: { readonly claimedBy?: TestKey } = {}): PackageStory {
    const known = this.packages.get(name) ?? new PackageStory(this, name, options.claimedBy);
    this.packages.set(name, known);
    return known;
  }

  /** The last word on the file at `path`: other bytes, or no file. */
  raw(path: string, content: Content | undefined): this {
    this.#raw.set(path, content);
    return this;
  }

  /** The key that signs where nobody is named. */
  get firstKey(): TestKey {
    return [...this.publishers.values()][0]?.key ?? alice;
  }

  /** sha256 of SHA256SUMS of `release`, written "name@version". */
  releaseDigest(release: string): Digest {
    const [name = "", version = ""] = release.split("@");
    return this.package(name).releaseDigest(version);
  }

  /** sha256 of a package's statement, written "name#sequence". */
  statementDigest(statement: string): Digest {
    const [name = "", sequence = ""] = statement.split("#");
    return this.package(name).statementDigest(Number(sequence));
  }

  /** Every file of the source, by path. */
  build(): Map<string, Uint8Array> {
    const files = new Map<string, Uint8Array>([
      ["registry.toml", utf8(writeRegistryToml(this.config))],
      [".gitattributes", utf8("* -text\n")],
    ]);
    if (this.maintainers.length > 0) {
      const keys = this.maintainers.map((key) => key.publicKey.openssh);
      files.set("trust/maintainers.toml", utf8(writeMaintainersToml({ format: 1, keys })));
    }
    for (const story of [...this.packages.values(), ...this.publishers.values()])
      for (const [path, bytes] of story.files()) files.set(path, bytes);
    for (const [path, content] of this.#raw) {
      if (content === undefined) files.delete(path);
      else files.set(path, bytesOf(content));
    }
    return new Map(sortedBy(files, ([path]) => path));
  }

  /** Writes every file below `directory`, and returns it. */
  writeTo(directory: string): string {
    writeFiles(this.build(), directory);
    return directory;
  }
}

/** Writes `files` below `directory`. */
export function writeFiles(files: ReadonlyMap<string, Uint8Array>, directory: string): void {
  for (const [path, bytes] of files) {
    const target = join(directory, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, bytes);
  }
}
