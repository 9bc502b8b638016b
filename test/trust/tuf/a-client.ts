/** A client of a TUF repository, with the clock, the grace and the store in the test's hands. */
import { decodeUtf8 } from "../../../src/base/bytes.ts";
import { RegistryError } from "../../../src/base/error.ts";
import { nativeSha256, nodeEd25519 } from "../../../src/node/crypto.ts";
import type { Ed25519 } from "../../../src/trust/ed25519.ts";
import type { MetadataForm } from "../../../src/trust/tuf/metadata.ts";
import { verifyEd25519 } from "../../../src/trust/tuf/threshold.ts";
import type { Policy } from "../../../src/trust/tuf/trusted-set.ts";
import { findTarget, type MetadataSource, type Trust, updateTrust } from "../../../src/trust/tuf/update.ts";
import {
  CountingSource,
  hashedPath,
  INDEX,
  memoryStore,
  NOW,
  RATIFIED,
  type TufRepository,
} from "../../support/tuf-repository.ts";

/** Whatever publishes files: a repository, or a mirror with files of its own. */
export interface Mirror {
  readonly files: ReadonlyMap<string, Uint8Array>;
  source(): MetadataSource;
}

export interface Settings {
  now?: number;
  graceMs?: number;
  form?: MetadataForm;
  ed25519?: Ed25519;
}

/** A client that trusts the first root of `repository`, or the bytes of another. */
export function aClient(repository: TufRepository | Uint8Array, settings: Settings = {}): TestClient {
  const root =
    repository instanceof Uint8Array ? repository : (repository.files.get("1.root.json") ?? new Uint8Array());
  return new TestClient(root, settings);
}

export class TestClient {
  readonly store: ReturnType<typeof memoryStore>;
  readonly settings: Settings;

  constructor(root: Uint8Array, settings: Settings) {
    this.store = memoryStore(root);
    this.settings = { ...settings };
  }

  policy(): Policy {
    const { now = NOW, graceMs = 0, form, ed25519 = nodeEd25519 } = this.settings;
    return {
      verify: verifyEd25519(ed25519),
      hash: nativeSha256,
      now,
      graceMs,
      ...(form === undefined ? {} : { form }),
    };
  }

  async update(source?: MetadataSource): Promise<Trust> {
    return updateTrust(this.store, this.policy(), source);
  }

  /** The text of a target, as the metadata name it and the mirror gives it. */
  async fetch(path: string, trust: Trust, mirror: Pick<Mirror, "files">): Promise<string> {
    const { target } = await findTarget(path, trust);
    const bytes = mirror.files.get(hashedPath(path, target.hashes.get("sha256") ?? ""));
    if (bytes === undefined || !trust.set.isTarget(bytes, target))
      throw new RegistryError("DIGEST_MISMATCH", `"${path}" is another`, "ask another mirror");
    return decodeUtf8(bytes) ?? "";
  }

  /** Updates, and reads both targets. */
  async sees(mirror: Mirror): Promise<{ index: string; ratified: string }> {
    const trust = await this.update(mirror.source());
    return {
      index: await this.fetch(INDEX, trust, mirror),
      ratified: await this.fetch(RATIFIED, trust, mirror),
    };
  }

  /** `accepted`, or the code of the refusal. */
  async verdict(mirror: Mirror): Promise<string> {
    return outcome(this.sees(mirror));
  }

  /** By the metadata that are kept alone. */
  async offline(): Promise<string> {
    return outcome(this.update().then((trust) => findTarget(INDEX, trust)));
  }

  /** The versions of what is kept. */
  versions(): Record<string, number> {
    const versionOf = (bytes: Uint8Array) => JSON.parse(decodeUtf8(bytes) ?? "").signed.version as number;
    return Object.fromEntries([...this.store.files].map(([role, bytes]) => [role, versionOf(bytes)]));
  }
}

/** Only what is meant for people has a code: any other error is a bug, and goes on. */
export async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "accepted";
  } catch (error) {
    if (error instanceof RegistryError) return error.code;
    throw error;
  }
}

/** The files of one repository with those of another laid over it, or others taken away. */
export function mirrorOf(
  { files }: { readonly files: ReadonlyMap<string, Uint8Array> },
  over: Iterable<[string, Uint8Array | undefined]>,
): Mirror & { source(): CountingSource } {
  const own = new Map(files);
  for (const [path, bytes] of over) {
    if (bytes === undefined) own.delete(path);
    else own.set(path, bytes);
  }
  return { files: own, source: () => new CountingSource(own) };
}
