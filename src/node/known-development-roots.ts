/**
 * The development roots that builds on this machine have made (development-root.ts), for who verifies by them.
 * Apart from their keys: this is on the path of every command, and what reads keys would slow its start.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { utf8 } from "../base/bytes.ts";
import { startHash } from "./crypto.ts";
import { type Environment, homeFolders } from "./home.ts";
import { readRegularFile } from "./regular-file.ts";

export const DEVELOPMENT_ROOT_FILE = "root.json";
const ROOT_BYTES_MAX = 64 * 1024;

/** Where the development root for the registry `iri` is kept. */
export function developmentFolder(environment: Environment, iri: string): string {
  return join(homeFolders(environment).development, startHash(utf8(iri)).slice(0, 32));
}

/** The development root of this machine for the registry `iri`; `undefined` where none was made. */
export function knownDevelopmentRoot(environment: Environment, iri: string): Uint8Array | undefined {
  return rootIn(developmentFolder(environment, iri));
}

/** Every development root of this machine. */
export function knownDevelopmentRoots(environment: Environment): readonly Uint8Array[] {
  const { development } = homeFolders(environment);
  return foldersIn(development).flatMap((name) => rootIn(join(development, name)) ?? []);
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    // None was made.
    return [];
  }
}

function rootIn(folder: string): Uint8Array | undefined {
  try {
    const read = readRegularFile(join(folder, DEVELOPMENT_ROOT_FILE), ROOT_BYTES_MAX);
    return "fault" in read ? undefined : read.bytes;
  } catch {
    // Not made, or not to be read: nothing is trusted by it.
    return undefined;
  }
}
