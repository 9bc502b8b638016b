/** A chain of statements as a story: each said, signed and linked when the files are asked for. */
import { utf8 } from "../../src/base/bytes.ts";
import type { Digest } from "../../src/base/digest.ts";
import { type Statement, writeStatement } from "../../src/manifest/statement.ts";
import { nativeSha256, nodeTrustPorts } from "../../src/node/crypto.ts";
import { STATEMENT_NAMESPACE, signSshsig } from "../../src/trust/sshsig.ts";
import type { RegistryStory } from "./a-registry.ts";
import type { TestKey } from "./fixture-keys.ts";
import type { PackageStory } from "./package-story.ts";
import type { PublisherStory } from "./publisher-story.ts";

export type Content = string | Uint8Array;

export function bytesOf(content: Content): Uint8Array {
  return typeof content === "string" ? utf8(content) : content;
}

/** Keys of a statement in the model's own names; a story may say what no parser would accept. */
export type Said = { readonly action: Statement["action"] } & Readonly<Record<string, unknown>>;

export interface SignOptions {
  readonly namespace?: string;
}

export interface Telling {
  /** Evaluated when the files are asked for, so that it may name digests of what is told later. */
  readonly said: () => Said;
  signer?: TestKey;
  options: SignOptions;
  /** A second signature, `<file>.new.sig`. */
  readonly coSigner?: TestKey;
  overrides: Readonly<Record<string, unknown>>;
}

/** What every part of a story can go on with. */
export abstract class Story {
  readonly registry: RegistryStory;

  constructor(registry: RegistryStory) {
    this.registry = registry;
  }

  publisher(...args: Parameters<RegistryStory["publisher"]>): PublisherStory {
    return this.registry.publisher(...args);
  }

  package(...args: Parameters<RegistryStory["package"]>): PackageStory {
    return this.registry.package(...args);
  }

  raw(path: string, content: Content | undefined): RegistryStory {
    return this.registry.raw(path, content);
  }

  build(): Map<string, Uint8Array> {
    return this.registry.build();
  }

  writeTo(directory: string): string {
    return this.registry.writeTo(directory);
  }
}

export interface ToldStatement {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly digest: Digest;
}

/** The statements' files: `told` in order, below `folder`, about `subject`. */
export function chainFiles(
  folder: string,
  subject: { readonly kind: "publisher" | "package"; readonly name: string },
  told: readonly Telling[],
  registry: string,
  signerOf: (telling: Telling) => TestKey,
): { files: Map<string, Uint8Array>; statements: ToldStatement[] } {
  const files = new Map<string, Uint8Array>();
  const statements: ToldStatement[] = [];
  for (const [at, telling] of told.entries()) {
    const previous = statements.at(-1)?.digest;
    const common = {
      format: 1,
      registry,
      subject,
      sequence: at + 1,
      ...(previous === undefined ? {} : { previous }),
    };
    const statement = { ...common, ...telling.said(), ...telling.overrides };
    const bytes = utf8(writeStatement(statement as unknown as Statement));
    const file = `${folder}/${String(at + 1).padStart(4, "0")}.toml`;
    const namespace = telling.options.namespace ?? STATEMENT_NAMESPACE;
    files.set(file, bytes);
    files.set(`${file}.sig`, signSshsig(bytes, namespace, signerOf(telling), nodeTrustPorts));
    if (telling.coSigner !== undefined)
      files.set(`${file}.new.sig`, signSshsig(bytes, namespace, telling.coSigner, nodeTrustPorts));
    statements.push({ file, bytes, digest: nativeSha256(bytes) });
  }
  return { files, statements };
}
