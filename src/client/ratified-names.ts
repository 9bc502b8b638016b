/** Which package names the holders of the root have ratified, with the claims: only these, for who shows them. */
import { decodeUtf8 } from "../base/bytes.ts";
import { RegistryError } from "../base/error.ts";
import { object } from "../base/shape.ts";
import { ratifiedPath } from "../trust/trust-paths.ts";
import type { Registry } from "./registry.ts";
import { readVerified } from "./verified-read.ts";

/** 16 MiB: ratification.ts. Not imported from there, where keys are read too. */
const BYTES_MAX = 16 * 1024 * 1024;

const shape = object({ claims: object({}) });

/** Digest of each name's first statement. */
export type RatifiedNames = ReadonlyMap<string, unknown>;

/** `undefined` of a tree that nobody signed. Throws as readVerified does, and RATIFIED_INVALID. */
export async function ratifiedNames({ view, reader, ports }: Registry): Promise<RatifiedNames | undefined> {
  if (view === undefined) return undefined;
  const path = ratifiedPath(view.ratified.sha256);
  const value = parseJson(await readVerified(reader, path, view.ratified, ports.hash, BYTES_MAX));
  if (shape(value)) return new Map(Object.entries((value as { claims: object }).claims));
  throw new RegistryError(
    "RATIFIED_INVALID",
    `What was ratified of ${view.registry} cannot be read`,
    "update ggen-marketplace; if that does not help, tell the registry's operator",
  );
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(bytes) ?? "");
  } catch {
    // The caller refuses what has not the form.
    return undefined;
  }
}
