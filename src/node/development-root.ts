/**
 * A development root: what a build on somebody's own machine signs with, so that every client command works
 * on it as it will on the real registry.
 *
 *   <data>/development/<32 hex of sha256(registry's IRI)>/key           OpenSSH, mode 0600
 *                                                         root.json     TUF root, version 1, "development": true
 *
 * Made on the first build of a registry, in the maker's home; one key for every role. It says nothing to
 * anybody else: it is accepted here only, and for trees in a folder or on this very machine.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { toHex, utf8 } from "../base/bytes.ts";
import { RegistryError } from "../base/error.ts";
import { registryOf, rootSaying } from "../trust/registry-trust.ts";
import { verifyEd25519 } from "../trust/tuf/threshold.ts";
import { TrustedSet } from "../trust/tuf/trusted-set.ts";
import { signMetadata } from "../trust/tuf/write.ts";
import { nodeTrustPorts } from "./crypto.ts";
import { type Environment, HOME_VARIABLE } from "./home.ts";
import { readPrivateKeyFile, writePrivateKey } from "./keys.ts";
import { DEVELOPMENT_ROOT_FILE, developmentFolder, knownDevelopmentRoot } from "./known-development-roots.ts";
import { writeNewFiles } from "./new-file.ts";
import { PrivateKey } from "./private-key.ts";

/** Nobody renews it. */
export const DEVELOPMENT_UNTIL = Date.UTC(2100, 0, 1);
const UNWRITABLE_HINT = `a build signs with a key that it keeps there: set ${HOME_VARIABLE} to a folder that can be written, or build with --unsigned`;

export interface DevelopmentRoot {
  readonly signer: PrivateKey;
  readonly root: Uint8Array;
}

/**
 * The development root of this machine for the registry `iri`, made where there is none. Throws
 * DEVELOPMENT_ROOT_DAMAGED where its files are, DEVELOPMENT_ROOT_NOT_KEPT where they cannot be written.
 */
export async function developmentRoot(environment: Environment, iri: string): Promise<DevelopmentRoot> {
  const folder = developmentFolder(environment, iri);
  if (!existsSync(join(folder, DEVELOPMENT_ROOT_FILE))) make(folder, iri);
  const root = knownDevelopmentRoot(environment, iri);
  const key = await readKey(join(folder, "key"));
  if (root !== undefined && key !== undefined && isRootOf(root, key, iri)) return { signer: key, root };
  throw new RegistryError(
    "DEVELOPMENT_ROOT_DAMAGED",
    `The development root in "${folder}" is not whole`,
    "delete that folder: the next build makes another, which only this machine will notice",
  );
}

async function readKey(file: string): Promise<PrivateKey | undefined> {
  try {
    const key = await readPrivateKeyFile(file);
    return key.ok ? key.value : undefined;
  } catch (error) {
    if (error instanceof RegistryError) return undefined;
    throw error;
  }
}

/** Whether `root` is whole, for development of the registry `iri`, and knows this key and no other. */
function isRootOf(root: Uint8Array, key: PrivateKey, iri: string): boolean {
  const { ed25519, hash } = nodeTrustPorts;
  try {
    const set = new TrustedSet(root, { verify: verifyEd25519(ed25519), hash, now: 0, graceMs: 0 });
    const { signed } = set.root;
    const { registry, development } = registryOf(signed);
    const keys = [...signed.keys.values()].map((known) => known.public);
    return registry === iri && development && keys.join() === toHex(key.publicKey.bytes);
  } catch (error) {
    if (error instanceof RegistryError) return false;
    throw error;
  }
}

function make(folder: string, iri: string): void {
  const key = PrivateKey.generate();
  const one = { keys: [key.publicKey], threshold: 1 };
  const roles = { root: one, targets: one, snapshot: one, timestamp: one };
  const about = { version: 1, expires: DEVELOPMENT_UNTIL, registry: iri, development: true };
  const root = signMetadata(rootSaying({ ...about, roles }), [key]);
  try {
    writeNewFiles(
      [
        { path: join(folder, "key"), bytes: utf8(writePrivateKey(key, "openssh")), mode: 0o600 },
        { path: join(folder, DEVELOPMENT_ROOT_FILE), bytes: root, mode: 0o644 },
      ],
      folder,
    );
  } catch (error) {
    // Another build made it meanwhile.
    if (!(error instanceof RegistryError)) throw error;
    if (error.code === "FILE_EXISTS") return;
    throw new RegistryError("DEVELOPMENT_ROOT_NOT_KEPT", error.message, UNWRITABLE_HINT, { cause: error });
  }
}
