/**
 * registry.json: names a tree's index root, for who has just built it and for people who look at it.
 *
 *     { "format": 1, "name", "title", "iri", "root": { "sha256", "length" }, "note" }
 *
 * It is not signed and decides nothing: a client finds the index root by the trust metadata (trusted-view.ts).
 */
import { decodeUtf8 } from "../base/bytes.ts";
import { isDigest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { count, matching, object } from "../base/shape.ts";
import { REGISTRY_FILE, type Ref, TREE_FORMAT } from "../snapshot/layout.ts";
import type { Reader } from "./reader.ts";

export const POINTER_BYTES_MAX = 65_536;

interface Pointer {
  readonly format: number;
  readonly root: Ref;
}

const formatShape = object({ format: count });
const pointerShape = object({ format: count, root: object({ sha256: matching(isDigest), length: count }) });

export async function readPointer(reader: Reader): Promise<Ref> {
  const bytes = await reader.read(REGISTRY_FILE, { bytesMax: POINTER_BYTES_MAX });
  return parsePointer(bytes, reader.location);
}

/** The index root that registry.json names. Throws NOT_A_REGISTRY, and NEWER_FORMAT for a tree of a later program. */
export function parsePointer(bytes: Uint8Array, location: string): Ref {
  const value = parseJson(bytes);
  if (formatShape(value) && (value as Pointer).format > TREE_FORMAT)
    throw new RegistryError(
      "NEWER_FORMAT",
      `${location} is published in format ${(value as Pointer).format}; this program reads format ${TREE_FORMAT}`,
      "update ggen-marketplace",
    );
  if (pointerShape(value)) return (value as Pointer).root;
  throw new RegistryError(
    "NOT_A_REGISTRY",
    `${location} has a ${REGISTRY_FILE} that cannot be read`,
    "try again, for it may have come in half; else give the folder or URL of a published registry",
  );
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(bytes) ?? "");
  } catch {
    // What is not JSON is no pointer either: the caller says so.
    return undefined;
  }
}
