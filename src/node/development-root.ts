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
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { utf8 } from "../base/bytes.ts";
import { RegistryError } from "../base/error.ts";
import { rootSaying } from "../trust/registry-trust.ts";
import { signMetadata } from "../trust/tuf/write.ts";
import { startHash } from "./crypto.ts";
import { type Environment, homeFolders } from "./home.ts";
import { readPrivateKeyFile, writePrivateKey } from "./keys.ts";
import { writeNewFiles } from "./new-file.ts";
import { PrivateKey } from "./private-key.ts";
import { readRegularFile } from "./regular-file.ts";

/** Nobody renews it. */
export const DEVELOPMENT_UNTIL = Date.UTC(2100, 0, 1);
const ROOT_BYTES_MAX = 64 * 1024;

export interface DevelopmentRoot {
  readonly signer: PrivateKey;
  readonly root: Uint8Array;
}

/** The development root of this machine for the registry `iri`, made where there is none. Throws KEY_FORMAT and others where its files are damaged. */
export async function developmentRoot(environment: Environment, iri: string): Promise<DevelopmentRoot> {
  const folder = folderOf(environment, iri);
  if (!existsSync(join(folder, "root.json"))) make(folder, iri);
  const key = await readPrivateKeyFile(join(folder, "key"));
  if (key.ok) return { signer: key.value, root: new Uint8Array(readFileSync(join(folder, "root.json"))) };
  throw new RegistryError(
    key.problems[0]?.code ?? "KEY_FORMAT",
    `The development key in "${folder}" cannot be read`,
    "delete the folder: the next build makes another",
    { problems: key.problems },
  );
}

function make(folder: string, iri: string): void {
  const key = PrivateKey.generate();
  const one = { keys: [key.publicKey], threshold: 1 };
  const roles = { root: one, targets: one, snapshot: one, timestamp: one };
  const said = rootSaying({
    version: 1,
    expires: DEVELOPMENT_UNTIL,
    registry: iri,
    development: true,
    roles,
  });
  try {
    writeNewFiles(
      [
        { path: join(folder, "key"), bytes: utf8(writePrivateKey(key, "openssh")), mode: 0o600 },
        { path: join(folder, "root.json"), bytes: signMetadata(said, [key]), mode: 0o644 },
      ],
      folder,
    );
  } catch (error) {
    // Another build made it meanwhile.
    if (!(error instanceof RegistryError && error.code === "FILE_EXISTS")) throw error;
  }
}

/** The development root of this machine for the registry `iri`; `undefined` where none was made. */
export function knownDevelopmentRoot(environment: Environment, iri: string): Uint8Array | undefined {
  return readRoot(join(folderOf(environment, iri), "root.json"));
}

/** Every development root of this machine. */
export function knownDevelopmentRoots(environment: Environment): readonly Uint8Array[] {
  const { development } = homeFolders(environment);
  return foldersIn(development).flatMap((name) => readRoot(join(development, name, "root.json")) ?? []);
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    // None was made.
    return [];
  }
}

function readRoot(file: string): Uint8Array | undefined {
  if (!existsSync(file)) return undefined;
  const read = readRegularFile(file, ROOT_BYTES_MAX);
  return "fault" in read ? undefined : read.bytes;
}

function folderOf(environment: Environment, iri: string): string {
  return join(homeFolders(environment).development, startHash(utf8(iri)).slice(0, 32));
}
